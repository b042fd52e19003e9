"""Lengths of time, schedules, lists, tags and ARNs in words."""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from _backup.cron import WEEKDAYS, Cron

from generator.protection.model import Reach, Tag, Value, is_known

YEAR = 365
HOURS, MONTHS, YEARS = 24, 12, 230
"""As many as a schedule can name."""
MANY = 100_000
"""Minutes: so many are not told as days."""
MANY_TYPES = 6
"""More types than this are told in short."""
FEW = 3
"""So many of a long list are told in short."""
MOST_TIMES = 4
"""More times of a day are not told one by one."""
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def duration(time: timedelta) -> str:
    """Return a length of time in words: 1 day 2 hours."""
    minutes = round(time.total_seconds() / 60)
    parts = [(minutes // 1440, "day"), (minutes % 1440 // 60, "hour"), (minutes % 60, "minute")]
    words = [f"{number} {unit}{'s' * (number != 1)}" for number, unit in parts if number]
    return " ".join(words) or "0 minutes"


def every(time: timedelta) -> str:
    """Return how often something happens: every day, every 7 days."""
    words = duration(time)
    return f"every {words.removeprefix('1 ') if words.count(' ') == 1 else words}"


def day_count(number: Value) -> str:
    """Return a number of days in words."""
    return f"{number} day{'s' * (number != 1)}"


def days(number: Value) -> str:
    """Return a number of days, in years if it is a whole number of them."""
    if not isinstance(number, int) or number < YEAR or number % YEAR:
        return day_count(number)
    years = number // YEAR
    return f"{years} year{'s' * (years != 1)}"


def kept(number: Value | None) -> str:
    """Return how long something is kept."""
    return "for ever" if number is None else f"for {days(number)}"


def minutes(number: Value) -> str:
    """Return a number of minutes in words."""
    if isinstance(number, int) and 0 < number < MANY:
        return duration(timedelta(minutes=number))
    return f"{number} minutes"


def schedule(cron: Cron | None, expression: str) -> str:
    """Return when a schedule starts something; an unusual one as it is written."""
    on = _on(cron) if cron else ""
    if not cron or not on:
        return expression
    at = [f"{time:%H:%M}" for time in cron.times]
    if len(at) == HOURS and len({time.minute for time in cron.times}) == 1:
        hourly = f"every hour at minute {cron.times[0]:%M}"
        return hourly if on == "every day" else f"{on}, {hourly}"
    return f"{on} at {listed(at)}" if len(at) <= MOST_TIMES else expression


def _on(cron: Cron) -> str:
    """Return the days; empty if they are not easy to say."""
    if len(cron.months) < MONTHS or len(cron.years) < YEARS:
        return ""
    if cron.weekdays not in ("?", "*"):
        return _on_weekdays(cron.weekdays) if cron.days in ("?", "*") else ""
    if cron.days in ("?", "*"):
        return "every day"
    if cron.days == "L":
        return "on the last day of each month"
    return f"on the {_ordinal(int(cron.days))} day of each month" if cron.days.isdecimal() else ""


def _ordinal(number: int) -> str:
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _on_weekdays(text: str) -> str:
    numbers = [_weekday(part) for part in re.split("[,-]", text)]
    names = [_DAYS[number] for number in numbers if number is not None]
    if len(names) < len(numbers) or ("-" in text and "," in text):
        return ""
    return f"from {names[0]} to {names[-1]}" if "-" in text else f"every {listed(names)}"


def _weekday(text: str) -> int | None:
    if text in WEEKDAYS:
        return WEEKDAYS.index(text)
    return int(text) - 1 if re.fullmatch("[1-7]", text) else None


def listed(names: list[str]) -> str:
    """Return names with commas and `and`; empty if there is none."""
    if not names:
        return ""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def shortened(names: Sequence[str]) -> str:
    """Return names, of many only the first ones and how many others there are."""
    if len(names) <= FEW + 1:
        return listed([*names])
    return f"{', '.join(names[:FEW])} and {len(names) - FEW} more"


def these(names: Sequence[str], selected: Sequence[str]) -> str:
    """Return names; in short if they are many, and all or most of those that are selected."""
    others = [name for name in selected if name not in names]
    if len(names) <= max(MANY_TYPES, len(others)):
        return listed([*names])
    return f"all but {listed(others)}" if others else "all of them"


def reach_text(reach: Reach) -> str:
    """Return which resources of a type a selection takes."""
    what = f" like {reach.arn}" if reach.arn else ""
    tags = f" with the tag {tags_text(reach.tags)}" if reach.tags else ""
    without = f", without {listed(sorted(reach.without))}" if reach.without else ""
    return f"{what}{tags}{without}"


_SIGNS = {
    "StringEquals": "=",
    "StringLike": " like ",
    "StringNotEquals": " other than ",
    "StringNotLike": " not like ",
}


def tags_text(tags: Iterable[Tag]) -> str:
    """Return tags as people write them: key=value."""
    return " and ".join(
        f"{tag.key}{_SIGNS.get(tag.operator, f' {tag.operator} ')}{tag.value}"
        for tag in sorted(tags, key=lambda tag: (tag.key, tag.value))
    )


def named(arn: str, *, alone: bool = False) -> str:
    """Return the name in an ARN, with region and account, or alone; another text as it is.

    What of them only a deployment knows is those of the stack, and left out.
    """
    parts = arn.split(":", 5)
    if parts[0] != "arn" or len(parts) != len(("arn", "aws", "backup", "", "", "a:b")):
        return arn
    _, _, _, region, account, resource = parts
    where = [region] if region and is_known(region) else []
    where += [f"account {account}"] if account and is_known(account) else []
    name = re.split("[:/]", resource, maxsplit=1)[-1]
    return f"{name} ({', '.join(where)})" if where and not alone else name


def whom(who: str) -> str:
    """Return whom a policy names, as the model has it: with a condition, if there is one."""
    name, _, condition = who.partition(" if ")
    its = "everybody" if name == "*" else named(name)
    if re.fullmatch("[0-9]{12}", name):
        its = f"account {name}"
    if not condition:
        return its
    roles = only_by(who)
    if not roles:
        return f"{its}, only if {condition}"
    names = listed([named(role, alone=f":{name}:" in role) for role in roles])
    return f"{its}, only by the role{'s' * (len(roles) > 1)} {names}"


_IS = {"ArnEquals", "ArnLike", "StringEquals", "StringLike"}


def only_by(who: str) -> list[str]:
    """Return the roles that the condition asks for; none, if it asks for anything else."""
    try:
        tests = json.loads(who.partition(" if ")[2], strict=False)
    except ValueError:  # none
        return []
    if not isinstance(tests, dict) or not tests.keys() <= _IS:
        return []
    asked = [item for each in tests.values() if isinstance(each, dict) for item in each.items()]
    if [key.lower() for key, _ in asked] != ["aws:principalarn"]:
        return []
    [(_, roles)] = asked
    return [str(role) for role in (roles if isinstance(roles, list) else [roles])]
