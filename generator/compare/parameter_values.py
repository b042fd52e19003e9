"""The parameter values that live stacks may have, as far as they make a difference.

An update keeps the values of a stack. So each assignment has a side for the old template and one
for the new: a kept value on both; the default of a parameter that is new; and, where a default has
changed, the case of a parent that passes nothing and so gets the new one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import Any

from generator.cloudformation.evaluate import View
from generator.cloudformation.functions import calls_in, scalar
from generator.cloudformation.parameter_constraints import refusal
from generator.cloudformation.read import Template
from generator.cloudformation.references import conditions_of, references

# What is tried to make a condition true, or false, that needs more than two parameters for it.
_MOST_TRIES = 4096


@dataclass(frozen=True)
class Choice:
    """What one parameter is before and after the update, and how to say it."""

    old: Any
    new: Any
    said: str = ""
    """Empty: what a stack has that was given nothing but what is required."""


@dataclass(frozen=True)
class Assignment:
    """One choice for each parameter that makes a difference."""

    choices: dict[str, Choice]

    @property
    def old(self) -> dict[str, Any]:
        """The values for the old template."""
        return {name: choice.old for name, choice in self.choices.items()}

    @property
    def new(self) -> dict[str, Any]:
        """The values for the new template."""
        return {name: choice.new for name, choice in self.choices.items()}

    @property
    def where(self) -> dict[str, str]:
        """What is out of the ordinary, by parameter."""
        return {name: choice.said for name, choice in self.choices.items() if choice.said}


def assignments(old: Template, new: Template, *nodes: Any) -> list[Assignment]:
    """Return the assignments that can make a difference to the nodes, the ordinary one first.

    A parameter that no condition looks at, the same in both templates, needs no value: what is
    equal without one is equal for every one.
    """
    named = [
        {name for node in nodes for name in conditions_of(node, template.conditions)}
        for template in (old, new)
    ]
    deciding = references([[_lookups(node), _pairs(node)] for node in nodes])
    for template, names in zip((old, new), named, strict=True):
        deciding |= references([template.conditions.get(name) for name in names])
    wanted = {
        name: _choices(old, new, name, nodes, decides=name in deciding)
        for name in sorted(deciding | references(list(nodes)))
    }
    several = {name: choices for name, choices in wanted.items() if choices}
    usual = {name: choices[0] for name, choices in several.items()}
    varied = [(name, choice) for name, choices in several.items() for choice in choices[1:]]
    found = [
        Assignment(usual),
        *(Assignment(usual | {name: choice}) for name, choice in varied),
        *(
            Assignment(usual | dict(pair))
            for pair in combinations(varied, 2)
            if pair[0][0] != pair[1][0]
        ),
    ]
    for side, (template, names) in enumerate(zip((old, new), named, strict=True)):
        for name in sorted(names & template.conditions.keys()):
            found += _for_condition(template, name, side, several, found)
    return found


def _for_condition(
    template: Template,
    name: str,
    side: int,
    several: dict[str, list[Choice]],
    known: list[Assignment],
) -> Iterator[Assignment]:
    """Yield an assignment that makes a condition true, or false, where none of the known does."""

    def holds(assignment: Assignment) -> bool:
        return View(template, (assignment.old, assignment.new)[side]).holds(name)

    missing = {True, False}
    for assignment in known:
        missing.discard(holds(assignment))
        if not missing:
            return
    deciding = references(_closure(template, name)) & several.keys()
    usual = known[0].choices
    chosen = product(*(several[each] for each in sorted(deciding)))
    for choices in islice(chosen, _MOST_TRIES):
        assignment = Assignment(usual | dict(zip(sorted(deciding), choices, strict=True)))
        if (now := holds(assignment)) in missing:
            missing.discard(now)
            yield assignment
        if not missing:
            return


def _closure(template: Template, name: str) -> list[Any]:
    """Return the condition and all that it names."""
    names = conditions_of({"Condition": name}, template.conditions)
    return [template.conditions.get(each) for each in sorted(names)]


def same_ground(old: Template, new: Template, *nodes: Any) -> bool:
    """Return whether what the nodes ask for is the same in both templates.

    Then a part of them that is written the same has the same value, whatever the parameters are.
    """
    return _ground(old, nodes) == _ground(new, nodes)


def _ground(template: Template, nodes: tuple[Any, ...]) -> list[Any]:
    parameters, conditions = template.parameters, template.conditions
    named = {name for node in nodes for name in conditions_of(node, conditions)}
    decided_by = {name: conditions.get(name) for name in named}
    asked = references([*nodes, *decided_by.values()])
    return [
        decided_by,
        template.mappings,
        {
            name: (parameter.get("Type"), parameter.get("Default"))
            for name, parameter in parameters.items()
            if name in asked
        },
    ]


def _choices(
    old: Template, new: Template, name: str, nodes: tuple[Any, ...], *, decides: bool
) -> list[Choice]:
    """Return the choices for a parameter; none where it may stay open."""
    before = old.parameters.get(name)
    after = new.parameters.get(name)
    given = {"Ref": name}
    if before is None and after is None:
        if not decides or not name.startswith("AWS::"):
            return []  # a resource, or a value of the account that decides nothing
        compared = sorted(_compared(old, name, nodes) | _compared(new, name, nodes))
        return [
            Choice(given, given),
            *(Choice(value, value, _quoted(value)) for value in compared),
        ]
    if before is None:
        default = (after or {}).get("Default")
        return [] if default is None else [Choice(None, scalar(default))]
    kept_default = scalar(before["Default"]) if "Default" in before else None
    changed = _changed_default(kept_default, after)
    if not (decides or changed or after is None):
        return []
    told = [scalar(value) for value in before.get("AllowedValues", [])]
    told = told or sorted(_compared(old, name, nodes) | _compared(new, name, nodes))
    values = [value for value in told if not refusal(before, value)]
    usual = [] if kept_default is None else [kept_default]
    kept = [*usual, *(value for value in values if value not in usual)]
    found = [Choice(value, value, "" if value in usual else _quoted(value)) for value in kept]
    if "AllowedValues" not in before:
        others = Choice(given, given, "any other value" if usual else "")
        # Without a default it is required: what a stack has is such a value.
        found = [*found, others] if usual else [others, *found]
    same = [
        Choice({"Ref": twin}, {"Ref": twin}, f"the value of {twin}")
        for twin in sorted(_twins(old, name) | _twins(new, name))
    ]
    return [*found, *changed, *same]


def _quoted(value: str) -> str:
    return f"'{value}'" if value else "empty"


def _changed_default(default: str | None, after: dict[str, Any] | None) -> list[Choice]:
    if default is None or after is None or "Default" not in after:
        return []
    new = scalar(after["Default"])
    return [] if new == default else [Choice(default, new, "not passed by the parent")]


def _compared(template: Template, name: str, nodes: tuple[Any, ...]) -> set[str]:
    """Return the texts that conditions compare the parameter with, and the keys it looks up."""
    found: set[str] = set()
    view = View(template, {})
    for sides in _pairs([template.conditions, template.rules]):
        for side, other in (sides, sides[::-1]):
            value = view.resolve(other)
            if name in references(side) and isinstance(value, str):
                found.add(value)
    for looked in _lookups([template.conditions, *nodes]):
        if isinstance(looked, list) and name in references(looked):
            table = template.mappings.get(str(looked[0]), {})
            rows = [table, *table.values()]
            found |= {key for row in rows if isinstance(row, dict) for key in row}
    return found


def _twins(template: Template, name: str) -> set[str]:
    """Return the parameters, later in the alphabet, that conditions compare the parameter with."""
    return {
        other["Ref"]
        for sides in _pairs(template.conditions)
        for side, other in (sides, sides[::-1])
        if side == {"Ref": name}
        and isinstance(other, dict)
        and str(other.get("Ref", "")) in template.parameters
        and other["Ref"] > name
    }


def _pairs(node: Any) -> list[list[Any]]:
    """Return what the conditions compare, two by two."""
    return [pair for pair in _arguments("Fn::Equals", node) if isinstance(pair, list) and pair[1:]]


def _lookups(node: Any) -> list[Any]:
    return _arguments("Fn::FindInMap", node)


def _arguments(function: str, node: Any) -> list[Any]:
    """Return the arguments of every call of a function, at any depth."""
    return [call.argument for call in calls_in(node) if call.name == function]
