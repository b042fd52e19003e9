"""What is not protected and what nobody hears of, with the parameters that would change it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from generator.protection.abilities import BACKUP, COPY, EC2, EXPIRE, RESTORE
from generator.protection.alerts import MISSING
from generator.protection.derived import EBS, OfType, used_roles, used_vaults, why_refused
from generator.protection.explain import Explanation
from generator.protection.gap import Gap, lacking
from generator.protection.gaps_of_copies import of_copies
from generator.protection.gaps_of_tests import of_tests
from generator.protection.gaps_of_vaults import (
    KEYS,
    not_passed,
    vaults_disabled,
    vaults_not_guarded,
    vaults_not_kept,
)
from generator.protection.model import Protection, Role
from generator.protection.page_types import called
from generator.protection.refusals import NO_STACK
from generator.protection.vaults import account_of
from generator.protection.words import day_count, duration, listed

LONG = 90
"""Days: who keeps backups so long can restore what was missed for a while."""

# What AWS/Backup calls the types of resources that SOCA has in its metrics.
_WATCHED = {
    "EC2 instances": "EC2",
    "EFS file systems": "EFS",
    "FSx file systems": "FSx",
    "FSx volumes": "FSx",
}


def gaps(explanation: Explanation) -> list[Gap]:
    """Return what is missing, the worst first."""
    found = [*_of_backups(explanation), *of_copies(explanation), *of_tests(explanation)]
    has = explanation.template.parameters
    return [
        replace(each, parameters=tuple(name for name in each.parameters if name in has))
        for each in found
    ]


def _of_backups(explanation: Explanation) -> Iterator[Gap]:
    protection, types = explanation.protection, explanation.types
    if not types or not (protection.rules or protection.refused):
        return
    yield from _refused(protection)
    yield from _without_backup(explanation)
    yield from _disabled(protection, types)
    unreached = _out_of_reach(protection)
    if accounts := [f"the account {each}" for each in unreached]:
        why = "AWS manages the key of the vault"
        yield Gap(f"Copies to {listed(accounts)} fail if that is not the stack's: {why}", KEYS)
    yield from vaults_not_kept(used_vaults(protection))
    if any(not role.kept for role in used_roles(protection)):
        yield Gap("The role goes with the stack: then backups do not expire by themselves")
    yield from _not_heard(protection, types)
    yield from _heard_for_nothing(explanation)
    yield from _not_protected(explanation)
    if any(each.type == EC2 for each in types):
        yield from not_passed(explanation, used_roles(protection))
    yield from vaults_not_guarded(used_vaults(protection), is_key_told=bool(unreached))


def _refused(protection: Protection) -> Iterator[Gap]:
    """Yield what AWS Backup refuses, first what keeps the stack from being created."""
    found = [
        f"{NO_STACK}: {why} ({rule.name})"
        for rule in protection.rules
        if (why := why_refused(rule))
    ]
    found += [each.why for each in protection.refused]
    for text in sorted(found, key=lambda text: not text.startswith(NO_STACK)):
        yield Gap(text)


def _without_backup(explanation: Explanation) -> Iterator[Gap]:
    for types, _, gap in explanation.by_timings:
        if gap and gap.without:
            time, whose = duration(gap.without), called(types, explanation.parts, in_short=True)
            yield Gap(f"For up to {time} there is no backup of {whose}", ("RetentionDays",))


def _disabled(protection: Protection, types: Sequence[OfType]) -> Iterator[Gap]:
    """Yield what is meant to happen, and cannot."""
    by_text: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for each in types:
        for text, actions in _cannot(each):
            by_text.setdefault((text, actions), []).append(each.type)
    for (text, actions), names in by_text.items():
        yield lacking(text.format(listed(names)), actions)
    yield from vaults_disabled(used_vaults(protection))


def _cannot(each: OfType) -> Iterator[tuple[str, tuple[str, ...]]]:
    if each.backed_up is False:
        why, lacks = _why(each)
        yield f"{{}} are selected, but {why}", lacks
    if lacks := _lacks(each, RESTORE):
        yield "The role lacks what restores of {} need", lacks
    if any(rule.copies for rule in each.rules) and (lacks := _lacks(each, COPY)):
        yield "The role lacks what copies of {} need", lacks
    if lacks := _lacks(each, EXPIRE):
        yield "The role lacks what deletes expired backups of {}", lacks


def _out_of_reach(protection: Protection) -> list[str]:
    """Return the accounts that get no copies, unless one is that of the stack.

    A vault with a key that AWS manages is no source for another account.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
    """
    sources = [rule for rule in protection.rules if not protection.vaults[rule.vault].key]
    accounts = {account_of(copy.vault): None for rule in sources for copy in rule.copies}
    return [each for each in accounts if each.isdecimal()]


def _lacks(each: OfType, ability: str) -> tuple[str, ...]:
    """Return the actions that roles of the type lack for an ability."""
    found = (role.lacks.get((each.type, ability)) or () for role in _roles_of(each))
    return tuple(dict.fromkeys(action for lacks in found for action in lacks))


def _not_heard(protection: Protection, types: Sequence[OfType]) -> Iterator[Gap]:
    topic = ("NotificationEmail", "NotificationTopicArn")
    heard = {each.what for each in protection.heard}
    if not heard:
        yield Gap("Nobody hears of a failed or missing backup", topic)
    elif "failed backups" not in heard:
        yield Gap("Nobody hears of a failed backup")
    if heard and MISSING not in heard:
        selected = {each.type for each in types}
        # Volumes are part of instances, but where nothing else is selected.
        alone = {} if "EC2 instances" in selected else {EBS: "EBS"}
        silent = [
            name
            for name, kind in {**_WATCHED, **alone}.items()
            if name in selected and f"{MISSING} of {kind}" not in heard
        ]
        if silent:
            yield Gap(f"Nobody hears if {listed(silent)} are not backed up", ("SilenceAlarmFor",))


def _heard_for_nothing(explanation: Explanation) -> Iterator[Gap]:
    """Yield the alarms that ring although every backup was made."""
    for each in sorted(explanation.protection.heard, key=lambda each: (each.what, each.topic)):
        kind = each.what.removeprefix(f"{MISSING} of ")
        if not each.what.startswith(MISSING) or not isinstance(each.after, int):
            continue
        # Any backup of the kind silences the alarm.
        apart = [
            gap.time
            for types, _, gap in explanation.by_timings
            if gap
            and (each.what == MISSING or any(_WATCHED.get(its.type) == kind for its in types))
        ]
        if apart and min(apart) > timedelta(hours=each.after):
            yield Gap(
                f"The alarm on {each.what} rings after {each.after} hours, between two backups "
                f"that are up to {duration(min(apart))} apart",
                ("SilenceAlarmHours", "SilenceAlarmFor"),
            )


def _not_protected(explanation: Explanation) -> Iterator[Gap]:
    protection = explanation.protection
    names = {each.type for each in explanation.types}
    # Of other templates nobody knows what there is besides what they select.
    has = explanation.template.parameters
    if "ProtectFSx" in has and not names & {"FSx file systems", "FSx volumes"}:
        yield Gap("FSx file systems and volumes are not backed up", ("ProtectFSx",))
    rules = protection.rules
    if "WindowsVSS" in has and not any(rule.pauses_windows for rule in rules):
        yield Gap("Windows instances are backed up in the middle of a write", ("WindowsVSS",))
    if not any(rule.copies for rule in rules):
        text = "No copies: nothing survives the loss of the region or account"
        yield Gap(text, ("CopyDestinationVaultArn",))
    longest = [rule.kept for rule in rules if isinstance(rule.kept, int)]
    if longest and len(longest) == len(rules) and max(longest) < LONG:
        text = f"Nothing is kept longer than {day_count(max(longest))}"
        yield Gap(text, ("WeeklyRetention", "MonthlyRetention"))


def _roles_of(each: OfType) -> list[Role]:
    protection = each.protection
    arns = dict.fromkeys(reach.role for reach in each.reaches)
    return [protection.roles[arn] for arn in arns if arn in protection.roles]


def _why(each: OfType) -> tuple[str, tuple[str, ...]]:
    """Return why nothing is backed up, and the actions that are missing."""
    if not each.rules:
        plans = {reach.plan for reach in each.reaches}
        if any(refused.rule.plan in plans for refused in each.protection.refused):
            return "AWS Backup refuses all backups of their plan", ()
        return "no rule of their plan is in the template", ()
    if any(role.trusted is False for role in _roles_of(each)):
        return "AWS Backup may not assume the role", ()
    return "the role lacks what backups of them need", _lacks(each, BACKUP)
