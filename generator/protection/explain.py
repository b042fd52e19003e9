"""What a template protects with some parameter values, from a day on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timezone
from functools import cached_property
from typing import Any

from _backup.matching import Known, every, negated, some

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.evaluate import View, unknowns
from generator.cloudformation.expand import expanded
from generator.cloudformation.functions import scalar
from generator.cloudformation.read import Template
from generator.cloudformation.references import conditions_of, references
from generator.protection.derived import (
    OfType,
    next_starts,
    plans_of,
    selected_types,
    zone_of,
)
from generator.protection.given import is_hidden, values_of
from generator.protection.model import HIDDEN, Protection, Rule, Vault
from generator.protection.reading import protection
from generator.protection.restore_points import Band, LongestGap, Plan, Start
from generator.protection.vaults import elsewhere

PARTITION = {"AWS::Partition": "aws"}
"""What is assumed, because conditions ask for it; no other pseudo parameter is."""

TRIED = 16
"""So many open conditions are tried the other way; more are said to matter untried."""


@dataclass(frozen=True)
class Assumption:
    """A condition that only the deployment can decide, and that matters."""

    condition: str
    holds: bool
    asks: tuple[str, ...]
    """The parameters and pseudo parameters that decide it."""


@dataclass(frozen=True)
class Explanation:
    """A template, its protection with some values, and a day to count from."""

    template: Template
    given: Mapping[str, str]
    values: Mapping[str, str]
    """Those of all parameters that have one."""
    protection: Protection
    assumptions: tuple[Assumption, ...]
    start: date
    since: datetime | None = None
    """The time from which starts are counted; None: from the beginning of the day."""

    @property
    def now(self) -> datetime:
        """The time from which ages are counted."""
        return self.since or datetime.combine(self.start, time(), timezone.utc)

    @cached_property
    def types(self) -> list[OfType]:
        """The types of resources that selections take."""
        return selected_types(self.protection)

    @cached_property
    def copy_vaults(self) -> list[Vault]:
        """The vaults of a template without a plan, which plans elsewhere fill with copies.

        One that a stack of ours has adopted is named by a parameter only.
        """
        if self.protection.rules or self.protection.selections:
            return []
        made = [vault for vault in self.protection.vaults.values() if vault.made]
        adopted = self.values.get("ExistingVaultName")
        return made or ([elsewhere(adopted)] if adopted else [])

    @property
    def unknown(self) -> list[str]:
        """The parameters that have neither a value nor a default."""
        return [name for name in self.template.parameters if name not in self.values]

    def shown(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return values of parameters, as far as they are to be shown."""
        has = self.template.parameters
        return {name: HIDDEN if is_hidden(has[name]) else values[name] for name in values}

    @cached_property
    def parts(self) -> list[OfType]:
        """The types, or the parts of them that do not have the same plans."""
        return [part for whole in self.types for part in whole.parts]

    @cached_property
    def by_timings(self) -> list[tuple[list[OfType], list[Band] | None, LongestGap | None]]:
        """Types, or parts of them, with restore points by age (None: not known), and longest gap.

        Those that are backed up at the same times are together: the simulation takes long.
        """
        found: dict[object, list[OfType]] = {}
        for each in self.parts:
            times = each.why_unknown or tuple(map(tuple, each.timings or []))
            key = (each.backed_up is False, times)
            found.setdefault(key, []).append(each)
        return [
            (types, types[0].bands(self.now), types[0].longest_gap(self.now))
            for types in found.values()
        ]

    @cached_property
    def _plans(self) -> dict[str, Plan]:
        """The timings of the rules of each plan."""
        return plans_of(self.protection.rules)

    def next_starts(self, rule: Rule, count: int = 3, *, alone: bool = False) -> list[Start] | None:
        """Return the next backups of a rule; None: they are not known.

        The day begins at midnight in the time zone of the rule, unless there is a time. A start for
        which another rule of the plan stands in is none, unless the rule is to be seen alone.
        """
        first = self.since or datetime.combine(self.start, time(), zone_of(rule.zone))
        return next_starts({} if alone else self._plans, rule, first, count)


def explain(
    template: Template, given: Mapping[str, str], start: date, since: datetime | None = None
) -> Explanation:
    """Return what a stack of the template protects with the values that are given.

    It counts from the beginning of a day, or from a time of it. Raises RefusedError for a value
    that CloudFormation would refuse, and UnreadableError for a template that it would not evaluate.
    """
    values = values_of(template, given)
    written_out = expanded(template)
    read, known = _without_hidden(written_out, values)
    found = protection(read, {**PARTITION, **known})
    assumptions = tuple(_assumptions(read, known, found))
    return Explanation(written_out, dict(given), values, found, assumptions, start, since)


def _without_hidden(
    template: Template, values: Mapping[str, str]
) -> tuple[Template, dict[str, Any]]:
    """Return the template and the values, of which those that are not to be shown are unknown.

    They decide conditions even so.
    """
    hidden = {name: values[name] for name in values if is_hidden(template.parameters[name])}
    if not hidden:
        return template, dict(values)
    view = View(template, hidden)
    conditions = {name: view.resolve(node) for name, node in template.conditions.items()}
    read = replace(template, document={**template.document, "Conditions": conditions})
    return read, {**values, **{name: {"Ref": f"{HIDDEN}{name}"} for name in hidden}}


def _assumptions(
    template: Template, values: Mapping[str, Any], found: Protection
) -> Iterator[Assumption]:
    """Yield the conditions that only the deployment decides and that make a difference."""
    known = {**PARTITION, **values}
    view, used = View(template, values), _used(template)
    for tried, name in enumerate(name for name in used if _holds(template, view, name) is None):
        condition = template.conditions[name]
        asks = references(condition) - values.keys() - {"AWS::NoValue"}
        otherwise = {**template.conditions, name: {"Fn::Not": [condition]}}
        document = {**template.document, "Conditions": otherwise}
        other = replace(template, document=document)
        try:
            if asks and (tried >= TRIED or protection(other, known) != found):
                yield Assumption(name, View(template, known).holds(name), tuple(sorted(asks)))
        except UnreadableError:  # what the other branch says is no value
            yield Assumption(name, View(template, known).holds(name), tuple(sorted(asks)))


def _used(template: Template) -> list[str]:
    """Return the conditions on which resources depend, in the order of the template."""
    names: set[str] = set()
    for resource in template.resources.values():
        names |= conditions_of(resource, template.conditions)
    return [name for name in template.conditions if name in names]


def _holds(template: Template, view: View, name: str) -> Known:
    """Return whether a condition is true; None: what is not known decides it.

    A chain of conditions may be longer than Python's stack is deep: then nobody asks.
    """
    try:
        return _true(template, view, {"Condition": name})
    except RecursionError:
        return None


def _true(template: Template, view: View, node: Any) -> Known:
    ((function, argument),) = node.items()
    match function:
        case "Condition":
            return _true(template, view, template.conditions[scalar(argument)])
        case "Fn::Not":
            return negated(_true(template, view, argument[0]))
        case "Fn::And":
            return every(_true(template, view, each) for each in argument)
        case "Fn::Or":
            return some(_true(template, view, each) for each in argument)
    left, right = map(view.resolve, argument)
    return None if left != right and unknowns([left, right]) else left == right
