"""The parameters, resources and conditions that a part of a template refers to, by name."""

from collections.abc import Mapping
from typing import Any

from generator.cloudformation.functions import attribute, call_of, calls_in, substitution


def references(node: Any) -> set[str]:
    """Return the parameters and resources that a part of a template refers to, in any branch."""
    names: set[str] = set()
    for function, argument in calls_in(node):
        if function == "Ref":
            names.add(str(argument))
        elif function == "Fn::GetAtt":
            try:
                names.add(str(attribute(argument)[0]))
            except TypeError:
                continue
        elif function == "Fn::Sub":
            names |= _substituted(argument)
    return names


def _substituted(argument: Any) -> set[str]:
    try:
        parts = substitution(argument)
    except TypeError:
        return set()
    return {name for part in parts if call_of(part) for name in references(part)}


def conditions_of(node: Any, conditions: Mapping[str, Any]) -> set[str]:
    """Return the conditions that a part of a template depends on, directly or through others."""
    waiting = {
        str(argument[0])
        for function, argument in calls_in(node)
        if function == "Fn::If" and isinstance(argument, list) and argument
    }
    if isinstance(node, dict) and isinstance(node.get("Condition"), str):
        waiting.add(node["Condition"])
    names: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in names:
            names.add(name)
            waiting |= _named(conditions.get(name))
    return names


def _named(node: Any) -> set[str]:
    """Return the conditions that a condition refers to."""
    if isinstance(node, list):
        return {name for item in node for name in _named(item)}
    if not isinstance(node, dict):
        return set()
    here = {node["Condition"]} if isinstance(node.get("Condition"), str) else set()
    return here | {name for value in node.values() for name in _named(value)}
