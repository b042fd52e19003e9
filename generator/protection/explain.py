"""What a template protects, as a page for an administrator."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from _backup.cron import parse

from generator.cloudformation.read import Template
from generator.protection.alerts import MISSING
from generator.protection.derived import OfType, selected_types, zone_of
from generator.protection.model import Protection, Role, Rule, Vault, shown
from generator.protection.restore_points import Band
from generator.protection.words import day_count, duration, every, listed, tags_text

WIDTH = 100
_INDENT = 16


@dataclass(frozen=True)
class Explanation:
    """A template, its protection with some values, and a day to count from."""

    template: Template
    values: dict[str, str]
    protection: Protection
    start: date

    @property
    def now(self) -> datetime:
        """The time from which starts and ages are counted."""
        return datetime.combine(self.start, time(), timezone.utc)


def as_text(explanation: Explanation) -> str:
    """Return the page: a line or some for each question, and what is not protected."""
    lines = []
    for heading, paragraphs in _answers(explanation):
        for number, paragraph in enumerate(paragraphs):
            start = (heading if not number else "").ljust(_INDENT)
            lines += textwrap.wrap(
                shown(paragraph),
                WIDTH,
                initial_indent=start,
                subsequent_indent=" " * _INDENT,
                break_long_words=False,
                break_on_hyphens=False,
            )
    gaps = [f"- {gap}" for gap in gaps_of(explanation)]
    if gaps:
        lines += ["", "Not protected, or not heard of"]
        for gap in gaps:
            lines += textwrap.wrap(gap, WIDTH, subsequent_indent="  ")
    return "\n".join(lines) + "\n"


def _answers(explanation: Explanation) -> Iterator[tuple[str, list[str]]]:
    protection, now = explanation.protection, explanation.now
    types = selected_types(protection)
    yield "What", [*_what(types)] or ["nothing"]
    yield "When", [line for rule in protection.rules for line in _when(rule, now)] or ["never"]
    yield "Restore from", [*_restore_points(types, now)]
    yield "Lost at worst", [*_worst(types, now)]
    yield "Where", [line for vault in _used(protection) for line in _where(vault)]
    yield "Copies", [*_copies(protection)] or ["none"]
    yield "Restores", [*_restores(protection, types)]
    yield "Hears of it", [*_hears(protection)] or ["nobody"]
    yield "Stays", [listed(_stays(protection)) or "nothing"]


def _what(types: list[OfType]) -> Iterator[str]:
    by_tags: dict[str, list[str]] = {}
    for each in types:
        for reach in each.protection.reaches:
            if reach.type != each.type:
                continue
            what = f" like {reach.arn}" if reach.arn else ""
            tags = f" with the tag {tags_text(reach.tags)}" if reach.tags else ""
            opted = ", if the region has opted in to them" if reach.opted_in else ""
            without = f", without {listed(sorted(reach.without))}" if reach.without else ""
            by_tags.setdefault(f"{what}{tags}{without}{opted}", []).append(each.type)
    for rest, names in by_tags.items():
        yield f"{listed(list(dict.fromkeys(names)))}{rest}"


def _when(rule: Rule, now: datetime) -> Iterator[str]:
    kept = "for ever" if rule.kept is None else day_count(rule.kept)
    yield (
        f"{rule.name}: {rule.schedule} {rule.zone}, starts within {rule.start_window} minutes, "
        f"kept {kept}"
    )
    if following := next_starts(rule, now):
        yield f"next: {', '.join(following)}"


def next_starts(rule: Rule, now: datetime, count: int = 3) -> list[str]:
    """Return the next starts of a rule in its own time zone; none if they are not known."""
    cron, zone = parse(rule.schedule), zone_of(rule.zone)
    if not cron or not zone:
        return []
    day = now.astimezone(zone).date()
    found: list[str] = []
    for _ in range(13 * 366):
        if cron.runs_on(day):
            found += [f"{day:%a} {day} {each:%H:%M}" for each in cron.times]
        if len(found) >= count:
            break
        day += timedelta(days=1)
    return found[:count]


def _restore_points(types: list[OfType], now: datetime) -> Iterator[str]:
    by_table: dict[tuple[str, ...], list[str]] = {}
    for each in types:
        bands = each.bands(now)
        table = ("unknown",) if bands is None else tuple(map(_band, bands))
        by_table.setdefault(table, []).append(each.type)
    for table, names in by_table.items():
        if len(by_table) > 1:
            yield f"{listed(names)}:"
        yield from table


def _band(band: Band) -> str:
    oldest = "on" if band.oldest is None else f"to {duration(band.oldest)}"
    ages = f"{duration(band.youngest) if band.youngest else '0'} {oldest} ago"
    often = f", one {every(band.gap)}" if band.gap else ""
    count = "" if band.count is None else f", {band.count} restore points"
    warm = [rule for rule in band.rules if rule not in band.cold]
    cold = ", in cold storage" if not warm else ""
    if warm and band.cold:
        cold = f", those of {listed(list(band.cold))} in cold storage"
    return f"{ages}{often}{count}{cold}"


def _worst(types: list[OfType], now: datetime) -> Iterator[str]:
    by_loss: dict[str, list[str]] = {}
    for each in types:
        loss = each.worst_loss(now)
        known = "unknown" if each.timings is None else "everything, some day"
        by_loss.setdefault(duration(loss) if loss else known, []).append(each.type)
    for loss, names in by_loss.items():
        yield loss if len(by_loss) == 1 else f"{listed(names)}: {loss}"


def _used(protection: Protection) -> list[Vault]:
    names = dict.fromkeys(rule.vault for rule in protection.rules)
    return [protection.vaults[name] for name in names]


def _where(vault: Vault) -> Iterator[str]:
    if not vault.made:
        yield f"vault {vault.name}, which is not in the template: its key and lock are not known"
        return
    key = "AWS's own key" if not vault.key else vault.key
    yield f"vault {vault.name}, key: {'made by the stack' if vault.key_made else key}"
    lock = vault.lock
    if lock is None:
        yield "no lock"
    else:
        mode = "governance" if lock.grace is None else f"compliance, final after {lock.grace} days"
        limits = [
            f"{name} {day_count(days)}"
            for name, days in (("at least", lock.minimum), ("at most", lock.maximum))
            if days is not None
        ]
        yield f"lock: {mode}, kept {' and '.join(limits)}"
    denied = vault.denied.get("backup:DeleteRecoveryPoint")
    if denied is None:
        yield "who may delete recovery points: whom IAM allows"
    else:
        yield f"who may delete recovery points: {listed(sorted(denied)) or 'nobody'}"


def _copies(protection: Protection) -> Iterator[str]:
    for rule in protection.rules:
        for copy in rule.copies:
            kept = "for ever" if copy.kept is None else day_count(copy.kept)
            yield f"{rule.name}: to {copy.vault}, kept {kept}"


def _restores(protection: Protection, types: list[OfType]) -> Iterator[str]:
    able = {True: "", False: "not ", None: "unknown: "}
    by_answer: dict[bool | None, list[str]] = {}
    for each in types:
        by_answer.setdefault(each.restored, []).append(each.type)
    for answer, names in by_answer.items():
        yield f"{able[answer]}{listed(names)}"
    passes = sorted({arn for role in _roles(protection) for arn, _ in role.passes})
    yield f"roles that a restored instance may have: {listed(passes) or 'none'}"


def _roles(protection: Protection) -> list[Role]:
    arns = dict.fromkeys(selection.role for selection in protection.selections)
    return [protection.roles[arn] for arn in arns if arn in protection.roles]


def _hears(protection: Protection) -> Iterator[str]:
    by_topic: dict[str, list[str]] = {}
    for each in sorted(
        protection.heard, key=lambda each: (each.what.startswith(MISSING), each.what)
    ):
        after = "" if each.after is None else f" after {each.after} hours"
        by_topic.setdefault(each.topic, []).append(f"{each.what}{after}")
    for topic, whats in by_topic.items():
        who = sorted(protection.subscribers.get(topic, ()))
        yield f"{listed(who) or topic}: {listed(whats)}"


def _stays(protection: Protection) -> list[str]:
    found = [f"the vault {vault.name}" for vault in _used(protection) if vault.kept]
    found += ["its key" for vault in _used(protection) if vault.key_made and vault.key_kept]
    return found + ["the role" for role in _roles(protection) if role.kept]


# What is missing, and the parameters of our own template that change it.


def gaps_of(explanation: Explanation) -> list[str]:
    """Return what is not protected or not heard of, with the parameter that would change it."""
    return [_gap(explanation, *gap) for gap in _gaps(explanation.protection)]


def _gap(explanation: Explanation, what: str, *parameters: str) -> str:
    said = []
    for name in parameters:
        if name in explanation.template.parameters:
            value = explanation.values.get(name, "")
            said.append(f"{name} is {value or 'empty'}")
    return what + (f": {' and '.join(said)}" if said else "")


def _gaps(protection: Protection) -> Iterator[tuple[str, ...]]:
    types = selected_types(protection)
    for each in types:
        if each.backed_up is False:
            yield (f"{each.type} are selected, but cannot be backed up: {_why(each)}",)
        if each.restored is False:
            yield (f"{each.type} cannot be restored",)
    names = {each.type for each in types}
    if not names & {"FSx file systems", "FSx volumes"}:
        yield "FSx file systems and volumes are not backed up", "ProtectFSx"
    heard = {each.what for each in protection.heard}
    if not heard:
        yield (
            "Nobody hears of a failed or missing backup",
            "NotificationEmail",
            "NotificationTopicArn",
        )
    elif not any(what.startswith(MISSING) for what in heard):
        yield "Nobody hears of missing backups", "SilenceAlarmFor"
    if not any(rule.copies for rule in protection.rules):
        yield "No backup leaves the account and region", "CopyDestinationVaultArn"
    if "EC2 instances" in names and not any(role.passes for role in _roles(protection)):
        yield (
            "No restored instance can have its role again",
            "SchedulerIAMRoleArn",
            "ComputeNodeIAMRoleArn",
        )
    for vault in _used(protection):
        if vault.made and vault.lock is None:
            yield "Nothing keeps an administrator from deleting backups", "VaultLock"
            if "backup:DeleteRecoveryPoint" not in vault.denied:
                yield (
                    "Nothing keeps others from deleting backups",
                    "DenyRecoveryPointDeletion",
                )


def _why(each: OfType) -> str:
    if not each.rules:
        return "their plan has no rule"
    roles = [
        each.protection.roles[reach.role]
        for reach in each.protection.reaches
        if reach.type == each.type and reach.role in each.protection.roles
    ]
    if any(role.trusted is False for role in roles):
        return "AWS Backup may not assume the role"
    lacking = [action for role in roles for action in role.lacks.get((each.type, "backup")) or ()]
    return f"the role lacks {', '.join(lacking)}"
