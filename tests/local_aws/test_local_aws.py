"""The corrections of moto are still needed."""

import inspect
from typing import Any

import pytest


def plan(**rule: Any) -> dict[str, Any]:
    rule = {"RuleName": "Daily", "TargetBackupVaultName": "Vault-x", **rule}
    return {"BackupPlanName": "Backup-x", "Rules": [rule]}


def test_moto_itself_still_refuses_two_plans_of_one_name() -> None:
    """When this fails, delete plans_may_share_a_name."""
    from moto.backup.exceptions import AlreadyExistsException
    from moto.backup.models import BackupBackend

    backend = BackupBackend("us-east-1", "123456789012")
    original = inspect.unwrap(BackupBackend.create_backup_plan)
    original(backend, plan(), {}, "one")
    with pytest.raises(AlreadyExistsException):
        original(backend, plan(StartWindowMinutes=60), {}, "two")


def test_moto_itself_still_cannot_create_a_stack_of_our_template() -> None:
    """When this fails, see what else of stacks.py can go."""
    from moto.cloudformation.parsing import resource_class_from_type

    assert resource_class_from_type("AWS::Backup::BackupPlan") is None
