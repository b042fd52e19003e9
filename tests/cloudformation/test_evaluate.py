"""What a template becomes for given values is what CloudFormation documents."""

from typing import Any

import pytest

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.evaluate import ABSENT, View, lacking, unknowns, what_is_lacking
from generator.cloudformation.read import Template
from tests.cloudformation import examples
from tests.cloudformation.examples import DOCUMENT, REGION, TEMPLATE, VALUES


@pytest.mark.parametrize(("node", "expected"), examples.KNOWN.values(), ids=examples.KNOWN)
def test_a_value_that_is_known(node: Any, expected: Any) -> None:
    assert View(TEMPLATE, VALUES).resolve(node) == expected


@pytest.mark.parametrize(("node", "expected"), examples.OPEN.values(), ids=examples.OPEN)
def test_a_value_that_waits_for_something_has_one_form(node: Any, expected: Any) -> None:
    assert View(TEMPLATE, VALUES).resolve(node) == expected


@pytest.mark.parametrize(("node", "said"), examples.LACKING.values(), ids=examples.LACKING)
def test_a_look_up_of_what_is_not_there_ends_nothing(node: Any, said: str) -> None:
    value = View(TEMPLATE, VALUES).resolve({"A": node})
    assert [what_is_lacking(TEMPLATE, call) for call in lacking(value)] == [said]


@pytest.mark.parametrize("rows", [{"Fn::Transform": {}}, {"short": {"Fn::Transform": {}}}])
def test_a_map_that_a_macro_writes_may_have_everything(rows: Any) -> None:
    template = Template("it", {"Mappings": {"Days": rows}})
    node = {"Fn::FindInMap": ["Days", "short", "keep"]}
    assert View(template, {}).resolve(node) == node
    assert lacking(node) == []


@pytest.mark.parametrize(("node", "said"), examples.REFUSED.values(), ids=examples.REFUSED)
def test_what_no_template_can_ask_for(node: Any, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        View(TEMPLATE, VALUES).resolve(node)


@pytest.mark.parametrize(
    ("condition", "said"), examples.NO_CONDITIONS.values(), ids=examples.NO_CONDITIONS
)
def test_what_is_no_condition(condition: Any, said: str) -> None:
    conditions = {**DOCUMENT["Conditions"], "It": condition}
    view = View(Template("it", {**DOCUMENT, "Conditions": conditions}), VALUES)
    with pytest.raises(UnreadableError, match=said):
        view.holds("It")


def test_a_map_that_looks_itself_up() -> None:
    lookup = {"Fn::FindInMap": ["M", "a", "b"]}
    view = View(Template("it", {"Mappings": {"M": {"a": {"b": lookup}}}}), {})
    with pytest.raises(UnreadableError, match=r"^it: Mappings.M.a.b holds a function: correct"):
        view.resolve(lookup)


def test_no_value_alone() -> None:
    assert View(TEMPLATE, VALUES).resolve({"Ref": "AWS::NoValue"}) is ABSENT


def test_values_of_resources_and_attributes_can_be_given() -> None:
    view = View(
        TEMPLATE, {**VALUES, "Vault": "v", "Vault.Arn": "arn:v", "AWS::Region": "eu-west-1"}
    )
    node = {"Fn::Sub": "${Vault} ${Vault.Arn} ${AWS::Region} ${Vault.Other}"}
    expected = {"Fn::Join": ["", ["v arn:v eu-west-1 ", {"Fn::GetAtt": ["Vault", "Other"]}]]}
    assert view.resolve(node) == expected


def test_a_parameter_that_stays_open_equals_nothing_but_itself() -> None:
    view = View(TEMPLATE, {})
    assert view.holds("Given")
    assert not view.holds("Three")


def test_unknowns_are_what_a_value_waits_for() -> None:
    value = View(TEMPLATE, {}).resolve({"A": [{"Fn::Sub": "${Name}-${Vault.Arn}"}], "B": REGION})
    assert unknowns(value) == {
        '{"Ref": "Name"}',
        '{"Fn::GetAtt": ["Vault", "Arn"]}',
        '{"Ref": "AWS::Region"}',
    }
    assert unknowns(["text"]) == set()


def rule(function: str, *arguments: Any, when: Any = None) -> dict[str, Any]:
    assertion = {"Assert": {function: list(arguments)}, "AssertDescription": "because"}
    return {"Assertions": [assertion], **({"RuleCondition": when} if when else {})}


@pytest.mark.parametrize(
    ("a_rule", "refused"),
    [
        (rule("Fn::Equals", {"Ref": "Name"}, "soca"), None),
        (rule("Fn::Equals", {"Ref": "Name"}, "other"), "because"),
        (rule("Fn::Equals", {"Ref": "Name"}, "other", when=examples.equals("Count", 4)), None),
        (rule("Fn::Equals", {"Ref": "Name"}, "other", when=examples.equals("Count", 3)), "because"),
        (rule("Fn::Contains", ["soca", "x"], {"Ref": "Name"}), None),
        (rule("Fn::Contains", ["x"], {"Ref": "Name"}), "because"),
        (rule("Fn::EachMemberEquals", {"Ref": "NoZones"}, ""), None),
        (rule("Fn::EachMemberEquals", {"Ref": "Zones"}, "a"), "because"),
        (rule("Fn::EachMemberIn", {"Ref": "Zones"}, ["a", "b", "c"]), None),
        (rule("Fn::EachMemberIn", {"Ref": "Zones"}, ["a"]), "because"),
        ({}, None),
    ],
)
def test_a_rule_refuses_where_its_assertion_does_not_hold(a_rule: Any, refused: str | None) -> None:
    assert View(TEMPLATE, VALUES).refusal(a_rule) == refused


@pytest.mark.parametrize(
    "assertion",
    [
        {"Fn::ValueOfAll": ["AWS::EC2::VPC::Id", "Tags.x"]},
        {"Fn::Contains": [{"Fn::RefAll": "AWS::EC2::Subnet::Id"}, "x"]},
        {"Fn::Contains": [["x"], {"Ref": "Open"}]},
        {"Fn::EachMemberIn": [{"Ref": "Open"}, ["x"]]},
        {"Fn::EachMemberIn": [["x"], {"Ref": "Open"}]},
        {"Fn::EachMemberEquals": [{"Fn::ValueOfAll": ["AWS::EC2::VPC::Id", "Tags.x"]}, "x"]},
    ],
)
@pytest.mark.parametrize("key", ["RuleCondition", "Assertions"])
def test_a_rule_on_what_is_not_known_is_not_evaluated(assertion: Any, key: str) -> None:
    refused = {"Fn::Not": [assertion]}
    rule = {"Assertions": [{"Assert": refused}]} if key == "Assertions" else {key: refused}
    with pytest.raises(UnreadableError, match=r"^examples: .*: correct the template$"):
        View(TEMPLATE, VALUES).refusal(rule)
