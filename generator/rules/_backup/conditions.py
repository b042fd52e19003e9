"""Which conditions of a template can be true, or false, together."""

import copy
import json
import re
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import DYNAMIC, Given, as_text, is_scalar

if TYPE_CHECKING:
    from _backup.values import Values

# How many conditions are evaluated, and parameters looked up, before a question counts as one
# without an answer. It is enough for some dozens of conditions that all are needed.
MAX_STEPS = 20_000
# What a parameter can be that is none of the texts that conditions compare it with.
ANOTHER = "\0"

# What is tried: the text of each parameter, and whether an expression is true that is not known.
Choice = Mapping[str, str | bool]


class Conditions:
    """The conditions of one template.

    A parameter is one of its allowed values, or anything. As in CloudFormation, every value is
    text, so that an unquoted true is "true".
    """

    def __init__(self, values: "Values") -> None:
        self.values = values
        self.section = values.section("Conditions")
        self.rules = [rule for rule in values.section("Rules").values() if isinstance(rule, dict)]
        self.answers: dict[frozenset[tuple[tuple[str, str], str | bool]], bool] = {}

    def possible(self, given: Given) -> bool:
        """Return whether some parameters make all of this true; if in doubt, no."""
        question = frozenset(given.items())
        if question not in self.answers:
            self.answers[question] = self._possible(given)
        return self.answers[question]

    def _possible(self, given: Given) -> bool:
        wanted = {name: holds for (kind, name), holds in given.items() if kind == "condition"}
        fixed = {name: str(value) for (kind, name), value in given.items() if kind == "parameter"}
        order = self._order(wanted)
        if order is None:
            return False
        texts = {text for name in order for text in self._compared(self.section[name])}
        texts |= {*fixed.values()}
        steps = 0
        todo: list[Choice] = [fixed]
        while todo and steps < MAX_STEPS:
            chosen = todo.pop()
            trial = Trial(self, fixed, chosen)
            answer = trial.makes(wanted, order)
            if answer:
                return True
            if answer is None and trial.open:
                options = trial.options(texts)
                todo += [{**chosen, trial.open: option} for option in reversed(options)]
            steps += trial.steps
        return False

    def _order(self, names: Mapping[str, Any]) -> list[str] | None:
        """Return these conditions, each after those that it refers to; None: there is no order."""
        graph: dict[str, list[str]] = {}
        todo = list(names)
        while todo:
            name = todo.pop()
            if name not in self.section:
                return None
            if name not in graph:
                inside = _dicts(self.section[name])
                named = [part["Condition"] for part in inside if "Condition" in part]
                graph[name] = [other for other in named if isinstance(other, str)]
                todo += graph[name]
        try:
            return list(TopologicalSorter(graph).static_order())
        except CycleError:
            return None

    def _compared(self, node: Any) -> Iterator[str]:
        """Yield the texts that a condition compares something with."""
        for part in _dicts(node):
            sides = part.get("Fn::Equals")
            for side in sides if isinstance(sides, list) else []:
                name = side.get("Ref") if isinstance(side, dict) else None
                options = self.values.allowed(name) if isinstance(name, str) else [side]
                yield from (as_text(option) for option in options if is_scalar(option))


class Trial:
    """The conditions for one choice, as far as that says what they are."""

    def __init__(self, conditions: Conditions, fixed: Choice, chosen: Choice) -> None:
        self.conditions = conditions
        self.values = conditions.values
        self.fixed = fixed
        self.chosen = chosen
        self.truths: dict[str, bool | None] = {}
        self.open = ""  # what to choose next
        self.steps = 0

    def makes(self, wanted: Mapping[str, Any], order: list[str]) -> bool | None:
        """Return whether all conditions are as wanted; None: that is not known."""
        for name in order:
            before = self.open
            self.steps += 1
            self.truths[name] = truth = self._truth(self.conditions.section[name])
            if truth is None:
                continue
            self.open = before  # what is open in it makes no difference
            if wanted.get(name, truth) is not truth:
                return False
        if any(self._refused_by(rule) for rule in self.conditions.rules):
            return False
        return True if all(self.truths[name] is not None for name in wanted) else None

    def _truth(self, node: Any) -> bool | None:
        """Return whether it is true; None: that is not known."""
        match node:
            case {"Condition": str(name)}:
                return self.truths.get(name)
            case {"Fn::Not": [part]}:
                holds = self._truth(part)
                return None if holds is None else not holds
            case {"Fn::And": [*parts]}:
                all_of = {self._truth(part) for part in parts}
                return False if False in all_of else None if None in all_of else True
            case {"Fn::Or": [*parts]}:
                some = {self._truth(part) for part in parts}
                return True if True in some else None if None in some else False
            case {"Fn::Equals": [one, other]}:
                return self._equal(node, one, other)
        return None

    def _refused_by(self, rule: Mapping[str, Any]) -> bool:
        """Return whether the template's rule certainly refuses these parameters."""
        before = self.open
        self.steps += 1
        applies = "RuleCondition" not in rule or self._truth(rule["RuleCondition"])
        asserts = [part["Assert"] for part in _dicts(rule) if "Assert" in part]
        refused = applies is True and any(self._truth(each) is False for each in asserts)
        self.open = before  # nothing is chosen for the sake of a rule
        return refused

    def _equal(self, node: Any, one: Any, other: Any) -> bool | None:
        names = [*_read(one), *_read(other)]
        self.steps += len(names)
        for name in names:
            if name not in self.chosen:
                self.open = self.open or name
                return None
        texts = [self._text(one), self._text(other)]
        if None not in texts:
            return texts[0] == texts[1]
        key = "=" + json.dumps(node, sort_keys=True, default=str)
        if key in self.chosen:
            return self.chosen[key] is True
        # What depends on a given parameter is not free; else it may be either.
        if not self.fixed.keys() & set(names):
            self.open = self.open or key
        return None

    def _text(self, node: Any) -> str | None:
        """Return the text of one side of a comparison; None: it is not known."""
        match node:
            case str() | int() | float():
                text = as_text(node)
            case {"Ref": str(name)} if name in self.chosen:
                text = str(self.chosen[name])
            case _:
                bound = copy.copy(self.values)
                bound.parameters = {**bound.parameters, **dict(self._bound(node))}
                cases = bound.of(node, ())
                return cases[0].text if len(cases) == 1 and cases[0].known else None
        return None if DYNAMIC.search(text) else text

    def _bound(self, node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the parameters of an expression, declared with what was chosen alone."""
        for name in _read(node):
            value = str(self.chosen[name])
            known = {} if ANOTHER in value else {"AllowedValues": [value], "Default": value}
            is_list = self.values.is_list(name)
            yield name, {"Type": "CommaDelimitedList" if is_list else "String", **known}

    def options(self, texts: set[str]) -> list[str | bool]:
        """Return what can be chosen for what is open, if conditions compare it with these."""
        if self.open.startswith("="):
            return [True, False]
        allowed = [as_text(value) for value in self.values.allowed(self.open)]
        if allowed and not any(map(DYNAMIC.search, allowed)):
            return [*allowed]
        return [*sorted(texts), ANOTHER, ANOTHER + self.open]


def _dicts(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a node, itself included."""
    todo = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            yield part
            todo += part.values()
        elif isinstance(part, list):
            todo += part


def _read(node: Any) -> list[str]:
    """Return the parameters and pseudo parameters that an expression reads."""
    text = json.dumps(node, default=str)
    return re.findall(r'"Ref": "([^"]+)"', text) + re.findall(r"\$\{([^!}]+)\}", text)
