"""What follows from the model: what a type of resource has of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from _backup.cron import parse, read

from generator.protection.abilities import BACKUP, COPY, RESTORE
from generator.protection.model import (
    Protection,
    Reach,
    RestorePlan,
    Role,
    Rule,
    Value,
    Vault,
    is_known,
)
from generator.protection.reaches import takes
from generator.protection.resource_types import ARNS, GIVEN, STAYS_WARM
from generator.protection.restore_points import (
    AHEAD,
    Band,
    LongestGap,
    Plan,
    Start,
    Timing,
    bands,
    longest_gap,
    starts,
)

EBS = "EBS volumes"
MOST_DAYS, MOST_MINUTES = 36_500, 52_560_000
"""AWS Backup refuses more: days to keep a backup, minutes to start it."""
MOST_PAIRS = 10_000
"""How many selections of a type are compared with each other at most."""
MOST_STARTS = 2_000_000
"""How many starts are compared with each other at most, which takes some seconds."""
NEXT = tuple(timedelta(days=days) for days in (8, 70, 800, 13 * 366))
"""How far to look for the next starts: most schedules start soon, and some once in years."""


@dataclass(frozen=True)
class OfType:
    """What a template protects of one type of resource, or of a part of them."""

    protection: Protection
    type: str
    part: tuple[Reach, ...] = ()
    """What selections take of the part; empty: this is about the whole type."""
    part_plans: frozenset[str] = frozenset()
    """The plans that are certain to take the part."""

    @cached_property
    def reaches(self) -> tuple[Reach, ...]:
        """What selections take of the type."""
        return self.part or tuple(r for r in self.protection.reaches if r.type == self.type)

    @property
    def parts(self) -> list["OfType"]:
        """The parts of the type that do not have the same plans; one alone is the whole type."""
        if len({reach.plan for reach in self.reaches}) <= 1:
            return [self]
        by_plans: dict[frozenset[str], list[Reach]] = {}
        same: dict[object, list[Reach]] = {}
        for reach in self.reaches:
            same.setdefault((reach.arn, reach.tags, reach.without), []).append(reach)
        wide = [reach for reach in self.reaches if not reach.arn or "*" in reach.arn]
        # If there are too many, a part may have more backups than are told: those of wider ones.
        wide = wide if len(wide) * len(self.reaches) <= MOST_PAIRS else []
        for reach in self.reaches:
            others = [*wide, *same[reach.arn, reach.tags, reach.without]]
            plans = frozenset(each.plan for each in others if takes(each, reach))
            by_plans.setdefault(plans, []).append(reach)
        if len(by_plans) <= 1:
            return [self]
        return [replace(self, part=tuple(its), part_plans=p) for p, its in by_plans.items()]

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules of the plans that select the type."""
        plans = self.part_plans or {reach.plan for reach in self.reaches}
        return [rule for rule in self.protection.rules if rule.plan in plans]

    @property
    def backed_up(self) -> bool | None:
        """Whether AWS Backup may back it up; None: the template does not show it."""
        return self._may(BACKUP) if self.rules else False

    @property
    def restored(self) -> bool | None:
        """Whether the role may restore it."""
        return self._may(RESTORE)

    @property
    def copied(self) -> bool | None:
        """Whether a rule copies it and the role may."""
        return self._may(COPY) if any(rule.copies for rule in self.rules) else False

    def _may(self, ability: str) -> bool | None:
        answers = set()
        for reach in self.reaches:
            role = self.protection.roles.get(reach.role)
            lacks = role.lacks.get((self.type, ability)) if role else None
            trusted = role.trusted if role else None
            answers.add(False if trusted is False or lacks else None if lacks is None else trusted)
        return False if False in answers or not answers else None if None in answers else True

    @property
    def why_unknown(self) -> str:
        """Why its restore points are not known; empty: they are."""
        if self.timings is not None:
            return ""
        why = (f"{rule.name}: {why}" for rule in self.rules if (why := why_no_timing(rule)))
        return next(why, "there are too many backups to count")

    @cached_property
    def timings(self) -> list[Plan] | None:
        """The timing of each rule, plan by plan; None: a part of it is unknown."""
        plans: dict[str, list[Timing]] = {}
        for rule in self.rules:
            timing = timing_of(rule, self.type)
            if timing is None:
                return None
            plans.setdefault(rule.plan, []).append(timing)
        timings = [timing for plan in plans.values() for timing in plan]
        return [*plans.values()] if can_be_simulated(timings) else None

    def bands(self, now: datetime) -> list[Band] | None:
        """Return the restore points by age, if it is backed up; None: unknown."""
        if self.backed_up is False:
            return []
        return None if self.timings is None else bands(self.timings, now)

    def longest_gap(self, now: datetime) -> LongestGap | None:
        """Return what can be lost at worst; None: without end, or unknown."""
        if self.backed_up is False or self.timings is None:
            return None
        return longest_gap(self.timings, now)


def can_be_simulated(plan: Plan, ahead: timedelta = AHEAD) -> bool:
    """Return whether it takes seconds at most to compare all starts of a plan with each other."""
    days = [max(timing.kept or ahead, ahead).days for timing in plan]
    starts = sum(len(each.cron.times) * its for each, its in zip(plan, days, strict=True))
    return starts * len(plan) <= MOST_STARTS


def selected_types(protection: Protection) -> list[OfType]:
    """Return the types that selections take."""
    found = [OfType(protection, name) for name in (*ARNS, GIVEN)]
    return [each for each in found if each.reaches]


def used_vaults(protection: Protection) -> list[Vault]:
    """Return the vaults that rules fill."""
    return [protection.vaults[name] for name in dict.fromkeys(r.vault for r in protection.rules)]


def used_roles(protection: Protection) -> list[Role]:
    """Return the roles of selections that are in the template."""
    arns = dict.fromkeys(selection.role for selection in protection.selections)
    return [protection.roles[arn] for arn in arns if arn in protection.roles]


def restore_roles(protection: Protection) -> list[Role]:
    """Return the roles that AWS Backup may assume and no selection names: restores have a use."""
    selecting = {selection.role for selection in protection.selections}
    return [
        role
        for role in protection.roles.values()
        if role.trusted is not False and role.arn not in selecting
    ]


def as_rule(plan: RestorePlan) -> Rule:
    """Return a rule with the schedule of a plan of restore tests, for what tells its starts."""
    return Rule(
        plan.name,
        plan.name,
        plan.schedule,
        plan.zone,
        start_window=0,  # tests of one plan do not stand in for each other
        kept=None,
        cold_after=None,
        archives=False,
        vault="",
        copies=(),
    )


def timing_of(rule: Rule, type_name: str) -> Timing | None:
    """Return when a rule backs up a type; None: a part of it is not known, or refused."""
    return None if why_no_timing(rule) else _timing(rule, type_name)


def starting(rule: Rule) -> Timing | None:
    """Return when a rule starts backups, even if it is not known how long they are kept."""
    return None if why_no_start(rule) else _timing(rule, "")


def plans_of(rules: Iterable[Rule]) -> dict[str, Plan]:
    """Return the timings of the rules of each plan; none if their overlaps are not known."""
    by_plan: dict[str, list[Timing | None]] = {}
    for rule in rules:
        by_plan.setdefault(rule.plan, []).append(timing_of(rule, ""))
    plans: dict[str, Plan] = {}
    for name, timings in by_plan.items():
        known = [*dict.fromkeys(timing for timing in timings if timing)]
        is_whole = None not in timings and can_be_simulated(known, NEXT[-1])
        plans[name] = known if is_whole else []
    return plans


def next_starts(
    plans: Mapping[str, Plan], rule: Rule, since: datetime, count: int
) -> list[Start] | None:
    """Return the next backups of a rule; None: they are not known.

    ``plans`` are what ``plans_of`` returns: a start for which another rule of the plan stands in is
    none. A rule whose plan is not among them is seen alone.
    """
    own = starting(rule)
    if not own:
        return None
    plan = plans.get(rule.plan, [])  # that of restore tests is none of them
    if own not in plan:
        plan = [own]
    found: list[Start] = []
    for ahead in NEXT:
        found = [each for each in starts(plan, since, since + ahead) if each.timing == own]
        if len(found) >= count:
            break
    return found[:count]


def _timing(rule: Rule, type_name: str) -> Timing | None:
    cron, zone = parse(rule.schedule), zone_of(rule.zone)
    if not cron or not zone:
        return None
    warm = type_name in STAYS_WARM or (type_name == EBS and not rule.archives)
    is_known = not why_no_timing(rule)

    def time(number: Value | None, unit: timedelta) -> timedelta | None:
        return number * unit if isinstance(number, int) and is_known else None

    return Timing(
        rule.name,
        cron,
        zone,
        time(rule.start_window, timedelta(minutes=1)) or timedelta(),
        time(rule.kept, timedelta(days=1)),
        None if warm else time(rule.cold_after, timedelta(days=1)),
    )


def why_no_start(rule: Rule) -> str:
    """Return why it is not known when a rule starts backups; empty: it is known."""
    if not is_known(rule.schedule):
        return f"the schedule is {rule.schedule}"
    try:
        cron = parse(rule.schedule) or read(rule.schedule)  # the first one remembers
    except ValueError as error:
        return f"AWS Backup refuses the schedule {rule.schedule}: {error}"
    if len({time.minute for time in cron.times}) > 1:
        return "AWS Backup refuses a schedule of more than one backup an hour"
    if not is_known(rule.zone):
        return f"the time zone is {rule.zone}"
    return "" if zone_of(rule.zone) else f"there is no time zone {rule.zone}"


def why_no_timing(rule: Rule) -> str:
    """Return why it is not known how long backups of a rule exist; empty: it is known."""
    reasons = (
        why_no_start(rule),
        _fault(rule.start_window, 0, MOST_MINUTES, "start window", "minutes"),
        _fault(rule.kept, 1, MOST_DAYS, "retention", "days"),
        _fault(rule.cold_after, 0, MOST_DAYS, "time before cold storage", "days"),
    )
    return next(filter(None, reasons), "")


def why_refused(rule: Rule) -> str:
    """Return why AWS Backup refuses a value of a rule; empty: it does not, or one is not known."""
    its = (rule.schedule, rule.zone, rule.start_window, rule.kept, rule.cold_after)
    return why_no_timing(rule) if all(map(is_known, its)) else ""


def _fault(number: Value | None, least: int, most: int, name: str, unit: str) -> str:
    """Return why nobody can reckon with a number; empty: one can."""
    if number is None or (isinstance(number, int) and least <= number <= most):
        return ""
    if is_known(number):
        return f"AWS Backup refuses a {name} of {number} {unit}"
    return f"the {name} is {number} {unit}"


def zone_of(name: str) -> ZoneInfo | None:
    """Return the time zone; None: there is none of this name, or it is not known."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # IANA's name, or no name of a file
        return None
