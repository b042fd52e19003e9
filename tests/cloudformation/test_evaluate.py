"""What a template's text tells of a value, before there is a stack."""

from typing import Any

import pytest

from generator.cloudformation.evaluate import ABSENT, View, unknowns

TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "Name": {"Type": "String"},
        "Count": {"Type": "Number"},
        "Zones": {"Type": "CommaDelimitedList"},
        "Image": {"Type": "AWS::SSM::Parameter::Value<String>"},
    },
    "Mappings": {"Days": {"long": {"keep": 365}}},
    "Conditions": {
        "Given": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]},
        "Three": {"Fn::Equals": [{"Ref": "Count"}, "3"]},
        "Both": {"Fn::And": [{"Condition": "Given"}, {"Condition": "Three"}]},
        "Either": {"Fn::Or": [{"Condition": "Given"}, {"Condition": "Three"}]},
        "Listed": {"Fn::Equals": [{"Fn::Join": ["", {"Ref": "Zones"}]}, ""]},
    },
}
VALUES = {"Name": "soca", "Count": 3, "Zones": "a,b", "Image": "/aws/ami"}
VAULT, REGION = {"Ref": "Vault"}, {"Ref": "AWS::Region"}

# What stands in the template -> what is known of it with VALUES.
CASES: dict[str, tuple[Any, Any]] = {
    "a number is text": (30, "30"),
    "a truth value is text": ({"A": True, "B": False}, {"A": "true", "B": "false"}),
    "a parameter": ({"Ref": "Name"}, "soca"),
    "a number's parameter": ({"Ref": "Count"}, "3"),
    "a list's parameter": ({"Ref": "Zones"}, ["a", "b"]),
    "a parameter that names its value": ({"Ref": "Image"}, {"Fn::SSM": "/aws/ami"}),
    "a resource": (VAULT, VAULT),
    "an attribute, short": ({"Fn::GetAtt": "Vault.Arn"}, {"Fn::GetAtt": ["Vault", "Arn"]}),
    "an attribute in a nested stack": (
        {"Fn::GetAtt": "Stack.Outputs.Arn"},
        {"Fn::GetAtt": ["Stack", "Outputs.Arn"]},
    ),
    "Sub of what is known": ({"Fn::Sub": "a-${Name}-${Count}"}, "a-soca-3"),
    "Sub of what is not": (
        {"Fn::Sub": "arn:${AWS::Region}:${Vault.Arn}"},
        {"Fn::Join": ["", ["arn:", REGION, ":", {"Fn::GetAtt": ["Vault", "Arn"]}]]},
    ),
    "Sub with its own variable": (
        {"Fn::Sub": ["${A}/${Name}", {"A": VAULT}]},
        {"Fn::Join": ["", [VAULT, "/soca"]]},
    ),
    "Sub of one thing": ({"Fn::Sub": "${Vault}"}, VAULT),
    "Sub of a literal": ({"Fn::Sub": "${!Name}"}, "${Name}"),
    "Join of what is known": ({"Fn::Join": [",", {"Ref": "Zones"}]}, "a,b"),
    "Join within Join": (
        {"Fn::Join": ["-", ["x", {"Fn::Join": ["", ["y", VAULT]]}, "z"]]},
        {"Fn::Join": ["", ["x-y", VAULT, "-z"]]},
    ),
    "Join without NoValue": ({"Fn::Join": ["-", ["a", {"Ref": "AWS::NoValue"}]]}, "a"),
    "Join of an unknown list": (
        {"Fn::Join": [",", {"Ref": "Subnets"}]},
        {"Fn::Join": [",", {"Ref": "Subnets"}]},
    ),
    "Select": ({"Fn::Select": [1, {"Ref": "Zones"}]}, "b"),
    "Split": ({"Fn::Split": ["-", "a-b"]}, ["a", "b"]),
    "Split of what is not known": (
        {"Fn::Split": ["-", VAULT]},
        {"Fn::Split": ["-", VAULT]},
    ),
    "FindInMap": ({"Fn::FindInMap": ["Days", "long", "keep"]}, "365"),
    "FindInMap by what is not known": (
        {"Fn::FindInMap": ["Days", REGION, "keep"]},
        {"Fn::FindInMap": ["Days", REGION, "keep"]},
    ),
    "If": ({"Fn::If": ["Given", "yes", "no"]}, "yes"),
    "And": ({"Fn::If": ["Both", "yes", "no"]}, "yes"),
    "a condition on a list": ({"Fn::If": ["Listed", "empty", "given"]}, "given"),
    "no value in a map": ({"A": {"Ref": "AWS::NoValue"}, "B": "b"}, {"B": "b"}),
    "no value in a list": ([{"Ref": "AWS::NoValue"}, "b"], ["b"]),
    "a function that is not looked into": (
        {"Fn::ImportValue": {"Fn::Sub": "${Name}-vault"}},
        {"Fn::ImportValue": "soca-vault"},
    ),
}


@pytest.mark.parametrize(("node", "expected"), CASES.values(), ids=CASES)
def test_a_value(node: Any, expected: Any) -> None:
    assert View(TEMPLATE, VALUES).resolve(node) == expected


def test_no_value_alone() -> None:
    assert View(TEMPLATE, VALUES).resolve({"Ref": "AWS::NoValue"}) is ABSENT


@pytest.mark.parametrize(
    ("name", "count", "expected"),
    [("soca", 3, (True, True)), ("", 3, (False, True)), ("", 4, (False, False))],
)
def test_conditions(name: str, count: int, expected: tuple[bool, bool]) -> None:
    view = View(TEMPLATE, {**VALUES, "Name": name, "Count": count})
    assert (view.holds("Both"), view.holds("Either")) == expected


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
