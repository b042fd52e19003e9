"""Which parameter values of live stacks are looked at."""

from typing import Any

import pytest

from generator.cloudformation.read import Template
from generator.compare.parameter_values import assignments

Node = dict[str, Any]


def template(parameters: Node, conditions: Node | None = None, **sections: Node) -> Template:
    document = {"Parameters": parameters, "Conditions": conditions or {}, "Resources": {}}
    return Template("it", document | sections)


def equals(name: str, value: Any) -> Node:
    return {"Fn::Equals": [{"Ref": name}, value]}


def if_(condition: str) -> Node:
    return {"Fn::If": [condition, "a", "b"]}


TEXT = {"Type": "String", "Default": ""}
REQUIRED = {"Type": "String"}
REF: Node = {"Ref": "P"}

# Parameter before and after, what a condition compares it with -> its values, old and new.
CHOICES: dict[str, tuple[Node | None, Node | None, Any, list[tuple[Any, Any]]]] = {
    "nothing decides": (TEXT, TEXT, None, []),
    "compared with its default": (TEXT, TEXT, "", [("", ""), (REF, REF)]),
    "compared with something else": (TEXT, TEXT, "x", [("", ""), ("x", "x"), (REF, REF)]),
    "required": (REQUIRED, REQUIRED, "x", [(REF, REF), ("x", "x")]),
    "a list of values": (
        {"Type": "String", "Default": "b", "AllowedValues": ["a", "b"]},
        {"Type": "String", "Default": "b", "AllowedValues": ["b"]},
        "b",
        [("b", "b"), ("a", "a")],
    ),
    "a value that no stack can have": (
        {**TEXT, "AllowedPattern": "[a-z]*"},
        TEXT,
        "X",
        [("", ""), (REF, REF)],
    ),
    "another default": (TEXT, {**TEXT, "Default": "x"}, None, [("", ""), (REF, REF), ("", "x")]),
    "new": (None, TEXT, "", [(None, "")]),
    "new and required": (None, REQUIRED, "", []),
    "gone": (TEXT, None, None, [("", REF), (REF, REF)]),
}


@pytest.mark.parametrize(("old", "new", "compared", "expected"), CHOICES.values(), ids=CHOICES)
def test_the_values_of_a_parameter(
    old: Template | None, new: Template | None, compared: Any, expected: list[tuple[Any, Any]]
) -> None:
    conditions = {} if compared is None else {"C": equals("P", compared)}
    sides = [template({"P": each} if each else {}, conditions) for each in (old, new)]
    node = {"A": REF, "B": if_("C")} if conditions else REF
    tried = assignments(sides[0], sides[1], node)
    assert [(each.old["P"], each.new["P"]) for each in tried if "P" in each.choices] == expected


def test_the_ordinary_stack_comes_first_and_has_nothing_to_say() -> None:
    same = template(
        {"P": TEXT, "Q": REQUIRED}, {"C": {"Fn::And": [equals("P", "x"), equals("Q", "y")]}}
    )
    first, *others = assignments(same, same, if_("C"))
    assert first.where == {}
    assert {"P": "'x'", "Q": "'y'"} in [each.where for each in others]
    assert len(others) == 5


def test_two_parameters_that_are_compared_may_be_the_same() -> None:
    same = template({"P": REQUIRED, "Q": REQUIRED}, {"C": equals("P", {"Ref": "Q"})})
    assert {"P": "the same as Q"} in [each.where for each in assignments(same, same, if_("C"))]


def test_an_equals_of_three_says_nothing_about_values() -> None:
    """Compare evaluates no rule that stays as it is, so nothing has refused it."""
    three = {"Fn::Equals": [REF, "x", "y"]}
    one = template({"P": TEXT}, {"C": equals("P", "z")}, Rules={"R": {"RuleCondition": three}})
    assert [each.old["P"] for each in assignments(one, one, if_("C"))] == ["", "z", REF]


def test_the_partition_is_a_parameter_too() -> None:
    same = template({}, {"C": equals("AWS::Partition", "aws-cn")})
    tried = assignments(same, same, if_("C"))
    assert [each.where for each in tried] == [{}, {"AWS::Partition": "'aws-cn'"}]


def test_a_mapping_is_looked_up_with_each_of_its_keys() -> None:
    mappings = {"M": {"x": {"k": 1}, "y": {"k": 2}}}
    same = template({"P": TEXT}, Mappings=mappings)
    tried = assignments(same, same, {"Fn::FindInMap": ["M", REF, "k"]})
    assert {"x", "y"} <= {str(each.old["P"]) for each in tried}


@pytest.mark.parametrize(
    ("lookup", "values"),
    [
        (["M", REF, "k"], {"x", "y"}),
        (["M", "x", REF], {"k"}),
        ([REF, "x", "k"], {"M"}),
        (["N", REF, "k"], set()),
        ([], set()),
    ],
)
def test_of_a_mapping_only_what_the_parameter_stands_for(lookup: Any, values: set[str]) -> None:
    same = template({"P": TEXT}, Mappings={"M": {"x": {"k": 1}, "y": {"k": 2}}})
    tried = assignments(same, same, {"Fn::FindInMap": lookup})
    assert {each.old["P"] for each in tried if each.choices and each.old["P"] != REF} - {
        ""
    } == values


def test_of_very_many_options_each_pair_is_looked_at() -> None:
    names = [f"P{number}" for number in range(12)]
    conditions = {f"C{name}": equals(name, "") for name in names}
    same = template(dict.fromkeys(names, TEXT), conditions)
    tried = assignments(same, same, [if_(f"C{name}") for name in names])
    wheres = [set(each.where) for each in tried]
    assert len(tried) < 500
    assert wheres[0] == set()
    assert all({one, other} in wheres for one in names for other in names if one != other)
    assert all(set(each.choices) == set(names) for each in tried)


def test_a_condition_that_needs_more_than_two_options_is_tried_both_ways() -> None:
    names = ["P1", "P2", "P3", "P4"]
    every = {"Fn::And": [equals(name, "yes") for name in names]}
    same = template(dict.fromkeys(names, TEXT), {"Every": every})
    tried = assignments(same, same, if_("Every"))
    assert dict.fromkeys(names, "'yes'") in [each.where for each in tried]


def test_a_few_options_are_looked_at_in_every_combination() -> None:
    names = ["P1", "P2", "P3"]
    nested = if_("CP1")
    nested["Fn::If"][1] = {"Fn::If": ["CP2", {"Fn::If": ["CP3", "x", "y"]}, "z"]}
    same = template(dict.fromkeys(names, TEXT), {f"C{name}": equals(name, "yes") for name in names})
    tried = [each.where for each in assignments(same, same, nested)]
    assert dict.fromkeys(names, "'yes'") in tried
    assert len(tried) == 3**3  # empty, yes, any other value


def test_what_a_hostile_template_can_make_us_try_is_bounded() -> None:
    values = {"Type": "String", "AllowedValues": [str(number) for number in range(60)]}
    names = [f"P{number}" for number in range(60)]
    conditions = {f"C{name}": equals(name, "1") for name in names}
    same = template(dict.fromkeys(names, values), conditions)
    assert len(assignments(same, same, [if_(f"C{name}") for name in names])) < 10_000


def test_of_many_resources_fewer_values_are_tried_for_each() -> None:
    values = {"Type": "String", "AllowedValues": [str(number) for number in range(60)]}
    names = [f"P{number}" for number in range(60)]
    conditions = {f"C{name}": equals(name, "1") for name in names}
    resources: Node = {f"R{number}": {} for number in range(1000)}
    same = template(dict.fromkeys(names, values), conditions, Resources=resources)
    tried = assignments(same, same, [if_(f"C{name}") for name in names])
    assert 1 < len(tried) < 100
