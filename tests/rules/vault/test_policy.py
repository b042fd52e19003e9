"""E9515: access policies of vaults."""

from typing import Any

import pytest

from tests.rules.support import DENY, agree, found, policy, template, vault


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("backup:DeleteRecoveryPoint", []),
        ("backup:CopyIntoBackupVault", []),
        ("BACKUP:startcopyjob", []),
        ({"Ref": "Somebody"}, []),
        ("backup:*", ["has a wildcard, which AWS Backup does not support"]),
        ("backup:Delete*", ["has a wildcard, which AWS Backup does not support"]),
        ("backup:Get????", ["has a wildcard, which AWS Backup does not support"]),
        ("*", ["has a wildcard, which AWS Backup does not support"]),
        ("ec2:DeleteSnapshot", ["is not an action of AWS Backup"]),
        ("backup:DeleteBackups", ["is not an action on vaults"]),
        ("backup:DeleteBackupPlan", ["is not an action on vaults"]),
        (["backup:StartRestoreJob", "backup:ListBackupJobs"], ["'backup:ListBackupJobs'"]),
    ],
)
def test_actions(action: Any, expected: list[str]) -> None:
    agree(found("E9515", policy({**DENY, "Action": action})), expected)


def test_a_statement_without_principal() -> None:
    statement = {key: value for key, value in DENY.items() if key != "Principal"}
    agree(found("E9515", policy(DENY, statement)), ["no Principal"])
    assert found("E9515", policy({**statement, "NotPrincipal": {"AWS": "x"}})) == []


def test_a_document_without_version() -> None:
    agree(found("E9515", policy(DENY, Version=None)), ["has no Version"])


def test_a_policy_that_somebody_else_gives() -> None:
    assert found("E9515", template(Vault=vault(AccessPolicy={"Ref": "Nobody"}))) == []
