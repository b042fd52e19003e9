"""What a vault, its key, its lock or its policy keeps and refuses no longer."""

from collections.abc import Iterator

from _backup.matching import unknown

from generator.compare.acceptance_losses import acceptance_losses
from generator.compare.loss import Loss, at_most, is_as_long
from generator.compare.principals import allowed, name_of, still
from generator.protection.model import Lock, Protection, Rule, Value, Vault, is_known
from generator.protection.refusals import NO_STACK
from generator.protection.vaults import GUARDED, NEEDED
from generator.protection.words import day_count, listed

_CAN = {
    "backup:DeleteRecoveryPoint": "delete recovery points",
    "backup:DisassociateRecoveryPoint": "disassociate recovery points",
    "backup:UpdateRecoveryPointLifecycle": "shorten how long recovery points are kept",
    "backup:DeleteBackupVault": "delete the vault",
    "backup:DeleteBackupVaultAccessPolicy": "remove the vault's policy",
    "backup:PutBackupVaultAccessPolicy": "change the vault's policy",
    "backup:DeleteBackupVaultLockConfiguration": "remove the lock",
    "backup:PutBackupVaultLockConfiguration": "change the lock",
}


_NO_NAME = "a vault with an empty name"


def vault_losses(old: Protection, new: Protection) -> Iterator[Loss]:
    """Yield what vaults protect no longer."""
    used = [*dict.fromkeys(rule.vault for rule in new.rules)]
    gone = [name for name in dict.fromkeys(rule.vault for rule in old.rules) if name not in used]
    if used and gone:
        others = [name for name in used if name not in {rule.vault for rule in old.rules}]
        into, instead = (
            listed([name or _NO_NAME for name in names]) for names in (others or used, gone)
        )
        yield Loss(f"backups go into {into} instead of {instead}")
    for rule in old.rules:
        for after in {each.vault for each in new.rules if each.name == rule.name} - {rule.vault}:
            if rule.vault not in gone:
                end = f" go into {after or _NO_NAME} instead of {rule.vault or _NO_NAME}"
                yield Loss("backups of ", rule.name, end)
    for name, before in old.vaults.items():
        vault = new.vaults.get(name)
        if vault is not None and vault.made:
            yield from _of_vault(before, vault)
        elif before.made and name not in gone:
            yield Loss(f"the template no longer makes the vault {name}")
    yield from _of_refusals(old, new)


def _of_vault(before: Vault, after: Vault) -> Iterator[Loss]:
    if before.kept and not after.kept:
        yield Loss(f"the vault {before.name} no longer outlives the stack")
    if before.key != after.key and before.key:
        key = after.key or "AWS's own key"
        yield Loss(f"the vault's key is now {key} instead of {before.key}")
    elif before.key_kept and not after.key_kept:
        yield Loss("the vault's key no longer outlives the stack")
    if before.key == after.key:
        for who, action in sorted(before.key_lets):
            if not still(who, {other for other, its in after.key_lets if its == action}):
                start = f"the policy of the vault's key no longer lets {_whom(who)} use "
                yield Loss(start, action)
    yield from _of_lock(before.lock, after.lock)
    yield from _of_policy(before, after)


def _whom(who: str) -> str:
    if who == unknown("AWS::AccountId"):
        return "the account"
    # Nobody wants to read a function that picks it from the ARN of a vault.
    return "another account" if who.startswith("\0{") else who


def _of_policy(before: Vault, after: Vault) -> Iterator[Loss]:
    for action in GUARDED:
        yield from _of_denials(before, after, action)
        if action not in before.denied or action in after.denied:
            for who in sorted(allowed(after, action) - allowed(before, action)):
                whom = "anybody" if who == "*" else who
                yield Loss(f"the vault's policy now lets {whom} ", _CAN[action])
    for action in NEEDED:
        if action in after.denied and action not in before.denied:
            yield Loss("the vault's policy denies ", action)
    yield from acceptance_losses(before, after)


def _of_denials(before: Vault, after: Vault, action: str) -> Iterator[Loss]:
    was, denied = before.denied.get(action), after.denied.get(action)
    if was is not None and denied is None:
        yield Loss("whoever IAM allows may ", _CAN[action])
    elif was is not None and denied is not None:
        for role in sorted(denied - was):
            yield Loss(f"{role} may ", _CAN[action])
    stopped, stopped_now = (
        {who for its, who in vault.denied_to if its == action} for vault in (before, after)
    )
    for who in sorted(stopped):
        if not still(who, stopped_now) and (denied is None or name_of(who) in denied):
            yield Loss(f"the vault's policy no longer stops {who}: it may ", _CAN[action])


def _of_lock(before: Lock | None, after: Lock | None) -> Iterator[Loss]:
    if before is None:
        return
    if after is None:
        yield Loss("the vault is no longer locked")
        return
    was = before.minimum
    if was is not None and (after.minimum is None or not at_most(was, after.minimum)):
        minimum = "no minimum" if after.minimum is None else f"minimum {day_count(after.minimum)}"
        yield Loss(f"the lock is weaker: {minimum} instead of {was}")
    if before.grace is not None and after.grace is None:
        yield Loss("the lock can be lifted: governance instead of compliance")
    elif before.grace is not None and not at_most(after.grace or 0, before.grace):
        days = day_count(after.grace or 0)
        yield Loss(f"the lock is final only after {days} instead of {before.grace}")


def _of_refusals(old: Protection, new: Protection) -> Iterator[Loss]:
    """Yield the rules whose backups are refused, or may be, as none was before."""
    before = _refusals(old)
    yield from (Loss(refusal) for refusal in _refusals(new) if refusal not in before)


def _refusals(protection: Protection) -> list[str]:
    rules = (*protection.rules, *(each.rule for each in protection.refused))
    found = [refusal for rule in rules if (refusal := _refusal(rule, protection))]
    cold = [each.why for each in protection.refused if each.why.startswith(NO_STACK)]
    return found + [why[0].lower() + why[1:] for why in cold]


def _refusal(rule: Rule, protection: Protection) -> str:
    """Return that the lock refuses the backups of a rule, or may; empty if it takes them."""
    lock = protection.vaults[rule.vault].lock
    if lock is None:
        return ""
    low, high = lock.minimum, lock.maximum
    asked = [
        *([f"at least {day_count(low)}"] if low and not is_as_long(rule.kept, low) else []),
        *([f"at most {day_count(high)}"] if high and not is_as_long(high, rule.kept) else []),
    ]
    if not asked:
        return ""
    known = all(map(is_known, _values(rule, low if "least" in asked[0] else high)))
    kept = "for ever" if rule.kept is None else day_count(rule.kept)
    what = "refuses" if known else "may refuse"
    return f"the lock {what} the backups of {rule.name}, kept {kept}: it asks for {asked[0]}"


def _values(rule: Rule, limit: Value | None) -> tuple[Value | None, ...]:
    return (rule.kept, limit)
