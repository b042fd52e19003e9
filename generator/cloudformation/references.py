"""What a part of a template refers to: parameters, resources and conditions, by name."""

from collections.abc import Mapping
from typing import Any

from generator.cloudformation.functions import attribute, call_of, calls_in, substitution


def references(node: Any) -> set[str]:
    """Return the parameters and resources that a part of a template asks for, in every branch."""
    found: set[str] = set()
    for name, argument in calls_in(node):
        if name == "Ref":
            found.add(str(argument))
        elif name == "Fn::GetAtt":
            try:
                found.add(str(attribute(argument)[0]))
            except TypeError:
                continue
        elif name == "Fn::Sub":
            found |= _substituted(argument)
    return found


def _substituted(argument: Any) -> set[str]:
    try:
        parts = substitution(argument)
    except TypeError:
        return set()
    return {name for part in parts if call_of(part) for name in references(part)}


def conditions_of(node: Any, conditions: Mapping[str, Any]) -> set[str]:
    """Return the names of the conditions that decide a part of a template, through each other."""
    wanted = {
        str(argument[0])
        for name, argument in calls_in(node)
        if name == "Fn::If" and isinstance(argument, list) and argument
    }
    if isinstance(node, dict) and isinstance(node.get("Condition"), str):
        wanted.add(node["Condition"])
    found: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.add(name)
            wanted |= _named(conditions.get(name))
    return found


def _named(node: Any) -> set[str]:
    """Return the conditions that a condition names."""
    if isinstance(node, list):
        return {name for item in node for name in _named(item)}
    if not isinstance(node, dict):
        return set()
    here = {node["Condition"]} if isinstance(node.get("Condition"), str) else set()
    return here | {name for value in node.values() for name in _named(value)}
