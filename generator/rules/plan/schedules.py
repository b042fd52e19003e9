"""E9501: schedules that AWS Backup refuses, and time zones that do not exist."""

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case
from _backup.cron import read
from _backup.restore_tests import restore_plans
from _backup.rule import BackupRule, Problem, problem
from _backup.template import rules_of_plans
from _backup.values import Values

# A zone that every database has, and zones that a minimal system leaves out.
SENTINELS = ("Europe/Paris", "US/Eastern", "EST5EDT")


LEAP_YEAR = 2024


def cron_fault(expression: str, *, hourly: bool) -> str | None:
    """Return what is wrong with the expression, and the fix; None: nothing.

    ``hourly``: whether it is for backups, of which AWS Backup starts at most one an hour.
    """
    try:
        cron = read(expression)
    except ValueError as error:
        return f"AWS Backup refuses it, because {error}"
    if hourly and len({each.minute for each in cron.times}) > 1:
        return (
            "AWS Backup refuses it, because it starts more than one backup an hour: use a single "
            "minute"
        )
    year = (date(LEAP_YEAR, 1, 1) + timedelta(number) for number in range(366))
    if not any(holds(day) for day in year if day.month in cron.months for holds in cron.tests):
        months = expression.split()[3]
        return (
            f"nothing ever starts, because day {cron.days} does not exist in month {months}: "
            "choose a day that exists"
        )
    return None


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
            fault = cron_fault(str(schedule.text), hourly=hourly) if schedule.known else None
            if fault:
                yield problem(schedule, f"ScheduleExpression {schedule}: {fault}")
        for zone in values.at(owner, "ScheduleExpressionTimezone"):
            if zone.known and zone_exists(str(zone.text)) is False:
                yield problem(
                    zone,
                    f"ScheduleExpressionTimezone {zone} does not exist, so AWS Backup cannot tell "
                    "when to start: use a name from the IANA database, for example Europe/Paris",
                )
