"""On which days and at which times a schedule of AWS starts something.

It needs the standard library only.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

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

SATURDAY = 6


@dataclass(frozen=True)
class Cron:
    """A schedule, in the local time of its time zone."""

    times: tuple[time, ...]
    days: str
    months: frozenset[int]
    weekdays: str
    years: frozenset[int]

    def runs_on(self, day: date) -> bool:
        """Return whether the schedule starts something on this local date."""
        return (
            day.month in self.months
            and day.year in self.years
            and any(_is_day(part, day) for part in self.days.split(","))
            and any(_is_weekday(part, day) for part in self.weekdays.split(","))
        )


def parse(expression: str) -> Cron | None:
    """Return the schedule of ``cron(...)``; None: AWS does not accept it, or it is not known."""
    found = re.fullmatch(r"cron\((.*)\)", expression)
    fields = found[1].upper().split() if found else []
    if len(fields) != len(FIELDS):
        return None
    minutes, hours, days, months, weekdays, years = fields
    try:
        times = [
            time(hour, minute)
            for hour in sorted(_numbers("hours", hours))
            for minute in sorted(_numbers("minutes", minutes))
        ]
        cron = Cron(
            tuple(times), days, _numbers("month", months), weekdays, _numbers("year", years)
        )
        for day in (date(2024, 2, 1), date(2024, 2, 29)):  # a part that is not valid raises
            [_is_day(part, day) for part in days.split(",")]
            [_is_weekday(part, day) for part in weekdays.split(",")]
    except ValueError:
        return None
    return cron if "?" in (days, weekdays) else None


def _numbers(name: str, text: str) -> frozenset[int]:
    """Return the values of a field; raise ValueError if it is not valid."""
    return frozenset(value for part in text.split(",") for value in _range(name, part))


def _range(name: str, part: str) -> Iterator[int]:
    low, high, _ = FIELDS[name]
    span, _, step = part.partition("/")
    first, _, last = span.partition("-")
    start = low if first == "*" else _number(name, first)
    end = _number(name, last) if last else high if first == "*" or step else start
    if "/" in part and not (step.isdecimal() and int(step) > 0):
        raise ValueError(part)
    if end < start:  # FRI-MON: over the end of the week
        end += high - low + 1
    for value in range(start, end + 1, int(step or 1)):
        yield (value - low) % (high - low + 1) + low


def _number(name: str, text: str) -> int:
    low, high, names = FIELDS[name]
    number = names.index(text) + low if text in names else int(text)
    if not low <= number <= high:
        raise ValueError(text)
    return number


def _is_day(part: str, day: date) -> bool:
    if part in ("?", "*"):
        return True
    length = monthrange(day.year, day.month)[1]
    if part == "LW":
        return day == _nearest_weekday(day.replace(day=length))
    if part == "L" or part.startswith("L-"):
        return day.day == length - int(part[2:] or 0)
    if part[-1] == "W":
        number = _number("day-of-month", part[:-1])
        return number <= length and day == _nearest_weekday(day.replace(day=number))
    return day.day in _numbers("day-of-month", part)


def _nearest_weekday(day: date) -> date:
    """Return the weekday, Monday to Friday, that is nearest, in the same month."""
    last = monthrange(day.year, day.month)[1]
    away = {5: -1 if day.day > 1 else 2, 6: 1 if day.day < last else -2}.get(day.weekday(), 0)
    return day + timedelta(away)


def _is_weekday(part: str, day: date) -> bool:
    if part in ("?", "*"):
        return True
    number = day.isoweekday() % 7 + 1  # AWS: Sunday is 1
    if part == "L":  # the last day of the week
        return day.isoweekday() == SATURDAY
    if part[-1] == "L":
        last = day.day + 7 > monthrange(day.year, day.month)[1]
        return last and number == _number("day-of-week", part[:-1])
    if "#" in part:
        which, _, count = part.partition("#")
        if count not in tuple("12345"):
            raise ValueError(part)
        return number == _number("day-of-week", which) and (day.day - 1) // 7 + 1 == int(count)
    return number in _numbers("day-of-week", part)
