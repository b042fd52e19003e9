"""Which backups exist on a day, and how much can be lost: schedules worked out with a calendar.

In 2026, 1 January is a Thursday, and so are 1 October and 31 December.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from _backup.cron import parse

from generator.protection.derived import OfType, selected_types
from generator.protection.restore_points import (
    Band,
    Plan,
    Timing,
    bands,
    longest_gap,
    starts,
    worst_loss,
)
from tests.protection.support import ROLE_ARN, of_type, protected


def rule(  # noqa: PLR0913 - a rule has so many parts
    name: str,
    schedule: str,
    kept: int | None,
    *,
    window: int = 60,
    cold: int | None = None,
    zone: str = "UTC",
) -> Timing:
    """Return the timing of a rule, with minutes and days as in a plan."""
    cron = parse(f"cron({schedule} *)")
    assert cron
    return Timing(
        name,
        cron,
        ZoneInfo(zone),
        timedelta(minutes=window),
        None if kept is None else timedelta(days=kept),
        None if cold is None else timedelta(days=cold),
    )


def at(text: str) -> datetime:
    """Return a time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def made(plan: Plan, first: str, last: str) -> list[str]:
    """Return the backups that start in a time: name, time, and a sign if that is uncertain."""
    return [
        f"{start.timing.rule} {start.at:%m-%d %H:%M}{'?' * start.uncertain}"
        for start in starts(plan, at(first), at(last))
    ]


DAILY = rule("daily", "0 5 * * ?", 30)
WEEKLY = rule("weekly", "0 5 ? * SUN", 180)
MONTHLY = rule("monthly", "0 5 1 * ?", 365, cold=30)

# Schedule for schedule: rules, a time, and what starts in it.
STARTS: dict[str, tuple[Plan, str, str, list[str]]] = {
    "one rule": (
        [DAILY],
        "2026-10-30T00:00",
        "2026-11-01T05:00",
        ["daily 10-30 05:00", "daily 10-31 05:00", "daily 11-01 05:00"],
    ),
    "the longer one stands in on Sunday 4 and 11 October": (
        [DAILY, WEEKLY],
        "2026-10-03T06:00",
        "2026-10-05T06:00",
        ["weekly 10-04 05:00", "daily 10-05 05:00"],
    ),
    "weekly and monthly on the same day: Sunday 1 November": (
        [DAILY, WEEKLY, MONTHLY],
        "2026-10-31T00:00",
        "2026-11-03T00:00",
        ["daily 10-31 05:00", "monthly 11-01 05:00", "daily 11-02 05:00"],
    ),
    "windows that meet in their last hour": (
        [rule("early", "0 3 * * ?", 7, window=121), rule("late", "0 5 ? * MON", 90)],
        "2026-10-04T00:00",
        "2026-10-06T00:00",
        ["early 10-04 03:00", "late 10-05 05:00"],
    ),
    "windows that end where the next one begins": (
        [rule("early", "0 3 * * ?", 7, window=120), rule("late", "0 5 ? * MON", 90)],
        "2026-10-05T00:00",
        "2026-10-06T00:00",
        ["early 10-05 03:00", "late 10-05 05:00"],
    ),
    "a longer one whose window ends where the next one begins": (
        [rule("early", "0 3 ? * MON", 90, window=120), rule("late", "0 5 * * ?", 7)],
        "2026-10-05T00:00",
        "2026-10-06T00:00",
        ["early 10-05 03:00", "late 10-05 05:00"],
    ),
    "a window over midnight": (
        [rule("late", "30 23 L * ?", 365, window=120), rule("early", "0 1 * * ?", 7)],
        "2026-10-31T00:00",
        "2026-11-02T00:00",
        ["early 10-31 01:00", "late 10-31 23:30"],
    ),
    "the longer one starts before the time": (
        [rule("late", "30 23 L * ?", 365, window=120), rule("early", "0 1 * * ?", 7)],
        "2026-11-01T00:00",
        "2026-11-02T02:00",
        ["early 11-02 01:00"],
    ),
    "the longer one starts after the time": (
        [rule("late", "30 23 L * ?", 365), rule("early", "0 23 * * ?", 7)],
        "2026-10-30T00:00",
        "2026-10-31T23:15",
        ["early 10-30 23:00"],
    ),
    "hours beside a day with a window of eight hours": (
        [rule("hourly", "0 0/6 * * ?", 2), rule("daily", "0 5 * * ?", 30, window=480)],
        "2026-10-01T00:00",
        "2026-10-01T23:59",
        ["hourly 10-01 00:00", "daily 10-01 05:00", "hourly 10-01 18:00"],
    ),
    "rules that are equal make one backup": (
        [rule("one", "0 5 * * ?", 30), rule("one", "0 5 * * ?", 30)],
        "2026-10-01T00:00",
        "2026-10-01T23:59",
        ["one 10-01 05:00"],
    ),
    "ends of months": (
        [rule("last", "0 5 L * ?", 365)],
        "2028-01-01T00:00",
        "2028-03-31T23:59",
        ["last 01-31 05:00", "last 02-29 05:00", "last 03-31 05:00"],
    ),
    "a leap day": (
        [rule("leap", "0 5 29 2 ?", None)],
        "2026-01-01T00:00",
        "2033-01-01T00:00",
        ["leap 02-29 05:00", "leap 02-29 05:00"],
    ),
    # On 25 October, the clock of Paris goes from 3:00 back to 2:00, which is 0:00 in UTC.
    "an hour that the clock repeats": (
        [rule("night", "30 2 * * ?", 30, zone="Europe/Paris")],
        "2026-10-24T00:00",
        "2026-10-26T23:00",
        ["night 10-24 00:30", "night 10-25 00:30?", "night 10-26 01:30"],
    ),
    # On 8 March, the clock of New York goes from 2:00, which is 7:00 in UTC, to 3:00.
    "an hour that the clock leaves out": (
        [rule("night", "30 2 * * ?", 30, zone="America/New_York")],
        "2026-03-07T00:00",
        "2026-03-09T23:00",
        ["night 03-07 07:30", "night 03-08 07:30?", "night 03-09 06:30"],
    ),
    "a day that begins elsewhere": (
        [rule("first", "0 5 1 * ?", 365, zone="Asia/Tokyo")],
        "2026-10-30T00:00",
        "2026-11-02T00:00",
        ["first 10-31 20:00"],
    ),
}


@pytest.mark.parametrize("name", STARTS)
def test_what_starts(name: str) -> None:
    plan, first, last, expected = STARTS[name]
    assert made(plan, first, last) == expected


def told(band: Band) -> str:
    """Return a band in one line."""
    oldest = "on" if band.oldest is None else band.oldest.days
    rules = [f"{rule}{' (cold)' * (rule in band.cold)}" for rule in band.rules]
    gap = "none" if band.gap is None else band.gap.days
    return f"{band.youngest.days} to {oldest}: {' '.join(rules)}, {band.count}, gap {gap}"


THURSDAY = at("2026-12-31T12:00")

BANDS: dict[str, tuple[Sequence[Plan], list[str]]] = {
    "one rule": ([[DAILY]], ["0 to 30: daily, 30, gap 1"]),
    # Of the 30 days from 2 December, 26 are not a Sunday. The weekly ones are of 6, 13, 20 and 27
    # December, then of the 22 Sundays from 5 July to 29 November.
    "the longer one stands in for the shorter": (
        [[DAILY, WEEKLY]],
        ["0 to 30: daily weekly, 30, gap 1", "30 to 180: weekly, 22, gap 7"],
    ),
    # Two plans do not know of each other.
    "two plans": (
        [[DAILY], [WEEKLY]],
        ["0 to 30: daily weekly, 34, gap 1", "30 to 180: weekly, 22, gap 7"],
    ),
    # 1 December is 30 days ago, and 1 January 364. The longest month has 31 days.
    "cold storage": (
        [[MONTHLY]],
        ["0 to 30: monthly, 0, gap none", "30 to 365: monthly (cold), 12, gap 31"],
    ),
    # The same 22 Sundays, and the first days of August to December; 1 November is both.
    "daily, weekly and monthly": (
        [[DAILY, WEEKLY, MONTHLY]],
        [
            "0 to 30: daily weekly monthly, 30, gap 1",
            "30 to 180: weekly monthly (cold), 26, gap 7",
            "180 to 365: monthly (cold), 7, gap 31",
        ],
    ),
    # From 31 January to today; that of 31 December 2025 is 365 days and 7 hours old.
    "ends of months": ([[rule("last", "0 5 L * ?", 365)]], ["0 to 365: last, 12, gap 31"]),
    # 2024 and 2020.
    "leap days": ([[rule("leap", "0 5 29 2 ?", 3650)]], ["0 to 3650: leap, 2, gap 1461"]),
    # 13:30 in Paris is 12:30 in UTC today, which is still to come, and was 11:30 in summer, 70 days
    # ago, which is half an hour too old. There are 69 days between.
    "summer time": (
        [[rule("noon", "30 13 * * ?", 70, zone="Europe/Paris")]],
        ["0 to 70: noon, 69, gap 1"],
    ),
    "one that is warm beside one that is cold": (
        [[rule("a", "0 5 1 * ?", 100, cold=10), rule("b", "0 6 2 * ?", 50)]],
        [
            "0 to 10: a b, 0, gap none",
            "10 to 50: a (cold) b, 2, gap 1",
            "50 to 100: a (cold), 2, gap 31",
        ],
    ),
    "for ever": (
        [[rule("yearly", "0 5 1 1 ?", None), rule("daily", "0 5 * * ?", 7)]],
        ["0 to 7: yearly daily, 7, gap 1", "7 to on: yearly, None, gap 365"],
    ),
    # One starts now, and that of two days ago is deleted now.
    "at this minute": (
        [[rule("noon", "0 12 * * ?", 2)]],
        ["0 to 2: noon, 2, gap 1"],
    ),
    "nothing is kept as long as the next one takes": (
        [[rule("monthly", "0 5 1 * ?", 7)]],
        ["0 to 7: monthly, 0, gap none"],
    ),
    # What is never made is not restored, and not in cold storage; what is not made yet may be.
    "another rule stands in each time": (
        [[rule("for ever", "0 5 * * ?", None), rule("weekly", "0 5 ? * MON", 180, cold=90)]],
        ["0 to on: for ever, None, gap 1"],
    ),
    "a day that no month has": ([[rule("never", "0 5 31 2 ?", 7)]], []),
    "a day that only some years have, beside a longer rule": (
        [[rule("weekly", "0 5 ? * SUN", 180), rule("leap", "0 5 29 2 ?", 7)]],
        ["0 to 7: weekly leap, 1, gap none", "7 to 180: weekly, 25, gap 7"],
    ),
    # It would take long to tell that the last one is never made.
    "a day that only some years have, beside rules for each hour": (
        [
            [
                rule("hourly", "0 * * * ?", 90),
                rule("other", "0 * * * ?", 80),
                rule("leap", "0 5 29 2 ?", 7),
            ]
        ],
        ["0 to 7: hourly leap, 168, gap 0", "7 to 90: hourly, 1992, gap 0"],
    ),
    "no rule": ([[]], []),
}


@pytest.mark.parametrize("name", BANDS)
def test_what_can_be_restored(name: str) -> None:
    plans, expected = BANDS[name]
    assert [told(band) for band in bands(plans, THURSDAY)] == expected


@pytest.mark.parametrize(
    ("plans", "days", "hours"),
    [
        ([[DAILY]], 1, 1),
        ([[rule("daily", "0 5 * * ?", 30, window=480)]], 1, 8),
        ([[rule("workdays", "0 5 ? * MON-FRI", 30)]], 3, 1),
        ([[WEEKLY]], 7, 1),
        ([[MONTHLY]], 31, 1),
        # The weekly one stands in, and may start eight hours later.
        ([[DAILY, rule("weekly", "0 5 ? * SUN", 180, window=480)]], 1, 8),
        # Two plans on one resource: 05:00 and 17:00.
        ([[DAILY], [rule("evening", "0 17 * * ?", 7)]], 0, 13),
        ([[rule("yearly", "0 5 1 1 ?", None)]], 366, 1),
        ([[rule("leap", "0 5 29 2 ?", None)]], 1461, 1),
        # From 30 January to 29 May.
        ([[rule("fifth", "0 5 ? * FRI#5", None)]], 119, 1),
        # Without the night in which the clock changes: 49 hours from 24 to 26 October.
        ([[rule("night", "30 2 * * ?", 30, zone="Europe/Paris")]], 2, 2),
        ([[rule("morning", "30 5 * * ?", 30, zone="Europe/Paris")]], 1, 2),
    ],
)
def test_the_worst_loss(plans: list[Plan], days: int, hours: int) -> None:
    assert worst_loss(plans, at("2026-01-01T00:00")) == timedelta(days=days, hours=hours)


@pytest.mark.parametrize(
    ("zone", "time", "change", "leaves_out"),
    [
        ("UTC", "30 2", False, False),
        ("Europe/Paris", "30 5", True, False),
        ("Europe/Paris", "30 2", True, True),
    ],
)
def test_why_the_longest_gap_is_longer(
    zone: str, time: str, change: bool, leaves_out: bool
) -> None:
    gap = longest_gap([[rule("night", f"{time} * * ?", 30, zone=zone)]], at("2026-01-01T00:00"))
    assert gap
    assert (gap.clocks_change, gap.leaves_out) == (change, leaves_out)


@pytest.mark.parametrize(("kept", "hours"), [(6, 1), (7, 0), (None, 0)])
def test_there_is_a_backup_at_any_time_if_one_rule_keeps_long_enough(
    kept: int | None, hours: int
) -> None:
    # The daily ones leave out an hour of each day, but not that in which the weekly one is made.
    plan = [rule("day", "0 9 * * ?", 1), rule("week", "0 5 ? * SUN", kept)]
    gap = longest_gap([plan], at("2026-01-01T00:00"))
    assert gap
    assert gap.without == timedelta(hours=hours)


@pytest.mark.parametrize("plans", [[], [[]], [[rule("never", "0 5 31 2 ?", 30)]]])
def test_a_loss_without_end(plans: list[Plan]) -> None:
    assert worst_loss(plans, at("2026-01-01T00:00")) is None


def test_a_schedule_that_ends_loses_everything_some_day() -> None:
    cron = parse("cron(0 5 * * ? 2026-2027)")
    assert cron
    ends = Timing("ends", cron, ZoneInfo("UTC"), timedelta(hours=1), timedelta(days=30))
    assert worst_loss([[ends]], at("2026-06-01T00:00")) is None


def test_backups_of_a_hundred_years_began_before_the_first_year_that_a_schedule_can_name() -> None:
    [band] = bands([[rule("daily", "0 5 * * ?", 36500)]], at("2027-01-01"))
    assert band.count == 36500


def volumes_of(*rules: dict[str, Any]) -> OfType:
    """Return what a plan with these rules protects of EBS volumes."""
    named = [{"RuleName": f"R{number}", **rule} for number, rule in enumerate(rules)]
    plan = of_type("Backup::BackupPlan", {"BackupPlan": {"BackupPlanRule": named}})
    its = {"IamRoleArn": ROLE_ARN, "Resources": ["arn:aws:ec2:*:*:volume/*"]}
    selection = of_type(
        "Backup::BackupSelection", {"BackupPlanId": {"Ref": "Plan"}, "BackupSelection": its}
    )
    (volumes,) = selected_types(protected({"Plan": plan, "Selection": selection}))
    return volumes


@pytest.mark.parametrize(("archives", "cold"), [("true", [False, True]), ("false", [False])])
def test_snapshots_move_to_cold_storage_only_if_the_rule_says_so(
    archives: str, cold: list[bool]
) -> None:
    lifecycle = {
        "DeleteAfterDays": 120,
        "MoveToColdStorageAfterDays": 30,
        "OptInToArchiveForSupportedResources": archives,
    }
    found = volumes_of({"TargetBackupVault": "v", "Lifecycle": lifecycle}).bands(THURSDAY)
    assert [bool(band.cold) for band in found or []] == cold


@pytest.mark.parametrize(("count", "known"), [(1, True), (2, False)])
def test_more_starts_than_anybody_waits_for_are_not_known(count: int, known: bool) -> None:
    hourly = {
        "TargetBackupVault": "v",
        "ScheduleExpression": "cron(0 * * * ? *)",
        "Lifecycle": {"DeleteAfterDays": 36_500},
    }
    assert (volumes_of(*[hourly] * count).timings is not None) is known
