"""The rules find nothing in this project's own templates, until there is a slip in one."""

import json
from functools import cache
from pathlib import Path

import pytest

from generator.stacks.backup import template
from tests.rules.support import matches

TEMPLATES = sorted((Path(__file__).parents[2] / "templates").glob("*.template"))
KEPT = '"DeletionPolicy": "RetainExceptOnCreate", '
RETAINED = '"UpdateReplacePolicy": "Retain"'
TAG = '{"Fn::Sub": "aws:ResourceTag/${BackupTagKey}"}'
SERVICE = '{"Service": "backup.amazonaws.com"}'
PASSED = '"Condition": {"StringEquals": {"iam:PassedToService"'

# Rule, what is right in the template as JSON, and the slip in its place.
SLIPS = [
    ("E9501", '"Default": "cron(0 5 * * ? *)"', '"Default": "cron(0 5 * * * *)"'),
    ("E9502", '"Default": 60', '"Default": 30'),
    ("E9503", '"Default": 30', '"Default": 0'),
    ("W9504", '"DeleteAfterDays"', '"Kept"'),
    ("E9505", '"RuleName": "SOCADailyBackup"', '"RuleName": "SOCA daily backup"'),
    ("E9505", '"Vault-${ClusterId}"', '"Vault.${ClusterId}"'),
    ("W9511", KEPT, ""),
    ("W9517", KEPT, ""),
    ("W9511", RETAINED, '"UpdateReplacePolicy": "Delete"'),
    ("E9506", '{"Ref": "CopyDestinationVaultArn"}', '{"Ref": "SOCABackupVault"}'),
    ("W9518", KEPT, ""),
    ("E9512", '["SOCABackupVaultKey", "Arn"]', '["SOCABackupVaultKey", "KeyId"]'),
    ("E9513", '"MinRetentionDays": 1', '"MinRetentionDays": 60'),
    ("E9515", '"backup:DeleteRecoveryPoint"', '"backup:Delete*"'),
    ("W9516", '"backup:DeleteRecoveryPoint"', '"backup:DeleteBackupVault"'),
    ("E9522", '{"Service": "events.amazonaws.com"}', '{"Service": "sns.amazonaws.com"}'),
    ("E9543", '"backup:CopyFromBackupVault"', '"backup:CopyFromVault"'),
    ("E9512", '"HasVaultKmsKey", {"Ref": "VaultKmsKeyArn"}', '"HasVaultKmsKey", "alias/x"'),
    ("E9531", TAG, '{"Ref": "BackupTagKey"}'),
    ("E9531", '"Resources": [', '"NotResources": ['),
    ("E9561", ":file-system/*", ":filesystem/*"),
    ("E9561", ":instance/*", ":instances/*"),
    ("E9541", SERVICE, '{"Service": {"Fn::Sub": "backup.${AWS::URLSuffix}"}}'),
    ("E9541", SERVICE, '{"Service": "ec2.amazonaws.com"}'),
    ("E9542", ":backup-vault:*", ":backup-vault/*"),
    ("E9543", '"ec2:CreateImage"', '"ec2:CopyImage"'),
    ("E9543", '"elasticfilesystem:Backup"', '"elasticfilesystem:Restore"'),
    ("E9543", '"backup:TagResource"', '"backup:UntagResource"'),
    ("W9551", '"backup:DescribeBackupVault"', '"backup:ListBackupVaults"'),
    ("W9544", PASSED, PASSED.replace("PassedToService", "AssociatedResourceArn")),
    ("W9544", '"Resource": {"Ref": "AdditionalInstanceRoleArns"}', '"Resource": "*"'),
    ("I9555", "SOCAAWSBackupRole", "SOCABackupRole"),
    ("W9545", '"AssumeRolePolicyDocument"', '"RoleName": "x", "AssumeRolePolicyDocument"'),
]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_our_templates_have_no_findings(path: Path) -> None:
    assert list(matches(path.read_text())) == []


@cache
def as_json() -> str:
    return json.dumps(template().to_dict())


@pytest.mark.parametrize(("rule", "right", "slip"), SLIPS)
def test_a_slip_is_found(rule: str, right: str, slip: str) -> None:
    assert right in as_json()
    assert list(matches(as_json().replace(right, slip), rule))
