"""Options that a stack may have at once, in few sets, for what is lost with several alone."""

from collections.abc import Iterator
from itertools import combinations

from generator.cloudformation.evaluate import View
from generator.cloudformation.read import Template
from generator.compare.parameter_values import Assignment

_MOST_WORK = 2**15
"""How many conditions may be evaluated to find out what goes together."""


def together(old: Template, new: Template, options: list[Assignment]) -> list[list[Assignment]]:
    """Return sets of options, which are what ``around`` returns.

    Each two that a stack may have at once are in one of the sets, and no option undoes there what
    another one does to a condition: a given vault is not in the set of a lock for ours.
    """
    usual, *others = options
    goes = _Going(old, new, usual, others)
    seen: set[tuple[int, ...]] = set()
    found = []
    for first, second in combinations(range(len(others)), 2):
        if not goes.on:
            break
        if (first, second) in seen or not goes([first, second]):
            continue
        row = [first, second]
        for each in range(len(others)):
            if each not in row and goes([*row, each]):
                row.append(each)
        seen |= {*combinations(sorted(row), 2)}
        found.append([others[n] for n in row])
    return found


def at_once(usual: Assignment, options: list[Assignment]) -> Assignment:
    """Return the values of a stack with all of the options."""
    choices = dict(usual.choices)
    for option in options:
        choices |= {n: c for n, c in option.choices.items() if c is not usual.choices[n]}
    return Assignment(choices)


class _Going:
    """Which options a stack may have at once, as far as there is time to find out."""

    def __init__(
        self, old: Template, new: Template, usual: Assignment, others: list[Assignment]
    ) -> None:
        self._usual, self._others = usual, others
        same = (old.conditions, old.mappings) == (new.conditions, new.mappings)
        self._sides = (new,) if same and old.parameters == new.parameters else (old, new)
        count = sum(len(side.conditions) for side in self._sides)
        self._left = _MOST_WORK // (count + 1)
        plain = self._held(usual)
        self._does = [self._held(each) - plain for each in others]

    def __call__(self, options: list[int]) -> bool:
        if not self.on:
            return False
        self._left -= 1
        held = self._held(at_once(self._usual, [self._others[n] for n in options]))
        return all(self._does[n] <= held for n in options)

    @property
    def on(self) -> bool:
        """Whether there is time left."""
        return self._left > 0

    def _held(self, assignment: Assignment) -> frozenset[tuple[int, str, bool]]:
        return frozenset(self._conditions(assignment))

    def _conditions(self, assignment: Assignment) -> Iterator[tuple[int, str, bool]]:
        """Yield which conditions hold, and which do not."""
        for number, side in enumerate(self._sides):
            view = View(side, assignment.new if side is self._sides[-1] else assignment.old)
            for name in side.conditions:
                yield number, name, view.holds(name)
