"""Values as people read them, and what is different between two."""

import json
from collections import Counter
from collections.abc import Iterable
from itertools import takewhile
from typing import Any, NamedTuple

from generator.cloudformation.evaluate import ABSENT
from generator.cloudformation.functions import call_of
from generator.printable import printable

LONGEST = 72
"""The most characters of a value that a line shows."""

_BEFORE = 24  # characters that two long texts share, shown before the first that differs
_MOST_ITEMS = 6


class Values(NamedTuple):
    """A value before and after the update, whole; ABSENT: there is none."""

    path: str
    old: Any
    new: Any


def shown(value: Any) -> str:
    """Return a resolved value, shortened to fit a line."""
    return _cut(_text(value), 0)


def difference(old: Any, new: Any) -> str:
    """Return what is different between two values, so that it can be seen."""
    if isinstance(old, list) and isinstance(new, list):
        return _of_lists(old, new)
    before, after = _text(old), _text(new)
    if before == after:  # ${A} is a text, or a Ref
        before, after = _json(old), _json(new)
    start = 0
    if max(len(before), len(after)) > LONGEST and ABSENT not in (old, new):
        same = takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False))
        start = max(0, len([*same]) - _BEFORE)
    return f"{_cut(before, start)} -> {_cut(after, start)}"


def _of_lists(old: list[Any], new: list[Any]) -> str:
    removed, added = _without(old, new), _without(new, old)
    if not removed and not added:
        return "the same items in another order"
    parts = []
    # Two items of which only a part is different are one item that changes.
    while removed and added and (_is_long(removed[0]) or _is_long(added[0])):
        parts.append(difference(removed.pop(0), added.pop(0)))
    for word, items in (("added", added), ("removed", removed)):
        if items:
            parts.append(f"{word} {listed(items)}")
    return "; ".join(parts)


def listed(items: Iterable[Any]) -> str:
    """Return the items, as many as people read."""
    several = [*items]
    more = len(several) - _MOST_ITEMS
    texts = [shown(item) for item in several[:_MOST_ITEMS]]
    return ", ".join([*texts, *([f"and {more} more"] if more > 0 else [])])


def _without(items: list[Any], others: list[Any]) -> list[Any]:
    """Return the items that the others do not have, as often as they do not."""
    left = Counter(map(_json, others))
    kept = []
    for item in items:
        key = _json(item)
        if left[key]:
            left[key] -= 1
        else:
            kept.append(item)
    return kept


def _is_long(item: Any) -> bool:
    return len(_text(item)) > LONGEST


def _cut(text: str, start: int) -> str:
    """Return the part of a text that fits a line, with dots where more is."""
    part = text[start:]
    cut = part if len(part) <= LONGEST else f"{part[: LONGEST - 3]}..."
    return f"...{cut}" if start and part else cut


def _text(value: Any) -> str:
    """Return a value as one line."""
    text = "none" if value is ABSENT else _brief(value)
    return printable(text, longest=None)


def _json(value: Any) -> str:
    return "none" if value is ABSENT else json.dumps(value, sort_keys=True)


def _brief(value: Any) -> str:
    if isinstance(value, str):
        return value or "empty"
    if call := call_of(value):
        name, argument = call
        if name == "Ref":
            return f"${{{argument}}}"
        if name == "Fn::GetAtt":
            return f"${{{'.'.join(str(part) for part in argument)}}}"
        if name == "Fn::Join" and argument[0] == "":
            return "".join(_brief(part) for part in argument[1])
    return json.dumps(value, ensure_ascii=False)
