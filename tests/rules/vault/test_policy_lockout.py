"""W9516: access policies that lock CloudFormation out."""

from typing import Any

import pytest

from tests.rules.support import DENY, agree, found, policy

UNLESS_ADMIN = {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/admin"}}
NOTHING = {"Ref": "AWS::NoValue"}
PUT = "backup:PutBackupVaultAccessPolicy"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"Action": PUT}, [f"Action '{PUT}'"]),
        ({"Action": "backup:DeleteBackupVaultAccessPolicy"}, ["is denied to everyone"]),
        ({"Action": "backup:*"}, ["Action 'backup:*'"]),
        ({"Action": PUT, "Principal": {"AWS": ["*"]}}, ["is denied to everyone"]),
        ({}, []),
        ({"Action": None, "NotAction": "backup:CopyIntoBackupVault"}, [f"{PUT} (not in NotAction"]),
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
