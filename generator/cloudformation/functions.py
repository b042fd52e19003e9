"""How intrinsic functions are written: only this module takes a function call apart.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

NO_VALUE = {"Ref": "AWS::NoValue"}

Path = tuple[str | int, ...]
"""The keys and numbers that lead to a place in a template."""

_HOLE = re.compile(r"\$\{([^}]*)\}")


class Call(NamedTuple):
    """A function call."""

    name: str
    argument: Any


def call_of(node: Any) -> Call | None:
    """Return the node as a function call; None for text, a list or a map of properties."""
    if isinstance(node, dict) and len(node) == 1:
        ((name, argument),) = node.items()
        if is_function_name(name):
            return Call(name, argument)
    return None


def is_function_name(key: Any) -> bool:
    """Return whether a key of a map is the name of a function."""
    return isinstance(key, str) and (key == "Ref" or key.startswith("Fn::"))


def calls_in(node: Any) -> Iterator[Call]:
    """Yield every function call in a part of a template, at any depth."""
    if isinstance(node, list):
        for item in node:
            yield from calls_in(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if is_function_name(key):
                yield Call(key, value)
            yield from calls_in(value)


def branches(node: Any, path: Path) -> Iterator[tuple[Any, Path]]:
    """Yield the values that Fn::If chooses from, with their paths; any other node as it is."""
    call = call_of(node)
    if call and call.name == "Fn::If" and is_list(call.argument, 3):
        for number in (1, 2):
            yield from branches(call.argument[number], (*path, call.name, number))
    else:
        yield node, path


def attribute(argument: Any) -> tuple[Any, Any]:
    """Return the resource and the attribute that an Fn::GetAtt names.

    Raises TypeError if Fn::GetAtt does not accept the argument.
    """
    match argument.split(".", 1) if isinstance(argument, str) else argument:
        case [resource, name]:
            return resource, name
        case [str(resource), str(), *_] as parts if all(isinstance(part, str) for part in parts):
            return resource, ".".join(parts[1:])  # !GetAtt [Stack, Outputs, Name]
    raise TypeError("Fn::GetAtt takes a resource and an attribute")


def substitution(argument: Any) -> list[Any]:
    """Return the parts that an Fn::Sub joins: its texts, and a node for each ``${...}``.

    Raises TypeError if Fn::Sub does not accept the argument.
    """
    text, variables = argument if is_list(argument, 2) else (argument, {})
    if not isinstance(text, str) or not isinstance(variables, Mapping):
        raise TypeError("Fn::Sub takes a text, or a text and a map")
    end = text.rfind("}") + 1  # behind it every ${ would be looked through to the end of the text
    pieces = _HOLE.split(text[:end])
    pieces[-1] += text[end:]
    parts: list[Any] = []
    for index, piece in enumerate(pieces):
        name = piece.strip()
        if index % 2 == 0:
            parts.append(piece)
        elif not name:  # no name that could be filled in
            parts.append("${" + piece + "}")
        elif name.startswith("!"):
            parts.append("${" + name[1:] + "}")
        elif name in variables:
            parts.append(variables[name])
        else:
            parts.append({"Fn::GetAtt": name.split(".", 1)} if "." in name else {"Ref": name})
    return parts


def is_list(value: Any, length: int | None = None) -> bool:
    """Return whether the value is a list, and of the length if there is one."""
    return isinstance(value, list) and length in {None, len(value)}


def scalar(value: Any) -> str:
    """Return a number, a Boolean or a text as CloudFormation passes it on: as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
