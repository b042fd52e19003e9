"""Whether a template parameter accepts a value, by its type and its constraints."""

import re
import warnings
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from generator.cloudformation.functions import scalar

MAX_BYTES = 4096
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")

_SECONDS = 0.5  # for a pattern; without nested repetition it takes some microseconds


def refusal(parameter: Mapping[str, Any], value: str) -> str:
    """Return why CloudFormation refuses the value for the parameter; empty if it may accept it.

    A constraint that is documented only for other types, or a pattern that Python cannot read or
    not try in time, refuses nothing.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
    """
    if len(value.encode()) > MAX_BYTES:
        return f"is longer than {MAX_BYTES} bytes"
    kind = str(parameter.get("Type"))
    is_list = kind == "CommaDelimitedList" or kind.startswith("List<")
    members = [member.strip() for member in value.split(",")] if is_list else [value]
    return next(filter(None, (_refusal_of_one(kind, parameter, each) for each in members)), "")


def _refusal_of_one(kind: str, parameter: Mapping[str, Any], value: str) -> str:
    is_number = kind in ("Number", "List<Number>")
    if is_number and not _NUMBER.fullmatch(value):
        return "is not a number"
    if (allowed := parameter.get("AllowedValues")) is not None:
        accepted = [scalar(each) for each in allowed]
        if value not in accepted and not (is_number and _is_among(value, accepted)):
            return f"is not one of {', '.join(accepted)}"
    if is_number:
        return _out_of_range(parameter, "Value", float(value), "")
    pattern = parameter.get("AllowedPattern")
    if pattern is not None and not _matches(str(pattern), value):
        return f"does not match {pattern}"
    if kind == "String":
        return _out_of_range(parameter, "Length", len(value), " characters long")
    return ""


def _is_among(number: str, allowed: list[str]) -> bool:
    return any(_NUMBER.fullmatch(each) and float(each) == float(number) for each in allowed)


def _matches(pattern: str, value: str) -> bool:
    if not _is_read_alike(pattern):
        return True
    import regex

    try:
        # ASCII, because \d and \w match nothing else in CloudFormation's regular expressions.
        found = regex.fullmatch(  # type: ignore[no-untyped-call] # ships no types
            pattern, value, regex.ASCII, timeout=_SECONDS
        )
    except (regex.error, TimeoutError):
        return True
    return found is not None


@lru_cache(maxsize=64)
def _is_read_alike(pattern: str) -> bool:
    """Return whether the pattern means the same in Java: regex reads more, but otherwise."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # of a set in a set, which Java has
            re.compile(pattern, re.ASCII)
    except (re.error, OverflowError, RecursionError, Warning):
        return False
    return True


def _out_of_range(parameter: Mapping[str, Any], of: str, number: float, unit: str) -> str:
    least, most = parameter.get(f"Min{of}"), parameter.get(f"Max{of}")
    if least is not None and number < float(least):
        return f"is less than {least}{unit}"
    if most is not None and number > float(most):
        return f"is more than {most}{unit}"
    return ""
