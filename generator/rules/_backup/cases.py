"""One value of a template, what has to hold for it, and which values can hold together."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import Any

Place = tuple[str | int, ...]
# What has to hold for a value: ("condition", name) -> bool, ("parameter", name) -> its value,
# ("key", expression) -> the row of a mapping.
Given = Mapping[tuple[str, str], str | bool]


class Absent(Enum):
    """The value of a property that is not there, or is AWS::NoValue."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


class Partial(str):
    """Text of which only a part is known: the rest stands in it as ``${...}``."""

    __slots__ = ()


TOKEN = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True)
class Case:
    """One value that a place in the template can have.

    ``value`` is a literal, a `Partial` text, a dict or a list of the template (its own contents
    not yet resolved), or ABSENT. ``path`` is the place, ``given`` what has to hold for the
    value, ``via`` where it comes from, for people.
    """

    value: Any
    path: Place
    given: Given
    via: str = ""

    @property
    def known(self) -> bool:
        """Whether the value is a literal that is completely known."""
        return isinstance(self.value, str | int | float) and not isinstance(self.value, Partial)

    @property
    def text(self) -> str | None:
        """The value as text, in which unknown parts stand as ``${...}``; None: not a text."""
        if isinstance(self.value, bool):
            return str(self.value).lower()
        if isinstance(self.value, str):
            # Without the position that cfn-lint's strings carry.
            return self.value if isinstance(self.value, Partial) else str(self.value)
        return str(self.value) if isinstance(self.value, int | float) else None

    @property
    def reference(self) -> tuple[str, str]:
        """Logical id and attribute if the value is the reference to one; otherwise empty texts."""
        found = re.fullmatch(r"\$\{([A-Za-z0-9]+)(?:\.([A-Za-z0-9.]+))?\}", self.text or "")
        return (found[1], found[2] or "") if found else ("", "")

    @property
    def number(self) -> int | None:
        """The value as a whole number; None: unknown, or not a whole number."""
        if isinstance(self.value, bool) or not self.known:
            return None
        if isinstance(self.value, float):
            return int(self.value) if self.value.is_integer() else None
        found = re.fullmatch(r"\s*(-?[0-9]+)\s*", str(self.value))
        return int(found[1]) if found else None

    @property
    def true(self) -> bool:
        """Whether the value is known to be true."""
        return self.text is not None and self.text.lower() == "true"

    def __str__(self) -> str:
        """Return the value as messages show it: with where it comes from."""
        bare = isinstance(self.value, int | float)
        shown = self.text if bare else f"{self.text!r}"
        return f"{shown}{self.via}"


def both(*givens: Given) -> Given | None:
    """Return what holds if all of these hold; None: they contradict each other."""
    merged: dict[tuple[str, str], str | bool] = {}
    for given in givens:
        for key, value in given.items():
            if merged.setdefault(key, value) != value:
                return None
    return merged


def together(*alternatives: Iterable[Case]) -> Iterator[tuple[tuple[Case, ...], Given]]:
    """Yield the combinations of values, one of each, that do not contradict each other."""
    for cases in product(*alternatives):
        given = both(*(case.given for case in cases))
        if given is not None:
            yield cases, given
