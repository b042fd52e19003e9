"""Whether a template's parameter takes a value, by its type and its constraints."""

import re
from collections.abc import Mapping
from typing import Any

_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)")


def refusal(parameter: Mapping[str, Any], value: str) -> str:
    """Return why CloudFormation refuses the value for the parameter; empty: it takes it.

    Of a list, each member has to match the pattern.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
    """
    is_list = parameter["Type"] == "CommaDelimitedList"
    members = [member.strip() for member in value.split(",")] if is_list else [value]
    return next(filter(None, (_refusal_of_one(parameter, member) for member in members)), "")


def _refusal_of_one(parameter: Mapping[str, Any], value: str) -> str:
    allowed = parameter.get("AllowedValues")
    if allowed is not None and value not in map(str, allowed):
        return f"is none of {', '.join(map(str, allowed))}"
    pattern = parameter.get("AllowedPattern")
    # ASCII, because that is what \d and \w are in the regular expressions of CloudFormation.
    if pattern is not None and not re.fullmatch(pattern, value, re.ASCII):
        return f"does not match {pattern}"
    if parameter["Type"] == "Number":
        if not _NUMBER.fullmatch(value):
            return "is no number"
        return _out_of_range(parameter, "Value", float(value), "")
    return _out_of_range(parameter, "Length", len(value), " characters")


def _out_of_range(parameter: Mapping[str, Any], of: str, number: float, unit: str) -> str:
    least, most = parameter.get(f"Min{of}"), parameter.get(f"Max{of}")
    if least is not None and number < float(least):
        return f"is less than {least}{unit}"
    if most is not None and number > float(most):
        return f"is more than {most}{unit}"
    return ""
