"""The parameter values that live stacks may have, as far as they make a difference.

An update keeps the values of a stack, so each assignment has one side for the old template and one
for the new. A kept value is on both sides. A parameter that is new has its default on the new side.
If a default has changed, one assignment is that of a parent that does not pass the parameter: it
has the old default and then the new one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice, product
from math import prod
from typing import Any

from generator.cloudformation.evaluate import View
from generator.cloudformation.functions import calls_in, is_list, scalar
from generator.cloudformation.parameter_constraints import refusal
from generator.cloudformation.read import Template, entry
from generator.cloudformation.references import conditions_of, references
from generator.compare.change import NOT_PASSED

# More than the options that people can fill in for one resource usually make.
_MOST = 256
# What a template can make us try, at most and at least.
_MOST_TRIES, _FEWEST_TRIES = 4096, 16
_MOST_WORK = 2**17
"""How many parameters and conditions all tries for all resources may look at together."""


@dataclass(frozen=True)
class Choice:
    """The value of one parameter before and after the update, and how to describe it."""

    old: Any
    new: Any
    description: str = ""
    """Empty: the value in a stack that sets only the required parameters."""


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
        """The descriptions of the values that are out of the ordinary, by parameter."""
        return {
            name: choice.description for name, choice in self.choices.items() if choice.description
        }


Choices = dict[str, list[Choice]]
Sides = list[tuple[Template, set[str]]]
"""The two templates, each with the conditions that decide."""


def assignments(old: Template, new: Template, *nodes: Any) -> list[Assignment]:
    """Return the assignments that can make a difference to the nodes, the ordinary one first.

    A parameter that no condition looks at and that is the same in both templates needs no value:
    what is equal without a value is equal for every value.
    """
    return _all_or_some(*_open(old, new, nodes))


def _all_or_some(choices: Choices, sides: Sides) -> list[Assignment]:
    if prod(map(len, choices.values())) <= _MOST:
        every = product(*choices.values())
        return [Assignment(dict(zip(choices, combination, strict=True))) for combination in every]
    return _some(choices, sides)


def around(old: Template, new: Template, *nodes: Any) -> list[Assignment]:
    """Return the ordinary assignment, and for each condition one that makes it true or false."""
    return _bases(*_open(old, new, nodes))


def with_bases(
    old: Template, new: Template, *nodes: Any
) -> tuple[list[Assignment], list[Assignment]]:
    """Return what ``assignments`` returns, and what ``around`` does, which takes less together."""
    choices, sides = _open(old, new, nodes)
    return _all_or_some(choices, sides), _bases(choices, sides)


def extremes(old: Template, new: Template, usual: Assignment, *nodes: Any) -> list[Assignment]:
    """Return the usual assignment with each least and each greatest value that the nodes use.

    Of a list of values it is each one: which of them is the least, a map may decide. Of a text that
    may be anything, it is one that nobody knows.
    """
    used = references(list(nodes))
    return [
        Assignment(usual.choices | {name: choice})
        for name, parameter in old.parameters.items()
        if name in used
        for choice in _outer_choices(name, parameter, is_kept=name in new.parameters)
    ]


def _outer_choices(name: str, parameter: dict[str, Any], *, is_kept: bool) -> Iterator[Choice]:
    reference = {"Ref": name}
    outer = _outer_values(parameter)
    for value in outer:
        yield Choice(value, value if is_kept else reference, _quoted(value))
    if not outer and "Default" in parameter and "AllowedValues" not in parameter:
        yield Choice(reference, reference, _other(scalar(parameter["Default"])))


def _outer_values(parameter: dict[str, Any]) -> list[str]:
    bounds = [parameter[key] for key in ("MinValue", "MaxValue") if key in parameter]
    values = [scalar(value) for value in parameter.get("AllowedValues", bounds)]
    if parameter.get("Type") == "Number" and values:
        values = [min(values, key=float), max(values, key=float)]
    return [value for value in values if value != scalar(parameter.get("Default", ""))]


def _open(old: Template, new: Template, nodes: tuple[Any, ...]) -> tuple[Choices, Sides]:
    """Return the choices for each parameter that can make a difference to the nodes."""
    named = [
        {name for node in nodes for name in conditions_of(node, template.conditions)}
        for template in (old, new)
    ]
    deciding = references([[_lookups(node), _pairs(node)] for node in nodes])
    for template, names in zip((old, new), named, strict=True):
        deciding |= references([template.conditions.get(name) for name in names])
    choices = {
        name: _choices(old, new, name, nodes, decides=name in deciding)
        for name in sorted(deciding | references(list(nodes)))
    }
    return (
        {name: several for name, several in choices.items() if several},
        [(old, named[0]), (new, named[1])],
    )


def _some(choices: Choices, sides: Sides) -> list[Assignment]:
    """Return the usual values, each condition both ways, and unusual values added to these.

    One by one around each, two by two around the usual ones: more would not end.
    """
    bases = _bases(choices, sides)
    usual = bases[0]
    unusual = [(name, choice) for name, several in choices.items() for choice in several[1:]]
    singles = (
        Assignment(base.choices | {name: choice}) for base in bases for name, choice in unusual
    )
    pairs = (
        Assignment(usual.choices | dict(pair))
        for pair in combinations(unusual, 2)
        if pair[0][0] != pair[1][0]
    )
    tries = _tries(sides[0][0], choices)
    return [*bases, *islice(singles, tries), *islice(pairs, tries)]


def _tries(template: Template, choices: dict[str, list[Choice]]) -> int:
    """Return how many assignments of one kind may be tried for one resource."""
    each = (len(choices) + len(template.conditions)) * len(template.resources)
    tries = _MOST_WORK // max(each, 1)
    return max(_FEWEST_TRIES, min(tries, _MOST_TRIES))


def _bases(choices: Choices, sides: Sides) -> list[Assignment]:
    """Return the usual values, and what makes each condition true and false."""
    bases = [Assignment({name: several[0] for name, several in choices.items()})]
    tries = _tries(sides[0][0], choices)
    for side, (template, names) in enumerate(sides):
        for name in islice(sorted(names & template.conditions.keys()), tries):
            bases += _for_condition(template, name, side, choices, bases)
    return bases


def _for_condition(
    template: Template,
    name: str,
    side: int,
    choices: dict[str, list[Choice]],
    tried: list[Assignment],
) -> Iterator[Assignment]:
    """Yield what makes the condition true, and what makes it false, if no tried assignment does."""

    def holds(assignment: Assignment) -> bool:
        return View(template, (assignment.old, assignment.new)[side]).holds(name)

    missing = {True, False}
    for assignment in tried:
        missing.discard(holds(assignment))
        if not missing:
            return
    deciding = sorted(references(_closure(template, name)) & choices.keys())
    usual = tried[0].choices
    tries = _tries(template, choices)
    for combination in islice(product(*(choices[each] for each in deciding)), tries):
        assignment = Assignment(usual | dict(zip(deciding, combination, strict=True)))
        if (value := holds(assignment)) in missing:
            missing.discard(value)
            yield assignment
        if not missing:
            return


def _closure(template: Template, name: str) -> list[Any]:
    """Return the condition and every condition that it refers to."""
    names = conditions_of({"Condition": name}, template.conditions)
    return [template.conditions.get(each) for each in sorted(names)]


def same_inputs(old: Template, new: Template, *nodes: Any) -> bool:
    """Return whether everything that the nodes refer to is the same in both templates.

    If so, parts of them that are written the same have the same value, whatever the parameters are.
    """
    return _inputs(old, nodes) == _inputs(new, nodes)


def _inputs(template: Template, nodes: tuple[Any, ...]) -> list[Any]:
    names = {name for node in nodes for name in conditions_of(node, template.conditions)}
    conditions = {name: template.conditions.get(name) for name in names}
    referenced = references([*nodes, *conditions.values()])
    return [
        conditions,
        template.mappings,
        {
            name: (parameter.get("Type"), parameter.get("Default"))
            for name, parameter in template.parameters.items()
            if name in referenced
        },
    ]


def _choices(
    old: Template, new: Template, name: str, nodes: tuple[Any, ...], *, decides: bool
) -> list[Choice]:
    """Return the choices for a parameter; none if it may stay open."""
    before = old.parameters.get(name)
    after = new.parameters.get(name)
    reference = {"Ref": name}
    if before is None and after is None:
        if not decides or not name.startswith("AWS::"):
            return []  # a resource, or a pseudo parameter that decides nothing
        compared = sorted(_compared(old, name, nodes) | _compared(new, name, nodes))
        return [
            Choice(reference, reference),
            *(Choice(value, value, _quoted(value)) for value in compared),
        ]
    if before is None:
        default = (after or {}).get("Default")
        return [] if default is None else [Choice(None, scalar(default))]
    default = scalar(before["Default"]) if "Default" in before else None
    changed = _changed_default(default, after)
    if not (decides or changed or after is None):
        return []
    values = [scalar(value) for value in before.get("AllowedValues", [])]
    values = values or sorted(_compared(old, name, nodes) | _compared(new, name, nodes))
    usual = [] if default is None else [default]
    kept = [*usual]
    kept += [value for value in values if value not in usual and not refusal(before, value)]
    choices = [
        # A value of a parameter that goes means nothing to the new template.
        Choice(
            value, reference if after is None else value, "" if value in usual else _quoted(value)
        )
        for value in kept
    ]
    if "AllowedValues" not in before:
        other = Choice(reference, reference, _other(*kept) if usual else "")
        # A parameter without a default is required, so every stack has such a value.
        choices = [*choices, other] if usual else [other, *choices]
    same = [
        Choice({"Ref": twin}, {"Ref": twin}, f"the same as {twin}")
        for twin in sorted(_twins(old, name) | _twins(new, name))
    ]
    return [*choices, *changed, *same]


def _other(*values: str) -> str:
    return "given" if values == ("",) else "any other value"


def _quoted(value: str) -> str:
    return f"'{value}'" if value else "empty"


def _changed_default(default: str | None, after: dict[str, Any] | None) -> list[Choice]:
    if default is None or after is None or "Default" not in after:
        return []
    new = scalar(after["Default"])
    return [] if new == default else [Choice(default, new, NOT_PASSED)]


def _compared(template: Template, name: str, nodes: tuple[Any, ...]) -> set[str]:
    """Return the texts that conditions compare the parameter with, and the keys it looks up."""
    texts: set[str] = set()
    view = View(template, {})
    for sides in [*_condition_pairs(template), *_pairs(template.rules)]:
        for side, other in (sides, sides[::-1]):
            value = view.resolve(other)
            if name in references(side) and isinstance(value, str):
                texts.add(value)
    for lookup in _lookups([template.conditions, *nodes]):
        if isinstance(lookup, list):
            texts |= _keys(template, name, lookup)
    return texts


def _keys(template: Template, name: str, lookup: list[Any]) -> set[str]:
    """Return the maps, rows or columns that a look-up can name with the parameter."""
    in_map, in_row, in_column = (name in references(each) for each in [*lookup, *[None] * 3][:3])
    rows = entry(template.mappings, *lookup[:1])
    columns = {key for row in rows.values() if isinstance(row, dict) for key in row}
    return {
        *(template.mappings if in_map else ()),
        *(rows if in_row else ()),
        *(columns if in_column else ()),
    }


def _twins(template: Template, name: str) -> set[str]:
    """Return the parameters that conditions compare this one with, if later in the alphabet."""
    return {
        other["Ref"]
        for sides in _condition_pairs(template)
        for side, other in (sides, sides[::-1])
        if side == {"Ref": name}
        and isinstance(other, dict)
        and str(other.get("Ref", "")) in template.parameters
        and other["Ref"] > name
    }


@lru_cache(maxsize=4)
def _condition_pairs(template: Template) -> list[list[Any]]:
    return _pairs(template.conditions)


def _pairs(node: Any) -> list[list[Any]]:
    """Return the pairs that Fn::Equals compares."""
    return [pair for pair in _arguments("Fn::Equals", node) if is_list(pair, 2)]


def _lookups(node: Any) -> list[Any]:
    return _arguments("Fn::FindInMap", node)


def _arguments(function: str, node: Any) -> list[Any]:
    """Return the argument of every call of a function, at any depth."""
    return [call.argument for call in calls_in(node) if call.name == function]
