"""What is backed up, or copied, more rarely or kept for a shorter time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from generator.compare.loss import at_most, is_as_long
from generator.protection.derived import timing_of
from generator.protection.model import Rule, Value, is_known
from generator.protection.restore_points import (
    AHEAD,
    Band,
    Plan,
    Timing,
    bands,
    worst_loss,
)
from generator.protection.words import day_count, duration, every, listed, minutes

REFERENCE = datetime(2026, 2, 1, tzinfo=timezone.utc)
"""When restore points are counted: after two long months, which leave the longest gaps."""


class Words(NamedTuple):
    """How sentences call what rules make."""

    done: str
    kept: str
    made: str
    """The same, where "are" would speak of what is backed up."""


BACKUPS = Words("are backed up", "are", "have backups that are")
COPIES = Words("are copied", "have copies that are", "have copies that are")


def timing_losses(
    old: Sequence[Rule], new: Sequence[Rule], type_name: str, words: Words = BACKUPS
) -> Iterator[str]:
    """Yield what resources of a type lose if the old rules give way to the new ones."""
    if not new:
        yield f" {words.done.replace('are', 'are no longer', 1)}: no rule makes backups"
        return
    yield from _of_completion(old, new, words)
    old, new = _in_one_zone(old, new)
    if {_timing(rule) for rule in old} <= {_timing(rule) for rule in new} and not any(
        rule.cold_after for rule in new
    ):
        return
    before, after = _plans(old, type_name), _plans(new, type_name)
    if before is None or after is None:
        yield from _by_rule(old, new, words)
        return
    yield from _of_cold_storage(old, new, type_name, words)
    if before != after:
        yield from _simulated(before, after, words)


def _of_completion(old: Sequence[Rule], new: Sequence[Rule], words: Words) -> Iterator[str]:
    for rule in new if words == BACKUPS else ():
        was = next((each for each in old if each.name == rule.name), None)
        if was and not at_most(was.completion_window, rule.completion_window):
            after, before = (minutes(each.completion_window) for each in (rule, was))
            yield f" {words.made} cancelled after {after} instead of {before}: {rule.name}"


def _timing(rule: Rule) -> tuple[object, ...]:
    return (rule.plan, rule.schedule, rule.zone, rule.start_window, rule.kept)


def _in_one_zone(old: Sequence[Rule], new: Sequence[Rule]) -> tuple[list[Rule], list[Rule]]:
    """Return the rules in UTC if all are in one time zone, which nobody knows."""
    zones = {rule.zone for rule in (*old, *new)}
    if len(zones) > 1 or any(map(is_known, zones)):
        return [*old], [*new]
    first, second = ([replace(rule, zone="UTC") for rule in rules] for rules in (old, new))
    return first, second


Plans = tuple[tuple[Timing, ...], ...]


def _plans(rules: Sequence[Rule], type_name: str) -> Plans | None:
    """Return the timing of rules, plan by plan; None: a part of it is unknown."""
    plans: dict[str, list[Timing]] = {}
    for rule in rules:
        timing = timing_of(rule, type_name)
        if timing is None:
            return None
        # What a rule is called, and when backups get cold, changes neither when nor how long.
        plans.setdefault(rule.plan, []).append(replace(timing, rule="", cold_after=None))
    return tuple(tuple(timings) for timings in plans.values())


def _by_rule(old: Sequence[Rule], new: Sequence[Rule], words: Words) -> Iterator[str]:
    """Yield the rules to which no new rule is equal or better, if no simulation can tell."""
    for rule in old:
        if any(_is_as_good(each, rule) for each in new):
            continue
        after = [each for each in new if each.name == rule.name]
        if not after:
            yield f" {words.done.replace('are', 'are no longer', 1)} by {rule.name}"
        else:
            yield f" {words.done} by {rule.name} in another way: {_differences(rule, after[0])}"


def _is_as_good(rule: Rule, other: Rule) -> bool:
    return (
        (rule.schedule, rule.zone) == (other.schedule, other.zone)
        and at_most(rule.start_window, other.start_window)
        and is_as_long(rule.kept, other.kept)
        and is_as_long(rule.cold_after, other.cold_after)
    )


def _differences(old: Rule, new: Rule) -> str:
    pairs = (
        (old.schedule, new.schedule, "{}"),
        (old.zone, new.zone, "in {}"),
        (old.start_window, new.start_window, "within {} minutes"),
        (_kept(old.kept), _kept(new.kept), "kept {}"),
        (_kept(old.cold_after), _kept(new.cold_after), "warm {}"),
    )
    differing = [
        f"{form.format(after)} instead of {before}"
        for before, after, form in pairs
        if before != after
    ]
    unknown = not all(is_known(value) for before, after, _ in pairs for value in (before, after))
    return listed(differing) + (": a part is known only to the deployment" if unknown else "")


def _kept(days: Value | None) -> str:
    return "for ever" if days is None else day_count(days)


def _of_cold_storage(
    old: Sequence[Rule], new: Sequence[Rule], type_name: str, words: Words
) -> Iterator[str]:
    for rule in new:
        was = next((each for each in old if each.name == rule.name), None) or next(
            (each for each in old if each.schedule == rule.schedule), None
        )
        before, after = (timing_of(each, type_name) if each else None for each in (was, rule))
        if not before or not after or after.cold_after is None:
            continue
        if before.cold_after is None or after.cold_after < before.cold_after:
            warm = "never" if before.cold_after is None else _days(before.cold_after)
            yield (
                f" {words.made} moved to cold storage after {day_count(after.cold_after.days)} "
                f"instead of {warm}: {rule.name}"
            )


@lru_cache(maxsize=1024)
def _simulated(old: Plans, new: Plans, words: Words) -> tuple[str, ...]:
    return (*_of_interval(old, new, words), *_of_bands(old, new, words))


@lru_cache(maxsize=256)
def _loss(plans: tuple[Plan, ...]) -> timedelta | None:
    return worst_loss(plans, REFERENCE)


@lru_cache(maxsize=256)
def _bands(plans: tuple[Plan, ...]) -> list[Band]:
    return bands(plans, REFERENCE)


def _of_interval(old: Plans, new: Plans, words: Words) -> Iterator[str]:
    before, after = _loss(old), _loss(new)
    if before is None:
        return
    if after is None:
        yield f" {words.done} only for some time"
        return
    was, is_now = before - _window(old), after - _window(new)
    if is_now > was:
        yield f" {words.done} {every(is_now)} instead of {every(was)}"
    elif after > before and words == BACKUPS:
        yield f" lose up to {duration(after)} at worst instead of {duration(before)}"


def _window(plans: Plans) -> timedelta:
    return max((each.start_window for plan in plans for each in plan), default=timedelta(0))


def _of_bands(old: Plans, new: Plans, words: Words) -> Iterator[str]:
    was, is_now = _longest(old), _longest(new)
    both = [each for each in (was, is_now) if each is not None]
    # What only one of them still has is not compared, and takes long if it is a hundred years.
    end = min(both) + AHEAD if both else None
    before, after = _bands(_until(end, old)), _bands(_until(end, new))
    if is_now is not None and (was is None or is_now < was):
        kept = "for ever" if was is None else _days(was)
        yield f" {words.kept} kept {duration(is_now)} instead of {kept}"
    what = "restore points" if words == BACKUPS else "copies"
    for age in sorted({band.youngest for band in [*before, *after] if band.youngest}):
        then, now = _gap(before, age), _gap(after, age)
        if then is not None and now is not None and now > then:
            yield f" have {what} {every(now)} instead of {every(then)} from {duration(age)} ago on"
            return  # what is older is rarer for the same reason


def _until(end: timedelta | None, plans: Plans) -> Plans:
    """Return the timing of plans that keep nothing for longer than to an end."""
    if end is None:
        return plans
    return tuple(
        tuple(
            replace(each, kept=end) if each.kept is None or each.kept > end else each
            for each in plan
        )
        for plan in plans
    )


def _days(time: timedelta) -> str:
    """Return a time after which another one is named in days: without the unit, if it is days."""
    return duration(time) if time % timedelta(days=1) else str(time.days)


def _gap(found: list[Band], age: timedelta) -> timedelta | None:
    """Return the longest time between two restore points of an age; None: there are not two."""
    return next(
        (
            band.gap
            for band in found
            if band.youngest <= age and (band.oldest is None or age < band.oldest)
        ),
        None,
    )


def _longest(plans: Plans) -> timedelta | None:
    """Return how long the oldest restore points are kept; None: for ever."""
    kept = [timing.kept for plan in plans for timing in plan]
    return None if None in kept else max((each for each in kept if each), default=timedelta(0))
