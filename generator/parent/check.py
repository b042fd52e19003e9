"""Whether a template that nests one of ours fits it: what is passed, what is read, from where."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from generator import paths
from generator.cloudformation.finding import Finding
from generator.cloudformation.parameter_constraints import refusal
from generator.cloudformation.possible_values import (
    NO_VALUE,
    UNKNOWN,
    Reader,
    branches,
    entry,
    from_store,
    function,
    is_key,
    is_list,
    sub_variables,
)

MAX_BYTES = 1_048_576
"""CloudFormation takes no larger template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

MAX_DEPTH = 100
"""No template nests so deep, and Python's stack goes not much deeper."""

BACKUP = "Backup.template"
STACK = "AWS::CloudFormation::Stack"

# Beside cfn-lint's E3043; as with cfn-lint, a rule whose name starts with W is a warning.
OUTPUT = "E9601"
VALUE = "E9602"
REGION = "W9603"

LISTS = {"Fn::Cidr", "Fn::GetAZs", "Fn::Split"}
"""The functions that always give a list."""

# A deployment has these; any region and partition does to see the form of an address.
_SOMEWHERE = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::URLSuffix": "amazonaws.com",
}
_HOST_WITHOUT_REGION = re.compile(
    r"https?://([^/]*\.)?s3(-accelerate)?(\.dualstack)?\.amazonaws\.com(\.cn)?(:443)?/", re.ASCII
)

Position = tuple[int, int]


class ParentError(ValueError):
    """The file is no template, or nests none of ours; the message says what to do."""


class Nested(NamedTuple):
    """A stack in the parent, and which of our templates it is made from."""

    logical_id: str
    name: str
    template: Mapping[str, Any]
    properties: Mapping[str, Any]

    def at(self, *path: str) -> tuple[str, ...]:
        """Return the path of one of its properties in the parent."""
        return ("Resources", self.logical_id, "Properties", *path)


def findings(path: Path, logical_id: str | None = None) -> list[Finding]:
    """Return what does not fit in the stacks of the parent that nest a template of ours.

    With a logical id, that stack only, whatever its TemplateURL. What only a deployment knows is
    not guessed. Raises ParentError where there is nothing to check, and OSError.
    """
    try:
        parent = _read(path)
        if isinstance(parent, list):
            return parent
        stacks = _nested(parent, logical_id, str(path))
        found = {*_outputs(parent, stacks)}
        for stack in stacks:
            found |= {*_parameters(parent, stack), *_regions(parent, stack)}
    except RecursionError:  # an alias within an alias nests as well
        raise _too_deep(path) from None
    return sorted(found)


def is_warning(finding: Finding) -> bool:
    """Return whether the parent deploys all the same, at least in the partition aws."""
    return finding.rule.startswith("W")


def _read(path: Path) -> dict[str, Any] | list[Finding]:
    """Return the template in the file, its nodes with their positions; or why there is none."""
    import logging

    # Here, because importing cfn-lint takes longer than generating.
    from cfnlint.decode.decode import decode_str

    if not path.exists():
        raise ParentError(f"{path} does not exist: name the file of a template")
    if path.is_dir():
        raise ParentError(f"{path} is a directory: name the file of a template")
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ParentError(f"{path} has more than {MAX_BYTES} bytes: CloudFormation takes no more")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParentError(
            f"{path} is no template: byte {error.start} is no text in UTF-8"
        ) from None
    if _depth(text) > MAX_DEPTH:
        raise _too_deep(path)
    logging.getLogger("cfnlint").addHandler(logging.NullHandler())  # the findings say it too
    template, matches = decode_str(text)
    if matches:
        return [
            Finding(
                match.linenumber,
                match.columnnumber,
                match.rule.id,
                "no template: " + " ".join(str(match.message).split()),
            )
            for match in matches
        ]
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise ParentError(f"{path} is no template: it has no map of Resources")
    return template


def _too_deep(path: Path) -> ParentError:
    return ParentError(f"{path} is nested more than {MAX_DEPTH} deep: that is no template")


def _depth(text: str) -> int:
    """Return how deep the text nests, as far as it is YAML; the parser's C code would overflow."""
    import yaml

    depth = deepest = 0
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            deepest = max(deepest, depth)
            if deepest > MAX_DEPTH:
                break
    except yaml.YAMLError:
        pass  # the decoder says what and where
    return deepest


def _nested(parent: Mapping[str, Any], logical_id: str | None, path: str) -> list[Nested]:
    resources = parent["Resources"]
    ours = sorted(file.name for file in paths.TEMPLATES.glob("*.template"))
    if BACKUP not in ours:
        raise ParentError(f"{paths.TEMPLATES / BACKUP} is missing: run `make templates`")
    if logical_id is not None:
        if logical_id not in resources:
            raise ParentError(f"{path} has no resource {logical_id!r}: name an {STACK} of it")
        if entry(resources, logical_id).get("Type") != STACK:
            raise ParentError(f"{logical_id!r} in {path} is no {STACK}: name one that is")
        properties = entry(resources, logical_id, "Properties")
        named = _name(parent, properties, ours) or BACKUP
        return [Nested(logical_id, named, _ours(named), properties)]
    found = []
    for each in resources:
        properties = entry(resources, each, "Properties")
        is_stack = entry(resources, each).get("Type") == STACK
        if is_stack and (name := _name(parent, properties, ours)):
            found.append(Nested(str(each), name, _ours(name), properties))
    if not found:
        raise ParentError(
            f"{path} nests no stack whose TemplateURL is known to end in {' or '.join(ours)}: "
            "if one of them does, name it with --stack"
        )
    return found


def _ours(name: str) -> dict[str, Any]:
    template = _read(paths.TEMPLATES / name)
    if isinstance(template, list):
        raise ParentError(f"{paths.TEMPLATES / name} is no template: run `make templates`")
    return template


def _addresses(parent: Mapping[str, Any], properties: Mapping[str, Any]) -> list[str]:
    """Return what the TemplateURL can be, with the defaults of the parent's parameters."""
    parameters = entry(parent, "Parameters")
    defaults = {
        name: str(entry(parameters, name)["Default"])
        for name in parameters
        if is_key(entry(parameters, name).get("Default")) and not from_store(parent, name)
    }
    return Reader(parent, _SOMEWHERE | defaults).texts(properties.get("TemplateURL"))


def _name(
    parent: Mapping[str, Any], properties: Mapping[str, Any], ours: Iterable[str]
) -> str | None:
    for address in _addresses(parent, properties):
        end = re.split(f"[/{UNKNOWN}]", address.partition("?")[0])[-1]
        if end in ours:
            return end
    return None


def _parameters(parent: Mapping[str, Any], stack: Nested) -> Iterator[Finding]:
    """Give the parameters that are missing or unknown, and the values that are refused."""
    where = _position(parent, stack.at("Parameters"))
    for given in branches(stack.properties.get("Parameters", NO_VALUE)):
        if given == NO_VALUE:
            yield from _names(stack, {}, where)
        elif not isinstance(given, dict):
            message = f"Parameters of {stack.logical_id} has to be a map of names and values"
            yield Finding(*where, VALUE, message)
        elif not function(given)[0]:
            yield from _names(stack, given, where)
            for name, value in given.items():
                if parameter := entry(stack.template, "Parameters", name):
                    for reason in _reasons(parent, value, parameter):
                        message = f"{stack.name} refuses {name}: {reason}"
                        yield Finding(*(_mark(name) or where), VALUE, message)


def _names(stack: Nested, given: Mapping[str, Any], where: Position) -> Iterator[Finding]:
    """Give the parameters that are missing, and those that the template does not have: E3043.

    cfn-lint compares where TemplateURL is the path of a file, so here it gets the path of ours;
    and the names alone, because it does not expect everything that can stand in a parent.
    """
    from cfnlint.rules.resources.cloudformation.NestedStackParameters import NestedStackParameters
    from cfnlint.template.template import Template

    keys = {str(name): name for name in given}
    properties = {"TemplateURL": stack.name, "Parameters": dict.fromkeys(keys, "")}
    resources = {stack.logical_id: {"Type": STACK, "Properties": properties}}
    beside_ours = str(paths.TEMPLATES / "parent")
    rule = NestedStackParameters()  # type: ignore[no-untyped-call] # cfn-lint leaves it so
    for match in rule.match(Template(beside_ours, {"Resources": resources})):
        at = _mark(keys.get(str(match.path[-1]))) or where
        yield Finding(*at, rule.id, match.message)


def _reasons(parent: Mapping[str, Any], value: Any, parameter: Mapping[str, Any]) -> Iterator[str]:
    """Give why the parameter refuses the value, for each branch of it that is refused."""
    for each in branches(value):
        if reason := _reason(parent, each, parameter):
            yield reason


def _reason(parent: Mapping[str, Any], value: Any, parameter: Mapping[str, Any]) -> str:
    """Return why the parameter is certain to refuse the value; empty: it may take it."""
    if value == NO_VALUE:
        return "" if "Default" in parameter else "it has no default, and AWS::NoValue gives none"
    name, argument = function(value)
    if isinstance(value, list) or name in LISTS:
        return "a list is no string: give the members in one string, with commas between them"
    if value is None or (isinstance(value, dict) and not name):
        return "null and a map are no strings: give a string"
    kind = str(entry(parent, "Parameters", argument).get("Type")) if name == "Ref" else ""
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return f"the parameter {argument!r} is a list: pass !Join [',', !Ref {argument}]"
    reasons = []
    for text in Reader(parent).texts(value):
        reason = "" if UNKNOWN in text else refusal(parameter, text)
        if not reason:
            return ""
        reasons.append(f"{text!r} {reason}. {parameter.get('ConstraintDescription', '')}".strip())
    return reasons[0]


def _regions(parent: Mapping[str, Any], stack: Nested) -> Iterator[Finding]:
    """Warn of a TemplateURL that names no region."""
    if any(map(_HOST_WITHOUT_REGION.match, _addresses(parent, stack.properties))):
        yield Finding(
            *_position(parent, stack.at("TemplateURL")),
            REGION,
            "warning: this TemplateURL names no region and breaks outside the partition aws: "
            "use https://<bucket>.s3.<region of the bucket>.${AWS::URLSuffix}/...",
        )


def _outputs(parent: Mapping[str, Any], stacks: Iterable[Nested]) -> Iterator[Finding]:
    """Give what the parent reads of the stacks and what they do not have.

    All of it here: cfn-lint's E6101 sees the section Outputs only, and not every Fn::Sub in it.
    """
    by_id = {stack.logical_id: stack for stack in stacks}
    for logical_id, attribute, where in _reads(parent):
        stack = by_id.get(logical_id)
        if stack and (lack := _lack(stack, attribute)):
            yield Finding(*where, OUTPUT, lack)


def _lack(stack: Nested, attribute: str) -> str:
    names = [f"Outputs.{name}" for name in entry(stack.template, "Outputs")]
    if attribute in names:
        return ""
    there = difflib.get_close_matches(attribute, names, n=1) or names
    return f"{stack.logical_id} has no {attribute!r}: {stack.name} gives {', '.join(there)}"


def _reads(parent: Mapping[str, Any]) -> Iterator[tuple[str, str, Position]]:
    """Give resource, attribute and position of each Fn::GetAtt, and of each one in an Fn::Sub."""

    def walk(node: Any, where: Position) -> Iterator[tuple[str, str, Position]]:
        if not isinstance(node, dict | list):
            return
        where = _mark(node) or where
        name, argument = function(node)
        read = []
        if name == "Fn::GetAtt":
            parts = argument.split(".") if isinstance(argument, str) else argument
            if is_list(parts) and all(isinstance(part, str) for part in parts):
                read = [".".join(parts)]
        elif name == "Fn::Sub":
            read = [each for each in sub_variables(argument) if "." in each]
        for each in read:
            logical_id, _, attribute = each.partition(".")
            yield logical_id, attribute, where
        pairs = node.items() if isinstance(node, dict) else ((None, each) for each in node)
        for key, each in pairs:
            yield from walk(each, _mark(key) or where)

    for section in ("Resources", "Outputs"):
        yield from walk(parent.get(section), (1, 1))


def _position(document: Any, path: Iterable[Any]) -> Position:
    """Return line and column, from 1, of the last key of the path that is in the document."""
    where = (1, 1)
    for step in path:
        if isinstance(document, dict):
            key = next((key for key in document if key == step), None)
            if key is None:
                break
            document, where = document[key], _mark(key) or _mark(document[key]) or where
        elif is_list(document) and isinstance(step, int) and step < len(document):
            document = document[step]
            where = _mark(document) or where
        else:
            break
    return where


def _mark(node: Any) -> Position | None:
    mark = getattr(node, "start_mark", None)
    return (mark.line + 1, mark.column + 1) if mark is not None else None
