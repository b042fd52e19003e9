"""What follows from the model: what a type of resource has of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from _backup.cron import parse

from generator.protection.abilities import BACKUP, COPY, RESTORE
from generator.protection.model import Protection, Rule, Value
from generator.protection.resource_types import ARNS, STAYS_WARM
from generator.protection.restore_points import AHEAD, Band, Plan, Timing, bands, worst_loss

EBS = "EBS volumes"
MOST_DAYS, MOST_MINUTES, MOST_TIMES = 36_500, 52_560_000, 24
"""AWS Backup refuses more: days to keep a backup, minutes to start it, backups a day."""
MOST_STARTS = 2_000_000
"""How many starts are compared with each other at most, which takes some seconds."""


@dataclass(frozen=True)
class OfType:
    """What a template protects of one type of resource."""

    protection: Protection
    type: str

    @property
    def selected(self) -> bool:
        """Whether a selection takes resources of the type."""
        return any(reach.type == self.type for reach in self.protection.reaches)

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules of the plans that select the type."""
        plans = {reach.plan for reach in self.protection.reaches if reach.type == self.type}
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
        for reach in self.protection.reaches:
            if reach.type == self.type:
                role = self.protection.roles.get(reach.role)
                lacks = role.lacks.get((self.type, ability)) if role else None
                trusted = role.trusted if role else None
                answers.add(
                    False if trusted is False or lacks else None if lacks is None else trusted
                )
        return False if False in answers or not answers else None if None in answers else True

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
        """Return the restore points by age; None: unknown."""
        return None if self.timings is None else bands(self.timings, now)

    def worst_loss(self, now: datetime) -> timedelta | None:
        """Return what can be lost at worst; None: without end, or unknown."""
        return None if self.timings is None else worst_loss(self.timings, now)


def can_be_simulated(plan: Plan, ahead: timedelta = AHEAD) -> bool:
    """Return whether it takes seconds at most to compare all starts of a plan with each other."""
    days = [max(timing.kept or ahead, ahead).days for timing in plan]
    starts = sum(len(each.cron.times) * its for each, its in zip(plan, days, strict=True))
    return starts * len(plan) <= MOST_STARTS


def selected_types(protection: Protection) -> list[OfType]:
    """Return the types that selections take."""
    found = [OfType(protection, name) for name in ARNS]
    return [each for each in found if each.selected]


def timing_of(rule: Rule, type_name: str) -> Timing | None:
    """Return when a rule backs up a type; None: a part of it is not known, or refused."""
    cron, zone = parse(rule.schedule), zone_of(rule.zone)
    possible = [_is_possible(rule.start_window, MOST_MINUTES)]
    possible += [_is_possible(each, MOST_DAYS) for each in (rule.kept, rule.cold_after)]
    if not cron or not zone or len(cron.times) > MOST_TIMES or not all(possible):
        return None
    warm = type_name in STAYS_WARM or (type_name == EBS and not rule.archives)

    def days(number: object) -> timedelta | None:
        return timedelta(days=number) if isinstance(number, int) else None

    minutes = rule.start_window if isinstance(rule.start_window, int) else 0
    return Timing(
        rule.name,
        cron,
        zone,
        timedelta(minutes=minutes),
        days(rule.kept),
        None if warm else days(rule.cold_after),
    )


def _is_possible(number: Value | None, most: int) -> bool:
    """Return whether a number is known, and one that AWS Backup may take."""
    return number is None or (isinstance(number, int) and 0 <= number <= most)


def zone_of(name: str) -> ZoneInfo | None:
    """Return the time zone; None: there is none of this name, or it is not known."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # IANA's name, or no name of a file
        return None
