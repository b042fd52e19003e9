"""E9541: roles that AWS Backup can assume."""

from typing import Any

import pytest

from tests.rules.restore_testing.support import restore_selection
from tests.rules.support import agree, found, role, selection, template

TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "backup.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
NONE = ["does not trust backup.amazonaws.com"]


def messages(*statements: Any, arn: Any = None) -> list[str]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    chosen = {} if arn is None else {"IamRoleArn": arn}
    whole = template(
        Role=role(AssumeRolePolicyDocument=document),
        Selection=selection(**chosen),
        Parameters={"Given": {"Type": "String"}},
        Conditions={"Here": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}},
    )
    return found("E9541", whole)


def condition(operator: str, key: str) -> dict[str, Any]:
    return {**TRUST, "Condition": {operator: {key: "x"}}}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (TRUST, []),
        ({**TRUST, "Principal": {"Service": ["ec2.amazonaws.com", "backup.amazonaws.com"]}}, []),
        ({**TRUST, "Action": ["sts:AssumeRole", "sts:TagSession"]}, []),
        ({**TRUST, "Action": "sts:*"}, []),
        ({**TRUST, "Principal": {"Service": {"Ref": "Given"}}}, []),
        ({"Fn::If": ["Here", TRUST, {"Ref": "AWS::NoValue"}]}, []),
        ({**TRUST, "Effect": {"Ref": "Given"}}, []),
        ({"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/x"}}}, []),
        ({"Effect": "Allow", "Principal": TRUST["Principal"], "NotAction": "sts:TagSession"}, []),
        ({"Effect": "Allow", "NotPrincipal": {"AWS": "*"}, "Action": "sts:*"}, []),
        ({**TRUST, "Principal": {"Service": "ec2.amazonaws.com"}}, NONE),
        ({**TRUST, "Principal": {"AWS": "arn:aws:iam::1:root"}}, NONE),
        ({**TRUST, "Effect": "Deny"}, NONE),
        ({**TRUST, "Action": "sts:TagSession"}, NONE),
        ({**TRUST, "Principal": {"Service": "backup.amazonaws.com.cn"}}, NONE),
        (
            {**TRUST, "Principal": {"Service": {"Fn::Sub": "backup.${AWS::URLSuffix}"}}},
            ["becomes backup.amazonaws.com.cn in China"],
        ),
        (
            {
                **TRUST,
                "Principal": {
                    "Service": {"Fn::Join": [".", ["backup", {"Ref": "AWS::URLSuffix"}]]}
                },
            },
            ["becomes backup.amazonaws.com.cn in China"],
        ),
        (condition("StringEquals", "aws:SourceAccount"), []),
        (condition("ArnLike", "aws:SourceArn"), ["is not documented to send"]),
        (condition("StringEquals", "sts:ExternalId"), ["is not documented to send"]),
        (condition("StringEquals", "AWS:SOURCEARN"), ["is not documented to send"]),
        (condition("ArnLikeIfExists", "aws:SourceArn"), []),
        (condition("ArnNotLike", "aws:SourceArn"), []),
        (condition("Null", "aws:SourceArn"), []),
    ],
)
def test_trust(statement: dict[str, Any], expected: list[str]) -> None:
    agree(messages(statement), expected)


def test_a_condition_of_another_service_s_statement_is_that_service_s_affair() -> None:
    other = {**condition("StringEquals", "aws:SourceArn"), "Principal": {"Service": "a.b.c"}}
    assert messages(TRUST, other) == []


def test_one_statement_without_a_condition_is_enough() -> None:
    narrow = condition("ArnLike", "aws:SourceArn")
    assert messages(narrow, TRUST) == []
    agree(messages(narrow, condition("StringEquals", "sts:ExternalId")), ["documented to send"] * 2)


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ({"Fn::GetAtt": ["Role", "Arn"]}, NONE),
        ({"Fn::GetAtt": "Role.Arn"}, NONE),
        ({"Fn::Sub": "${Role.Arn}"}, NONE),
        ({"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Role}"}, NONE),
        ({"Fn::If": ["Here", {"Fn::GetAtt": ["Role", "Arn"]}, {"Ref": "Given"}]}, NONE),
        ({"Ref": "Given"}, []),
        ("arn:aws:iam::111122223333:role/other", []),
    ],
)
def test_only_roles_that_a_selection_uses(arn: Any, expected: list[str]) -> None:
    agree(messages({**TRUST, "Principal": {"Service": "ec2.amazonaws.com"}}, arn=arn), expected)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (TRUST, []),
        ({**TRUST, "Principal": {"Service": "ec2.amazonaws.com"}}, ["every restore test fails"]),
        (condition("ArnLike", "aws:SourceArn"), ["every restore test fails"]),
    ],
)
def test_the_role_of_a_restore_test(statement: dict[str, Any], expected: list[str]) -> None:
    document = {"Version": "2012-10-17", "Statement": [statement]}
    whole = template(Role=role(AssumeRolePolicyDocument=document), Tests=restore_selection())
    agree(found("E9541", whole), expected)
