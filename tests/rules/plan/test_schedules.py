"""E9501: which schedules AWS Backup accepts."""

import zoneinfo
from typing import Any

import pytest

from tests.rules.restore_testing.support import restore_plan
from tests.rules.support import agree, found, plan, rule, template


def messages(schedule: Any, zone: Any = None, **sections: Any) -> list[str]:
    properties = {"ScheduleExpression": schedule, "ScheduleExpressionTimezone": zone}
    return found("E9501", template(Plan=plan(rule(**properties)), **sections))


@pytest.mark.parametrize(
    "schedule",
    [
        None,  # AWS's default, cron(0 5 ? * * *)
        "cron(0 5 * * ? *)",
        "cron(0 5 ? * * *)",
        "cron(15 * ? * * *)",  # hourly
        "cron(0 0/2 * * ? *)",
        "cron(0 */6 * * ? *)",
        "cron(0 8-18/2 ? * MON-FRI *)",
        "cron(30 4 L * ? *)",
        "cron(30 4 LW * ? *)",
        "cron(30 4 L-3 * ? *)",
        "cron(30 4 15W * ? *)",
        "cron(30 4 ? * 6L *)",
        "cron(30 4 ? * TUE#2 *)",
        "cron(30 4 ? jan,JUL sun *)",
        "cron(30 4 1,15 * ? 2026-2030)",
        "cron(30 4 1,15 * ? 1970,2199)",
        "cron(0 5 29 2 ? *)",  # in leap years
        *(f"cron(0 5 31 {month} ? *)" for month in (1, 3, 5, 7, 8, 10, 12)),
        *(f"cron(0 5 30 {month} ? *)" for month in (4, 6, 9, 11)),
        "cron(0 5 31 2,JAN ? *)",  # in January
        "cron(00 05 * * ? *)",
    ],
)
def test_taken(schedule: Any) -> None:
    assert messages(schedule) == []


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("rate(1 day)", "accepts only cron(...)"),
        ("0 5 * * ? *", "accepts only cron(...)"),
        ("cron(0 5 * * *)", "5 fields"),
        ("cron(0 0 5 * * ? *)", "7 fields"),
        ("cron()", "0 fields"),
        ("cron(0 5 * * * *)", "both day-of-month and day-of-week"),
        ("cron(0 5 1 * MON *)", "use '?' for one"),
        ("cron(60 5 * * ? *)", "'60' is not valid for minutes"),
        ("cron(0 24 * * ? *)", "'24' is not valid for hours"),
        ("cron(0 5 0 * ? *)", "'0' is not valid for day-of-month"),
        ("cron(0 5 32 * ? *)", "'32' is not valid for day-of-month"),
        ("cron(0 5 1 13 ? *)", "'13' is not valid for month"),
        ("cron(0 5 ? * 0 *)", "'0' is not valid for day-of-week"),
        ("cron(0 5 ? * 8 *)", "'8' is not valid for day-of-week"),
        ("cron(0 5 ? * FUN *)", "'FUN' is not valid for day-of-week"),
        ("cron(0 5 ? * TUE#6 *)", "'TUE#6' is not valid for day-of-week"),
        ("cron(0 ? * * ? *)", "'?' is not valid for hours"),
        ("cron(0 5 * * ? 1969)", "'1969' is not valid for year"),
        ("cron(0 5 * * ? 2200)", "'2200' is not valid for year"),
        ("cron(0 5, * * ? *)", "'' is not valid for hours"),
        ("cron(0 5/ * * ? *)", "'5/' is not valid for hours"),
        ("cron(0 5/0 * * ? *)", "'5/0' is not valid for hours"),
        ("cron(0 5 L2 * ? *)", "'L2' is not valid for day-of-month"),
        ("cron(* 5 * * ? *)", "more than one backup an hour"),
        ("cron(0/30 * * * ? *)", "more than one backup an hour"),
        ("cron(0,30 5 * * ? *)", "more than one backup an hour"),
        ("cron(0 5 30 2 ? *)", "day 30 does not exist in month 2"),
        ("cron(0 5 31 APR,jun,9,11 ? *)", "day 31 does not exist"),
        ("cron(0 5 31,30 FEB ? *)", "day 31,30 does not exist"),
        ("cron(0 5 30-31 2 ? *)", "day 30-31 does not exist"),
        ("cron(0 5 30W 2 ? *)", "day 30W does not exist"),
        ("cron(0 5 1,? * ? *)", "'?' is not valid for day-of-month"),
    ],
)
def test_not_taken(schedule: str, why: str) -> None:
    agree(messages(schedule), [why])


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "America/Argentina/Ushuaia", "US/Eastern"])
def test_zones_that_exist(zone: str) -> None:
    assert messages("cron(0 5 * * ? *)", zone) == []


@pytest.mark.parametrize("zone", ["Nowhere/Land", "Europe", "CEST", "../UTC", "UTC+2", "zone.tab"])
def test_zones_that_do_not(zone: str) -> None:
    agree(messages("cron(0 5 * * ? *)", zone), ["does not exist"])


def test_without_a_complete_time_zone_database_no_zone_is_called_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def few(key: str) -> None:
        """Know what a system without legacy names knows."""
        if key != "Europe/Paris":
            raise zoneinfo.ZoneInfoNotFoundError(key)

    monkeypatch.setattr("zoneinfo.ZoneInfo", few)
    assert messages("cron(0 5 * * ? *)", "US/Pacific") == []
    assert messages("cron(0 5 * * ? *)", "Nowhere/Land") == []


def test_a_part_that_is_not_known_is_not_guessed() -> None:
    parameters = {"Hour": {"Type": "Number"}}
    assert messages({"Fn::Sub": "cron(0 ${Hour} * * ?)"}, Parameters=parameters) == []


@pytest.mark.parametrize(
    ("schedule", "zone", "expected"),
    [
        ("cron(0 3 1 * ? *)", "Europe/Paris", []),
        ("cron(0/30 3 * * ? *)", None, []),  # AWS documents no shortest interval
        ("cron(0 3 * * * *)", None, ["it has both"]),
        ("rate(7 days)", None, ["accepts only cron(...)"]),
        ("cron(0 3 1 * ? *)", "Europe/Atlantis", ["does not exist"]),
    ],
)
def test_schedules_of_restore_tests(schedule: str, zone: Any, expected: list[str]) -> None:
    tests = restore_plan(ScheduleExpression=schedule, ScheduleExpressionTimezone=zone)
    agree(found("E9501", template(RestorePlan=tests)), expected)
