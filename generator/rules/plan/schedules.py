"""E9501: schedules that AWS Backup refuses, and time zones that do not exist."""

import re
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case
from _backup.restore_tests import restore_plans
from _backup.rule import BackupRule, Problem, problem
from _backup.template import rules_of_plans
from _backup.values import Values

MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# Field: lowest and highest value, and the names that stand for them.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
FIELDS: dict[str, tuple[int, int, list[str]]] = {
    "minutes": (0, 59, []),
    "hours": (0, 23, []),
    "day-of-month": (1, 31, []),
    "month": (1, 12, MONTHS),
    "day-of-week": (1, 7, WEEKDAYS),
    "year": (1970, 2199, []),
}
EXAMPLE = "for example cron(0 5 * * ? *)"
# A zone that every database has, and zones that a minimal system leaves out.
SENTINELS = ("Europe/Paris", "US/Eastern", "EST5EDT")


def cron_faults(expression: str, *, hourly: bool) -> Iterator[str]:
    """Yield what is wrong with the expression, and the fix; only the first is reported.

    ``hourly``: whether it is for backups, of which AWS Backup starts at most one an hour.
    """
    found = re.fullmatch(r"cron\((.*)\)", expression)
    if not found:
        yield f"AWS Backup refuses it, because it accepts only cron(...): use that, {EXAMPLE}"
        return
    fields = found[1].split()
    if len(fields) != len(FIELDS):
        yield (
            f"AWS Backup refuses it, because it has {len(fields)} fields instead of six: use "
            f"minutes, hours, day-of-month, month, day-of-week and year, {EXAMPLE}"
        )
        return
    named = dict(zip(FIELDS, fields, strict=True))
    for name, text in named.items():
        for part in text.split(","):
            if not _takes(name, part):
                low, high, names = FIELDS[name]
                words = f" or {names[0]} to {names[-1]}" if names else ""
                yield (
                    f"AWS Backup refuses it, because {part!r} is not valid for {name}: use {low} "
                    f"to {high}{words}"
                )
    if "?" not in (named["day-of-month"], named["day-of-week"]):
        yield (
            "AWS Backup refuses it, because it has both day-of-month and day-of-week: use '?' for "
            f"one, {EXAMPLE}"
        )
    if hourly and not re.fullmatch(r"[0-9]+", named["minutes"]):
        yield (
            "AWS Backup refuses it, because it starts more than one backup an hour: use a single "
            "minute"
        )
    if _never(named["day-of-month"], named["month"]):
        yield (
            f"nothing ever starts, because day {named['day-of-month']} does not exist in month "
            f"{named['month']}: choose a day that exists"
        )


def _takes(name: str, part: str) -> bool:
    if part in ("*", "?"):
        return part == "*" or name.startswith("day-of-")
    if name == "day-of-month" and re.fullmatch(r"L|LW|L-[0-9]{1,2}|[0-9]{1,2}W", part):
        part = re.sub("[^0-9]", "", part) or "1"
    elif name == "day-of-week" and part == "L":
        return True
    elif name == "day-of-week":
        part = re.sub("L$|#[1-5]$", "", part)
    start, _, step = part.partition("/")
    if "/" in part and not (step.isdecimal() and 1 <= int(step) <= FIELDS[name][1]):
        return False
    return start == "*" or all(_number(name, end) is not None for end in start.split("-", 1))


def _number(name: str, text: str) -> int | None:
    low, high, names = FIELDS[name]
    if text.upper() in names:
        return names.index(text.upper()) + low
    number = int(text) if re.fullmatch(r"[0-9]{1,4}", text) else None
    return number if number is not None and low <= number <= high else None


def _never(day: str, month: str) -> bool:
    """Return whether none of the months has any of the days; ranges are not checked."""
    days = [_number("day-of-month", part) for part in day.split(",")]
    months = [_number("month", part) for part in month.split(",")]
    first = min((number for number in days if number is not None), default=1)
    if None in days or None in months:
        return False
    return all(number is not None and LONGEST[number - 1] < first for number in months)


def zone_exists(name: str) -> bool | None:
    """Return whether the time zone exists; None: this machine cannot tell.

    That needs a complete time zone database: the system's, or the package tzdata.
    """
    from zoneinfo import ZoneInfo

    def load(key: str) -> bool:
        try:
            ZoneInfo(key)
        except (KeyError, ValueError, OSError):
            return False
        return True

    return load(name) or (False if all(map(load, SENTINELS)) else None)


class Schedules(BackupRule):
    id = "E9501"
    shortdesc = "Schedule or time zone that AWS Backup does not accept"
    description = (
        "A schedule is a cron expression with six fields. One of the two day fields must be '?', "
        "and a rule may start at most one backup an hour. The time zone must be a name from the "
        "IANA database. Otherwise AWS refuses the plan, or no backup ever starts. Restore testing "
        "plans have the same kind of schedule."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html"
    tags = ["resources", "backup", "plan", "schedule"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the schedules of all rules, and of the restore testing plans."""
        for rule in rules_of_plans(values):
            yield from self._schedule(values, rule, hourly=True)
        for plan in restore_plans(values):
            yield from self._schedule(values, plan, hourly=False)

    def _schedule(self, values: Values, owner: Case, *, hourly: bool) -> Iterator[Problem]:
        for schedule in values.at(owner, "ScheduleExpression"):
            faults = cron_faults(str(schedule.text), hourly=hourly) if schedule.known else iter(())
            for fault in islice(faults, 1):
                yield problem(schedule, f"ScheduleExpression {schedule}: {fault}")
        for zone in values.at(owner, "ScheduleExpressionTimezone"):
            if zone.known and zone_exists(str(zone.text)) is False:
                yield problem(
                    zone,
                    f"ScheduleExpressionTimezone {zone} does not exist, so AWS Backup cannot tell "
                    "when to start: use a name from the IANA database, for example Europe/Paris",
                )
