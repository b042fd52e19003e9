"""What a template protects, as a page for an administrator."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from _backup.cron import parse

from generator.printable import printable
from generator.protection.alerts import MISSING
from generator.protection.derived import LEAST_COLD, OfType, is_cold_too_short, why_no_start
from generator.protection.explain import Explanation
from generator.protection.gaps import Gap, gaps, used_roles, used_vaults
from generator.protection.model import Hearing, Protection, Rule, Vault, shown
from generator.protection.resource_types import ARNS
from generator.protection.restore_points import Band, LongestGap, Start
from generator.protection.words import (
    days,
    duration,
    every,
    kept,
    listed,
    minutes,
    named,
    schedule,
    tags_text,
)

WIDTH = 100
_INDENT = 16
LONGEST = 200
"""The most characters of a value."""
MANY = 6
"""More types than this are told in short."""
_DELETION = "backup:DeleteRecoveryPoint"


def as_text(explanation: Explanation) -> str:
    """Return the page: some lines for each question, and what is not protected."""
    lines = [*_wrapped(_title(explanation), ""), "", *answers(explanation)]
    missing = [_gap(explanation, gap) for gap in gaps(explanation)]
    if missing:
        lines += ["", "Not protected, or not heard of"]
        for gap in missing:
            lines += _wrapped(f"- {gap}", "", "  ")
    return "\n".join(lines) + "\n"


def answers(explanation: Explanation) -> list[str]:
    """Return what is protected, without what is not."""
    lines = []
    for heading, paragraphs in _answers(explanation):
        for number, paragraph in enumerate(paragraphs):
            start = (heading if not number else "").ljust(_INDENT)
            deeper = len(paragraph) - len(paragraph.lstrip())
            lines += _wrapped(paragraph, start, " " * (_INDENT + deeper))
    return lines


def _wrapped(text: str, start: str, then: str = "") -> list[str]:
    """Return the lines of a text; one that fits, such as a row of a table, keeps its spaces."""
    line = start + printable(shown(text), longest=None)
    if len(line) <= WIDTH:
        return [line]
    return textwrap.wrap(line, WIDTH, subsequent_indent=then, break_on_hyphens=False)


def _title(explanation: Explanation) -> str:
    given = [
        f"{name}={'****' if explanation.hides(name) else printable(value, LONGEST)}"
        for name, value in explanation.given.items()
    ]
    values = listed(given) or "its defaults"
    return f"{explanation.template.name} with {values}, on {explanation.start}"


def _answers(explanation: Explanation) -> Iterator[tuple[str, list[str]]]:
    protection, types = explanation.protection, explanation.types
    what = [*_what(types)] or ["nothing: no selection of a backup plan takes anything"]
    unsure = [each.type for each in types if each.backed_up is None]
    if unsure:
        what.append(
            f"{_these(unsure, types)}: only if policies elsewhere let the role back them up"
        )
    if any(rule.pauses_windows for rule in protection.rules):
        what.append("Windows instances write their data to disk before a backup (VSS)")
    yield "What", what
    rules = [line for rule in protection.rules for line in _when(explanation, rule)]
    yield "When", rules or ["never: no backup plan has a rule"]
    if types and rules:
        yield from _of_backups(explanation)
    yield from _not_known(explanation)


def _of_backups(explanation: Explanation) -> Iterator[tuple[str, list[str]]]:
    protection, types = explanation.protection, explanation.types
    names = {each.type for each in types}
    yield "Restore from", [*_restore_points(explanation)]
    yield "Lost at worst", [*_worst(explanation)]
    yield "Where", [line for vault in used_vaults(protection) for line in _where(vault, names)]
    yield "Copies", [*_copies(protection)] or ["none"]
    yield "Restore", [*_restores(protection, types)]
    yield "Alerts", [*_alerts(protection)] or ["none: nobody hears of anything"]
    yield "Stays", [_stays(protection) or "nothing: all of it goes with the stack"]


def _what(types: Sequence[OfType]) -> Iterator[str]:
    by_rest: dict[str, dict[str, None]] = {}
    for each in types:
        for reach in each.protection.reaches:
            if reach.type != each.type:
                continue
            what = f" like {reach.arn}" if reach.arn else ""
            tags = f" with the tag {tags_text(reach.tags)}" if reach.tags else ""
            opted = ", if the region has opted in to them" if reach.opted_in else ""
            without = f", without {listed(sorted(reach.without))}" if reach.without else ""
            by_rest.setdefault(f"{what}{tags}{without}{opted}", {})[each.type] = None
    for rest, names in by_rest.items():
        others = [name for name in ARNS if name not in names]
        every_type = f"everything but {listed(others)}" if others else "everything"
        yield f"{listed([*names]) if len(names) <= max(MANY, len(others)) else every_type}{rest}"


def _these(names: Sequence[str], types: Sequence[OfType]) -> str:
    """Return the names; in short if they are many, and all or most of those that are selected."""
    others = [each.type for each in types if each.type not in names]
    if len(names) <= max(MANY, len(others)):
        return listed([*names])
    return f"all but {listed(others)}" if others else "all of them"


def _when(explanation: Explanation, rule: Rule) -> Iterator[str]:
    cold = "" if rule.cold_after is None else f", in cold storage after {days(rule.cold_after)}"
    yield (
        f"{rule.name}: {schedule(parse(rule.schedule), rule.schedule)} {rule.zone}, within "
        f"{minutes(rule.start_window)}, kept {kept(rule.kept)}{cold}"
    )
    if rule.completion_window != Rule.completion_window:
        yield f"  cancelled if not complete after {minutes(rule.completion_window)}"
    if is_cold_too_short(rule):
        yield f"  AWS Backup refuses this: less than {LEAST_COLD} days in cold storage"
    following = explanation.next_starts(rule)
    if following is None:
        yield f"  next: not known: {why_no_start(rule)}"
    else:
        yield f"  next: {', '.join(map(_start, following)) or _never(explanation, rule)}"


def _never(explanation: Explanation, rule: Rule) -> str:
    alone = explanation.next_starts(rule, alone=True)
    why = "another rule stands in each time" if alone else "the schedule names no such day"
    return f"never: {why}"


def _start(start: Start) -> str:
    at = start.at.astimezone(start.timing.zone)
    unsure = " (unsure: the clocks change)" if start.uncertain else ""
    return f"{at:%a} {at:%Y-%m-%d %H:%M}{unsure}"


def _restore_points(explanation: Explanation) -> Iterator[str]:
    by_table: dict[tuple[str, ...], list[str]] = {}
    for types, bands, _ in explanation.by_timings:
        unknown = f"not known: {types[0].why_unknown}"
        table = (unknown,) if bands is None else (*_table(map(_band, bands)),)
        names = by_table.setdefault(table if bands != [] else ("nothing",), [])
        names += [each.type for each in types]
    for table, names in by_table.items():
        if len(by_table) > 1:
            yield f"{_these(names, explanation.types)}:"
        yield from table


def _table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield the rows with columns as wide as they need to be."""
    found = [("age", "a backup", "how many", ""), *rows]
    widths = [max(map(len, column)) for column in zip(*found, strict=True)]
    for row in found:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()


def _band(band: Band) -> tuple[str, ...]:
    oldest = None if band.oldest is None else days(band.oldest.days)
    youngest = days(band.youngest.days)
    if not band.youngest:
        ages = f"up to {oldest}" if oldest else "any"
    else:
        # 30 to 90 days, but 90 days to 1 year
        start = youngest.partition(" ")[0] if oldest and oldest.endswith(" days") else youngest
        ages = f"{start} to {oldest}" if oldest else f"over {youngest}"
    often = every(_rounded(band.gap)) if band.gap else ""
    count = "more and more" if band.count is None else f"{band.count}"
    warm = [rule for rule in band.rules if rule not in band.cold]
    cold = f"{listed([*band.cold])} in cold storage" if warm else "in cold storage"
    return ages, often, count, cold if band.cold else ""


def _rounded(time: timedelta) -> timedelta:
    """Return a length of time of some days without its hours: they come from summer time."""
    return timedelta(days=round(time / timedelta(days=1))) if time > timedelta(days=2) else time


def _worst(explanation: Explanation) -> Iterator[str]:
    by_loss: dict[str, list[str]] = {}
    for types, bands, gap in explanation.by_timings:
        by_loss.setdefault(_loss(bands, gap), []).extend(each.type for each in types)
    for said, names in by_loss.items():
        yield said if len(by_loss) == 1 else f"{_these(names, explanation.types)}: {said}"


def _loss(bands: list[Band] | None, gap: LongestGap | None) -> str:
    if bands is None:
        return "not known: see above"
    if not bands:
        return "everything: there is never a backup"
    if not gap:
        return "everything since the last backup: some day none follows"
    why = ""
    if gap.leaves_out:
        why = ", if none starts in the hour that the clocks leave out or repeat"
    elif gap.clocks_change:
        why = ", when the clocks change"
    return f"{duration(gap.time)}: the longest time from one backup to the next{why}"


def _where(vault: Vault, types: set[str]) -> Iterator[str]:
    if not vault.made:
        yield f"vault {named(vault.name)}, not in the template: key, lock and policy are not known"
        return
    yield f"vault {vault.name}"
    key = f"key: {named(vault.key)}" if vault.key else "key: aws/backup, managed by AWS"
    key = "key: made by the stack" if vault.key_made else key
    own = types & {"EC2 instances", "EBS volumes"}
    yield key + ("; EC2 and EBS keep the key of their volumes" if own else "")
    yield f"lock: {_lock(vault)}"
    denied = vault.denied.get(_DELETION)
    if denied is None:
        yield "deletion: by whomever IAM allows"
    else:
        who = [named(arn, alone=True) for arn in sorted(denied)]
        yield f"deletion: denied to everybody{' but ' if who else ''}{listed(who)}"
    by_who: dict[str, list[str]] = {}
    for action, principal in sorted(vault.open_to):
        by_who.setdefault(principal, []).append(action)
    for principal, actions in by_who.items():
        who_may = "everybody" if principal == "*" else named(principal)
        yield f"allowed to {who_may}: {listed(actions)}"


def _lock(vault: Vault) -> str:
    if vault.lock is None:
        return "none"
    mode = "governance, which an administrator can lift"
    if vault.lock.grace is not None:
        mode = f"compliance, which nobody can lift after {days(vault.lock.grace)}"
    limits = [
        f"{name} {days(number)}"
        for name, number in (("at least", vault.lock.minimum), ("at most", vault.lock.maximum))
        if number is not None
    ]
    return mode + (f"; backups are kept {' and '.join(limits)}" if limits else "")


def _copies(protection: Protection) -> Iterator[str]:
    by_copies: dict[tuple[str, ...], list[str]] = {}
    for rule in protection.rules:
        if rule.copies:
            own = {copy.kept for copy in rule.copies} == {rule.kept}
            copies = tuple(
                named(copy.vault) + ("" if own else f", kept {kept(copy.kept)}")
                for copy in rule.copies
            )
            end = ", kept as long as the backups" if own else ""
            by_copies.setdefault((f"{listed([*copies])}{end}",), []).append(rule.name)
    for (copies_text,), names in by_copies.items():
        whole = len(names) == len(protection.rules)
        yield f"of {'every backup' if whole else listed(names)} to {copies_text}"


def _restores(protection: Protection, types: Sequence[OfType]) -> Iterator[str]:
    said = {
        True: "{}",
        False: "not {} (see below)",
        None: "{}: only if policies elsewhere let the role restore them",
    }
    by_answer: dict[bool | None, list[str]] = {}
    for each in types:
        by_answer.setdefault(each.restored, []).append(each.type)
    for answer, names in by_answer.items():
        yield said[answer].format(_these(names, types))
    passed = {arn for role in used_roles(protection) for arn, _ in role.passes}
    names = [named(arn, alone=True) for arn in sorted(passed)]
    yield f"roles that a restored instance may have again: {listed(names) or 'none'}"


def _alerts(protection: Protection) -> Iterator[str]:
    by_topic: dict[tuple[str, bool], list[Hearing]] = {}
    for each in protection.heard:
        by_topic.setdefault((each.topic, each.certain), []).append(each)
    for (topic, certain), hearings in sorted(by_topic.items()):
        who = [
            f"{each} (once confirmed)" if "@" in each else each
            for each in sorted(protection.subscribers.get(topic, ()))
        ]
        through = listed(who) or f"the topic {named(topic)}"
        unsure = "" if certain else ", if the policy of the topic allows it"
        yield f"{through} hears of{unsure}:"
        yield from (f"  {line}" for line in _heard(hearings))


def _heard(hearings: Sequence[Hearing]) -> Iterator[str]:
    """Yield what is heard of, grouped by what it is about: failed and expired backups."""
    adjectives: dict[str, list[str]] = {}
    rest, missing = [], []
    for each in sorted(hearings, key=lambda each: each.what):
        first, _, noun = each.what.partition(" ")
        if each.what.startswith(MISSING):
            of = each.what.removeprefix(MISSING) or " of anything"
            missing.append(f"no backup{of} for {each.after} hours")
        elif noun in ("backups", "copies", "restores"):
            adjectives.setdefault(noun, []).append(first)
        else:
            rest.append(each.what)
    about = [f"{listed(firsts)} {noun}" for noun, firsts in adjectives.items()]
    yield from filter(None, (", ".join(about), listed(rest), listed(missing)))


def _stays(protection: Protection) -> str:
    found = []
    for vault in used_vaults(protection):
        if vault.kept:
            found += [f"the vault {named(vault.name)}", "its backups"]
            found += ["its key"] * (vault.key_made and vault.key_kept)
    return listed(found + ["the role" for role in used_roles(protection) if role.kept])


def _not_known(explanation: Explanation) -> Iterator[tuple[str, list[str]]]:
    if explanation.unknown:
        names = listed(explanation.unknown)
        yield "Not known", [f"{names}: no default; give NAME=VALUE"]
    assumed = []
    for each in explanation.assumptions:
        answer = "true" if each.holds else "false"
        assumed.append(f"condition {each.condition} is {answer}: {listed([*each.asks])} decides it")
    if assumed:
        yield "Assumed", assumed


def _gap(explanation: Explanation, gap: Gap) -> str:
    values = [f"{name} is {explanation.values.get(name) or 'empty'}" for name in gap.parameters]
    return gap.text + (f": {' and '.join(values)}" if values else "")
