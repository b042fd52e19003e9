"""The lines of the page about when backups are made, how long they exist, and what is lost."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from _backup.cron import parse

from generator.protection.derived import OfType, why_no_start
from generator.protection.explain import Explanation
from generator.protection.model import Rule
from generator.protection.page_types import called
from generator.protection.resource_types import ARNS, CONTINUOUS, GIVEN
from generator.protection.restore_points import Band, LongestGap, Start
from generator.protection.words import days, duration, every, kept, listed, minutes, schedule


def when(explanation: Explanation, rule: Rule) -> Iterator[str]:
    """Yield when a rule makes backups, and when the next ones are."""
    cold = "" if rule.cold_after is None else f", in cold storage after {days(rule.cold_after)}"
    yield (
        f"{rule.name}: {schedule(parse(rule.schedule), rule.schedule)} {rule.zone}, within "
        f"{minutes(rule.start_window)}, kept {kept(rule.kept)}{cold}"
    )
    if rule.completion_window != Rule.completion_window:
        yield f"  cancelled if not complete after {minutes(rule.completion_window)}"
    its = {each.type for each in explanation.types if rule in each.rules}
    if rule.continuous and (types := [name for name in ARNS if name in its & CONTINUOUS]):
        yield f"  continuous: {listed(types)} can be restored to any second, where AWS supports it"
    if any(rule == each.rule for each in explanation.protection.refused):
        yield "  no backups: refused (see below)"
        return
    yield f"  next: {following(explanation, rule)}"


def following(explanation: Explanation, rule: Rule) -> str:
    """Return the next starts of a rule."""
    found = explanation.next_starts(rule)
    if found is None:
        return f"not known: {why_no_start(rule)}"
    return ", ".join(map(_start, found)) or _never(explanation, rule)


def _never(explanation: Explanation, rule: Rule) -> str:
    alone = explanation.next_starts(rule, alone=True)
    why = "another rule stands in each time" if alone else "the schedule names no such day"
    return f"never: {why}"


def _start(start: Start) -> str:
    at = start.at.astimezone(start.timing.zone)
    unsure = " (unsure: the clocks change)" if start.uncertain else ""
    return f"{at:%a} {at:%Y-%m-%d %H:%M}{unsure}"


def restore_points(explanation: Explanation) -> Iterator[str]:
    """Yield a table by age for each group of types."""
    by_table: dict[tuple[str, ...], list[OfType]] = {}
    for types, bands, gap in explanation.by_timings:
        table: tuple[str, ...] = (f"not known: {types[0].why_unknown}",)
        if bands is not None:
            table = (*_table(_band(band, types[0].type, gap) for band in bands),)
        by_table.setdefault(table if bands != [] else ("nothing",), []).extend(types)
    every_type = [each for types in by_table.values() for each in types]
    for table, types in by_table.items():
        if len(by_table) > 1:
            yield f"{called(types, every_type)}:"
        yield from table
    if len(by_table) > 1 and any(each.part for each in every_type):
        yield "What is in several of these has the backups of each."


def _table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield the rows with columns as wide as they need to be."""
    found = [("age", "a backup at least", "how many", ""), *rows]
    widths = [max(map(len, column)) for column in zip(*found, strict=True)]
    for row in found:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()


def _band(band: Band, type_name: str, gap: LongestGap | None) -> tuple[str, ...]:
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
    if gap and gap.without:
        count = f"0 or {'more' if (band.count or 0) > 1 else '1'}"
    warm = [rule for rule in band.rules if rule not in band.cold]
    cold = f"{listed([*band.cold])} in cold storage" if warm else "in cold storage"
    cold += ", if their type has it" if type_name == GIVEN else ""
    return ages, often, count, cold if band.cold else ""


def _rounded(time: timedelta) -> timedelta:
    """Return a length of time of some days without its hours: they come from summer time."""
    return timedelta(days=round(time / timedelta(days=1))) if time > timedelta(days=2) else time


def worst(explanation: Explanation) -> Iterator[str]:
    """Yield what is lost at worst."""
    by_loss: dict[str, list[OfType]] = {}
    for types, bands, gap in explanation.by_timings:
        by_loss.setdefault(_loss(bands, gap), []).extend(types)
    every_type = [each for types in by_loss.values() for each in types]
    for said, types in by_loss.items():
        yield said if len(by_loss) == 1 else f"{called(types, every_type, in_short=True)}: {said}"


def _loss(bands: list[Band] | None, gap: LongestGap | None) -> str:
    if bands is None:
        return "not known: see above"
    if not bands:
        return "everything: there is never a backup"
    if not gap:
        return "everything since the last backup: some day none follows"
    if gap.without:
        return f"everything: for up to {duration(gap.without)} there is no backup at all"
    why = ""
    if gap.leaves_out:
        why = ", if none starts in the hour that the clocks leave out or repeat"
    elif gap.clocks_change:
        why = ", when the clocks change"
    return f"{duration(gap.time)}: the longest time from one backup to the next{why}"
