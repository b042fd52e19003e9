"""The vaults that rules fill: their keys, locks and policies."""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from _backup.iam import Answer, as_list, decide
from _backup.matching import like, unknown

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
COPY_INTO = "backup:CopyIntoBackupVault"
# What a policy must not deny, or nothing is backed up, copied or restored.
NEEDED = (
    "backup:StartBackupJob",
    "backup:StartRestoreJob",
    "backup:CopyFromBackupVault",
    COPY_INTO,
)
# What backups, restores and copies ask of a key.
USE = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
# Condition keys that say who somebody is.
_WHO = ("aws:principalarn", "aws:userid")
_UNKNOWN = re.compile("\0[^\0]*\0")


def vaults(stack: Stack, names: Iterable[str]) -> dict[str, Vault]:
    """Return the vaults with these names, and all others that the stack makes, by name."""
    made = {stack.ref(name): _vault(stack, name, held) for name, held in stack.of_type(*VAULTS)}
    return {**made, **{name: elsewhere(name) for name in names if name not in made}}


def elsewhere(name: str) -> Vault:
    """Return a vault that the stack does not make."""
    return Vault(
        name,
        made=False,
        kept=True,
        key=unknown("key"),
        key_made=False,
        key_kept=True,
        key_refuses=(),
        key_lets=frozenset(),
        lock=None,
        denied={},
        denied_to=frozenset(),
        open_to=frozenset(),
    )


def _vault(stack: Stack, name: str, properties: dict[str, Any]) -> Vault:
    arn = text(properties.get("EncryptionKeyArn"))
    key = stack.key_named(arn)
    statements = _statements(properties.get("AccessPolicy"))
    lets = frozenset() if key is None else frozenset(_lets(stack, key))
    refused = [action for action in USE if (stack.place.account, action) not in lets]
    arn_of_vault = stack.attribute(name, "BackupVaultArn")
    return Vault(
        name=stack.ref(name),
        made=True,
        kept=stack.is_kept(name),
        key=arn,
        key_made=key is not None,
        key_kept=key is None or stack.is_kept(key),
        key_refuses=() if key is None else tuple(refused),
        key_lets=lets,
        lock=_lock(properties),
        denied=dict(_denied(stack, arn_of_vault, statements)),
        denied_to=frozenset(_denied_to(stack, arn_of_vault, statements)),
        open_to=frozenset(_named(statements, "Allow")),
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
        left_out = [_left_out(each) for each in denials if _is_about(stack, each, action, vault)]
        if left_out:
            yield action, frozenset.intersection(*left_out)


def _denied_to(
    stack: Stack, vault: str, statements: list[dict[str, Any]]
) -> Iterator[tuple[str, str]]:
    """Yield what is denied to some, whom the statement names or describes, and whom."""
    for statement in statements:
        for action, who in _named([statement], "Deny"):
            if action in GUARDED and not _is_about(stack, statement, action, vault):
                yield action, who


def _is_about(stack: Stack, statement: dict[str, Any], action: str, vault: str) -> bool:
    """Return whether a denial is about what somebody does whom it does not name.

    AWS Backup supports no wildcard in an action.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
    """
    named = [str(each) for each in as_list(statement.get("Action", [])) if "*" not in str(each)]
    its: dict[str, Any] = {"Action": named} if "Action" in statement else {}
    if "Condition" in statement:
        its["Condition"] = _with_names(statement["Condition"])
    somebody = _somebody(stack)
    arn = vault if "BackupVault" in action else unknown("a recovery point")
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


def _somebody(stack: Stack, account: str | None = None) -> str:
    return f"arn:{stack.place.partition}:iam::{account or stack.place.account}:role/somebody"


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
    # Nobody has an empty name.
    return frozenset([*named, *_principals(statement.get("NotPrincipal", {}))]) - {""}


def _principals(principal: Any) -> list[str]:
    kinds = principal.values() if isinstance(principal, dict) else [principal]
    return [str(who) for kind in kinds for who in as_list(kind)]


def _named(statements: list[dict[str, Any]], effect: str) -> Iterator[tuple[str, str]]:
    """Yield the actions that statements of this effect name, and whom, with the condition."""
    for statement in statements:
        if statement.get("Effect") != effect:
            continue
        only_if = _only_if(statement)
        for action in as_list(statement.get("Action", [])):
            for who in map(_as_account, _principals(statement.get("Principal", "*"))):
                yield str(action), who + only_if


def _only_if(statement: dict[str, Any]) -> str:
    """Return the condition of a statement, as it follows the name of whom it is about."""
    condition = json.dumps(statement.get("Condition"), sort_keys=True)
    # An unknown part stays one.
    return "" if condition == "null" else f" if {condition}".replace("\\u0000", "\0")


def _lets(stack: Stack, key: str) -> Iterator[tuple[str, str]]:
    """Yield whom the policy of a key lets use it, and the action."""
    for who, action, answer in _uses(stack, key):
        if answer is Answer.ALLOWED:
            yield who, action


def undecided_uses(stack: Stack, key: str) -> set[tuple[str, str]]:
    """Return for whom a denial of the key's policy holds only if its condition does: and what."""
    return {(who, action) for who, action, its in _uses(stack, key) if its is Answer.UNKNOWN}


def _uses(stack: Stack, key: str) -> Iterator[tuple[str, str, Answer]]:
    """Yield whom the policy of a key names, an action, and whether it lets them.

    What it allows only on a condition is yielded with the condition; a denial of which nobody knows
    whether it holds is UNKNOWN.
    """
    properties = dict(stack.of_type(str(stack.resources[key]["Type"])))[key]
    is_off = text(properties.get("Enabled")) == "false" or (
        text(properties.get("KeyUsage")) not in ("", "ENCRYPT_DECRYPT")
    )
    policy = stack.policy_of_key(key)
    statements = [] if is_off else _statements(policy)
    denials = [each for each in statements if each.get("Effect") == "Deny"]
    # By whom they are about: what they say if their conditions hold.
    named: dict[str, list[tuple[str, dict[str, Any]]]] = {stack.place.account: []}
    for each in statements:
        if each.get("Effect") == "Allow":
            without = {name: value for name, value in each.items() if name != "Condition"}
            alone = {**policy, "Statement": [without, *denials]}
            for who in _users(each.get("Principal")):
                named.setdefault(who, []).append((_only_if(each), alone))
    for (who, several), action in product(named.items(), USE):
        if not is_off and _answer(stack, key, policy, who, action) is Answer.ALLOWED:
            yield who, action, Answer.ALLOWED
            continue
        for only_if, alone in several:
            yield who + only_if, action, _answer(stack, key, alone, who, action)


def _users(principal: Any) -> list[str]:
    """Return the accounts, and the ARNs of others, that a principal of a policy names."""
    named = principal.get("AWS", []) if isinstance(principal, dict) else principal or []
    return [*map(_as_account, _principals(named))]


def _as_account(who: str) -> str:
    """Return the account if it is written as the ARN of its root."""
    return account_of(who) if who.endswith(":root") else who


def _answer(stack: Stack, key: str, policy: dict[str, Any], who: str, action: str) -> Answer:
    arn, account = stack.attribute(key, "Arn"), account_of(who)
    context = {
        **accounts(stack.place),
        "aws:PrincipalAccount": account,
        "kms:CallerAccount": account,
        "kms:GrantIsForAWSResource": "true",
    }
    is_account = who == account != "*"
    principal = {"AWS": _somebody(stack, account) if is_account else who}
    return decide([policy], action, arn, context, principal=principal)


def account_of(who: str) -> str:
    """Return the account of an ARN; anything else is its own."""
    match who.split(":", 5):
        case ["arn", _, _, _, account, _]:
            return account
    return who


def sources(vault: Vault) -> list[str]:
    """Return from whom copies are accepted besides the account of the stack."""
    return sorted(who for its, who in vault.open_to if like(its.lower(), COPY_INTO.lower()))
