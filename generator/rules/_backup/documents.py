"""Policy documents as the evaluator of IAM policies reads them, with unknown parts marked."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import ABSENT, TOKEN, Case, Given, Partial, Place, both
from _backup.matching import unknown
from _backup.values import Values

UNKNOWN_DOCUMENT = {"Statement": unknown("statement")}
# How many conditions documents may depend on; what depends on more of them is unknown.
MAX_CONDITIONS = 6

Read = TypeVar("Read")


class Reader:
    """Reads values as plain data, as they are if something is true.

    What can have several values is unknown. ``given`` grows by what the values that were read
    depend on, such as a default, and ``undecided`` are the conditions that would tell more.
    """

    def __init__(self, values: Values, given: Given) -> None:
        self.values = values
        self.given = given
        self.undecided: list[str] = []

    def document(self, case: Case) -> dict[str, Any]:
        """Return a policy document; an empty one if it is not there."""
        if both(self.given, case.given) is None:
            return {}
        found = self._plain(case) if self.is_there(case) else UNKNOWN_DOCUMENT
        return found if isinstance(found, dict) else UNKNOWN_DOCUMENT

    def is_there(self, case: Case) -> bool:
        """Return whether a value is there for sure."""
        if both(self.given, case.given) is None:
            return False
        missing = [key for key in case.given if key not in self.given]
        self._decide(missing)
        return not missing

    def _plain(self, case: Case) -> Any:
        value = case.value
        if isinstance(value, dict):
            inside = {k: self._node(node, (*case.path, k)) for k, node in value.items()}
            return {str(k): found for k, found in inside.items() if found is not ABSENT}
        if isinstance(value, list):
            items = [self._node(node, (*case.path, at)) for at, node in enumerate(value)]
            return [found for found in items if found is not ABSENT]
        return marked(value) if isinstance(value, Partial) else value

    def _node(self, node: Any, path: Place) -> Any:
        cases = self.values.of(node, path, self.given)
        if len(cases) == 1 and (merged := both(self.given, cases[0].given)) is not None:
            self.given = merged
            return self._plain(cases[0])
        self._decide([key for case in cases for key in case.given if key not in self.given])
        return unknown(repr(node))

    def _decide(self, keys: list[tuple[str, str]]) -> None:
        self.undecided += [name for kind, name in keys if kind == "condition"]


def in_each_world(
    values: Values, given: Given, read: Callable[[Reader], Read], depth: int = 0
) -> Iterator[tuple[Given, Read]]:
    """Yield what is read for each combination of the conditions that it depends on."""
    reader = Reader(values, given)
    found = read(reader)
    if not reader.undecided or depth == MAX_CONDITIONS:
        yield reader.given, found
        return
    for holds in (True, False):
        chosen = both(given, {("condition", reader.undecided[0]): holds})
        if chosen is not None and values.possible(chosen):
            yield from in_each_world(values, chosen, read, depth + 1)


def marked(text: str) -> str:
    """Return a text in which each unknown part, ``${...}``, is what `unknown` returns for it."""
    return TOKEN.sub(lambda found: _part(found[0][2:-1]), text)


def _part(name: str) -> str:
    # Fn::Sub leaves ${!aws:username} to IAM as ${aws:username}.
    if name.startswith("!"):
        return "${" + name[1:] + "}"
    return unknown(name)
