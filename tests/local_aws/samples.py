"""Resources and questions that the tests here share: a small stack of AWS Backup."""

import json
from typing import Any

from tests.local_aws.local_aws import LocalAws

TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "backup.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
ALLOW = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "tag:GetResources", "Resource": "*"}],
}
ROLE: dict[str, Any] = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": TRUST,
        "Policies": [{"PolicyName": "Read", "PolicyDocument": ALLOW}],
    },
}
VAULT: dict[str, Any] = {
    "Type": "AWS::Backup::BackupVault",
    "Properties": {"BackupVaultName": "Vault-x", "BackupVaultTags": {"a": "b"}},
}
PLAN = {
    "Type": "AWS::Backup::BackupPlan",
    "Properties": {
        "BackupPlan": {
            "BackupPlanName": "Backup-x",
            "BackupPlanRule": [
                {
                    "RuleName": "Daily",
                    "TargetBackupVault": {"Ref": "Vault"},
                    "StartWindowMinutes": "60",
                    "Lifecycle": {"DeleteAfterDays": {"Ref": "Days"}},
                }
            ],
        }
    },
}
SELECTION: dict[str, Any] = {
    "Type": "AWS::Backup::BackupSelection",
    "Properties": {
        "BackupPlanId": {"Ref": "Plan"},
        "BackupSelection": {
            "SelectionName": "Tag-x",
            "IamRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            "Resources": ["arn:aws:ec2:*:*:instance/*"],
        },
    },
}
TEST_PLAN: dict[str, Any] = {
    "Type": "AWS::Backup::RestoreTestingPlan",
    "Properties": {
        "RestoreTestingPlanName": "Test_x",
        "ScheduleExpression": "cron(0 7 2 * ? *)",
        "RecoveryPointSelection": {
            "Algorithm": "LATEST_WITHIN_WINDOW",
            "IncludeVaults": [{"Fn::GetAtt": ["Vault", "BackupVaultArn"]}],
            "RecoveryPointTypes": ["SNAPSHOT"],
        },
    },
}
TEST: dict[str, Any] = {
    "Type": "AWS::Backup::RestoreTestingSelection",
    "Properties": {
        "RestoreTestingPlanName": {"Ref": "TestPlan"},
        "RestoreTestingSelectionName": "EFS",
        "ProtectedResourceType": "EFS",
        "ProtectedResourceArns": ["*"],
        "IamRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
    },
}
RETAINED = {"DeletionPolicy": "RetainExceptOnCreate"}
BACKUP: dict[str, Any] = {
    "Parameters": {"Days": {"Type": "Number", "Default": 30}},
    # Written in the wrong order: references decide.
    "Resources": {
        "Selection": SELECTION,
        "Plan": PLAN,
        "Vault": {**VAULT, **RETAINED},
        "Role": {**ROLE, **RETAINED},
    },
    "Outputs": {
        "VaultArn": {"Value": {"Fn::GetAtt": ["Vault", "BackupVaultArn"]}},
        "RoleName": {"Value": {"Ref": "Role"}},
        "Days": {"Value": {"Ref": "Days"}},
    },
}
BROKEN = {**SELECTION, "Properties": {**SELECTION["Properties"], "BackupPlanId": "none"}}


def with_resources(**resources: Any) -> str:
    kept = {**BACKUP["Resources"], **resources}
    return json.dumps({**BACKUP, "Resources": {k: v for k, v in kept.items() if v}})


def vaults(aws: LocalAws) -> list[str]:
    found = aws.client("backup").list_backup_vaults()["BackupVaultList"]
    return [vault["BackupVaultName"] for vault in found]


def roles(aws: LocalAws) -> list[str]:
    return [role["RoleName"] for role in aws.client("iam").list_roles()["Roles"]]


def plans(aws: LocalAws) -> list[str]:
    found = aws.client("backup").list_backup_plans()["BackupPlansList"]
    return [plan["BackupPlanId"] for plan in found]


def edited(resource: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {**resource, "Properties": {**resource["Properties"], **properties}}
