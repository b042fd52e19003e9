"""Writes the loops of a template out; what a macro makes of it stays unknown.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.evaluate import View
from generator.cloudformation.functions import Path, is_list
from generator.cloudformation.read import CHARACTERS, MAX_NODES, Template, entry

TRANSFORM = "Fn::Transform"
LOOP = "Fn::ForEach"

# What these make is known: they add functions, sections or sub-resources, and leave the rest alone.
_ADDS = frozenset(
    {"AWS::LanguageExtensions", "AWS::Include", "AWS::CodeDeployBlueGreen"}
    | {f"AWS::SecretsManager-{version}" for version in ("2020-07-23", "2024-09-16")}
)
_SAM = "AWS::Serverless-2016-10-31"

_SECTIONS = ("Parameters", "Rules", "Conditions", "Resources", "Outputs")


def transforms(template: Template) -> list[Any]:
    """Return the macros in the section Transform: each a name, or a map with its Name."""
    section = template.document.get("Transform") or []
    return section if isinstance(section, list) else [section]


def _names(template: Template) -> set[str]:
    return {str(entry(each).get("Name", each)) for each in transforms(template)}


def has_unknown_macro(template: Template) -> bool:
    """Return whether a macro that AWS does not own may rewrite everything in the template."""
    return bool(_names(template) - _ADDS - {_SAM})


def is_rewritten(template: Template, resource: Mapping[str, Any]) -> bool:
    """Return whether a macro makes other resources of this one, or may do so."""
    kind = str(resource.get("Type"))
    return (
        kind.startswith("AWS::Serverless::")
        or kind.endswith("::MODULE")
        or has_unknown_macro(template)
        or any(entry(found).get("Name") != "AWS::Include" for _, found in transforms_in(resource))
    )


def transforms_in(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield each Fn::Transform in a part of a template, with its path."""
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if key == TRANSFORM:
                yield (*path, key), value
            yield from transforms_in(value, (*path, key))


def loops_in(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the collection of each loop in a part of a template, with the path of the loop."""
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if _is_loop(key, value):
                yield (*path, key), value[1]
            yield from loops_in(value, (*path, key))


def expanded(template: Template) -> Template:
    """Return the template with its loops written out, and macros only where they have a place.

    A loop over a list that only a deployment knows becomes one copy of its body, for the first
    item, under a name with ``${Identifier}`` in it. A macro among the entries of a section is left
    out; one that makes a whole resource becomes its type. Raises UnreadableError if the loops make
    more than a template can hold.
    """
    if not any(True for _ in loops_in(template.document)):
        document, origins = {**template.document}, {}
    else:
        expander = _Expander(template)
        document, origins = expander.written_out(template.document, (), (), {}), expander.origins
    may_have_more = {
        section for section in _SECTIONS if _may_have_more(template, document, section)
    }
    for section in _SECTIONS:
        if TRANSFORM in entry(document, section):
            document[section] = {k: v for k, v in document[section].items() if k != TRANSFORM}
    if any(TRANSFORM in entry(each) for each in entry(document, "Resources").values()):
        document["Resources"] = {
            name: _as_resource(each) for name, each in document["Resources"].items()
        }
    return replace(
        template, document=document, origins=origins, may_have_more=frozenset(may_have_more)
    )


def _may_have_more(template: Template, document: Mapping[str, Any], section: str) -> bool:
    """Return whether a macro, or a loop over an unknown list, may add entries to a section."""
    names = entry(document, section)
    return (
        TRANSFORM in document
        or TRANSFORM in names
        or bool(_names(template) - {"AWS::LanguageExtensions"})
        or any("${" in str(name) for name in names)
    )


def _as_resource(resource: Any) -> Any:
    """Return a resource with a macro beside its type as one with the macro in its properties."""
    if TRANSFORM not in entry(resource):
        return resource
    rest = {key: value for key, value in resource.items() if key != TRANSFORM}
    properties = {**entry(resource, "Properties"), TRANSFORM: resource[TRANSFORM]}
    return {"Type": TRANSFORM, **rest, "Properties": properties}


def _is_loop(key: Any, value: Any) -> bool:
    return (
        isinstance(key, str)
        and key.startswith(f"{LOOP}::")
        and is_list(value, 3)
        and isinstance(value[0], str)
        and isinstance(value[2], dict)
    )


class _Expander:
    """Writes loops out; ``origins`` has the place in the text of each copy."""

    def __init__(self, template: Template) -> None:
        self.origins: dict[Path, Path] = {}
        self._template = template
        self._view = View(template, {})
        self._nodes = 0

    def written_out(self, node: Any, source: Path, path: Path, items: Mapping[str, Any]) -> Any:
        """Return a part of the template; ``items`` has the values of the loops around it."""
        self._count(1)
        if isinstance(node, list):
            return [
                self.written_out(item, (*source, number), (*path, number), items)
                for number, item in enumerate(node)
            ]
        if isinstance(node, str):
            return self._filled(node, items)
        if not isinstance(node, dict):
            return node
        if node.keys() == {"Ref"} and isinstance(node["Ref"], str) and node["Ref"] in items:
            return items[node["Ref"]]
        if node.keys() == {"Fn::Sub"}:
            return {"Fn::Sub": self._substitution(node["Fn::Sub"], source, path, items)}
        result: dict[Any, Any] = {}
        for key, value in node.items():
            if _is_loop(key, value):
                result |= self._copies(value, (*source, key, 2), path, items)
            else:
                name = self._filled(key, items) if isinstance(key, str) else key
                result[name] = self.written_out(value, (*source, key), (*path, name), items)
        return result

    def _copies(
        self, loop: list[Any], source: Path, path: Path, items: Mapping[str, Any]
    ) -> dict[str, Any]:
        identifier, collection, body = loop
        copies: dict[str, Any] = {}
        for item in self._collection(self.written_out(collection, source, path, items)):
            inner = {**items, identifier: item}
            for key, value in body.items():
                if _is_loop(key, value):
                    copies |= self._copies(value, (*source, key, 2), path, inner)
                else:
                    name = self._filled(str(key), inner)
                    copy, origin = (*path, name), (*source, key)
                    self.origins[copy] = origin
                    copies[name] = self.written_out(value, origin, copy, inner)
        return copies

    def _collection(self, collection: Any) -> list[Any]:
        """Return the items of a loop; one that stands for all if only a deployment knows them."""
        known = self._view.resolve(collection)
        return known if isinstance(known, list) else [{"Fn::Select": ["0", collection]}]

    def _substitution(
        self, argument: Any, source: Path, path: Path, items: Mapping[str, Any]
    ) -> Any:
        """Return the argument of Fn::Sub, in which an unknown item is one of its variables."""
        written = self.written_out(argument, source, path, items)
        unknown = {name: item for name, item in items.items() if not isinstance(item, str)}
        text, variables = written if is_list(written, 2) else (written, {})
        if not unknown or not isinstance(text, str) or not isinstance(variables, dict):
            return written
        return [text, unknown | variables]

    def _count(self, values: int) -> None:
        self._nodes += values
        if self._nodes > MAX_NODES:
            raise UnreadableError(
                f"{self._template.name}: is not a template: its loops make over {MAX_NODES} values"
            )

    def _filled(self, text: str, items: Mapping[str, Any]) -> str:
        """Return the text with the known items in it: `${Name}`, and `&{Name}` without signs."""
        for name, item in items.items():
            hole, plain_hole = "${" + name + "}", "&{" + name + "}"
            if isinstance(item, str) and (hole in text or plain_hole in text):
                holes = text.count(hole) + text.count(plain_hole)
                self._count((len(text) + holes * len(item)) // CHARACTERS)
                plain = re.sub("[^A-Za-z0-9]", "", item)
                text = text.replace(hole, item).replace(plain_hole, plain)
        return text
