"""I9555: names of backup roles that CloudFormation makes."""

from typing import Any

import pytest

from tests.rules.support import agree, found, role, selection, template

FAULT = ["has no RoleName"]
CONDITIONS = {"Named": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}
SOMETIMES = {"Fn::If": ["Named", "AWSBackup-nightly", {"Ref": "AWS::NoValue"}]}


@pytest.mark.parametrize(
    ("logical_id", "name", "expected"),
    [
        ("BackupRole", None, FAULT),
        ("AWSBackupRole", None, []),
        ("NightlyAwsBackup", None, []),
        ("awsbackup", None, FAULT),
        ("BackupRole", {"Ref": "AWS::NoValue"}, FAULT),
        ("BackupRole", SOMETIMES, FAULT),
        ("BackupRole", "nightly", []),  # W9545
    ],
)
def test_logical_ids(logical_id: str, name: Any, expected: list[str]) -> None:
    used = selection(IamRoleArn={"Fn::GetAtt": [logical_id, "Arn"]})
    whole = template(**{logical_id: role(RoleName=name)}, One=used, Two=used, Conditions=CONDITIONS)
    agree(found("I9555", whole), expected)


def test_a_role_that_no_selection_uses() -> None:
    assert found("I9555", template(Role=role())) == []
