"""One change as people read it."""

import json
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from generator.cloudformation.evaluate import ABSENT
from generator.cloudformation.functions import call_of

_LONGEST = 72


class Level(IntEnum):
    """The part of the version that has to go up for a change."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True)
class Change:
    """One thing that an update changes, in a live stack or for whoever passes its parameters."""

    about: str
    """resource, parameter, rule, output, capability or template."""
    name: str
    change: str
    level: Level
    text: str = ""
    """What is different, and what it means."""
    kind: str = ""
    """The type of a resource."""
    danger: bool = False
    """Something stateful is replaced or removed, or loses what keeps it."""
    where: dict[str, str] = field(default_factory=dict)
    """The parameters for which it happens; empty: for those that stacks usually have."""


def place(where: dict[str, str]) -> str:
    """Return for which parameters something happens, as a clause; empty: for the usual ones."""
    said = ", ".join(f"{name} is {value}" for name, value in where.items())
    return f"where {said}" if said else "with the usual parameters"


def shown(value: Any) -> str:
    """Return a resolved value in a length that fits a line."""
    text = "nothing" if value is ABSENT else _brief(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


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
    return json.dumps(value)
