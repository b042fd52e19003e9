"""E9542: ARNs in policies."""

from typing import Any

import pytest

from tests.rules.restore_testing.support import SECTIONS, restore_selection
from tests.rules.support import agree, found, role, selection, template

PREFIX = "arn:${AWS::Partition}:backup:${AWS::Region}:${AWS::AccountId}:"
PROFILE = "arn:aws:iam::111122223333:instance-profile/x"
ROLE = "arn:aws:iam::111122223333:role/x"
OF_ACCOUNT = "arn:${AWS::Partition}:iam::${AWS::AccountId}:"
AWS_POLICY = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicy"


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
    ],
)
def test_arns_of_aws_backup(action: str, resource: Any, expected: list[str]) -> None:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    whole = template(Role=role(statement), Parameters={"Given": {"Type": "String"}})
    agree(found("E9542", whole), expected)


def allow(action: Any, *resources: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": list(resources), **more}


def deny(action: Any, *resources: Any) -> dict[str, Any]:
    return {**allow(action, *resources), "Effect": "Deny"}


PASSES = allow("iam:PassRole", PROFILE)
FAULT = ["use the ARN of the profile's role"]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([PASSES], FAULT),
        ([allow("iam:Pass*", PROFILE)], FAULT),
        ([allow("iam:PassRole", {"Fn::Sub": OF_ACCOUNT + "instance-profile/x"})], FAULT),
        ([allow(["iam:GetInstanceProfile", "iam:PassRole"], PROFILE)], FAULT),
        ([PASSES, allow("iam:GetRole", ROLE)], FAULT),
        ([PASSES, deny("iam:PassRole", "arn:aws:iam::111122223333:role/admin")], FAULT),
        # The profile is there for another action, or for all of them.
        ([allow("iam:GetInstanceProfile", PROFILE)], []),
        ([allow(["iam:GetInstanceProfile", "iam:PassRole"], PROFILE, ROLE)], []),
        ([allow("iam:*", PROFILE)], []),
        ([allow("*", PROFILE)], []),
        # A role may be passed all the same.
        ([PASSES, allow("iam:PassRole", ROLE)], []),
        ([PASSES, allow("iam:PassRole", {"Fn::Sub": OF_ACCOUNT + "role/x"})], []),
        ([PASSES, allow("iam:*", "*")], []),
        ([allow("iam:PassRole", PROFILE, {"Ref": "Given"})], []),
        ([allow("iam:PassRole", PROFILE, "arn:aws:iam::*:*")], []),
        ([PASSES, allow("iam:PassRole", "*", Condition={"Bool": {"aws:x": "true"}})], []),
        ([PASSES, {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], []),
        ([PASSES, {"Effect": "Allow", "Action": "iam:*", "NotResource": PROFILE}], []),
        # Nothing is passed, and that is not because of the profile.
        ([PASSES, allow("iam:PassRole", ROLE), deny("iam:PassRole", "*")], []),
        ([deny("iam:PassRole", PROFILE)], []),
        (
            [allow("iam:PassRole", PROFILE.replace("instance-profile/", "role/instance-profile/"))],
            [],
        ),
    ],
)
def test_instance_profiles(statements: list[Any], expected: list[str]) -> None:
    whole = template(Role=role(*statements), Selection=selection(), **SECTIONS)
    agree(found("E9542", whole), expected)
    tested = template(Role=role(*statements), Restored=restore_selection(), **SECTIONS)
    agree(found("E9542", tested), expected)
    assert found("E9542", template(Role=role(*statements), **SECTIONS)) == []


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ([AWS_POLICY + "ForBackup"], FAULT),
        ([AWS_POLICY + "ForRestores"], []),
        ([{"Ref": "Given"}], []),
    ],
)
def test_policies_from_elsewhere(policies: list[Any], expected: list[str]) -> None:
    its = role(PASSES, ManagedPolicyArns=policies)
    agree(found("E9542", template(Role=its, Selection=selection(), **SECTIONS)), expected)


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
