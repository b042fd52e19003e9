"""What a template protects less than another one, in words."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone

from _backup.matching import like

from generator.protection.abilities import BACKUP, COPY, EXPIRE, RESTORE
from generator.protection.derived import OfType, selected_types
from generator.protection.model import (
    Hearing,
    Lock,
    Protection,
    Reach,
    Role,
    Rule,
    Value,
    Vault,
    shown,
)
from generator.protection.restore_points import Band
from generator.protection.vaults import GUARDED, NEEDED
from generator.protection.words import day_count, duration, every, listed, tags_text

REFERENCE = datetime(2026, 1, 1, tzinfo=timezone.utc)
"""When restore points are counted: any time will do, as long as it is one."""

_DOES = {
    BACKUP: "back up",
    RESTORE: "restore",
    COPY: "copy",
    EXPIRE: "delete expired recovery points of",
}
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


def losses(old: Protection, new: Protection) -> list[str]:
    """Return what is lost from the old protection to the new one, a sentence each."""
    told: dict[str, list[str]] = {}
    for each in selected_types(old):
        for predicate in _of_type(each, OfType(new, each.type)):
            told.setdefault(predicate, []).append(each.type)
    found = [f"{listed(types)} {predicate}" for predicate, types in told.items()]
    found += [*_of_tags(old, new), *_of_roles(old, new), *_of_vaults(old, new)]
    return [shown(loss) for loss in [*found, *_of_alerts(old, new)]]


# Types of resources


def _of_type(old: OfType, new: OfType) -> Iterator[str]:
    if not new.selected:
        yield "are no longer selected"
        return
    if not new.rules:
        yield "are selected by a plan without a rule"
        return
    yield from _of_reach(old, new)
    yield from _of_timing(old, new)
    yield from _of_copies(old, new)


def _of_reach(old: OfType, new: OfType) -> Iterator[str]:
    theirs = [reach for reach in new.protection.reaches if reach.type == new.type]
    for reach in old.protection.reaches:
        if reach.type != old.type or any(_covers(each, reach) for each in theirs):
            continue
        if all(each.tags != reach.tags for each in theirs):
            continue  # the tag is another, see _of_tags
        if any(_covers(each, reach, opted_in=True) for each in theirs):
            yield "are selected only if the region has opted in to them"
        elif any(_covers(each, reach, without=True) for each in theirs):
            yield "are left out in part: NotResources has more"
        else:
            yield f"are selected only in part: {reach.arn or 'all of them'} is no longer"


def _covers(reach: Reach, other: Reach, *, opted_in: bool = False, without: bool = False) -> bool:
    """Return whether one reach takes all that another takes, whatever two of its parts are."""
    return (
        (not reach.arn or reach.arn == other.arn or like(reach.arn, other.arn or "\0") is True)
        and reach.tags <= other.tags
        and (without or reach.without <= other.without)
        and (opted_in or not reach.opted_in or other.opted_in)
    )


def _of_tags(old: Protection, new: Protection) -> Iterator[str]:
    """Yield the tags that select nothing any more, once for all types."""
    seen = set()
    for reach in old.reaches:
        theirs = [each for each in new.reaches if each.type == reach.type]
        if theirs and not any(each.tags <= reach.tags for each in theirs):
            before, after = (
                tags_text(reach.tags),
                " or ".join(sorted({tags_text(t.tags) for t in theirs})),
            )
            if (before, after) not in seen:
                seen.add((before, after))
                yield (
                    f"the tag is now {after}: what carries {before} is no longer selected"
                    if reach.tags
                    else f"only what carries {after} is still selected"
                )


# When, and how long


def _of_timing(old: OfType, new: OfType) -> Iterator[str]:
    if [_timing(rule) for rule in old.rules] == [_timing(rule) for rule in new.rules]:
        return
    if old.timings is None or new.timings is None:
        yield from _of_unknown_timing(old, new)
        return
    yield from _of_interval(old, new)
    before, after = old.bands(REFERENCE) or [], new.bands(REFERENCE) or []
    yield from _of_bands(before, after)


def _timing(rule: Rule) -> tuple[object, ...]:
    return (rule.schedule, rule.zone, rule.start_window, rule.kept, rule.cold_after, rule.archives)


def _of_unknown_timing(old: OfType, new: OfType) -> Iterator[str]:
    """Yield the rules to which no rule is equal or better, if the simulation cannot tell."""
    for rule in old.rules:
        if not any(_is_as_good(each, rule) for each in new.rules):
            after = next((each for each in new.rules if each.name == rule.name), None)
            if after is None:
                yield f"are no longer backed up by {rule.name}"
            else:
                yield (
                    f"are backed up by {rule.name} in another way, part of which is known only to "
                    f"the deployment: {_rule(after)} instead of {_rule(rule)}"
                )


def _is_as_good(rule: Rule, other: Rule) -> bool:
    return (
        (rule.schedule, rule.zone) == (other.schedule, other.zone)
        and _at_most(rule.start_window, other.start_window)
        and (rule.kept is None or (other.kept is not None and _at_most(other.kept, rule.kept)))
        and (
            rule.cold_after is None
            or (other.cold_after is not None and _at_most(other.cold_after, rule.cold_after))
        )
    )


def _at_most(one: Value, other: Value) -> bool:
    return one == other or (isinstance(one, int) and isinstance(other, int) and one <= other)


def _rule(rule: Rule) -> str:
    kept = "for ever" if rule.kept is None else f"{rule.kept} days"
    return f"{rule.schedule} {rule.zone}, within {rule.start_window} minutes, kept {kept}"


def _of_interval(old: OfType, new: OfType) -> Iterator[str]:
    before, after = old.worst_loss(REFERENCE), new.worst_loss(REFERENCE)
    if before is None:
        return
    if after is None:
        yield "are backed up only for some time"
        return
    window = _window(new) - _window(old)
    if after - window > before:
        yield (
            f"are backed up {every(after - _window(new))} instead of {every(before - _window(old))}"
        )
    elif after > before:
        yield f"lose up to {duration(after)} at worst instead of {duration(before)}"


def _window(of_type: OfType) -> timedelta:
    plans = of_type.timings or []
    return max((each.start_window for plan in plans for each in plan), default=timedelta(0))


def _of_bands(old: list[Band], new: list[Band]) -> Iterator[str]:
    before, after = _longest(old), _longest(new)
    if after is not None and (before is None or after < before):
        kept = "for ever" if before is None else str(before.days)
        yield f"are kept {duration(after)} instead of {kept}"
    for age in sorted({band.youngest for band in [*old, *new]}):
        was, is_now = _at(old, age), _at(new, age)
        if not was or not is_now:
            continue
        if was.gap is not None and is_now.gap is not None and is_now.gap > was.gap and age:
            yield (
                f"have restore points {every(is_now.gap)} instead of {every(was.gap)} from "
                f"{duration(age)} ago on"
            )
        if sooner := sorted({*is_now.cold} - {*was.cold} & {*was.rules}):
            yield f"have restore points of {listed(sooner)} in cold storage {duration(age)} ago"


def _at(bands: list[Band], age: timedelta) -> Band | None:
    """Return the restore points of an age; None: there are none."""
    return next((band for band in bands if band.youngest <= age and _is_younger(age, band)), None)


def _is_younger(age: timedelta, band: Band) -> bool:
    return band.oldest is None or age < band.oldest


def _longest(bands: list[Band]) -> timedelta | None:
    """Return how long the oldest restore points are kept; None: for ever."""
    return bands[-1].oldest if bands else timedelta(0)


def _of_copies(old: OfType, new: OfType) -> Iterator[str]:
    before, after = _copies(old), _copies(new)
    if before and not after:
        yield "have no copies any more"
        return
    for vault, kept in before.items():
        if vault not in after:
            yield f"are no longer copied to {vault}"
        elif kept is None and after[vault] is not None:
            yield f"have copies that are kept {after[vault]} days instead of for ever"
        elif kept is not None and after[vault] is not None and not _at_most(kept, after[vault]):
            yield f"have copies that are kept {after[vault]} days instead of {kept}"
    made, still = (len([r for r in each.rules if r.copies]) for each in (old, new))
    if after and still < made and len(new.rules) >= len(old.rules):
        yield "are copied by fewer rules"


def _copies(of_type: OfType) -> dict[str, Value | None]:
    """Return the longest that a copy is kept, by vault."""
    found: dict[str, Value | None] = {}
    for rule in of_type.rules:
        for copy in rule.copies:
            kept = found.get(copy.vault, 0)
            longer = copy.kept is None or isinstance(copy.kept, str) or kept == 0
            if longer or (isinstance(kept, int) and kept < copy.kept):
                found[copy.vault] = copy.kept
    return found


# Roles


def _of_roles(old: Protection, new: Protection) -> Iterator[str]:
    told: dict[str, dict[str, None]] = {}
    for each in selected_types(old):
        before, after = _role(old, each.type), _role(new, each.type)
        if before and not after and OfType(new, each.type).selected:
            told["the role is no longer in the template: nobody knows what it may do"] = {}
        if not before or not after:
            continue
        for sentence in _of_role(before, after):
            told[sentence] = {}
        for ability, does in _DOES.items():
            if ability == COPY and not any(rule.copies for rule in each.rules):
                continue
            was = before.lacks.get((each.type, ability))
            lacks = after.lacks.get((each.type, ability))
            if lacks and (was is None or not set(lacks) <= set(was)):
                said = f"the role may no longer {does} {each.type}: {', '.join(lacks)}"
                told[said] = {}
            elif lacks is None and was == ():
                told[f"whether the role may {does} {each.type} is no longer known"] = {}
    yield from told


def _role(protection: Protection, type_name: str) -> Role | None:
    arns = [reach.role for reach in protection.reaches if reach.type == type_name]
    return next((protection.roles[arn] for arn in arns if arn in protection.roles), None)


def _of_role(before: Role, after: Role) -> Iterator[str]:
    if before.trusted and after.trusted is not True:
        yield (
            "AWS Backup may no longer assume the role"
            if after.trusted is False
            else "whether AWS Backup may assume the role is no longer known"
        )
    for arn, service in sorted(before.passes):
        if not any(
            (role == arn or like(role, arn)) and to in (service, "*") for role, to in after.passes
        ):
            yield f"an instance's role may no longer be passed to {service}: {arn}"
    if before.kept and not after.kept:
        yield "the role no longer outlives the stack"


# Vaults


def _of_vaults(old: Protection, new: Protection) -> Iterator[str]:
    for name in dict.fromkeys(rule.vault for rule in old.rules):
        before = old.vaults[name]
        after = new.vaults.get(name)
        used = {rule.vault for rule in new.rules}
        if name not in used and used:
            yield f"backups go into {listed(sorted(used))} instead of {name}"
        if after is None:
            continue
        if before.made and not after.made:
            yield f"the template no longer makes the vault {name}"
            continue
        yield from _of_vault(before, after)
    for rule in new.rules:
        refusal = _refusal(rule, new.vaults[rule.vault].lock)
        if refusal and refusal not in [
            _refusal(each, old.vaults[each.vault].lock) for each in old.rules
        ]:
            yield refusal


def _of_vault(before: Vault, after: Vault) -> Iterator[str]:
    if before.kept and not after.kept:
        yield f"the vault {before.name} no longer outlives the stack"
    if before.key != after.key:
        own = "AWS's own key"
        yield f"the vault's key is now {after.key or own} instead of {before.key or own}"
    elif before.key_kept and not after.key_kept:
        yield "the vault's key no longer outlives the stack"
    if more := [action for action in after.key_refuses if action not in before.key_refuses]:
        yield f"the policy of the vault's key no longer allows {', '.join(more)}"
    yield from _of_lock(before.lock, after.lock)
    for action in GUARDED:
        if action in before.denied and action not in after.denied:
            yield f"anybody whom IAM allows may {_CAN[action]}"
        elif more := after.denied.get(action, frozenset()) - before.denied.get(action, frozenset()):
            if action in before.denied:
                yield f"{listed(sorted(more))} may {_CAN[action]}"
    for action in NEEDED:
        if action in after.denied and action not in before.denied:
            yield f"the vault's policy denies {action}"


def _of_lock(before: Lock | None, after: Lock | None) -> Iterator[str]:
    if before is None:
        return
    if after is None:
        yield "the vault is no longer locked"
        return
    if before.minimum is not None and not (
        after.minimum is not None and _at_most(before.minimum, after.minimum)
    ):
        yield (
            f"the lock is weaker: minimum {day_count(after.minimum or 0)} instead of {before.minimum}"
        )
    if before.grace is not None and after.grace is None:
        yield "the lock can be lifted: governance instead of compliance"
    elif (
        before.grace is not None
        and after.grace is not None
        and not _at_most(after.grace, before.grace)
    ):
        yield f"the lock is final only after {day_count(after.grace)} instead of {before.grace}"


def _refusal(rule: Rule, lock: Lock | None) -> str:
    """Return that a lock refuses the backups of a rule; empty if it takes them, or may."""
    if lock is None or isinstance(rule.kept, str):
        return ""
    if isinstance(lock.minimum, int) and rule.kept is not None and rule.kept < lock.minimum:
        return f"the lock refuses the backups of {rule.name}: it asks for {day_count(lock.minimum)}"
    if isinstance(lock.maximum, int) and (rule.kept is None or rule.kept > lock.maximum):
        return f"the lock refuses the backups of {rule.name}: it allows {day_count(lock.maximum)}"
    return ""


# Alerts


def _of_alerts(old: Protection, new: Protection) -> Iterator[str]:
    before, after = _by_what(old), _by_what(new)
    gone = [what for what in before if what not in after]
    if gone and not after:
        yield "nobody hears of failed or missing backups any more"
    else:
        yield from (f"{what} are no longer heard of" for what in gone)
    for what, hearing in before.items():
        now = after.get(what)
        if now is None:
            continue
        if hearing.after is not None and not _at_most(now.after or 0, hearing.after):
            yield f"{what} are heard of after {now.after} hours instead of {hearing.after}"
        if hearing.certain and not now.certain:
            yield f"whether anybody hears of {what} is no longer known"
    for topic, endpoints in old.subscribers.items():
        listening = frozenset[str]().union(*new.subscribers.values())
        for endpoint in sorted(endpoints - listening):
            if any(hearing.topic == topic for hearing in old.heard):
                yield f"{endpoint} no longer hears of anything"


def _by_what(protection: Protection) -> Mapping[str, Hearing]:
    """Return what is heard of first, for each thing that is heard of."""
    found: dict[str, Hearing] = {}
    for each in sorted(protection.heard, key=lambda each: (not each.certain, each.topic)):
        known = found.get(each.what)
        if known is None or not _at_most(known.after or 0, each.after or 0):
            found[each.what] = each
    return found
