"""On which days and at which times a schedule of AWS starts something.

It needs the standard library only.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import lru_cache
from typing import TypeVar

MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

# Field: lowest and highest value, and the names that stand for them.
FIELDS: dict[str, tuple[int, int, list[str]]] = {
    "minutes": (0, 59, []),
    "hours": (0, 23, []),
    "day-of-month": (1, 31, []),
    "month": (1, 12, MONTHS),
    "day-of-week": (1, 7, WEEKDAYS),
    "year": (1970, 2199, []),
}
_ALL_YEARS = len(range(*FIELDS["year"][:2])) + 1  # a schedule of * has no first and no last year
EXAMPLE = "for example cron(0 5 * * ? *)"

Read = TypeVar("Read")
Test = Callable[[date], bool]


@dataclass(frozen=True)
class Cron:
    """A schedule, in the local time of its time zone."""

    times: tuple[time, ...]
    days: str
    """The field as it is written, as that of the days of the week."""
    months: frozenset[int]
    weekdays: str
    years: frozenset[int]
    tests: tuple[Test, ...] = field(compare=False)
    """Tests of a date; one of them is enough."""

    def runs_on(self, day: date) -> bool:
        """Return whether the schedule starts something on this local date."""
        return (
            day.month in self.months
            and (day.year in self.years or len(self.years) == _ALL_YEARS)
            and any(holds(day) for holds in self.tests)
        )


@lru_cache
def parse(expression: str) -> Cron | None:
    """Return the schedule of ``cron(...)``; None: AWS does not accept it."""
    try:
        return read(expression)
    except ValueError:
        return None


def read(expression: str) -> Cron:
    """Return the schedule of ``cron(...)``.

    Raises ValueError, with what is wrong and the fix, if AWS does not accept it.
    """
    found = re.fullmatch(r"cron\((.*)\)", expression)
    if not found:
        raise ValueError(f"it accepts only cron(...): use that, {EXAMPLE}")
    fields = found[1].split()
    if len(fields) != len(FIELDS):
        raise ValueError(
            f"it has {len(fields)} fields instead of six: use minutes, hours, day-of-month, month, "
            f"day-of-week and year, {EXAMPLE}"
        )
    named = dict(zip(FIELDS, fields, strict=True))
    minutes, hours, months, years = (
        _numbers(name, named[name]) for name in ("minutes", "hours", "month", "year")
    )
    days, weekdays = named["day-of-month"], named["day-of-week"]
    tests = {
        days: _tests("day-of-month", days, _day_of_month),
        weekdays: _tests("day-of-week", weekdays, _day_of_week),
    }
    if "?" not in tests:
        raise ValueError(f"it has both day-of-month and day-of-week: use '?' for one, {EXAMPLE}")
    times = tuple(time(hour, minute) for hour in sorted(hours) for minute in sorted(minutes))
    its = tests[weekdays if days == "?" else days]
    return Cron(times, days, months, weekdays.upper(), years, its)


def _tests(name: str, text: str, test: Callable[[str], Test]) -> tuple[Test, ...]:
    """Return a test for each part of a field of days."""
    if text in ("?", "*"):
        return (_every_day,)
    return tuple(_valid(name, part, test) for part in text.split(","))


def _every_day(_: date) -> bool:
    return True


def _numbers(name: str, text: str) -> frozenset[int]:
    """Return the values of a field."""
    parts = text.split(",")
    return frozenset(n for part in parts for n in _valid(name, part, lambda p: _range(name, p)))


def _valid(name: str, part: str, read_part: Callable[[str], Read]) -> Read:
    """Return what is read of a part; raise ValueError with the fix if it is not valid."""
    try:
        return read_part(part)
    except ValueError:
        low, high, names = FIELDS[name]
        words = f" or {names[0]} to {names[-1]}" if names else ""
        raise ValueError(f"{part!r} is not valid for {name}: use {low} to {high}{words}") from None


def _range(name: str, part: str) -> frozenset[int]:
    low, high, _ = FIELDS[name]
    found = re.fullmatch(r"([^-/]+)(?:-([^-/]+))?(?:/([0-9]+))?", part)
    if not found or (found[1] == "*" and found[2]):
        raise ValueError(part)
    first, last, step = found.groups()
    start = low if first == "*" else _number(name, first)
    end = _number(name, last) if last else high if first == "*" or step else start
    if step and not 1 <= int(step) <= high:
        raise ValueError(part)
    size = high - low + 1
    if end < start:  # FRI-MON: over the end of the week
        end += size
    return frozenset((n - low) % size + low for n in range(start, end + 1, int(step or 1)))


def _number(name: str, text: str) -> int:
    low, high, names = FIELDS[name]
    if text.upper() in names:
        return names.index(text.upper()) + low
    if not re.fullmatch("[0-9]{1,4}", text) or not low <= int(text) <= high:
        raise ValueError(text)
    return int(text)


def _day_of_month(part: str) -> Test:
    match re.fullmatch("(L)W|L(?:-([0-9]{1,2}))?|([0-9]{1,2})W", part):
        case None:
            numbers = _range("day-of-month", part)
            return lambda day: day.day in numbers
        case found if found[1]:
            return lambda day: day == _nearest_weekday(day.replace(day=_length(day)))
        case found if found[3]:
            number = _number("day-of-month", found[3])
            return lambda day: (
                number <= _length(day) and day == _nearest_weekday(day.replace(day=number))
            )
        case found:
            before = _number("day-of-month", found[2]) if found[2] else 0
            return lambda day: day.day == _length(day) - before


def _length(day: date) -> int:
    """Return how many days its month has."""
    return monthrange(day.year, day.month)[1]


def _nearest_weekday(day: date) -> date:
    """Return the day from Monday to Friday that is nearest, in the same month."""
    away = {
        5: -1 if day.day > 1 else 2,
        6: 1 if day.day < _length(day) else -2,
    }.get(day.weekday(), 0)
    return day + timedelta(away)


def _day_of_week(part: str) -> Test:
    if part == "L":  # the last day of the week
        return lambda day: _weekday(day) == len(WEEKDAYS)
    if found := re.fullmatch("([^#]+)#([1-5])", part):
        number, count = _number("day-of-week", found[1]), int(found[2])
        return lambda day: _weekday(day) == number and (day.day - 1) // 7 + 1 == count
    if part.endswith("L"):
        number = _number("day-of-week", part[:-1])
        return lambda day: _weekday(day) == number and day.day + 7 > _length(day)
    numbers = _range("day-of-week", part)
    return lambda day: _weekday(day) in numbers


def _weekday(day: date) -> int:
    """Return the number that AWS gives to the day of the week: Sunday is 1."""
    return day.isoweekday() % 7 + 1
