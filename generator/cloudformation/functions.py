"""How intrinsic functions are written: the one place that takes a call of them apart.

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
    """A call of a function."""

    name: str
    argument: Any


def call_of(node: Any) -> Call | None:
    """Return the call that the node is; None for text, a list, or a map of properties."""
    if isinstance(node, dict) and len(node) == 1:
        ((name, argument),) = node.items()
        if name == "Ref" or (isinstance(name, str) and name.startswith("Fn::")):
            return Call(name, argument)
    return None


def calls_in(node: Any) -> Iterator[Call]:
    """Yield every call in a part of a template, at any depth."""
    if isinstance(node, list):
        for item in node:
            yield from calls_in(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "Ref" or (isinstance(key, str) and key.startswith("Fn::")):
                yield Call(key, value)
            yield from calls_in(value)


def branches(node: Any, path: Path) -> Iterator[tuple[Any, Path]]:
    """Yield the values that Fn::If chooses from, with their paths; the node where it is no If."""
    call = call_of(node)
    if call and call.name == "Fn::If" and is_list(call.argument, 3):
        for number in (1, 2):
            yield from branches(call.argument[number], (*path, call.name, number))
    else:
        yield node, path


def attribute(argument: Any) -> tuple[Any, Any]:
    """Return the resource and the attribute that an Fn::GetAtt asks for.

    Raises TypeError for what is no argument of Fn::GetAtt.
    """
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if not is_list(parts) or len(parts) < 2:  # noqa: PLR2004 - a resource and an attribute
        raise TypeError("Fn::GetAtt takes a resource and an attribute")
    if len(parts) > 2 and all(isinstance(part, str) for part in parts):  # noqa: PLR2004 - !GetAtt [A, Outputs, B]
        return parts[0], ".".join(parts[1:])
    resource, name = parts
    return resource, name


def substitution(argument: Any) -> list[Any]:
    """Return what an Fn::Sub puts together: its texts, and a node for each ``${...}``.

    Raises TypeError for what is no argument of Fn::Sub.
    """
    text, own = argument if is_list(argument, 2) else (argument, {})
    if not isinstance(text, str) or not isinstance(own, Mapping):
        raise TypeError("Fn::Sub takes a text, or a text and a map")
    pieces = _HOLE.split(text)
    parts: list[Any] = []
    for index, piece in enumerate(pieces):
        name = piece.strip()
        if index % 2 == 0:
            parts.append(piece)
        elif name.startswith("!"):
            parts.append("${" + name[1:] + "}")
        elif name in own:
            parts.append(own[name])
        else:
            parts.append({"Fn::GetAtt": name.split(".", 1)} if "." in name else {"Ref": name})
    return parts


def is_list(value: Any, length: int | None = None) -> bool:
    """Return whether the value is a list, of the given length."""
    return isinstance(value, list) and length in {None, len(value)}


def scalar(value: Any) -> str:
    """Return a number, a truth value or a text as CloudFormation passes them on: as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
