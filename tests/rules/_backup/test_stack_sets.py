"""Templates in the stack sets of a template."""

import json
from typing import Any

import pytest

from tests.rules.support import agree, found, plan, rule, template

INSIDE = "in TemplateBody, at Resources/Plan/Properties/BackupPlan/BackupPlanRule/0/RuleName: "
NAMED = {"Parameters": {"Name": {"Type": "String", "Default": "a b", "AllowedValues": ["a b"]}}}
BY_NAME = template(Plan=plan(rule(RuleName={"Ref": "Name"})), **NAMED)
WRONG = template(Plan=plan(rule(RuleName="a b")))
YAML = """
Conditions:
  Here: !Equals [!Ref AWS::Region, eu-west-1] # a comment
Resources:
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: nightly
        BackupPlanRule:
          - RuleName: !Sub a b ${AWS::StackName}
            TargetBackupVault: Default
"""


def stack_set(body: Any, **properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudFormation::StackSet",
        "Properties": {"StackSetName": "x", "TemplateBody": body, **properties},
    }


def messages(body: Any, **properties: Any) -> list[str]:
    sections = {
        "Parameters": {"Given": {"Type": "String"}},
        "Conditions": {"On": {"Fn::Equals": [{"Ref": "Given"}, "on"]}},
    }
    return found("E9505", template(Set=stack_set(body, **properties), **sections))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(json.dumps(WRONG), id="json"),
        pytest.param(json.dumps(WRONG, indent=2), id="json of many lines"),
        pytest.param(YAML, id="yaml"),
        pytest.param(json.dumps(WRONG | {"Description": "[" * 200}), id="brackets in a text"),
        pytest.param({"Fn::If": ["On", json.dumps(WRONG), json.dumps(WRONG)]}, id="either way"),
    ],
)
def test_they_are_checked_with_the_same_rules(body: Any) -> None:
    expected = [INSIDE] * (2 if isinstance(body, dict) else 1)
    agree(messages(body), expected)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(template(Plan=plan(rule()))),
        json.dumps({**WRONG, "Resources": {}}),
        {"Fn::Sub": json.dumps(WRONG)},
        {"Ref": "Given"},
        {"Fn::If": ["On"]},
        WRONG,
        "",
        "no template",
        "- no template",
        "Resources: [",
        "Resources: {1: {Type: AWS::Backup::BackupPlan, Properties: 7}}",
        "Resources: 7",
        None,
        7,
    ],
)
def test_what_is_no_text_of_a_template_is_left_alone(body: Any) -> None:
    assert messages(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "[" * 51_000,
        "a: " + "[" * 20_000 + "]" * 20_000,
        "- " * 25_000 + "a",
        "? " * 25_000 + "a",
        "".join(" " * depth + "a:\n" for depth in range(300)),
        '{"a":\t' + "[" * 20_000 + "]" * 20_000 + "}",
        '\t{"a": ' + "[" * 20_000 + "]" * 20_000 + "}",
        "a: &a [*a]",
        "Resources: " + "1" * 5_000,
        json.dumps(WRONG) + " " * 51_200,
    ],
    ids=[
        *("open", "closed", "list", "keys", "indented", "with a tab", "JSON alone", "circle"),
        *("long number", "longer than CloudFormation takes"),
    ],
)
def test_a_hostile_text_is_left_alone(body: str) -> None:
    assert messages(body) == []


def one(value: Any, key: Any = "Name") -> list[dict[str, Any]]:
    return [{"ParameterKey": key, "ParameterValue": value}]


def overridden(value: Any) -> list[dict[str, Any]]:
    return [{"Regions": ["eu-west-1"], "ParameterOverrides": one(value)}]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ["'a b'"]),
        ({"Parameters": one("right")}, []),
        ({"Parameters": one("c d")}, ["'c d'"]),
        ({"Parameters": one("c d", "Other")}, ["'a b'"]),
        ({"Parameters": one({"Ref": "Given"})}, []),
        ({"Parameters": one("right", {"Ref": "Given"})}, []),
        ({"Parameters": {"Ref": "Given"}}, []),
        ({"StackInstancesGroup": overridden("right")}, ["'a b'"]),
        ({"Parameters": one("x"), "StackInstancesGroup": overridden("c d")}, ["'c d'"]),
        ({"Parameters": one("x"), "StackInstancesGroup": overridden("right")}, []),
        ({"Parameters": one("c d"), "StackInstancesGroup": overridden({"Ref": "Given"})}, []),
    ],
)
def test_parameters_have_what_the_stack_set_gives_them(
    given: dict[str, Any], expected: list[str]
) -> None:
    agree(messages(json.dumps(BY_NAME), **given), expected)


def test_a_stack_set_in_a_stack_set() -> None:
    inner = template(Inner=stack_set(json.dumps(WRONG)))
    place = "in TemplateBody, at Resources/Inner/Properties/TemplateBody: "
    agree(messages(json.dumps(inner)), [place + INSIDE])


def test_a_finding_is_switched_off_as_in_any_template() -> None:
    off = {"cfn-lint": {"config": {"ignore_checks": ["E9505"]}}}
    whole = template(Plan={**WRONG["Resources"]["Plan"], "Metadata": off})
    assert messages(json.dumps(whole)) == []
    for checks in (["E9505"], ["W", "E95"], ["E"]):
        of_all = {"cfn-lint": {"config": {"ignore_checks": checks}}}
        assert messages(json.dumps({**WRONG, "Metadata": of_all})) == []
    wild: list[Any] = [None, 7, [], {"cfn-lint": 7}, {"cfn-lint": {"config": {"ignore_checks": 7}}}]
    wild.append({"cfn-lint": {"config": {"ignore_checks": [7]}}})
    for metadata in wild:
        whole = template(Plan={**WRONG["Resources"]["Plan"], "Metadata": metadata})
        agree(messages(json.dumps(whole)), [INSIDE])
        agree(messages(json.dumps({**WRONG, "Metadata": metadata})), [INSIDE])


def test_each_finding_is_reported_although_all_have_one_place() -> None:
    both = template(Plan=plan(rule(RuleName="a b"), rule(RuleName="c d")))
    agree(messages(json.dumps(both)), ["'a b'", "'c d'"])


def test_a_text_that_is_never_used_is_left_alone() -> None:
    on = {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}
    conditions = {"On": on, "Off": {"Fn::Not": [{"Condition": "On"}]}}
    whole = stack_set({"Fn::If": ["On", json.dumps(WRONG), "x"]})
    agree(found("E9505", template(Set=whole, Conditions=conditions)), [INSIDE])
    never = {**whole, "Condition": "Off"}
    assert found("E9505", template(Set=never, Conditions=conditions)) == []
