"""What the policies at the key and the vault decide; the topic's is in the alerts' tests."""

from typing import Any

import pytest
from _backup.iam import Context, allows

from generator.cloudformation.schemas import schema
from generator.stacks import MAIN
from tests.deployer_policy.needs import iam_table
from tests.support.generated import COPIES, resolved
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


@pytest.mark.parametrize(("of", "given"), [(MAIN, {"CreateVaultKmsKey": "yes"}), (COPIES, {})])
@pytest.mark.parametrize("region", REGIONS.values())
def test_the_account_decides_who_uses_the_key_and_grants_are_for_services(
    region: str, of: str, given: dict[str, str]
) -> None:
    policy = _key_policy(region, of, **given)
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


def _key_policy(region: str, /, of: str, **given: str) -> dict[str, Any]:
    made = resolved(region, of=of, **given).resources
    policy: dict[str, Any] = made["SOCABackupVaultKey"]["KeyPolicy"]
    return policy


def _key_shared(partition: str, of: str, account: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the key's policy without copies to or from another account, and with them."""
    region = REGIONS[partition]
    vault = f"arn:{partition}:backup:{region}:{account}:backup-vault:Far"
    more = {
        MAIN: {"CopyDestinationVaultArn": vault},
        COPIES: {"SourceAccountId": account, "AllowCopyBack": "yes"},
    }
    base = {MAIN: {"CreateVaultKmsKey": "yes"}, COPIES: {}}[of]
    return _key_policy(region, of, **base), _key_policy(region, of, **base, **more[of])


def _may_with_key(policy: dict[str, Any], who: str, context: Context) -> set[str]:
    """Return which of all actions the policy lets somebody do with the key."""
    key = f"arn:aws:kms:x:{ACCOUNT}:key/1"
    return {
        action
        for action in iam_table()["kms"]["Actions"]
        if allows([policy], f"kms:{action}", key, context, principal={"AWS": who})
    }


@pytest.mark.parametrize("of", [MAIN, COPIES])
def test_copies_within_the_account_do_not_change_the_keys_policy(of: str) -> None:
    own, shared = _key_shared("aws", of, ACCOUNT)
    assert own == shared


TO_AWS: Context = {"kms:GrantIsForAWSResource": "true"}
USE = {
    action.lower()
    for action in (
        "Decrypt", "DescribeKey", "GenerateDataKey", "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext",
        "ReEncryptFrom", "ReEncryptTo",
    )
}  # fmt: skip
"""What AWS names for a key that recovery points are copied with.

https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
"""


@pytest.mark.parametrize("of", [MAIN, COPIES])
@pytest.mark.parametrize("partition", REGIONS)
def test_the_account_on_the_other_side_of_copies_uses_the_key_and_does_nothing_else(
    partition: str, of: str
) -> None:
    """Not even that of the cluster, if copies back are not allowed; and never a third one."""
    own, shared = _key_shared(partition, of, OTHER_ACCOUNT)
    more = len(own["Statement"])
    assert shared["Statement"][:more] == own["Statement"]
    principals = [statement["Principal"] for statement in shared["Statement"][more:]]
    assert principals == [{"AWS": OTHER_ACCOUNT}] * 2
    other, third = (
        f"arn:{partition}:iam::{account}:role/x" for account in (OTHER_ACCOUNT, "777788889999")
    )
    assert _may_with_key(shared, other, {}) == USE
    assert _may_with_key(shared, other, TO_AWS) == USE | {"creategrant"}
    assert _may_with_key(shared, third, TO_AWS) == set()
    assert _may_with_key(own, other, TO_AWS) == set()


def test_the_clusters_account_alone_gets_nothing_from_the_key_of_copies() -> None:
    own = _key_policy("us-east-1", COPIES)
    assert _key_policy("us-east-1", COPIES, SourceAccountId=OTHER_ACCOUNT) == own


DENYING = [
    pytest.param(MAIN, {}, id="backup"),
    pytest.param(COPIES, {}, id="copies"),
    pytest.param(COPIES, {"SourceAccountId": OTHER_ACCOUNT}, id="copies-of-another-account"),
]


def _denial(of: str, given: dict[str, str], **more: str) -> dict[str, Any]:
    made = resolved(of=of, DenyRecoveryPointDeletion="yes", **given, **more)
    vault = made.resources["SOCABackupVault"]
    assert vault["AccessPolicy"]["Version"] == "2012-10-17"
    [statement] = [one for one in vault["AccessPolicy"]["Statement"] if one["Effect"] == "Deny"]
    denial: dict[str, Any] = statement
    assert (denial["Principal"], denial["Resource"]) == ("*", ["*"])
    return denial


@pytest.mark.parametrize(("of", "given"), DENYING)
def test_the_vaults_policy_denies_everybody_but_the_admin_role(
    of: str, given: dict[str, str]
) -> None:
    denied = {"DeleteRecoveryPoint", "DisassociateRecoveryPoint", "UpdateRecoveryPointLifecycle"}
    assert set(_denial(of, given)["Action"]) == {f"backup:{action}" for action in denied}
    assert "Condition" not in _denial(of, given)
    with_admin = _denial(of, given, **on("RecoveryPointAdminRoleArn"))
    admin = ON["RecoveryPointAdminRoleArn"]
    assert with_admin["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": [admin]}}


@pytest.mark.parametrize(("of", "given"), DENYING)
def test_the_vaults_policy_leaves_cloudformation_what_it_needs(
    of: str, given: dict[str, str]
) -> None:
    """The calls of the resource's own handlers, as its schema names them."""
    handlers = (schema("AWS::Backup::BackupVault") or {})["handlers"].values()
    needed = {action for handler in handlers for action in handler["permissions"]}
    assert "backup:PutBackupVaultAccessPolicy" in needed
    assert not needed & set(_denial(of, given)["Action"])


@pytest.mark.parametrize("of", [MAIN, COPIES])
def test_an_admin_role_without_the_denial_changes_nothing(of: str) -> None:
    admin = on("RecoveryPointAdminRoleArn")
    assert resolved(of=of, **admin).resources == resolved(of=of).resources
