"""Which conditions can be true together, and with which parameters."""

from typing import Any

import pytest
from cfnlint.decode.decode import decode_str

from tests.rules.support import shared

SECTIONS = """
Parameters:
  Empty: {Type: String, Default: ''}
  Named: {Type: String, Default: one}
  Other: {Type: String}
  Chosen: {Type: String, Default: one, AllowedValues: [one, two]}
  Switch: {Type: String, Default: true, AllowedValues: [true, false]}
  Quoted: {Type: String, Default: 'true', AllowedValues: ['true', 'false']}
  Size: {Type: Number, Default: 1, AllowedValues: [1, 2]}
  Names: {Type: CommaDelimitedList, Default: 'one, two'}
  Stored: {Type: AWS::SSM::Parameter::Value<String>, Default: /path}
  Looked: {Type: String, Default: '{{resolve:ssm:/x}}'}
Mappings:
  Stages:
    one: {Kind: test}
    two: {Kind: production}
Conditions:
  IsOne: !Equals [!Ref Chosen, one]
  IsTwo: !Equals [!Ref Chosen, two]
  NotOne: !Not [!Condition IsOne]
  HasEmpty: !Not [!Equals [!Ref Empty, '']]
  HasNames: !Not [!Equals [!Join ['', !Ref Names], '']]
  IsOn: !Equals [!Ref Switch, 'true']
  IsOnToo: !Equals [!Ref Quoted, true]
  Single: !Equals ['1', !Ref Size]
  Same: !Equals [!Ref Named, !Ref Other]
  SameAsChosen: !Equals [!Ref Named, !Ref Chosen]
  Production: !Equals [!FindInMap [Stages, !Ref Chosen, Kind], production]
  Joined: !Equals [!Sub '${Chosen}-${Switch}', 'two-false']
  First: !Equals [!Select [0, !Ref Names], one]
  NotFirst: !Not [!Condition First]
  Frankfurt: !Equals [!Ref 'AWS::Region', eu-central-1]
  Dublin: !Equals [!Ref 'AWS::Region', eu-west-1]
  Elsewhere: !Not [!Or [!Condition Frankfurt, !Condition Dublin]]
  FromStore: !Equals [!Ref Stored, /path]
  Dynamic: !Equals [!Ref Looked, x]
  Both: !And [!Condition IsOne, !Condition IsOn]
  Circle: !Not [!Condition Round]
  Round: !Not [!Condition Circle]
  Malformed: {'Fn::Equals': one}
"""
RULES = """
Rules:
  TwoIsOff:
    RuleCondition: !Equals [!Ref Chosen, two]
    Assertions: [Assert: !Equals [!Ref Switch, 'false'], Assert: !Contains [[one], !Ref Named]]
"""


def values(text: str) -> Any:
    template, faults = decode_str(text)
    assert template is not None, faults
    return shared("_backup.values").Values(template)


def given(**what: Any) -> dict[tuple[str, str], Any]:
    kinds = {True: "condition", False: "parameter"}
    return {(kinds[isinstance(value, bool)], name): value for name, value in what.items()}


@pytest.mark.parametrize(
    ("what", "possible"),
    [
        ({}, True),
        ({"Named": "anything"}, True),
        ({"IsOne": True}, True),
        ({"IsOne": True, "IsTwo": True}, False),
        ({"IsOne": False, "IsTwo": False}, False),
        ({"IsOne": True, "NotOne": True}, False),
        ({"IsOne": True, "Chosen": "one"}, True),
        ({"IsOne": True, "Chosen": "two"}, False),
        ({"HasEmpty": True}, True),
        ({"HasEmpty": True, "Empty": "x"}, True),
        ({"HasEmpty": False, "Empty": "x"}, False),
        ({"NotOne": False, "Chosen": "two"}, False),
        ({"Both": True}, True),
        ({"Both": True, "NotOne": True}, False),
        # Every value is text, quoted or not.
        ({"IsOn": True}, True),
        ({"IsOn": False}, True),
        ({"IsOn": True, "Switch": "false"}, False),
        ({"IsOnToo": True}, True),
        ({"IsOnToo": True, "Quoted": "false"}, False),
        ({"Single": True, "Size": "1"}, True),
        ({"Single": True, "Size": "2"}, False),
        # Two parameters, of which none, or one, can be anything.
        ({"Same": True}, True),
        ({"Same": True, "Named": "one"}, True),
        ({"Same": True, "Named": "one", "Other": "two"}, False),
        ({"SameAsChosen": True, "IsTwo": True}, True),
        ({"SameAsChosen": True, "Named": "three"}, False),
        # Functions of parameters.
        ({"HasNames": True, "Names": "one, two"}, True),
        ({"HasNames": False, "Names": "one, two"}, False),
        ({"Production": True, "IsOne": True}, False),
        ({"Production": True, "IsOne": False}, True),
        ({"Joined": True, "IsOn": False}, True),
        ({"Joined": True, "IsOn": True}, False),
        # What is not followed may be either, but not both; and if it reads a given value, no.
        ({"First": True}, True),
        ({"First": False}, True),
        ({"First": True, "NotFirst": True}, False),
        ({"First": True, "Named": "one"}, True),
        ({"First": True, "Names": "one, two"}, False),
        ({"Frankfurt": True, "Dublin": True}, False),
        ({"Frankfurt": False, "Elsewhere": False}, True),
        ({"FromStore": False}, True),
        ({"Dynamic": True}, True),
        ({"Dynamic": True, "Looked": "{{resolve:ssm:/x}}"}, False),
        ({"Dynamic": False, "Looked": "{{resolve:ssm:/x}}"}, False),
        # No conditions that CloudFormation accepts.
        ({"Nobody": True}, False),
        ({"Circle": True}, False),
        ({"Malformed": True}, False),
    ],
)
def test_what_can_be_true_together(what: dict[str, Any], *, possible: bool) -> None:
    assert values(SECTIONS).possible(given(**what)) is possible


@pytest.mark.parametrize(
    ("what", "possible"),
    [
        ({"IsTwo": True, "IsOn": False}, True),
        ({"IsTwo": True, "IsOn": True}, False),
        ({"Chosen": "two", "Switch": "true"}, False),
        ({"IsOne": True, "IsOn": True}, True),
    ],
)
def test_what_the_rules_of_the_template_refuse_is_not_possible(
    what: dict[str, Any], *, possible: bool
) -> None:
    assert values(SECTIONS + RULES).possible(given(**what)) is possible


@pytest.mark.parametrize(
    ("what", "by_default"),
    [
        ({"IsOn": True}, True),
        ({"IsOn": False}, False),
        ({"HasEmpty": True}, False),
        ({"FromStore": False}, True),
        ({"Dynamic": True}, False),
    ],
)
def test_what_is_true_by_default(what: dict[str, Any], *, by_default: bool) -> None:
    assert values(SECTIONS).by_default(given(**what)) is by_default


def chain(length: int, link: Any) -> Any:
    """Return the values of a template in which each condition depends on the one before."""
    conditions = {"C0": {"Fn::Equals": [{"Ref": "P0"}, "on"]}}
    conditions |= {f"C{number}": link(number) for number in range(1, length)}
    return shared("_backup.values").Values({"Conditions": conditions})


def test_a_long_chain_of_conditions_has_an_answer() -> None:
    some = chain(3000, lambda number: {"Fn::Not": [{"Condition": f"C{number - 1}"}]})
    assert some.possible(given(C2999=True))
    assert not some.possible(given(C2999=True, P0="on"))


def test_a_chain_that_doubles_at_each_link_has_an_answer() -> None:
    def twice(number: int) -> Any:
        return {"Fn::And": [{"Condition": f"C{number - 1}"}] * 2}

    assert chain(60, twice).possible(given(C59=True))


def test_more_combinations_than_anybody_can_try_are_not_possible() -> None:
    def either(number: int) -> Any:
        both = [{"Fn::Equals": [{"Ref": f"P{number}"}, each]} for each in ("on", "off")]
        return {"Fn::Or": both}

    some = chain(60, either)
    some.section("Conditions")["Neither"] = {"Fn::Equals": [{"Ref": "P59"}, "neither"]}
    wanted = {f"C{number}": True for number in range(60)}
    assert some.possible(given(**wanted))
    assert not some.possible(given(**wanted, Neither=True))


def test_a_parameter_that_makes_no_difference_is_not_tried() -> None:
    """With "a" for the first parameter, the last condition cannot be true, whatever the others."""

    def equals(name: str, value: str) -> Any:
        return {"Fn::Equals": [{"Ref": name}, value]}

    some = chain(20, lambda number: {"Fn::Or": [equals("P0", "a"), equals(f"P{number}", "x")]})
    never = {"Fn::And": [equals("Z", "1"), equals("Z", "2")]}
    some.section("Conditions")["C0"] = {"Fn::Or": [never, equals("P0", "b")]}
    assert some.possible(given(**{f"C{number}": True for number in range(20)}))
