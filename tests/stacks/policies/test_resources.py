"""The documents at the key, the vault and the topic, word for word, and what they decide."""

from typing import Any

import pytest

from tests.support.generated import resolved
from tests.support.parameter_values import ACCOUNT, CLUSTER, ON, REGIONS, on

ADMIN = ON["RecoveryPointAdminRoleArn"]

KEY_ACTIONS = (
    "CancelKeyDeletion CreateAlias Decrypt DeleteAlias DescribeKey DisableKey DisableKeyRotation "
    "EnableKey EnableKeyRotation Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext "
    "GetKeyPolicy GetKeyRotationStatus ListGrants ListKeyPolicies ListKeyRotations "
    "ListResourceTags PutKeyPolicy ReEncryptFrom ReEncryptTo RetireGrant RevokeGrant "
    "RotateKeyOnDemand ScheduleKeyDeletion TagResource UntagResource UpdateAlias "
    "UpdateKeyDescription"
)

KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "ManageAndUseByIAM",
            "Effect": "Allow",
            "Principal": {"AWS": ACCOUNT},
            "Action": [f"kms:{action}" for action in KEY_ACTIONS.split()],
            "Resource": ["*"],
        },
        {
            "Sid": "GrantToServices",
            "Effect": "Allow",
            "Principal": {"AWS": ACCOUNT},
            "Action": ["kms:CreateGrant"],
            "Resource": ["*"],
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ],
}

VAULT_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "KeepRecoveryPoints",
            "Effect": "Deny",
            "Principal": "*",
            "Action": [
                "backup:DeleteRecoveryPoint",
                "backup:DisassociateRecoveryPoint",
                "backup:UpdateRecoveryPointLifecycle",
            ],
            "Resource": ["*"],
        }
    ],
}


@pytest.mark.parametrize("region", REGIONS.values())
def test_the_keys_policy(region: str) -> None:
    key = resolved(region, CreateVaultKmsKey="yes").resources["SOCABackupVaultKey"]
    assert key == {
        "Description": f"Encrypts the backups in the vault of the cluster {CLUSTER}",
        "EnableKeyRotation": "true",
        "PendingWindowInDays": "30",
        "KeyPolicy": KEY_POLICY,
        "Tags": [
            {"Key": "Name", "Value": f"{CLUSTER}-backup"},
            {"Key": "soca:ClusterId", "Value": CLUSTER},
        ],
    }


def test_the_keys_policy_has_what_aws_asks_of_a_vaults_key() -> None:
    """And what CloudFormation calls: without PutKeyPolicy nobody could change it again.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault.html
    """
    allowed = {action for one in KEY_POLICY["Statement"] for action in _actions(one)}
    vault = {"CreateGrant", "DescribeKey", "RetireGrant", "Decrypt", "GenerateDataKey"}
    cloudformation = {
        "DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags", "PutKeyPolicy",
        "EnableKeyRotation", "DisableKeyRotation", "UpdateKeyDescription", "TagResource",
        "UntagResource", "EnableKey", "DisableKey", "CreateAlias", "UpdateAlias", "DeleteAlias",
    }  # fmt: skip
    assert {f"kms:{action}" for action in vault | cloudformation} <= allowed
    assert not {action for action in allowed if "*" in action}


def _actions(statement: Any) -> list[str]:
    actions: list[str] = statement["Action"]
    return actions


def test_the_vaults_policy_denies_everybody() -> None:
    vault = resolved(DenyRecoveryPointDeletion="yes").resources["SOCABackupVault"]
    assert vault["AccessPolicy"] == VAULT_POLICY


def test_the_vaults_policy_denies_everybody_but_the_admin_role() -> None:
    given = on("DenyRecoveryPointDeletion", "RecoveryPointAdminRoleArn")
    vault = resolved(**given).resources["SOCABackupVault"]
    [statement] = VAULT_POLICY["Statement"]
    condition = {"ArnNotEquals": {"aws:PrincipalArn": [ADMIN]}}
    assert vault["AccessPolicy"] == {
        "Version": "2012-10-17",
        "Statement": [{**_as_dict(statement), "Condition": condition}],
    }


def _as_dict(statement: Any) -> dict[str, Any]:
    return dict(statement)


def test_the_vaults_policy_leaves_cloudformation_what_it_needs() -> None:
    """The calls of the resource's own handlers, as its schema names them."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", "AWS::Backup::BackupVault")
    handlers = schema.schema.get("handlers")
    needed = (
        {action for one in handlers.values() for action in one["permissions"]}
        if handlers
        else {
            "backup:DeleteBackupVault", "backup:DeleteBackupVaultAccessPolicy",
            "backup:DescribeBackupVault", "backup:GetBackupVaultAccessPolicy",
            "backup:PutBackupVaultAccessPolicy", "backup:PutBackupVaultLockConfiguration",
            "backup:DeleteBackupVaultLockConfiguration", "backup:TagResource",
        }
    )  # fmt: skip
    denied = {action for one in VAULT_POLICY["Statement"] for action in _actions(one)}
    assert not needed & denied
    assert not {action for action in denied if "*" in action}


def test_an_admin_role_without_the_denial_changes_nothing() -> None:
    assert resolved(RecoveryPointAdminRoleArn=ADMIN).resources == resolved().resources


def test_the_topics_policy() -> None:
    made = resolved(**on("NotificationEmail"))
    topic = "<SOCABackupAlertsTopic>"

    def publish(sid: str, service: str, *sources: str) -> dict[str, Any]:
        return {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": ["sns:Publish"],
            "Resource": [topic],
            "Condition": {"ArnEquals": {"aws:SourceArn": [f"<{one}.Arn>" for one in sources]}},
        }

    assert made.resources["SOCABackupAlertsTopicPolicy"] == {
        "Topics": [topic],
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                publish(
                    "PublishEvents",
                    "events.amazonaws.com",
                    "SOCABackupJobAlert",
                    "SOCACopyJobAlert",
                    "SOCARestoreJobAlert",
                ),
                publish(
                    "PublishAlarms",
                    "cloudwatch.amazonaws.com",
                    "SOCABackupSilenceEFS",
                    "SOCABackupSilenceEC2",
                    "SOCABackupExpired",
                ),
            ],
        },
    }
