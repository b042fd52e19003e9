"""Reads a template into plain data with positions, or says in one sentence why it cannot.

It reads YAML with CloudFormation's short functions, and JSON as the YAML that it is, also as
``aws cloudformation get-template`` prints them. Afterwards a function has one form: ``!GetAtt A.B``
is ``{"Fn::GetAtt": ["A", "B"]}``.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.fetch import fetch, label
from generator.cloudformation.functions import Path, is_function_name, scalar

MAX_DEPTH = 100
"""No template nests deeper, and Python's stack does not go much deeper."""

MAX_NODES = 1_000_000
"""More values than 1 MiB can hold, unless aliases, functions or loops multiply them."""

CHARACTERS = 16
"""So many of a text take about as much memory as another value."""

LONGEST_NUMBER = 40
"""A longer number stays text (to CloudFormation every number is): Python limits the digits."""

SECTIONS = ("Parameters", "Rules", "Mappings", "Conditions", "Resources", "Outputs")

Position = tuple[int, int]
"""Line and column, both from 1."""

Positions = dict[Path, Position]

_MERGE: Any = object()
"""Stands for the key whose value is merged into the map."""

# What `get-template --output text` prints behind the template.
_STAGES = re.compile(r"(\nSTAGESAVAILABLE\t(Original|Processed)){1,2}\s*\Z")

_SURROGATES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


@dataclass(frozen=True, eq=False)
class Template:
    """A template; a section that it does not have is empty."""

    name: str
    """Where it came from, as messages show it."""
    document: dict[str, Any]
    positions: Mapping[Path, Position] = field(default_factory=dict)
    origins: Mapping[Path, Path] = field(default_factory=dict)
    """Where a copy that a loop makes stands in the text."""
    may_have_more: frozenset[str] = frozenset()
    """The sections that may have entries that are not in the text."""

    @property
    def parameters(self) -> dict[str, Any]:
        """Return the section Parameters."""
        return entry(self.document, "Parameters")

    @property
    def rules(self) -> dict[str, Any]:
        """Return the section Rules."""
        return entry(self.document, "Rules")

    @property
    def mappings(self) -> dict[str, Any]:
        """Return the section Mappings."""
        return entry(self.document, "Mappings")

    @property
    def conditions(self) -> dict[str, Any]:
        """Return the section Conditions."""
        return entry(self.document, "Conditions")

    @property
    def resources(self) -> dict[str, Any]:
        """Return the section Resources."""
        return entry(self.document, "Resources")

    @property
    def outputs(self) -> dict[str, Any]:
        """Return the section Outputs."""
        return entry(self.document, "Outputs")

    def position(self, path: Path) -> Position:
        """Return where the path is in the text, or else the longest part of it that is there."""
        for length in range(len(path), 0, -1) if self.origins else ():
            if path[:length] in self.origins:
                path = (*self.origins[path[:length]], *path[length:])
                break
        while path and path not in self.positions:
            path = path[:-1]
        return self.positions.get(path, (1, 1))


def size(text: str) -> int:
    """Return as how many values a text counts where something multiplies it."""
    return 1 + len(text) // CHARACTERS


def entry(node: Any, *keys: Any) -> dict[str, Any]:
    """Return the map under the keys; an empty map if there is none."""
    for key in keys:
        is_key = isinstance(key, str | int | float)
        node = node.get(key) if isinstance(node, dict) and is_key else None
    return node if isinstance(node, dict) else {}


def read(source: str) -> Template:
    """Return the template from a file, an https:// address or an s3:// object.

    Raises UnreadableError if there is none.
    """
    return parse(label(source), fetch(source))


def parse(name: str, content: bytes | str) -> Template:
    """Return the template in the content; messages call it ``name``.

    Raises UnreadableError if the content is not a map with a map of Resources in it.
    """
    document, positions = _held(name, *_built(name, content))
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise UnreadableError(f"{name}: is not a template: it has no Resources")
    return Template(name, document, positions)


def _built(name: str, content: bytes | str) -> tuple[Any, Positions]:
    builder = _Builder(name)
    return builder.build(_text(name, content)), builder.positions


def _held(name: str, document: Any, positions: Positions) -> tuple[Any, Positions]:
    """Return the template that the output of get-template holds, or the document as it is.

    Positions in a template that is held as text count in that text.
    https://docs.aws.amazon.com/cli/latest/reference/cloudformation/get-template.html
    """
    if isinstance(document, str):  # --query TemplateBody
        return _built(name, document)
    body = document.get("TemplateBody") if isinstance(document, dict) else None
    if body is None or "Resources" in document:
        return document, positions
    if isinstance(body, str):
        return _built(name, body)
    inner = {path[1:]: at for path, at in positions.items() if path[:1] == ("TemplateBody",)}
    return body, inner


def check_sections(template: Template) -> None:
    """Raise UnreadableError if the template cannot be read section by section."""
    for path, reason in _mistakes(template):
        line, _ = template.position(path)
        raise UnreadableError(f"{template.name}:{line}: is not a template: {reason}")


def _mistakes(template: Template) -> Iterator[tuple[Path, str]]:
    yield from _mistakes_in_sections(template.document)
    for name, resource in template.resources.items():
        for key, reason in _mistakes_in_resource(resource):
            yield ("Resources", name, key), f"Resources.{name}{reason}"
    for name, parameter in template.parameters.items():
        for key, expected in _mistakes_in_parameter(parameter):
            yield ("Parameters", name, key), f"Parameters.{name}.{key} is not {expected}"
    for name, rule in template.rules.items():
        assertions = rule.get("Assertions", [])
        if not isinstance(assertions, list) or not all(
            isinstance(each, dict) and "Assert" in each for each in assertions
        ):
            yield ("Rules", name), f"Rules.{name}.Assertions is not a list of assertions"


def _mistakes_in_sections(document: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for section in SECTIONS:
        entries = document.get(section)
        entries = {} if entries is None else entries
        if not isinstance(entries, dict):
            yield (section,), f"{section} is not a map"
            continue
        for name, value in entries.items():
            if not isinstance(value, dict):
                reason = f"{section}.{name} is not a map (expand macros first)"
                yield (section, name), reason


def _mistakes_in_resource(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not isinstance(resource.get("Type"), str):
        yield "Type", " has no Type"
    properties = resource.get("Properties") or {}
    names = {*properties} - {"Fn::Transform"} if isinstance(properties, dict) else {"Ref"}
    if any(map(is_function_name, names)):
        yield "Properties", ".Properties is not a map of properties"


def _mistakes_in_parameter(parameter: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    allowed = parameter.get("AllowedValues", [])
    if not isinstance(allowed, list) or any(isinstance(each, dict | list) for each in allowed):
        yield "AllowedValues", "a list of values"
    if isinstance(parameter.get("Default"), dict | list):
        yield "Default", "a value"
    for bound in ("MinLength", "MaxLength", "MinValue", "MaxValue"):
        if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", str(parameter.get(bound, 0))):
            yield bound, "a number"


def _text(name: str, content: bytes | str) -> str:
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"{name}: is not a template: byte {error.start} is not UTF-8 text"
        ) from None
    text = _STAGES.sub("\n", text.removeprefix("\ufeff"))
    if text.lstrip().startswith("{"):
        try:
            json.loads(text, parse_int=str, parse_float=str)
        except (ValueError, RecursionError):
            return text  # YAML in braces, or neither
        # YAML takes all JSON but tabs between values, and characters written as surrogate pairs.
        return _SURROGATES.sub(lambda pair: json.loads(f'"{pair[0]}"'), text).replace("\t", " ")
    return text


@dataclass
class _Open:
    """A list or a map that has begun and not ended; ``path`` leads to what it holds."""

    value: Any
    path: Path
    function: str
    anchor: str | None
    key: Any = None
    merged: list[Any] = field(default_factory=list)
    nodes: int = 1
    height: int = 1


class _Builder:
    """Builds the data from libyaml's events: without recursion, so that nothing overflows."""

    def __init__(self, name: str) -> None:
        self.positions: Positions = {}
        self._name = name
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int, int]] = {}
        self._nodes = 0
        self._plain = yaml.SafeLoader("")
        self._tag: Callable[[Any, str, Any], str] = self._plain.resolve
        self._root: Any = None

    def build(self, text: str) -> Any:
        """Return the one document in the text; None if the text is empty."""
        documents = 0
        try:
            for event in yaml.parse(text, Loader=yaml.CSafeLoader):
                documents += isinstance(event, yaml.DocumentStartEvent)
                if documents > 1:
                    raise self._refused(event.start_mark, "it holds more than one document")
                self._take(event)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            why = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
            raise self._refused(mark, " ".join(str(why).split())) from None
        return self._root

    def _refused(self, mark: Any, why: str) -> UnreadableError:
        where = f"{self._name}:{mark.line + 1}" if mark else self._name
        return UnreadableError(f"{where}: is not a template: {why}")

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.CollectionStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end(event)
        elif isinstance(event, yaml.ScalarEvent):
            value, function = self._scalar(event), _function(event.tag)
            if function and self._is_at_key():
                raise self._refused(event.start_mark, "a key is a function")
            if function:
                path = (*self._path(), function)
                self.positions[path] = _position(event)
                value = _called(function, value)
            self._add(event, value, size(event.value), 0)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise self._refused(event.start_mark, f"*{event.anchor} is used before it ends")
            self._add(event, *self._anchors[event.anchor])

    def _begin(self, event: Any) -> None:
        if self._is_at_key():
            raise self._refused(event.start_mark, "a key is a list or a map")
        function = _function(event.tag)
        path = (*self._path(), function) if function else self._path()
        self.positions.setdefault(path, _position(event))
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(_Open(value, path, function, event.anchor))
        self._check_height(event, 0)

    def _end(self, event: Any) -> None:
        ended = self._open.pop()
        value = ended.value
        if isinstance(value, dict):
            if ended.merged:
                value = self._merged(event, ended)
            if set(value) == {"Fn::GetAtt"}:
                value = _called("Fn::GetAtt", value["Fn::GetAtt"])
        if ended.function:
            value = _called(ended.function, value)
        if ended.anchor:
            self._anchors[ended.anchor] = (value, ended.nodes, ended.height)
        self._add(event, value, ended.nodes, ended.height)

    def _add(self, event: Any, value: Any, nodes: int, height: int) -> None:
        """Put a value in its place: as a key, a key's value, a list's item or the document."""
        if isinstance(event, yaml.ScalarEvent) and event.anchor:
            self._anchors[event.anchor] = (value, nodes, 0)
        self._check_height(event, height)
        self._nodes += nodes if isinstance(event, yaml.AliasEvent) else 1
        if self._nodes > MAX_NODES:
            raise self._refused(event.start_mark, f"its aliases expand to over {MAX_NODES} values")
        if not self._open:
            self._root = value
            return
        into = self._open[-1]
        into.nodes += nodes
        into.height = max(into.height, height + 1)
        if isinstance(into.value, list):
            self.positions.setdefault(self._path(), _position(event))
            into.value.append(value)
        elif into.key is None:
            if isinstance(value, dict | list):
                raise self._refused(event.start_mark, "a key is a list or a map")
            into.key = _MERGE if _is_merge(event) else scalar(value)
            if into.key in into.value:
                raise self._refused(event.start_mark, f"the key {into.key!r} appears twice")
            self.positions[self._path()] = _position(event)
        elif into.key is _MERGE:
            into.merged += value if isinstance(value, list) else [value]
            into.key = None
        else:
            into.value[into.key] = value
            into.key = None

    def _is_at_key(self) -> bool:
        into = self._open[-1] if self._open else None
        return into is not None and isinstance(into.value, dict) and into.key is None

    def _path(self) -> Path:
        """Return the path of the value that comes next."""
        if not self._open:
            return ()
        into = self._open[-1]
        return (*into.path, len(into.value) if isinstance(into.value, list) else into.key)

    def _check_height(self, event: Any, height: int) -> None:
        if len(self._open) + height > MAX_DEPTH:
            raise self._refused(event.start_mark, f"it nests more than {MAX_DEPTH} levels deep")

    def _merged(self, event: Any, ended: _Open) -> dict[str, Any]:
        """Return the map with what ``<<`` brings in: its own keys win, then the first map's."""
        if not all(isinstance(each, dict) for each in ended.merged):
            raise self._refused(event.start_mark, "<< takes a map, or a list of maps")
        merged: dict[str, Any] = {}
        for each in (*reversed(ended.merged), ended.value):
            merged |= each
        return merged

    def _scalar(self, event: Any) -> Any:
        """Return the value of a scalar: text, a number, a Boolean or None."""
        text: str = event.value
        if event.style or _function(event.tag) or len(text) > LONGEST_NUMBER:
            return text
        tag = event.tag or self._tag(yaml.ScalarNode, text, (True, False))
        construct = {
            "tag:yaml.org,2002:bool": self._plain.construct_yaml_bool,
            "tag:yaml.org,2002:float": self._plain.construct_yaml_float,
            "tag:yaml.org,2002:int": self._plain.construct_yaml_int,
            "tag:yaml.org,2002:null": self._plain.construct_yaml_null,
        }.get(tag)
        if construct is None:
            return text
        try:
            value = construct(yaml.ScalarNode(tag, text))
        except (ValueError, KeyError, IndexError):  # an explicit tag that does not fit
            return text
        return text if isinstance(value, float) and not math.isfinite(value) else value


def _is_merge(event: Any) -> bool:
    """Return whether the event is the key ``<<`` of YAML, and not a text of the same letters."""
    return isinstance(event, yaml.ScalarEvent) and event.value == "<<" and not event.style


def _function(tag: str | None) -> str:
    """Return the function that a YAML tag stands for: ``!Sub`` is Fn::Sub; empty if none."""
    if tag is None or not tag.startswith("!") or tag == "!":
        return ""
    return tag[1:] if tag in ("!Ref", "!Condition") else f"Fn::{tag[1:]}"


def _called(function: str, argument: Any) -> dict[str, Any]:
    if function == "Fn::GetAtt" and isinstance(argument, str):
        return {function: argument.split(".", 1)}
    return {function: argument}


def _position(event: Any) -> Position:
    return event.start_mark.line + 1, event.start_mark.column + 1
