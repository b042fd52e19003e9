"""Copies in another region, another account or both: the vault there, and the plan that fills it.

Deployed by their parameters, as people do it: first the vault, then its ARN in the cluster's stack.
"""

import json
from typing import Any

import pytest
from _backup.iam import Context, allows

from tests.deployed.support import asked, create, key_policy, role_policies, what_is_there
from tests.local_aws.deployer import Stack
from tests.local_aws.errors import DeploymentError, RefusedError
from tests.local_aws.local_aws import ACCOUNT, LocalAws, local_aws
from tests.support.combinations import switches
from tests.support.generated import COPIES, all_on
from tests.support.parameter_values import CLUSTER, ON, REGIONS

OTHER = "444455556666"
VAULT = f"Copies-{CLUSTER}"
PLACES = {
    "another-region": ("eu-west-1", ACCOUNT),
    "another-account": ("us-east-1", OTHER),
    "both": ("eu-west-1", OTHER),
}


def source_of(there: LocalAws) -> dict[str, str]:
    """Return the parameters that say where copies come from, if not from the same account."""
    return {"SourceAccountId": ACCOUNT} if there.account != ACCOUNT else {}


@pytest.fixture(params=PLACES)
def there(aws: LocalAws, request: pytest.FixtureRequest) -> LocalAws:
    """Give the place of the copies."""
    region, account = PLACES[request.param]
    return aws.elsewhere(region, account)


@pytest.fixture
def both(aws: LocalAws, there: LocalAws) -> tuple[Stack, Stack]:
    """Give the stack of the copies, and then that of the cluster, which points at it."""
    copies = create(there, COPIES, **source_of(there))
    arn = copies.outputs["CopyDestinationVaultArn"]
    return copies, create(aws, CreateVaultKmsKey="yes", CopyDestinationVaultArn=arn)


def test_every_rule_copies_into_the_vault_that_is_there(
    aws: LocalAws, there: LocalAws, both: tuple[Stack, Stack]
) -> None:
    _, cluster = both
    vault = there.client("backup").describe_backup_vault(BackupVaultName=VAULT)
    plan = aws.client("backup").get_backup_plan(BackupPlanId=cluster.outputs["BackupPlanId"])
    for rule in plan["BackupPlan"]["Rules"]:
        copy = {"DestinationBackupVaultArn": vault["BackupVaultArn"]}
        assert rule["CopyActions"] == [{**copy, "Lifecycle": rule["Lifecycle"]}]
    # No key of AWS: it fits every type, and copies to another account.
    key = there.client("kms").describe_key(KeyId=vault["EncryptionKeyArn"])["KeyMetadata"]
    assert (key["KeyManager"], key["AWSAccountId"]) == ("CUSTOMER", there.account)
    [alias] = there.client("kms").list_aliases(KeyId=key["KeyId"])["Aliases"]
    assert alias["AliasName"] == f"alias/{CLUSTER}-copies"


def test_both_sides_let_the_clusters_role_copy(
    aws: LocalAws, there: LocalAws, both: tuple[Stack, Stack]
) -> None:
    copies, cluster = both
    role = cluster.outputs["BackupRoleArn"]
    vault = copies.outputs["CopyDestinationVaultArn"]
    own = role_policies(aws, cluster.outputs["BackupRoleName"]).values()
    assert allows(own, "backup:CopyIntoBackupVault", vault)
    policies = [json.loads(each["Policy"]) for each in asked(copies, "PutBackupVaultAccessPolicy")]
    key = key_policy(aws, cluster.outputs["VaultKmsKeyArn"])
    service = {"AWS": f"arn:aws:iam::{there.account}:role/aws-service-role/backup.amazonaws.com/X"}
    assert allows([key], "kms:Decrypt", cluster.outputs["VaultKmsKeyArn"], principal=service)
    if there.account == ACCOUNT:
        assert policies == []  # within an account the role's own policy is enough
    else:
        context: Context = {"aws:PrincipalArn": role}
        assert allows(
            policies, "backup:CopyIntoBackupVault", vault, context, principal={"AWS": role}
        )


def test_the_vault_and_its_key_outlive_the_stack_and_come_back(there: LocalAws) -> None:
    stack = create(there, COPIES, **{**all_on(COPIES), "SourceAccountId": ACCOUNT})
    assert stack.outputs["VaultLockMode"] == "compliance"
    assert what_is_there(there) == {
        "vaults": 1, "keys": 1, "aliases": 1, "roles": 1, "topics": 1, "rules": 1, "alarms": 1,
    }  # fmt: skip
    there.add_recovery_point(VAULT)
    stack.delete()
    assert set(stack.retained) == {"SOCABackupVault", "SOCABackupVaultKey"}
    assert what_is_there(there) == {"vaults": 1, "keys": 1}

    with pytest.raises(DeploymentError, match="already exists"):
        create(there, COPIES)
    assert what_is_there(there) == {"vaults": 1, "keys": 1}  # and no second key
    again = create(there, COPIES, ExistingVaultName=VAULT)
    for name in ("CopyDestinationVaultArn", "BackupVaultName", "VaultConsoleUrl"):
        assert again.outputs[name] == stack.outputs[name]
    assert again.outputs["VaultKmsKeyArn"] == "unknown: adopted vault"
    vault = there.client("backup").describe_backup_vault(BackupVaultName=VAULT)
    assert vault["EncryptionKeyArn"] == stack.outputs["VaultKmsKeyArn"]
    with pytest.raises(RefusedError, match="the vault stays as it is"):
        create(there, COPIES, ExistingVaultName=VAULT, SourceAccountId=OTHER)


def test_the_role_for_restores_is_there_if_it_is_asked_for(aws: LocalAws) -> None:
    assert create(aws.elsewhere("eu-west-1"), COPIES).outputs["RestoreRoleArn"] == "none"
    stack = create(aws, COPIES, **all_on(COPIES))
    name = stack.resources["SOCAAWSBackupRestoreRole"]
    role = aws.client("iam").get_role(RoleName=name)["Role"]
    assert stack.outputs["RestoreRoleArn"] == role["Arn"]
    # AWS's policies let backup operators pass only roles with this in the name.
    assert "AWSBackup" in name
    trust: dict[str, Any] = role["AssumeRolePolicyDocument"]
    assert trust["Statement"][0]["Principal"] == {"Service": "backup.amazonaws.com"}


def test_every_pair_of_choices_deploys_and_goes(aws: LocalAws) -> None:
    topic = ON["NotificationTopicArn"].rpartition(":")[2]
    aws.client("sns").create_topic(Name=topic)
    aws.client("backup").create_backup_vault(BackupVaultName=ON["ExistingVaultName"])
    for number, given in enumerate(switches(COPIES)):
        stack = create(aws, COPIES, **{**given, "ClusterId": f"soca-{number}"})
        stack.delete()
        made = set() if given["ExistingVaultName"] else {"SOCABackupVault", "SOCABackupVaultKey"}
        assert set(stack.retained) == made
    assert set(what_is_there(aws)) == {"vaults", "keys", "topics"}


@pytest.mark.parametrize("partition", REGIONS)
def test_it_deploys_in_every_partition(endpoint_url: str, partition: str) -> None:
    with local_aws(endpoint_url, REGIONS[partition]) as aws:
        outputs = create(aws, COPIES, **all_on(COPIES, partition)).outputs
    arn = f"arn:{partition}:backup:{REGIONS[partition]}:{ACCOUNT}:backup-vault:{VAULT}"
    assert outputs["CopyDestinationVaultArn"] == arn
