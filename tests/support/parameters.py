"""Which values a template's parameters take, and which they refuse.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

import re
from collections.abc import Mapping
from typing import Any

from tests.local_aws.errors import RefusedError

Value = str | list[str]

LARGEST = 4096
"""Bytes of a parameter's value."""

_KEYS = {
    "Type", "Default", "AllowedPattern", "AllowedValues", "MinLength", "MaxLength", "MinValue",
    "MaxValue", "NoEcho", "Description", "ConstraintDescription",
}  # fmt: skip


def accept(declared: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Value]:
    """Return every parameter's value as ``Ref`` sees it, or raise RefusedError.

    A Number is checked as a number and then is text like every other value. A list given from
    Python is refused: what CloudFormation receives, from a parent stack too, is one string.
    """
    if unknown := sorted(set(given) - set(declared)):
        raise RefusedError(f"Parameters {unknown} do not exist in the template.")
    values = {}
    for name, declaration in declared.items():
        if name not in given and "Default" not in declaration:
            raise RefusedError(f"Parameter {name} must have a value.")
        raw = given.get(name, declaration.get("Default"))
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            raise RefusedError(f"Parameter {name} is {raw!r}: a string is needed.")
        values[name] = _accept_one(name, declaration, str(raw))
    return values


def _accept_one(name: str, declaration: Mapping[str, Any], text: str) -> Value:
    if unknown := sorted(set(declaration) - _KEYS):
        raise RefusedError(f"Parameter {name} has unknown keys {unknown}.")
    kind = declaration.get("Type")
    if kind not in {"String", "Number", "CommaDelimitedList"}:
        raise RefusedError(f"Parameter {name} has the type {kind!r}, which this reader lacks.")
    if len(text.encode()) > LARGEST:
        raise RefusedError(f"Parameter {name} is longer than {LARGEST} bytes.")
    # AWS: "each member string is space trimmed". An empty list is read as one empty member, so
    # that a pattern has to admit it and a template has to test for it before using the list.
    members = [part.strip() for part in text.split(",")] if kind == "CommaDelimitedList" else [text]
    for member in members:
        if why := _fault(declaration, member):
            hint = declaration.get("ConstraintDescription", "")
            raise RefusedError(f"Parameter {name}: {member!r} {why}. {hint}".rstrip())
    return members if kind == "CommaDelimitedList" else text


def _fault(declaration: Mapping[str, Any], text: str) -> str | None:
    """Return why the value is refused. Of a list, AWS holds each member against the pattern."""
    pattern = declaration.get("AllowedPattern")
    # The whole value has to match; ASCII, because Java's \d and \w are.
    if pattern is not None and not re.fullmatch(pattern, text, re.ASCII):
        return f"does not match {pattern}"
    allowed = declaration.get("AllowedValues")
    if allowed is not None and text not in [str(value) for value in allowed]:
        return f"is not one of {allowed}"
    if declaration["Type"] == "Number":
        return _number_fault(declaration, text)
    if len(text) < int(declaration.get("MinLength", 0)):
        return f"is shorter than {declaration['MinLength']}"
    if len(text) > int(declaration.get("MaxLength", LARGEST)):
        return f"is longer than {declaration['MaxLength']}"
    return None


def _number_fault(declaration: Mapping[str, Any], text: str) -> str | None:
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)", text, re.ASCII):
        return "is not a number"
    if "MinValue" in declaration and float(text) < float(declaration["MinValue"]):
        return f"is less than {declaration['MinValue']}"
    if "MaxValue" in declaration and float(text) > float(declaration["MaxValue"]):
        return f"is more than {declaration['MaxValue']}"
    return None
