"""Parameters take and refuse what CloudFormation documents; Rules too."""

from typing import Any

import pytest

from tests.local_aws.errors import RefusedError
from tests.support.parameters import accept
from tests.support.resolver import resolve

ROLE = r"^$|^arn:aws[a-z-]*:iam::\d{12}:role/.+$"
LETTERS = {"Type": "String", "AllowedPattern": "[a-z]+"}
LIST = {"Type": "CommaDelimitedList", "AllowedPattern": ROLE}
NUMBER = {"Type": "Number", "MinValue": 1, "MaxValue": 36500}
R1, R2 = "arn:aws:iam::123456789012:role/a", "arn:aws-cn:iam::123456789012:role/b"


@pytest.mark.parametrize(
    ("declaration", "given", "value"),
    [
        (LETTERS, "abc", "abc"),
        ({"Type": "String", "AllowedPattern": "a|bc"}, "bc", "bc"),
        ({"Type": "String", "AllowedPattern": "^a$"}, "a", "a"),
        ({"Type": "String", "AllowedValues": ["yes", 7]}, "7", "7"),
        ({"Type": "String", "MinLength": 2, "MaxLength": 3}, "abc", "abc"),
        ({"Type": "String", "MinLength": 2, "MaxLength": 3}, "ab", "ab"),
        (NUMBER, 30, "30"),
        (NUMBER, "1", "1"),
        (NUMBER, "36500", "36500"),
        (NUMBER, "1.5", "1.5"),
        (LIST, "", [""]),
        (LIST, f"{R1}, {R2}", [R1, R2]),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["EC2", "EFS"]}, "EFS", ["EFS"]),
    ],
)
def test_good_values(declaration: Any, given: Any, value: Any) -> None:
    assert accept({"It": declaration}, {"It": given}) == {"It": value}


@pytest.mark.parametrize(
    ("declaration", "given", "why"),
    [
        (LETTERS, "abc1", "does not match"),
        (LETTERS, "1abc", "does not match"),
        (LETTERS, "", "does not match"),
        ({"Type": "String", "AllowedPattern": "^a$"}, "a\n", "does not match"),
        ({"Type": "String", "AllowedPattern": r"\d"}, "\u0663", "does not match"),
        ({"Type": "String", "AllowedValues": ["yes", "no"]}, "maybe", "not one of"),
        ({"Type": "String", "MinLength": 2}, "a", "shorter than 2"),
        ({"Type": "String", "MaxLength": 2}, "abc", "longer than 2"),
        ({"Type": "String"}, "x" * 4097, "longer than 4096 bytes"),
        ({"Type": "CommaDelimitedList"}, "x," * 2049, "longer than 4096 bytes"),
        (NUMBER, "0", "less than 1"),
        (NUMBER, "36501", "more than 36500"),
        (NUMBER, "thirty", "not a number"),
        (NUMBER, "", "not a number"),
        (NUMBER, "1e3", "not a number"),
        (LIST, f"{R1},instance", "'instance' does not match"),
        ({**LIST, "AllowedPattern": "arn.+"}, f"{R1},", "'' does not match"),
        ({**LIST, "AllowedPattern": "arn.+"}, "", "'' does not match"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["EC2"]}, "EC2,EFS", "'EFS' is not one"),
        ({"Type": "String"}, ["a"], "a string is needed"),
        ({"Type": "String"}, True, "a string is needed"),
        ({"Type": "AWS::EC2::VPC::Id"}, "vpc-1", "AWS::EC2::VPC::Id"),
        ({"Type": "String", "Pattern": "x"}, "a", "unknown keys"),
    ],
)
def test_bad_values(declaration: Any, given: Any, why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        accept({"It": declaration}, {"It": given})


def test_a_parameter_without_default_is_required() -> None:
    with pytest.raises(RefusedError, match="It must have a value"):
        accept({"It": {"Type": "String"}}, {})


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(RefusedError, match="Other"):
        accept({"It": {"Type": "String"}}, {"It": "a", "Other": "b"})


def test_a_default_is_held_against_the_constraints() -> None:
    with pytest.raises(RefusedError, match="does not match"):
        accept({"It": {**LETTERS, "Default": ""}}, {})


def test_the_constraint_description_is_told() -> None:
    with pytest.raises(RefusedError, match="Type letters"):
        accept({"It": {**LETTERS, "ConstraintDescription": "Type letters"}}, {"It": "1"})


def ruled(rule: Any) -> dict[str, Any]:
    return {
        "Parameters": {
            "Vault": {"Type": "String", "Default": "v"},
            "Empty": {"Type": "String", "Default": ""},
            "Kinds": {"Type": "CommaDelimitedList", "Default": "EC2,EFS"},
        },
        "Conditions": {"C": {"Fn::Equals": ["a", "a"]}},
        "Rules": {"It": rule},
        "Resources": {"R": {"Type": "T"}},
    }


def same(left: Any, right: Any) -> dict[str, Any]:
    return {"Fn::Equals": [left, right]}


VAULT, EMPTY, KINDS = {"Ref": "Vault"}, {"Ref": "Empty"}, {"Ref": "Kinds"}


@pytest.mark.parametrize(
    ("assertion", "holds"),
    [
        (same(VAULT, "v"), True),
        (same(VAULT, ""), False),
        ({"Fn::Not": [same(VAULT, "")]}, True),
        ({"Fn::Or": [same(VAULT, ""), same(EMPTY, "")]}, True),
        ({"Fn::And": [same(VAULT, ""), same(EMPTY, "")]}, False),
        ({"Fn::Contains": [["v", "w"], VAULT]}, True),
        ({"Fn::Contains": [KINDS, VAULT]}, False),
        ({"Fn::EachMemberIn": [KINDS, ["EC2", "EFS", "EBS"]]}, True),
        ({"Fn::EachMemberIn": [KINDS, ["EC2"]]}, False),
        ({"Fn::EachMemberEquals": [KINDS, "EC2"]}, False),
    ],
)
def test_rules_hold_or_refuse(assertion: Any, holds: bool) -> None:
    template = ruled({"Assertions": [{"Assert": assertion, "AssertDescription": "no way"}]})
    assert resolve(template, evaluate_rules=False).resources == {"R": {}}
    if holds:
        resolve(template)
    else:
        with pytest.raises(RefusedError, match="no way"):
            resolve(template)


@pytest.mark.parametrize(("vault", "refused"), [("v", True), ("w", False)])
def test_a_rule_applies_when_its_condition_holds(vault: str, refused: bool) -> None:
    rule = {"RuleCondition": same(VAULT, "v"), "Assertions": [{"Assert": same(EMPTY, "x")}]}
    if refused:
        with pytest.raises(RefusedError, match="Rule It"):
            resolve(ruled(rule), {"Vault": vault})
    else:
        resolve(ruled(rule), {"Vault": vault})


@pytest.mark.parametrize(
    "assertion",
    [
        {"Fn::If": ["C", 1, 2]},
        {"Condition": "C"},
        same({"Fn::Sub": "${Vault}"}, "v"),
        same({"Fn::Join": ["", KINDS]}, "v"),
        same({"Ref": "R"}, "v"),
        {"Fn::ValueOfAll": ["AWS::EC2::VPC::Id", "Tags.a"]},
        "true",
    ],
)
def test_what_cannot_stand_in_a_rule_is_refused(assertion: Any) -> None:
    with pytest.raises(RefusedError, match=r"Rule|rule"):
        resolve(ruled({"Assertions": [{"Assert": assertion}]}))
