"""W9544: which roles a backup role may pass."""

from typing import Any

import pytest

from tests.rules.restore_testing.support import restore_selection
from tests.rules.support import agree, found, role, selection, template

TO_EC2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
ONE = "arn:aws:iam::111122223333:role/scheduler"
EVERY = ["may pass every role"]
ANY = ["to any service"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"Resource": {"Ref": "Given"}}, []),
        ({"Condition": {"StringLike": {"IAM:PassedToService": ["ec2.*"]}}}, []),
        ({"Condition": {"Fn::If": ["Here", TO_EC2, TO_EC2]}}, []),
        ({"Resource": "*"}, EVERY),
        ({"Resource": ["x", {"Fn::Sub": "arn:${AWS::Partition}:iam::*:role/*"}]}, EVERY),
        ({"Resource": {"Fn::Sub": "arn:${AWS::Partition}:iam::*:role/soca-*"}}, []),
        ({"Condition": {}}, ANY),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}, ANY),
        ({"Resource": "*", "Condition": {}}, EVERY + ANY),
        ({"Action": "iam:*", "Resource": "*", "Condition": {}}, EVERY + ANY),
        ({"Action": "ec2:*", "Resource": "*", "Condition": {}}, []),
        ({"Effect": "Deny", "Resource": "*", "Condition": {}}, []),
    ],
)
def test_statements(change: dict[str, Any], expected: list[str]) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": ONE,
        "Condition": TO_EC2,
        **change,
    }
    whole = template(
        Role=role(statement),
        Selection=selection(),
        Parameters={"Given": {"Type": "String"}},
        Conditions={"Here": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}},
    )
    agree(found("W9544", whole), expected)


def test_roles_of_others_are_left_alone() -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    other = {"IamRoleArn": ONE}
    assert found("W9544", template(Role=role(statement), Selection=selection(**other))) == []


def test_the_role_of_a_restore_test_and_once_if_a_selection_uses_it_too() -> None:
    statement = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
    whole = template(Role=role(statement), Tests=restore_selection())
    agree(found("W9544", whole), EVERY + ANY)
    whole["Resources"]["Selection"] = selection()
    agree(found("W9544", whole), EVERY + ANY)
