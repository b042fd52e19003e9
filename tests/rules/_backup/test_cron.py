"""On which days and at which times a schedule starts something, worked out with a calendar."""

from datetime import date, timedelta

import pytest
from _backup.cron import parse

# 2026 begins on a Thursday; 2024 and 2028 are leap years.
STARTS = {
    # Every day of a month, and parts of it.
    "cron(0 5 1/10 * ? *)": ("2026-02", [1, 11, 21]),
    "cron(0 5 */10 * ? *)": ("2026-02", [1, 11, 21]),
    "cron(0 5 5,20-22 * ? *)": ("2026-02", [5, 20, 21, 22]),
    "cron(0 5 10-20/5 * ? *)": ("2026-02", [10, 15, 20]),
    "cron(0 5 30-2 * ? *)": ("2026-04", [1, 2, 30]),
    # Ends of months.
    "cron(0 5 31 * ? *)": ("2026-04", []),
    "cron(0 5 L * ? *)": ("2028-02", [29]),
    "cron(0 5 L-3 * ? *)": ("2026-02", [25]),
    "cron(0 5 29 2 ? *)": ("2028-02", [29]),
    "cron(0 5 29 FEB ? *)": ("2026-02", []),
    "cron(0 5 1,L * ? *)": ("2026-02", [1, 28]),
    # The weekday that is nearest, without leaving the month.
    "cron(0 5 LW * ? *)": ("2026-02", [27]),  # the 28th is a Saturday
    "cron(0 5 15W * ? *)": ("2026-02", [16]),  # a Sunday
    "cron(0 5 14W * ? *)": ("2026-02", [13]),  # a Saturday
    "cron(0 5 1W * ? *)": ("2026-08", [3]),  # a Saturday, and the 31st is of another month
    "cron(0 5 31W * ? *)": ("2026-05", [29]),  # a Sunday, and the 1st is of another month
    "cron(0 5 30W * ? *)": ("2026-02", []),
    # Days of the week: Sunday is 1.
    "cron(0 5 ? * 1 *)": ("2026-02", [1, 8, 15, 22]),
    "cron(0 5 ? * sun *)": ("2026-02", [1, 8, 15, 22]),
    "cron(0 5 ? * L *)": ("2026-02", [7, 14, 21, 28]),
    "cron(0 5 ? * SAT-MON *)": ("2026-02", [1, 2, 7, 8, 9, 14, 15, 16, 21, 22, 23, 28]),
    "cron(0 5 ? * 2-6/2 *)": ("2026-02", [2, 4, 6, 9, 11, 13, 16, 18, 20, 23, 25, 27]),
    "cron(0 5 ? * 6L *)": ("2026-01", [30]),
    "cron(0 5 ? * FRIL *)": ("2026-02", [27]),
    "cron(0 5 ? * 7L *)": ("2026-02", [28]),
    "cron(0 5 ? * TUE#2 *)": ("2026-02", [10]),
    "cron(0 5 ? * SAT#1 *)": ("2026-02", [7]),
    "cron(0 5 ? * 5#5 *)": ("2026-01", [29]),
    "cron(0 5 ? * MON#5 *)": ("2026-02", []),
    "cron(0 5 ? * 2#1,6L *)": ("2026-02", [2, 27]),
    # Months and years.
    "cron(0 5 1 NOV-FEB ? *)": ("2026-01", [1]),
    "cron(0 5 1 */3 ? *)": ("2026-04", [1]),
    "cron(0 5 1 2/3 ? *)": ("2026-01", []),
    "cron(0 5 1 * ? 2027-2030)": ("2026-01", []),
    "cron(0 5 1 * ? 2025/1)": ("2026-01", [1]),
}
"""Schedule: a month, and the days of it on which something starts."""


@pytest.mark.parametrize("schedule", STARTS)
def test_days(schedule: str) -> None:
    month, days = STARTS[schedule]
    cron, first = parse(schedule), date.fromisoformat(f"{month}-01")
    assert cron
    all_days = (first + timedelta(number) for number in range(31))
    its_days = (day for day in all_days if day.month == first.month)
    assert [day.day for day in its_days if cron.runs_on(day)] == days


@pytest.mark.parametrize(
    ("minutes_and_hours", "times"),
    [
        ("0 5", ["05:00"]),
        ("5 23", ["23:05"]),
        ("30 */6", ["00:30", "06:30", "12:30", "18:30"]),
        ("0 8-18/5", ["08:00", "13:00", "18:00"]),
        ("0 22-1", ["00:00", "01:00", "22:00", "23:00"]),
        ("40/15 2,1", ["01:40", "01:55", "02:40", "02:55"]),
    ],
)
def test_times(minutes_and_hours: str, times: list[str]) -> None:
    cron = parse(f"cron({minutes_and_hours} * * ? *)")
    assert cron
    assert [f"{each:%H:%M}" for each in cron.times] == times


@pytest.mark.parametrize(
    "schedule",
    [
        "rate(1 day)",
        "cron(0 5 *-5 * ? *)",
        "cron(0 5 1-2-3 * ? *)",
        "cron(0 5 +5 * ? *)",
        "cron(0 5 \u0665 * ? *)",  # a digit, but none of ours
        "cron(0 5 L- * ? *)",
        "cron(0 5 L-32 * ? *)",
        "cron(0 5 W * ? *)",
        "cron(0 5 1-5W * ? *)",
        "cron(0 5 ? * 2-6L *)",
        "cron(0 5 ? * 2#0 *)",
        "cron(0 5 ? * #1 *)",
        "cron(0 5 ? * LW *)",
        "cron(0 5/25 * * ? *)",
    ],
)
def test_what_no_schedule_can_say(schedule: str) -> None:
    """E9501 says what is wrong, and more of them are in its own tests."""
    assert parse(schedule) is None
