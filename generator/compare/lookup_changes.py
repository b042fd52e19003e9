"""What an update changes in what maps and lists have, and the look-ups that find nothing."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.evaluate import View, lacking, what_is_lacking
from generator.cloudformation.functions import Call, Path, call_of, calls_in, is_list
from generator.cloudformation.parameter_constraints import refusal
from generator.cloudformation.read import Template, entry
from generator.compare.change import Change, Level
from generator.compare.parameter_values import Assignment, assignments

_LOOKUPS = ("Fn::FindInMap", "Fn::Select")
_SECTIONS = ("Conditions", "Resources", "Outputs")


@dataclass
class _Failing:
    """A look-up that finds nothing: what is lacking, where it stands, and for which parameters."""

    lack: str
    about: str
    """The map; Fn::Select for a list, which has no name."""
    path: Path
    where: dict[str, str]


def lookup_changes(old: Template, new: Template) -> Iterator[Change]:
    """Yield what maps have more or less for live stacks, and the look-ups that fail in any case.

    A look-up that fails for a value that the template itself names (a default, an allowed value) is
    a mistake in the template. One that fails for another value, such as a region, is not: no stack
    has it. If it fails after the update only, a stack that has it cannot be updated.
    """
    before, after = _failing(old), _failing(new)
    lost, gained = _lost_and_gained(old, new)
    yield from _mistakes(old, before, set(), is_new=False)
    yield from _mistakes(new, after, {*lost}, is_new=True)
    for name, lacks, where in _grouped(lost[key] for key in lost if key not in after):
        text = f"{lacks} any more: the update of a stack that looks it up fails"
        yield Change("mapping", name, "narrowed", Level.MAJOR, text, where=where)
    for name, lacks, where in _grouped(gained.values()):
        text = f"in the old template, {lacks}; in the new one it has"
        yield Change("mapping", name, "widened", Level.MINOR, text, where=where)


def _mistakes(
    template: Template, failing: dict[str, _Failing], lost: set[str], *, is_new: bool
) -> Iterator[Change]:
    by_line: dict[tuple[int, Level], list[_Failing]] = {}
    for key, each in failing.items():
        line, _ = template.position(each.path)
        level = Level.MAJOR if key in lost else Level.NONE
        by_line.setdefault((line, level), []).append(each)
    for (line, level), several in by_line.items():
        for _, lacks, where in _grouped(several):
            name = f"{template.name}:{line}"
            text = f"{lacks}: no stack can have this value"
            yield Change(
                "template",
                name,
                "look-up fails",
                level,
                text,
                where=where,
                is_mistake=is_new,
            )


def _grouped(failing: Iterable[_Failing]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield each map, what it lacks, and the parameters for which it does if that is one case."""
    by_name: dict[str, dict[str, dict[str, str]]] = {}
    for each in failing:
        by_name.setdefault(each.about, {}).setdefault(each.lack, each.where)
    for name, lacks in by_name.items():
        where = next(iter(lacks.values())) if len(lacks) == 1 else {}
        yield name, "; ".join(lacks), where


def _failing(template: Template) -> dict[str, _Failing]:
    """Return the look-ups that fail for values that the template itself names."""
    by_key: dict[str, _Failing] = {}
    for path, node in _nodes(template):
        for assignment in assignments(template, template, node):
            view = View(template, assignment.old)
            calls = _lacking(view, node)
            if calls and _is_certain(template, assignment):
                for call in calls:
                    at = next(_places(view, node, path, call), path)
                    by_key.setdefault(_key(call), _made(template, call, at, assignment.where))
    return by_key


def _lost_and_gained(
    old: Template, new: Template
) -> tuple[dict[str, _Failing], dict[str, _Failing]]:
    """Return the look-ups that fail for live stacks after the update only, and before it only."""
    lost: dict[str, _Failing] = {}
    gained: dict[str, _Failing] = {}
    for path, node in _nodes(new):
        if not entry(old.document, *path):
            continue
        was = _node(old, path)
        for assignment in assignments(old, new, node, was):
            where = assignment.where
            before = {_key(call): call for call in _lacking(View(old, assignment.old), was)}
            after = {_key(call): call for call in _lacking(View(new, assignment.new), node)}
            if not before and after and _is_accepted(new, assignment):
                for key, call in after.items():
                    lost.setdefault(key, _made(new, call, path, where))
            for key in () if after else before:
                gained.setdefault(key, _made(old, before[key], path, where))
    return lost, gained


def _made(template: Template, call: Call, path: Path, where: dict[str, str]) -> _Failing:
    about = "Fn::Select" if is_list(call.argument, 2) else str(call.argument[0])
    return _Failing(what_is_lacking(template, call), about, path, where)


def _nodes(template: Template) -> Iterator[tuple[Path, Any]]:
    """Yield of the conditions, resources and outputs what looks something up, with their paths."""
    for section in _SECTIONS:
        for name in template.document.get(section) or {}:
            path = (section, name)
            node = _node(template, path)
            if any(call.name in _LOOKUPS for call in calls_in(node)):
                yield path, node


def _node(template: Template, path: Path) -> dict[str, Any]:
    node = entry(template.document, *path)
    looks_up = _looking_up({key: node[key] for key in ("Properties", "Value") if key in node})
    if path[0] == "Conditions":
        return node
    return {key: node[key] for key in ("Condition",) if key in node} | (looks_up or {})


def _looking_up(node: Any) -> Any:
    """Return a part of a template without what looks nothing up; empty if all of it does not."""
    call = call_of(node)
    if call and call.name == "Fn::If" and is_list(call.argument, 3):
        condition, *either = call.argument
        kept = [_looking_up(each) for each in either]
        return {call.name: [condition, *kept]} if any(kept) else ""
    if call:
        return node if any(each.name in _LOOKUPS for each in calls_in(node)) else ""
    if isinstance(node, dict):
        return {key: kept for key, value in node.items() if (kept := _looking_up(value))} or ""
    if isinstance(node, list):  # the others keep their places
        items = [_looking_up(item) for item in node]
        return items if any(items) else ""
    return ""


def _lacking(view: View, node: dict[str, Any]) -> list[Call]:
    """Return the look-ups that fail in a condition, in a resource's properties or in an output."""
    return lacking(view.resolve(node)) if view.exists(node) else []


def _is_certain(template: Template, assignment: Assignment) -> bool:
    """Return whether the template itself names the values, and no rule refuses them."""
    for name in assignment.where:
        value = assignment.choices[name].old
        if not call_of(value) and "AllowedValues" not in template.parameters.get(name, {}):
            return False
    return not any(_may_refuse(template, rule, assignment) for rule in template.rules.values())


def _may_refuse(template: Template, rule: dict[str, Any], assignment: Assignment) -> bool:
    try:
        return View(template, assignment.old).refusal(rule) is not None
    except UnreadableError:  # a function that only rules have
        return True


def _is_accepted(new: Template, assignment: Assignment) -> bool:
    """Return whether the new template accepts the values that stacks have."""
    return not any(
        refusal(new.parameters[name], value)
        for name, value in assignment.new.items()
        if isinstance(value, str) and name in new.parameters
    )


def _places(view: View, node: Any, path: Path, call: Call) -> Iterator[Path]:
    """Yield the paths of the look-ups in a node that are this one for these values."""
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if key in _LOOKUPS and call in lacking(view.resolve({key: value})):
                yield (*path, key)
            yield from _places(view, value, (*path, key), call)


def _key(call: Call) -> str:
    return json.dumps(call, sort_keys=True)
