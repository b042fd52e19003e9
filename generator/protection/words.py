"""Lengths of time, lists and tags in words."""

from collections.abc import Iterable
from datetime import timedelta

from generator.protection.model import Tag, Value


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


def listed(names: list[str]) -> str:
    """Return names with commas and `and`; empty if there is none."""
    if not names:
        return ""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def tags_text(tags: Iterable[Tag]) -> str:
    """Return tags as people write them: key=value."""
    return " and ".join(
        f"{tag.key}={tag.value}" + ("" if tag.operator == "StringEquals" else f" ({tag.operator})")
        for tag in sorted(tags, key=lambda tag: (tag.key, tag.value))
    )
