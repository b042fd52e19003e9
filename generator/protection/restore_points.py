"""Which backups exist at a time, and how much can be lost: a simulation of schedules.

https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

from _backup.cron import Cron

AHEAD = timedelta(days=2 * 366)
"""How far to look for the longest gap; a year is not enough, because months differ."""
FAR_AHEAD = timedelta(days=13 * 366)
"""The same for schedules that start seldom: years differ, and only some have a 29 February."""
SELDOM = 10
"""Fewer starts than this in the time of AHEAD."""
MOST_TIMES = 100
"""Starts a day, times rules: with more of them it takes seconds to look far ahead."""
FEW = 3
"""With fewer starts than this, nobody can say that another one follows."""


@dataclass(frozen=True)
class Timing:
    """When a rule starts backups, and for how long they are kept."""

    rule: str
    cron: Cron
    zone: ZoneInfo
    start_window: timedelta
    kept: timedelta | None
    """None: for ever."""
    cold_after: timedelta | None = None
    """When backups move to cold storage; None: never."""


@dataclass(frozen=True)
class Start:
    """The start of one backup, at the earliest; it may begin until its start window ends."""

    at: datetime
    timing: Timing
    uncertain: bool
    """Whether it falls into the hour that a change of the clock leaves out or repeats.

    What AWS does then is not documented.
    """


@dataclass(frozen=True)
class Band:
    """The restore points of an age: what can be restored from then."""

    youngest: timedelta
    oldest: timedelta | None
    """None: they are kept for ever."""
    rules: tuple[str, ...]
    cold: tuple[str, ...]
    """Those of the rules whose points of this age are in cold storage."""
    count: int | None
    """How many there are; None: their number grows for ever."""
    gap: timedelta | None
    """The longest time between two of them; None: there are not two."""


@dataclass(frozen=True)
class LongestGap:
    """The longest time between two backups, which is what can be lost at worst."""

    time: timedelta
    """The second backup counts from the end of its start window."""
    clocks_change: bool
    """Whether the clocks change between the two backups."""
    leaves_out: bool
    """Whether a start lies between them that is uncertain, and counts as none."""
    without: timedelta = timedelta(0)
    """The longest time in which there may be no backup at all, so that everything can be lost."""


Plan = Sequence[Timing]
"""The rules of one plan, among which AWS Backup resolves overlaps."""


def starts(plan: Plan, first: datetime, last: datetime) -> list[Start]:
    """Return the backups of one resource that start from first to last, in their order.

    If start windows of rules overlap, only the backup that is kept longest is made.
    """
    # What starts outside of the time may stand in for what starts in it.
    window = max((timing.start_window for timing in plan), default=timedelta(0))
    beside = min(window * (len(plan) - 1), AHEAD)
    made: list[list[Start]] = []
    for timing in sorted(plan, key=_kept, reverse=True):
        possible = _starts(timing, first - beside, last + beside)
        made.append([s for s in possible if not any(_overlaps(s, others) for others in made)])
    found = (start for start in chain.from_iterable(made) if first <= start.at <= last)
    return sorted(found, key=_time)


def worst_loss(plans: Sequence[Plan], now: datetime) -> timedelta | None:
    """Return what can be lost at worst; None: some day no backup follows."""
    gap = longest_gap(plans, now)
    return gap.time if gap else None


def longest_gap(plans: Sequence[Plan], now: datetime) -> LongestGap | None:
    """Return the longest time between two backups; None: some day no backup follows.

    A start that is uncertain counts as none.
    """
    for ahead in (AHEAD, FAR_AHEAD):
        found = [start for plan in plans for start in starts(plan, now, now + ahead)]
        certain = sorted((start for start in found if not start.uncertain), key=_time)
        if len(certain) >= SELDOM:
            break
    if len(certain) < FEW:
        return None
    before, after = max(pairwise(certain), key=_longest_between)
    loss = _longest_between((before, after))
    if certain[-1].at + 2 * loss <= now + ahead:  # nothing follows: the schedule ends
        return None
    return LongestGap(
        loss,
        any(_offset(before.at, each) != _offset(after.at, each) for each in (before, after)),
        any(each.uncertain and before.at < each.at < after.at for each in found),
        _longest_without(plans, now, ahead, loss),
    )


def _longest_without(
    plans: Sequence[Plan], now: datetime, ahead: timedelta, loss: timedelta
) -> timedelta:
    """Return the longest time in which there may be no backup, once the plans have run for long.

    A backup is certain to be there from the end of its start window until it would be deleted if it
    had begun at its start.
    """
    timings = [timing for plan in plans for timing in plan]
    if all(timing.kept is None or timing.kept >= loss for timing in timings):
        return timedelta(0)  # each one outlives the time to the next
    first = now - _longest_kept(timings)
    found = [start for plan in plans for start in starts(plan, first, now + ahead)]
    longest, end = timedelta(0), None
    for start in sorted((each for each in found if not each.uncertain), key=_end_of_window):
        begun = _end_of_window(start)
        if end is not None and begun > now:
            longest = max(longest, begun - max(end, now))
        if start.timing.kept is None:
            return longest
        end = max(end or begun, start.at + start.timing.kept)
    return longest


def bands(plans: Sequence[Plan], now: datetime) -> list[Band]:
    """Return the restore points that exist now if the plans have run for ever, by their age.

    A rule of which no backup is ever made is in none of them.
    """
    longest = _longest_kept([timing for plan in plans for timing in plan])
    by_plan = [(plan, starts(plan, now - longest, now)) for plan in plans]
    points = [(now - start.at, start.timing) for _, made in by_plan for start in made]
    timings = []
    for plan, made in by_plan:
        missing = {*plan} - {start.timing for start in made}
        never = _never_made(plan, missing, now) if missing else missing
        timings += [timing for timing in plan if timing not in never]
    ends = _ends(timings)
    is_open = any(timing.kept is None for timing in timings)
    edges = [timedelta(0), *sorted(ends)]
    found = []
    for youngest, oldest in zip(edges, [*edges[1:], None], strict=True):
        if oldest is None and not is_open:
            break
        living = [t for t in timings if t.kept is None or t.kept > youngest]
        within = sorted(
            age
            for age, timing in points
            if timing in living and youngest <= age and (oldest is None or age < oldest)
        )
        cold = [t for t in living if t.cold_after is not None and t.cold_after <= youngest]
        found.append(
            Band(
                youngest,
                oldest,
                tuple(t.rule for t in living),
                tuple(t.rule for t in cold),
                len(within) if oldest is not None else None,
                max((b - a for a, b in pairwise(within)), default=None),
            )
        )
    return found


def _ends(timings: Sequence[Timing]) -> set[timedelta]:
    """Return the ages at which backups move to cold storage, or are deleted."""
    return {end for each in timings for end in (each.kept, each.cold_after) if end is not None}


def _longest_kept(timings: Sequence[Timing]) -> timedelta:
    """Return how far back backups matter; of those that are kept for ever, a part is enough."""
    is_open = any(each.kept is None for each in timings)
    return max(_ends(timings), default=timedelta(0)) + (AHEAD if is_open else timedelta(0))


def _never_made(plan: Plan, rules: set[Timing], now: datetime) -> set[Timing]:
    """Return those of the rules of which no backup will be made.

    Another rule stands in each time, or the schedule names no day.
    """
    never = rules - {start.timing for start in starts(plan, now, now + AHEAD)}
    seldom = {rule for rule in never if len([*_starts(rule, now, now + AHEAD)]) < SELDOM}
    if not seldom:
        return never
    if sum(len(each.cron.times) for each in plan) * len(plan) > MOST_TIMES:
        return never - seldom  # of these it would take long to tell
    return never - {start.timing for start in starts(plan, now, now + FAR_AHEAD)}


def _longest_between(pair: tuple[Start, Start]) -> timedelta:
    before, after = pair
    return after.at + after.timing.start_window - before.at


def _offset(time: datetime, start: Start) -> timedelta | None:
    """Return the offset of a time in the zone of a start."""
    return time.astimezone(start.timing.zone).utcoffset()


def _end_of_window(start: Start) -> datetime:
    return start.at + start.timing.start_window


def _time(start: Start) -> datetime:
    return start.at


def _kept(timing: Timing) -> timedelta:
    return timedelta.max if timing.kept is None else timing.kept


def _starts(timing: Timing, first: datetime, last: datetime) -> Iterator[Start]:
    day = first.astimezone(timing.zone).date() - timedelta(days=1)
    end = last.astimezone(timing.zone).date() + timedelta(days=1)
    while day <= end:
        if timing.cron.runs_on(day):
            for time in timing.cron.times:
                local = datetime.combine(day, time, timing.zone)
                at = local.astimezone(timezone.utc)
                if first <= at <= last:
                    yield Start(at, timing, local.utcoffset() != local.replace(fold=1).utcoffset())
        day += timedelta(days=1)


def _overlaps(start: Start, others: list[Start]) -> bool:
    """Return whether its start window and one of the others' have time in common."""
    if not others:
        return False
    position = bisect_right(others, start.at - others[0].timing.start_window, key=_time)
    return position < len(others) and others[position].at < start.at + start.timing.start_window
