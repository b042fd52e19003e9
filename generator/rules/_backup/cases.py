"""A value that something in a template can have, and what must be true for it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import Any

Place = tuple[str | int, ...]
# What must be true for a value: ("condition", name) -> bool, ("parameter", name) -> its value,
# ("key", expression) -> the row of a mapping.
Given = Mapping[tuple[str, str], str | bool]


class Absent(Enum):
    """The value of a property that is missing or AWS::NoValue."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


class Partial(str):
    """Text that is only partly known; ``${...}`` stands for each unknown part."""

    __slots__ = ()


TOKEN = re.compile(r"\$\{[^}]*\}")
# An unknown part without a name, which `values` makes of a function.
UNNAMED = re.compile(r"\$\{#[0-9a-f]+\}")
# CloudFormation looks it up at deployment, in Parameter Store or Secrets Manager.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
DYNAMIC = re.compile(r"\{\{(resolve:.*?)\}\}(?!\})", re.DOTALL)


TOO_LARGE = 10**40  # for a number that AWS takes


def is_scalar(value: Any) -> bool:
    """Return whether it is a single value."""
    return isinstance(value, str | int | float)


def as_text(value: Any) -> str:
    """Return a single value as CloudFormation passes it: as text, with true in lower case."""
    if isinstance(value, bool):
        return str(value).lower()
    # Python refuses to write a number of thousands of digits, except like this.
    return hex(value) if isinstance(value, int) and abs(value) >= TOO_LARGE else str(value)


@dataclass(frozen=True)
class Case:
    """One value that a place in the template can have.

    ``value`` is a literal, a `Partial` text, ABSENT, or a dict or list of the template, whose
    contents are not resolved yet. A dynamic reference in a text is an unknown part. ``path`` is the
    place, ``given`` is what must be true for the value, and ``via`` tells readers where the value
    comes from.
    """

    value: Any
    path: Place
    given: Given
    via: str = ""

    def __post_init__(self) -> None:
        """Take dynamic references for unknown parts."""
        if isinstance(self.value, str) and DYNAMIC.search(self.value):
            parts = DYNAMIC.sub(lambda found: f"${{{re.sub('[${}]', '', found[1])}}}", self.value)
            object.__setattr__(self, "value", Partial(parts))  # the class is frozen

    @property
    def known(self) -> bool:
        """Whether the value is a literal that is fully known."""
        return is_scalar(self.value) and not isinstance(self.value, Partial)

    @property
    def text(self) -> str | None:
        """The value as text, with ``${...}`` for unknown parts; None: it is not text."""
        if isinstance(self.value, Partial):
            return self.value
        # Without the position in the template that cfn-lint's strings have.
        return as_text(self.value) if is_scalar(self.value) else None

    @property
    def reference(self) -> tuple[str, str]:
        """Logical id and attribute, if the value is only a reference; else two empty texts."""
        found = re.fullmatch(r"\$\{([A-Za-z0-9]+)(?:\.([A-Za-z0-9.]+))?\}", self.text or "")
        return (found[1], found[2] or "") if found else ("", "")

    @property
    def number(self) -> int | None:
        """The value as a whole number; None: it is unknown or not a whole number."""
        if isinstance(self.value, bool) or not self.known:
            return None
        if isinstance(self.value, float):
            return int(self.value) if self.value.is_integer() else None
        found = re.fullmatch(r"\s*(-?[0-9]{1,40})\s*", as_text(self.value))
        return int(found[1]) if found else None

    @property
    def true(self) -> bool:
        """Whether the value is known to be true."""
        return self.text is not None and self.text.lower() == "true"

    def __str__(self) -> str:
        """Return the value as messages show it, with where it comes from."""
        name, attribute = self.reference
        if name:
            return f"!GetAtt {name}.{attribute}" if attribute else f"!Ref {name}"
        bare = isinstance(self.value, int | float)
        text = UNNAMED.sub("...", self.text or "")
        shown = text if bare else repr(text)
        return f"{shown}{self.via}"


def both(*givens: Given) -> Given | None:
    """Return what must be true for all of these; None: they contradict each other."""
    merged: dict[tuple[str, str], str | bool] = {}
    for given in givens:
        for key, value in given.items():
            if merged.setdefault(key, value) != value:
                return None
    return merged


def together(*alternatives: Iterable[Case]) -> Iterator[tuple[tuple[Case, ...], Given]]:
    """Yield each combination of values that can occur together, with what must be true for it."""
    for cases in product(*alternatives):
        given = both(*(case.given for case in cases))
        if given is not None:
            yield cases, given
