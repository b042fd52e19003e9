"""Which events a rule of EventBridge sees.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from collections.abc import Mapping
from typing import Any

from _backup.matching import Known, equal, every, like, negated, some

_MISSING: Any = object()


def sees(pattern: Any, event: Mapping[str, Any]) -> Known:
    """Return whether a pattern matches an event; None: nobody can know."""
    if not isinstance(pattern, Mapping):
        return None
    return every(
        some(sees(each, event) for each in wanted)
        if key == "$or" and isinstance(wanted, list)
        else _fits(wanted, event.get(key, _MISSING))
        for key, wanted in pattern.items()
    )


def _fits(wanted: Any, value: Any) -> Known:
    if isinstance(wanted, Mapping):
        # A pattern that asks for something inside a text, or inside nothing, sees no event.
        return sees(wanted, value if isinstance(value, Mapping) else {})
    if not isinstance(wanted, list):
        return None
    values = value if isinstance(value, list) else [value]
    return some(_is(each, one) for each in wanted for one in values or [_MISSING])


def _is(wanted: Any, value: Any) -> Known:
    if isinstance(wanted, str):
        return equal(wanted, value) if isinstance(value, str) else False
    if not isinstance(wanted, Mapping) or len(wanted) != 1:
        return None
    ((operator, argument),) = wanted.items()
    if operator == "exists":
        return (value is not _MISSING) == (str(argument).lower() == "true")
    if operator == "anything-but":
        found = argument if isinstance(argument, list) else [argument]
        return False if value is _MISSING else negated(some(_is(each, value) for each in found))
    if not isinstance(argument, str) or not isinstance(value, str):
        return None if isinstance(value, str) else False
    match operator:
        case "wildcard":
            return None if "?" in argument else like(argument, value)
        case "prefix":
            return _begins(argument, value)
        case "suffix":
            return _begins(argument[::-1], value[::-1])
        case "equals-ignore-case":
            return equal(argument.lower(), value.lower())
    return None


def _begins(start: str, value: str) -> Known:
    if "\0" in start + value:
        return None
    return value.startswith(start)
