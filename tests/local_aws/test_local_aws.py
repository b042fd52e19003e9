"""The local AWS is empty at the start of a test, and its corrections of moto are still needed."""

import inspect
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.local_aws import LocalAws, local_aws


def plan(**rule: Any) -> dict[str, Any]:
    rule = {"RuleName": "Daily", "TargetBackupVaultName": "Vault-x", **rule}
    return {"BackupPlanName": "Backup-x", "Rules": [rule]}


@pytest.mark.parametrize("again", [1, 2])
def test_every_test_starts_empty(aws: LocalAws, again: int) -> None:
    assert aws.client("backup").list_backup_vaults()["BackupVaultList"] == [], again
    aws.client("backup").create_backup_vault(BackupVaultName="Vault-x")


def test_the_server_is_local(aws: LocalAws) -> None:
    assert aws.endpoint_url.startswith("http://127.0.0.1:")


def test_two_plans_may_share_a_name_and_not_a_document(aws: LocalAws) -> None:
    backup = aws.client("backup")
    first = backup.create_backup_plan(BackupPlan=plan())["BackupPlanId"]
    backup.create_backup_plan(BackupPlan=plan(StartWindowMinutes=60))
    with pytest.raises(ClientError, match="AlreadyExists"):
        backup.create_backup_plan(BackupPlan=plan())
    backup.delete_backup_plan(BackupPlanId=first)
    backup.create_backup_plan(BackupPlan=plan())
    assert len(backup.list_backup_plans()["BackupPlansList"]) == 2


def test_moto_itself_still_refuses_two_plans_of_one_name() -> None:
    """When this fails, delete plans_may_share_a_name."""
    from moto.backup.exceptions import AlreadyExistsException
    from moto.backup.models import BackupBackend

    backend = BackupBackend("us-east-1", "123456789012")
    original = inspect.unwrap(BackupBackend.create_backup_plan)
    original(backend, plan(), {}, "one")
    with pytest.raises(AlreadyExistsException):
        original(backend, plan(StartWindowMinutes=60), {}, "two")


@pytest.mark.parametrize(
    ("region", "partition"),
    [("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_a_region_of_another_partition(endpoint_url: str, region: str, partition: str) -> None:
    with local_aws(endpoint_url, region) as aws:
        made = aws.client("backup").create_backup_vault(BackupVaultName="Vault-x")
        aws.add_recovery_point("Vault-x")
        [found] = aws.client("backup").list_backup_vaults()["BackupVaultList"]
    assert made["BackupVaultArn"].startswith(f"arn:{partition}:backup:{region}:")
    assert found["NumberOfRecoveryPoints"] == 1
