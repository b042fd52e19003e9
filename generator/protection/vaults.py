"""The vaults that rules fill: their keys, locks and policies."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from _backup.iam import Answer, as_list, decide
from _backup.matching import unknown

from generator.protection.model import Lock, Vault
from generator.protection.texts import VAULTS, Stack, accounts, document_of, number, text

# What can lose backups that are there, and what can weaken the vault.
GUARDED = (
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:UpdateRecoveryPointLifecycle",
    "backup:DeleteBackupVault",
    "backup:DeleteBackupVaultAccessPolicy",
    "backup:PutBackupVaultAccessPolicy",
    "backup:DeleteBackupVaultLockConfiguration",
    "backup:PutBackupVaultLockConfiguration",
)
# What a policy must not deny, or nothing is backed up, copied or restored.
NEEDED = (
    "backup:StartBackupJob",
    "backup:StartRestoreJob",
    "backup:CopyFromBackupVault",
    "backup:CopyIntoBackupVault",
)
# What backups, restores and copies ask of a key.
_USE = (
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)
# Condition keys that say who somebody is.
_WHO = ("aws:principalarn", "aws:userid")
_UNKNOWN = re.compile("\0[^\0]*\0")


def vaults(stack: Stack, names: Iterable[str]) -> dict[str, Vault]:
    """Return the vaults with these names, and all others that the stack makes, by name."""
    made = {stack.ref(name): _vault(stack, name, held) for name, held in stack.of_type(*VAULTS)}
    others = {
        name: Vault(name, False, True, unknown("key"), False, True, (), None, {}, frozenset())
        for name in names
        if name not in made
    }
    return {**made, **others}


def _vault(stack: Stack, name: str, properties: dict[str, Any]) -> Vault:
    arn = text(properties.get("EncryptionKeyArn"))
    key = stack.key_named(arn)
    statements = _statements(properties.get("AccessPolicy"))
    return Vault(
        name=stack.ref(name),
        made=True,
        kept=stack.is_kept(name),
        key=arn,
        key_made=key is not None,
        key_kept=key is None or stack.is_kept(key),
        key_refuses=() if key is None else tuple(_refuses(stack, key)),
        lock=_lock(properties),
        denied=dict(_denied(stack, stack.attribute(name, "BackupVaultArn"), statements)),
        open_to=frozenset(_open_to(statements)),
    )


def _lock(properties: dict[str, Any]) -> Lock | None:
    held = properties.get("LockConfiguration")
    if "MinRetentionDays" in properties:  # a logically air-gapped vault, which is always locked
        held = {**properties, "ChangeableForDays": "0"}
    if not isinstance(held, dict):
        return None
    keys = ("MinRetentionDays", "MaxRetentionDays", "ChangeableForDays")
    return Lock(*(number(held.get(key)) for key in keys))


def _statements(document: Any) -> list[dict[str, Any]]:
    statements = as_list(document_of(document).get("Statement", [])) if document else []
    return [each for each in statements if isinstance(each, dict)]


def _denied(
    stack: Stack, vault: str, statements: list[dict[str, Any]]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield what is denied to everybody, and the principals that all such statements leave out."""
    denials = [each for each in statements if each.get("Effect") == "Deny"]
    for action in (*GUARDED, *NEEDED):
        arn = vault if "BackupVault" in action else unknown("a recovery point")
        left_out = [_left_out(each) for each in denials if _is_about(stack, each, action, arn)]
        if left_out:
            yield action, frozenset.intersection(*left_out)


def _is_about(stack: Stack, statement: dict[str, Any], action: str, arn: str) -> bool:
    """Return whether a denial is about what somebody does whom it does not name.

    AWS Backup supports no wildcard in an action.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
    """
    named = [str(each) for each in as_list(statement.get("Action", [])) if "*" not in str(each)]
    its: dict[str, Any] = {"Action": named} if "Action" in statement else {}
    if "Condition" in statement:
        its["Condition"] = _with_names(statement["Condition"])
    somebody = _somebody(stack)
    answer = decide(
        [{"Version": "2012-10-17", "Statement": {**statement, **its, "Effect": "Allow"}}],
        action,
        arn,
        {"aws:PrincipalArn": somebody, "aws:userid": "somebody", **accounts(stack.place)},
        principal={"AWS": somebody},
    )
    return answer is Answer.ALLOWED


def _with_names(condition: Any) -> Any:
    """Return a condition in which whom nobody knows has the name of somebody else."""
    if isinstance(condition, dict):
        return {
            key: [
                "somebody else" if _UNKNOWN.fullmatch(str(who)) else who for who in as_list(value)
            ]
            if key.lower() in _WHO
            else _with_names(value)
            for key, value in condition.items()
        }
    return condition


def _somebody(stack: Stack) -> str:
    return f"arn:{stack.place.partition}:iam::{stack.place.account}:role/somebody"


def _left_out(statement: dict[str, Any]) -> frozenset[str]:
    condition = statement.get("Condition")
    named = [
        str(value)
        for operator, tests in (condition if isinstance(condition, dict) else {}).items()
        if "Not" in operator and isinstance(tests, dict)
        for key, values in tests.items()
        for value in as_list(values)
        if key.lower() in _WHO
    ]
    return frozenset([*named, *_principals(statement.get("NotPrincipal", {}))])


def _principals(principal: Any) -> list[str]:
    kinds = principal.values() if isinstance(principal, dict) else [principal]
    return [str(who) for kind in kinds for who in as_list(kind)]


def _open_to(statements: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for statement in statements:
        if statement.get("Effect") != "Allow":
            continue
        condition = json.dumps(statement.get("Condition"), sort_keys=True)
        # An unknown part stays one.
        only_if = "" if condition == "null" else f" if {condition}".replace("\\u0000", "\0")
        for action in as_list(statement.get("Action", [])):
            for who in _principals(statement.get("Principal", "*")):
                yield str(action), who + only_if


def _refuses(stack: Stack, key: str) -> Iterator[str]:
    """Yield what the policy of a key does not surely let the account use it for."""
    properties = dict(stack.of_type(str(stack.resources[key]["Type"])))[key]
    is_off = text(properties.get("Enabled")) == "false" or (
        text(properties.get("KeyUsage")) not in ("", "ENCRYPT_DECRYPT")
    )
    context = {
        **accounts(stack.place),
        "kms:CallerAccount": stack.place.account,
        "kms:GrantIsForAWSResource": "true",
    }
    for action in _USE:
        answer = decide(
            [stack.policy_of_key(key)],
            f"kms:{action}",
            stack.attribute(key, "Arn"),
            context,
            principal={"AWS": _somebody(stack)},
        )
        if is_off or answer is not Answer.ALLOWED:
            yield f"kms:{action}"
