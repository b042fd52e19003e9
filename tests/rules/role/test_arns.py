"""E9542: ARNs in policies."""

from typing import Any

import pytest

from tests.rules.support import agree, found, role, template

PREFIX = "arn:${AWS::Partition}:backup:${AWS::Region}:${AWS::AccountId}:"
PROFILE = "arn:aws:iam::111122223333:instance-profile/x"


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("backup:CopyIntoBackupVault", {"Fn::Sub": PREFIX + "backup-vault:*"}, []),
        (
            "backup:CopyIntoBackupVault",
            {"Fn::Sub": PREFIX + "backup-vault/*"},
            ["use backup-vault: instead of backup-vault/"],
        ),
        (
            "backup:TagResource",
            {"Fn::Sub": PREFIX + "recovery-point/*"},
            ["use recovery-point: instead of recovery-point/"],
        ),
        (
            "backup:GetBackupPlan",
            {"Fn::Sub": PREFIX + "backup-plan/x"},
            ["use backup-plan: instead"],
        ),
        ("s3:GetObject", "arn:aws:s3:::backup-vault/*", []),
        ("backup:*", ["*", "arn:aws:backup:*:*:backup-vault/x"], ["matches no ARN"]),
        ("iam:PassRole", PROFILE, ["use the role's ARN"]),
        ("iam:*", PROFILE, ["use the role's ARN"]),
        ("iam:GetInstanceProfile", PROFILE, []),
        ("iam:PassRole", "arn:aws:iam::111122223333:role/instance-profile/x", []),
        ("iam:PassRole", {"Ref": "Given"}, []),
    ],
)
def test_arns(action: str, resource: Any, expected: list[str]) -> None:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    whole = template(Role=role(statement), Parameters={"Given": {"Type": "String"}})
    agree(found("E9542", whole), expected)


@pytest.mark.parametrize(
    "kind", ["Policy", "ManagedPolicy", "RolePolicy", "UserPolicy", "GroupPolicy"]
)
def test_policies_that_are_resources(kind: str) -> None:
    arn = "arn:aws:backup:*:*:backup-vault/x"
    statement = {"Effect": "Allow", "Action": "backup:*", "Resource": arn}
    policy = {
        "Type": f"AWS::IAM::{kind}",
        "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": statement}},
    }
    agree(found("E9542", template(Policy=policy)), ["matches no ARN"])
