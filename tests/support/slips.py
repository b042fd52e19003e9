"""Single slips in a template, made by program: what somebody might do by mistake, one at a time."""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from generator.compare.resource_changes import Level

Document = dict[str, Any]
Path = tuple[str | int, ...]

# A Description says what a thing is and a label where the console shows it: no slip in them
# changes what is deployed.
_TEXTS = frozenset({"Description", "ConstraintDescription", "AssertDescription"})


@dataclass(frozen=True)
class Slip:
    """One slip, and what has to be said about it."""

    name: str
    apply: Callable[[Document], None]
    about: str
    """The resource, parameter, output or rule that has to be named; empty: any."""
    least: Level = Level.MINOR
    """How grave it is at least for a deployed stack."""

    def made_in(self, document: Document) -> Document:
        """Return a copy of the document with the slip in it."""
        made = copy.deepcopy(document)
        self.apply(made)
        return made


def slips(document: Document) -> Iterator[Slip]:
    """Yield every slip of every kind that the document has a place for."""
    for name, resource in document["Resources"].items():
        yield from _of_resource(name, resource)
        for path, node in _walk(resource.get("Properties", {})):
            yield from _of_property(name, ("Resources", name, "Properties", *path), node)
    for name, parameter in document["Parameters"].items():
        yield from _of_parameter(name, parameter)
    for name in document.get("Conditions", {}):
        yield Slip(f"negate the condition {name}", _negate(("Conditions", name)), "")
    for name in document.get("Rules", {}):
        yield Slip(f"drop the rule {name}", drop(("Rules", name)), name)
    yield from _of_outputs(list(document["Outputs"]))


def _of_resource(name: str, resource: dict[str, Any]) -> Iterator[Slip]:
    yield Slip(f"rename {name}", rename_everywhere(name, f"{name}2"), name, Level.MAJOR)
    yield Slip(f"drop {name}", drop(("Resources", name)), name, Level.MAJOR)
    for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
        path = ("Resources", name, policy)
        if policy in resource:
            yield Slip(f"drop {policy} of {name}", drop(path), name, Level.MAJOR)
            yield Slip(f"{policy} of {name}: Delete", put(path, "Delete"), name, Level.MAJOR)
    if "Condition" in resource:
        yield Slip(f"drop the condition of {name}", drop(("Resources", name, "Condition")), name)


def _of_property(name: str, path: Path, node: Any) -> Iterator[Slip]:
    where = ".".join(str(part) for part in path[1:])
    last = path[-1]
    if last in _TEXTS or node == {"Ref": "AWS::NoValue"}:
        return
    yield Slip(f"drop {where}", drop(path), name)
    if isinstance(node, int) and not isinstance(node, bool):
        yield Slip(f"one more in {where}", put(path, node + 1), name)
    elif isinstance(node, str) and last != "Sid":
        yield Slip(f"another {where}", put(path, f"{node}x"), name)
    if last == "Resource" and node not in ("*", ["*"]):
        yield Slip(f"any {where}", put(path, ["*"]), name)
    if last == "Effect":
        yield Slip(f"other {where}", put(path, "Deny" if node == "Allow" else "Allow"), name)
    if isinstance(node, str) and path[-2:-1] == ("Action",):
        service = node.partition(":")[0]
        yield Slip(f"{where}: {service}:*", put(path, f"{service}:*"), name)
    if isinstance(node, dict) and set(node) == {"Ref"}:
        yield Slip(f"no {where}", put(path, {"Ref": "AWS::NoValue"}), name)


def _of_parameter(name: str, parameter: dict[str, Any]) -> Iterator[Slip]:
    path: Path = ("Parameters", name)
    yield Slip(f"rename {name}", rename_everywhere(name, f"{name}2"), name, Level.MAJOR)
    for key, value in parameter.items():
        if key in _TEXTS:
            continue
        loosened = key not in ("Default", "Type")
        if key != "Type":
            level = Level.MINOR if loosened else Level.MAJOR
            yield Slip(f"drop {key} of {name}", drop((*path, key)), name, level)
        if key == "Default":
            other = value + 1 if isinstance(value, int) else f"{value}x"
            yield Slip(f"another default of {name}", put((*path, key), other), name)
        if key.startswith(("Min", "Max")):
            for step in (1, -1):
                yield Slip(f"{key} of {name} by {step}", put((*path, key), value + step), name)
        if key == "AllowedValues":
            for number, allowed in enumerate(value):
                slip = drop((*path, key, number))
                yield Slip(f"{name} without {allowed}", slip, name, Level.MAJOR)
    if "Default" not in parameter:
        yield Slip(f"a default for {name}", put((*path, "Default"), "soca"), name)


def _of_outputs(names: list[str]) -> Iterator[Slip]:
    for name, other in zip(names, [*names[1:], names[0]], strict=True):
        yield Slip(f"drop the output {name}", drop(("Outputs", name)), name, Level.MAJOR)
        yield Slip(f"{name} gives {other}", _value_of(name, other), name)


def _walk(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every part of the properties; nothing within a function, whose parts are arguments."""
    if path:
        yield path, node
    if isinstance(node, dict) and not (len(node) == 1 and next(iter(node))[:3] in ("Ref", "Fn:")):
        for key, value in node.items():
            yield from _walk(value, (*path, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _walk(value, (*path, number))
    elif isinstance(node, dict) and "Fn::If" in node:
        for number in (1, 2):
            yield from _walk(node["Fn::If"][number], (*path, "Fn::If", number))


def _parent(document: Document, path: Path) -> Any:
    node: Any = document
    for part in path[:-1]:
        node = node[part]
    return node


def put(path: Path, value: Any) -> Callable[[Document], None]:
    """Return what puts a value at the path."""

    def apply(document: Document) -> None:
        _parent(document, path)[path[-1]] = copy.deepcopy(value)

    return apply


def drop(path: Path) -> Callable[[Document], None]:
    """Return what removes the part at the path."""

    def apply(document: Document) -> None:
        parent = _parent(document, path)
        if "Fn::If" in path[-2:-1]:  # a branch cannot be missing
            parent[path[-1]] = {"Ref": "AWS::NoValue"}
        else:
            del parent[path[-1]]

    return apply


def _negate(path: Path) -> Callable[[Document], None]:
    def apply(document: Document) -> None:
        parent = _parent(document, path)
        parent[path[-1]] = {"Fn::Not": [parent[path[-1]]]}

    return apply


def _value_of(name: str, other: str) -> Callable[[Document], None]:
    def apply(document: Document) -> None:
        document["Outputs"][name]["Value"] = document["Outputs"][other]["Value"]

    return apply


def rename_everywhere(name: str, other: str) -> Callable[[Document], None]:
    """Return what gives a resource or a parameter another name, wherever it is spoken of."""

    def renamed(node: Any) -> Any:
        if isinstance(node, dict):
            return {other if key == name else key: renamed(value) for key, value in node.items()}
        if isinstance(node, list):
            return [renamed(item) for item in node]
        if isinstance(node, str):
            node = other if node == name else node
            return re.sub(rf"(?<=\$\{{){name}(?=[.}}])|^{name}(?=\.)", other, node)
        return node

    def apply(document: Document) -> None:
        changed = renamed(document)
        document.clear()
        document.update(changed)

    return apply
