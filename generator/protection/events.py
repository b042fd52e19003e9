"""Which events a rule of EventBridge sees.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from collections.abc import Callable, Mapping
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
        refused = argument if isinstance(argument, list) else [argument]
        return False if value is _MISSING else negated(some(_is(each, value) for each in refused))
    if not isinstance(value, str):
        return False if operator in _OPERATORS else None
    compare = _OPERATORS.get(operator)
    return compare(argument, value) if compare and isinstance(argument, str) else None


def _wildcard(argument: str, value: str) -> Known:
    # Where IAM's wildcards differ, nothing is said.
    return None if set("?\\") & {*argument} else like(argument, value)


def _prefix(argument: str, value: str) -> Known:
    return None if "\0" in argument + value else value.startswith(argument)


def _suffix(argument: str, value: str) -> Known:
    return None if "\0" in argument + value else value.endswith(argument)


def _equals_ignore_case(argument: str, value: str) -> Known:
    return equal(argument.lower(), value.lower())


_OPERATORS: dict[str, Callable[[str, str], Known]] = {
    "equals-ignore-case": _equals_ignore_case,
    "prefix": _prefix,
    "suffix": _suffix,
    "wildcard": _wildcard,
}
