"""E9515: access policies of vaults; W9516: those that lock CloudFormation out."""

from typing import Any

import pytest

from tests.rules.support import agree, found, template, vault

DENY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "backup:DeleteRecoveryPoint",
    "Resource": "*",
}
UNLESS_ADMIN = {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/admin"}}
NOTHING = {"Ref": "AWS::NoValue"}
PUT = "backup:PutBackupVaultAccessPolicy"


def policy(*statements: Any, **document: Any) -> dict[str, Any]:
    whole = {"Version": "2012-10-17", "Statement": list(statements), **document}
    return template(Vault=vault(AccessPolicy={k: v for k, v in whole.items() if v is not None}))


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("backup:DeleteRecoveryPoint", []),
        ("backup:CopyIntoBackupVault", []),
        ("BACKUP:startcopyjob", []),
        ({"Ref": "Somebody"}, []),
        ("backup:*", ["take no wildcard"]),
        ("backup:Delete*", ["take no wildcard"]),
        ("backup:Get????", ["take no wildcard"]),
        ("*", ["take no wildcard"]),
        ("ec2:DeleteSnapshot", ["actions of AWS Backup only"]),
        ("backup:DeleteBackups", ["no such action on vaults"]),
        ("backup:DeleteBackupPlan", ["no such action on vaults"]),
        (["backup:StartRestoreJob", "backup:ListBackupJobs"], ["'backup:ListBackupJobs'"]),
    ],
)
def test_actions(action: Any, expected: list[str]) -> None:
    agree(found("E9515", policy({**DENY, "Action": action})), expected)


def test_a_statement_without_principal() -> None:
    statement = {key: value for key, value in DENY.items() if key != "Principal"}
    agree(found("E9515", policy(DENY, statement)), ["no Principal"])
    assert found("E9515", policy({**statement, "NotPrincipal": {"AWS": "x"}})) == []


def test_a_single_statement_outside_a_list() -> None:
    agree(found("E9515", policy(Statement={**DENY, "Action": "backup:*"})), ["take no wildcard"])


def test_a_document_without_version() -> None:
    agree(found("E9515", policy(DENY, Version=None)), ["has no Version"])


def test_a_policy_that_somebody_else_gives() -> None:
    assert found("E9515", template(Vault=vault(AccessPolicy={"Ref": "Nobody"}))) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"Action": PUT}, [f"Action '{PUT}'"]),
        ({"Action": "backup:DeleteBackupVaultAccessPolicy"}, ["is denied to everybody"]),
        ({"Action": "backup:*"}, ["Action 'backup:*'"]),
        ({"Action": PUT, "Principal": {"AWS": ["*"]}}, ["is denied to everybody"]),
        ({}, []),
        ({"Action": None, "NotAction": "backup:CopyIntoBackupVault"}, [f"{PUT} (not among"]),
        ({"Action": None, "NotAction": "backup:*"}, []),
        ({"Action": PUT, "Effect": "Allow"}, []),
        ({"Action": PUT, "Condition": UNLESS_ADMIN}, []),
        ({"Action": PUT, "Condition": {"Fn::If": ["Has", UNLESS_ADMIN, NOTHING]}}, [PUT]),
        ({"Action": PUT, "Condition": {"Fn::If": ["Has", UNLESS_ADMIN, UNLESS_ADMIN]}}, []),
        ({"Action": PUT, "Principal": {"AWS": "arn:aws:iam::1:role/intern"}}, []),
        ({"Action": PUT, "Principal": {"Ref": "Somebody"}}, []),
    ],
)
def test_lockout(change: dict[str, Any], expected: list[str]) -> None:
    statement = {key: value for key, value in {**DENY, **change}.items() if value is not None}
    agree(found("W9516", policy(statement)), expected)
