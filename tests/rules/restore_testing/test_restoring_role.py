"""E9552: what the role of a restore test may do, against what its restores need."""

from typing import Any

import pytest

from tests.rules.restore_testing.support import NO, messages, restore_plan, restore_selection
from tests.rules.support import agree, role

MANAGED = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor"


def allow(*actions: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


LACKS = [
    "Role 'Role' lacks ec2:RunInstances for restores of EC2. Without these actions there is no"
]


def found(*statements: Any, kind: Any = "EC2", **its_role: Any) -> list[str]:
    selection = restore_selection(ProtectedResourceType=kind)
    return messages("E9552", restore_plan(), selection, Role=role(*statements, **its_role))


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow("ec2:RunInstances")], []),
        ([allow("ec2:RunInstances", Resource=["arn:aws:ec2:*:*:instance/*"])], []),
        ([allow({"Ref": "Given"})], []),
        ([allow("ec2:CreateVolume")], LACKS),
        ([{"Fn::If": ["On", allow("ec2:*"), NO]}], LACKS),
        ([allow("ec2:*", Resource="arn:aws:s3:::nothing")], ["may not do this on the resources"]),
        ([allow("*"), allow("ec2:Run*", Effect="Deny")], ["forbids ec2:RunInstances"]),
    ],
)
def test_statements(statements: list[Any], expected: list[str]) -> None:
    agree(found(*statements), expected)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("EBS", ["lacks ec2:CreateVolume for restores of EBS"]),
        ("EFS", ["lacks elasticfilesystem:CreateFileSystem, elasticfilesystem:Restore for"]),
        ("FSx", []),
        ({"Ref": "Given"}, []),
        ({"Fn::If": ["On", "EBS", "FSx"]}, ["for restores of EBS"]),
    ],
)
def test_types(kind: Any, expected: list[str]) -> None:
    agree(found(allow("s3:*"), kind=kind), expected)


@pytest.mark.parametrize(
    ("attached", "expected"),
    [("Restores", []), ("Backup", LACKS)],
)
def test_policies_of_aws(attached: str, expected: list[str]) -> None:
    agree(found(ManagedPolicyArns=[MANAGED + attached]), expected)
