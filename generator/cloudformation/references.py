"""The parameters, resources and conditions that a part of a template refers to, by name."""

from collections.abc import Iterator, Mapping
from typing import Any

from generator.cloudformation.functions import (
    Call,
    Path,
    attribute,
    call_of,
    calls_in,
    is_list,
    substitution,
)


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
        return {str(name) for call in _calls_in_text(argument) for name, _ in _uses(*call)}
    except TypeError:
        return set()


def _calls_in_text(argument: Any) -> list[Call]:
    """Return what Fn::Sub refers to in its text, without the values of its variables."""
    parts = substitution(argument)
    variables = {id(value) for value in argument[1].values()} if is_list(argument, 2) else set()
    return [call for part in parts if id(part) not in variables and (call := call_of(part))]


def references_at(node: Any, path: Path) -> Iterator[tuple[str, Path]]:
    """Yield the parameters and resources that a part refers to, with the path of each function."""
    for name, _, at in uses_at(node, path):
        yield name, at


def uses_at(node: Any, path: Path) -> Iterator[tuple[str, Any, Path]]:
    """Yield each name, the attribute that is read of it (empty: Ref), and the function's path."""
    call = call_of(node)
    try:
        for name, attribute_name in _uses(call.name, call.argument) if call else ():
            yield name, attribute_name, (*path, call.name if call else "")
    except TypeError:  # cfn-lint reports it
        pass
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from uses_at(value, (*path, key))


def _uses(function: str, argument: Any) -> Iterator[tuple[str, Any]]:
    if function == "Ref" and isinstance(argument, str):
        yield argument, ""
    elif function == "Fn::GetAtt":
        resource, name = attribute(argument)
        if isinstance(resource, str):  # not a computed one
            yield resource, name
    elif function == "Fn::Sub":
        # The values of its variables come later, with paths of their own.
        for call in _calls_in_text(argument):
            yield from _uses(*call)


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
            waiting |= conditions_in(conditions.get(name))
    return names


def conditions_in(node: Any) -> set[str]:
    """Return the conditions that a condition refers to."""
    if isinstance(node, list):
        return {name for item in node for name in conditions_in(item)}
    if not isinstance(node, dict):
        return set()
    names = {name for value in node.values() for name in conditions_in(value)}
    branch = node.get("Fn::If")
    for name in (node.get("Condition"), branch[0] if branch and is_list(branch) else None):
        if isinstance(name, str):
            names.add(name)
    return names
