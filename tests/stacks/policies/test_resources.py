"""What the policies at the key and the vault decide; the topic's is in the alerts' tests."""

from typing import Any

import pytest
from _backup.iam import Context, allows

from generator.cloudformation.schemas import schema
from tests.support.generated import resolved
from tests.support.parameter_values import ACCOUNT, ON, REGIONS, on

RESTORES = {
    "CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo",
}  # fmt: skip
"""What AWS's managed policy for restores asks of a key."""

VAULT = {"CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKey", "RetireGrant"}
"""What AWS asks of a vault's key.

https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault.html
"""

CLOUDFORMATION = {
    "CreateAlias", "DeleteAlias", "DescribeKey", "DisableKey", "DisableKeyRotation", "EnableKey",
    "EnableKeyRotation", "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags", "PutKeyPolicy",
    "TagResource", "UntagResource", "UpdateAlias", "UpdateKeyDescription",
}  # fmt: skip
"""What CloudFormation calls: without PutKeyPolicy nobody could change the policy again."""

ADMINISTRATORS = {
    "CancelKeyDeletion", "ListGrants", "ListKeyPolicies", "ListKeyRotations", "RevokeGrant",
    "RotateKeyOnDemand", "ScheduleKeyDeletion",
}  # fmt: skip
"""What whoever looks after the key does beside."""


@pytest.mark.parametrize("region", REGIONS.values())
def test_the_account_decides_who_uses_the_key_and_grants_are_for_services(region: str) -> None:
    made = resolved(region, CreateVaultKmsKey="yes").resources
    policy = made["SOCABackupVaultKey"]["KeyPolicy"]
    assert policy["Version"] == "2012-10-17"
    use, grant = policy["Statement"]
    for statement in (use, grant):
        assert statement["Effect"] == "Allow"
        assert statement["Principal"] == {"AWS": ACCOUNT}
        assert statement["Resource"] == ["*"]
    needed = RESTORES | VAULT | CLOUDFORMATION | ADMINISTRATORS
    assert {*use["Action"], *grant["Action"]} == {f"kms:{action}" for action in needed}
    assert "Condition" not in use
    assert grant["Action"] == ["kms:CreateGrant"]
    assert grant["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


OTHER_ACCOUNT = "111122223333"


def _key_statements(partition: str = "aws", account: str = "") -> list[dict[str, Any]]:
    """Return the statements of the key's policy, with copies to the account if there is one."""
    vault = f"arn:{partition}:backup:{REGIONS[partition]}:{account}:backup-vault:Far"
    made = resolved(
        REGIONS[partition],
        CreateVaultKmsKey="yes",
        CopyDestinationVaultArn=vault if account else "",
    )
    statements: list[dict[str, Any]] = made.resources["SOCABackupVaultKey"]["KeyPolicy"][
        "Statement"
    ]
    return statements


def test_copies_within_the_account_do_not_change_the_keys_policy() -> None:
    assert _key_statements(account=ACCOUNT) == _key_statements()


TO_AWS: Context = {"kms:GrantIsForAWSResource": "true"}


@pytest.mark.parametrize("partition", REGIONS)
def test_the_account_of_the_copies_may_read_with_the_key_and_nothing_else(partition: str) -> None:
    """What it may do is what AWS names for a key that recovery points are copied with.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
    """
    own = _key_statements(partition)
    statements = _key_statements(partition, OTHER_ACCOUNT)
    assert statements[: len(own)] == own
    shared = statements[len(own) :]
    assert [statement.pop("Principal") for statement in shared] == [{"AWS": OTHER_ACCOUNT}] * 2
    for action, context, allowed in (
        ("DescribeKey", {}, True),
        ("Decrypt", {}, True),
        ("GenerateDataKeyWithoutPlaintext", {}, True),
        ("ReEncryptFrom", {}, True),
        ("ReEncryptTo", {}, True),
        ("CreateGrant", TO_AWS, True),
        ("CreateGrant", {}, False),
        ("PutKeyPolicy", {}, False),
        ("ScheduleKeyDeletion", {}, False),
        ("DisableKey", {}, False),
    ):
        key = f"arn:{partition}:kms:x:{ACCOUNT}:key/1"
        assert allows([{"Statement": shared}], f"kms:{action}", key, context) is allowed, action


def _denial(**given: str) -> dict[str, Any]:
    vault = resolved(DenyRecoveryPointDeletion="yes", **given).resources["SOCABackupVault"]
    assert vault["AccessPolicy"]["Version"] == "2012-10-17"
    [statement] = vault["AccessPolicy"]["Statement"]
    denial: dict[str, Any] = statement
    assert (denial["Effect"], denial["Principal"], denial["Resource"]) == ("Deny", "*", ["*"])
    return denial


def test_the_vaults_policy_denies_everybody_but_the_admin_role() -> None:
    denied = {"DeleteRecoveryPoint", "DisassociateRecoveryPoint", "UpdateRecoveryPointLifecycle"}
    assert set(_denial()["Action"]) == {f"backup:{action}" for action in denied}
    assert "Condition" not in _denial()
    with_admin = _denial(**on("RecoveryPointAdminRoleArn"))
    admin = ON["RecoveryPointAdminRoleArn"]
    assert with_admin["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": [admin]}}


def test_the_vaults_policy_leaves_cloudformation_what_it_needs() -> None:
    """The calls of the resource's own handlers, as its schema names them."""
    handlers = (schema("AWS::Backup::BackupVault") or {})["handlers"].values()
    needed = {action for handler in handlers for action in handler["permissions"]}
    assert "backup:PutBackupVaultAccessPolicy" in needed
    assert not needed & set(_denial()["Action"])


def test_an_admin_role_without_the_denial_changes_nothing() -> None:
    assert resolved(**on("RecoveryPointAdminRoleArn")).resources == resolved().resources
