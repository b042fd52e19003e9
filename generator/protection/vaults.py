"""The vaults that rules fill: their keys, locks and policies."""

from collections.abc import Iterable
from typing import Any

from _backup.iam import Answer, as_list, decide
from _backup.matching import unknown

from generator.protection.model import Lock, Vault
from generator.protection.texts import VAULTS, Stack, number, plain, text

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
_USE = ("Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo")


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
    keys = {
        stack.attribute(key, "Arn"): (key, held) for key, held in stack.of_type("AWS::KMS::Key")
    }
    arn = text(properties.get("EncryptionKeyArn"))
    key, key_properties = keys.get(arn, ("", {}))
    statements = _statements(properties.get("AccessPolicy"))
    return Vault(
        name=stack.ref(name),
        made=True,
        kept=stack.is_kept(name),
        key=arn,
        key_made=bool(key),
        key_kept=not key or stack.is_kept(key),
        key_refuses=tuple(_refuses(key_properties)) if key else (),
        lock=_lock(properties),
        denied=_denied(statements),
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
    found = plain(document) if isinstance(document, dict) else {}
    statements = as_list(found.get("Statement", [])) if isinstance(found, dict) else []
    return [each for each in statements if isinstance(each, dict)]


def _denied(statements: list[dict[str, Any]]) -> dict[str, frozenset[str]]:
    """Return what is denied to everybody but the principals that a condition leaves out."""
    found: dict[str, frozenset[str]] = {}
    somebody = f"arn:{unknown('AWS::Partition')}:iam::{unknown('AWS::AccountId')}:role/somebody"
    for action in (*GUARDED, *NEEDED):
        for statement in statements:
            if statement.get("Effect") != "Deny":
                continue
            allow = {**statement, "Effect": "Allow"}
            answer = decide(
                [{"Version": "2012-10-17", "Statement": [allow]}],
                action,
                unknown("the vault"),
                {"aws:PrincipalArn": somebody},
                principal={"AWS": somebody},
            )
            exceptions = _exceptions(statement.get("Condition"))
            if answer is Answer.ALLOWED and (
                action not in found or len(exceptions) < len(found[action])
            ):
                found[action] = exceptions
    return found


def _exceptions(condition: Any) -> frozenset[str]:
    block = condition if isinstance(condition, dict) else {}
    return frozenset(
        value
        for operator, tests in block.items()
        if "Not" in operator and isinstance(tests, dict)
        for key, values in tests.items()
        for value in as_list(values)
        if key.lower() == "aws:principalarn"
    )


def _open_to(statements: list[dict[str, Any]]) -> Iterable[tuple[str, str]]:
    for statement in statements:
        if statement.get("Effect") != "Allow":
            continue
        principal = statement.get("Principal", "*")
        who = (
            [str(value) for values in principal.values() for value in as_list(values)]
            if isinstance(principal, dict)
            else [str(principal)]
        )
        for action in as_list(statement.get("Action", [])):
            yield from ((str(action), each) for each in who)


def _refuses(properties: dict[str, Any]) -> Iterable[str]:
    """Yield what the policy of a key does not let the account use it for."""
    enabled = text(properties.get("Enabled"))
    document = plain(properties.get("KeyPolicy"))
    account = unknown("AWS::AccountId")
    somebody = f"arn:{unknown('AWS::Partition')}:iam::{account}:role/somebody"
    for action in (*_USE, "CreateGrant"):
        answer = decide(
            [document] if isinstance(document, dict) else [],
            f"kms:{action}",
            "*",
            {
                "kms:GrantIsForAWSResource": "true",
                "kms:CallerAccount": account,
                "aws:PrincipalAccount": account,
            },
            principal={"AWS": somebody},
        )
        if answer is not Answer.ALLOWED or enabled == "false":
            yield f"kms:{action}"
