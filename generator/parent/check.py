"""A parent stack against the template of ours that it nests: what is passed, what is read."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.cloudformation.finding import Finding
from generator.cloudformation.functions import (
    NO_VALUE,
    Path,
    attribute,
    branches,
    call_of,
    is_list,
    substitution,
)
from generator.cloudformation.parameter_constraints import refusal
from generator.cloudformation.possible_values import UNKNOWN, PossibleValues
from generator.cloudformation.read import Template, entry
from generator.parent.nested_stacks import NestedStack

# cfn-lint's own id for missing and unknown parameters, and ids of ours beside it; as with
# cfn-lint, a rule whose name starts with W is a warning.
NAMES = "E3043"
OUTPUT = "E9601"
VALUE = "E9602"
REGION = "W9603"

LISTS = {"Fn::Cidr", "Fn::GetAZs", "Fn::Split"}
"""The functions that always give a list."""

_HOST_WITHOUT_REGION = re.compile(
    r"https?://([^/]*\.)?s3(-accelerate)?(\.dualstack)?\.amazonaws\.com(\.cn)?(:443)?/", re.ASCII
)


def findings(parent: Template, stacks: Iterable[NestedStack]) -> list[Finding]:
    """Return what does not fit in these stacks of the parent.

    What only a deployment knows is not guessed.
    """
    by_id = {stack.logical_id: stack for stack in stacks}
    found = {*_outputs(parent, by_id)}
    for stack in by_id.values():
        found |= {*_parameters(parent, stack), *_regions(parent, stack)}
    return sorted(found)


def is_warning(finding: Finding) -> bool:
    """Return whether the parent deploys all the same, at least in the partition aws."""
    return finding.rule.startswith("W")


def _parameters(parent: Template, stack: NestedStack) -> Iterator[Finding]:
    """Yield the parameters that are missing or unknown, and the values that are refused."""
    whole = stack.path("Parameters")
    for passed, path in branches(stack.properties.get("Parameters", NO_VALUE), whole):
        if passed == NO_VALUE:
            yield from _names(parent, stack, {}, path)
        elif not isinstance(passed, dict):
            message = f"Parameters of {stack.logical_id} has to be a map of names and values"
            yield Finding(*parent.position(whole), VALUE, message)
        elif not call_of(passed):
            yield from _names(parent, stack, passed, path)
            for name, value in passed.items():
                if parameter := entry(stack.template.parameters, name):
                    for reason in _reasons(parent, value, parameter):
                        message = f"{stack.name} refuses {name}: {reason}"
                        yield Finding(*parent.position((*path, name)), VALUE, message)


def _names(
    parent: Template, stack: NestedStack, passed: Mapping[str, Any], path: Path
) -> Iterator[Finding]:
    """Yield the parameters that are missing, and those that the template does not have."""
    declared = stack.template.parameters
    for name, parameter in declared.items():
        if name not in passed and "Default" not in parameter:
            message = f"{name!r} is missing: {stack.name} has no default for it"
            yield Finding(*parent.position(stack.path("Parameters")), NAMES, message)
    for name in passed:
        if name not in declared:
            close = difflib.get_close_matches(name, declared, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            message = f"{stack.name} has no parameter {name!r}{hint}"
            yield Finding(*parent.position((*path, name)), NAMES, message)


def _reasons(parent: Template, value: Any, parameter: Mapping[str, Any]) -> Iterator[str]:
    """Yield why the parameter refuses the value, for each branch of it that is refused."""
    for each, _ in branches(value, ()):
        if reason := _reason(parent, each, parameter):
            yield reason


def _reason(parent: Template, value: Any, parameter: Mapping[str, Any]) -> str:
    """Return why the parameter is certain to refuse the value; empty: it may take it."""
    if value == NO_VALUE:
        return "" if "Default" in parameter else "it has no default, and AWS::NoValue gives none"
    call = call_of(value)
    if isinstance(value, list) or (call and call.name in LISTS):
        return "a list is not a string: pass one string with commas between the members"
    if value is None or (isinstance(value, dict) and not call):
        return "null and a map are not strings: pass a string"
    if call and call.name == "Ref":
        kind = str(entry(parent.parameters, call.argument).get("Type"))
        if kind == "CommaDelimitedList" or kind.startswith("List<"):
            name = call.argument
            return f"the parameter {name!r} is a list: pass !Join [',', !Ref {name}]"
    reasons = []
    for text in PossibleValues(parent).texts(value):
        reason = "" if UNKNOWN in text else refusal(parameter, text)
        if not reason:
            return ""
        reasons.append(f"{text!r} {reason}. {parameter.get('ConstraintDescription', '')}".strip())
    return reasons[0]


def _regions(parent: Template, stack: NestedStack) -> Iterator[Finding]:
    """Warn of a TemplateURL that names no region."""
    if any(map(_HOST_WITHOUT_REGION.match, stack.urls)):
        yield Finding(
            *parent.position(stack.path("TemplateURL")),
            REGION,
            "warning: this TemplateURL names no region and breaks outside the partition aws: "
            "use https://<bucket>.s3.<region of the bucket>.${AWS::URLSuffix}/...",
        )


def _outputs(parent: Template, stacks: Mapping[str, NestedStack]) -> Iterator[Finding]:
    """Yield what the parent reads of the stacks and what they do not have.

    All of it here: cfn-lint's E6101 sees the section Outputs only, and not every Fn::Sub in it.
    """
    for section in ("Resources", "Outputs"):
        for logical_id, name, path in _reads(parent.document.get(section), (section,)):
            stack = stacks.get(logical_id)
            if stack and (lack := _lack(stack, name)):
                yield Finding(*parent.position(path), OUTPUT, lack)


def _lack(stack: NestedStack, name: str) -> str:
    names = [f"Outputs.{output}" for output in stack.template.outputs]
    if name in names:
        return ""
    there = difflib.get_close_matches(name, names, n=1) or names
    return f"{stack.logical_id} has no {name!r}: {stack.name} gives {', '.join(there)}"


def _reads(node: Any, path: Path) -> Iterator[tuple[str, str, Path]]:
    """Yield resource, attribute and path of each Fn::GetAtt, and of each one in an Fn::Sub."""
    call = call_of(node)
    try:
        if call and call.name == "Fn::GetAtt":
            resource, name = attribute(call.argument)
            if isinstance(name, str):  # and not computed
                yield str(resource), name, (*path, call.name)
        elif call and call.name == "Fn::Sub":
            own = call.argument[1].values() if is_list(call.argument, 2) else ()
            for part in substitution(call.argument):
                inner = call_of(part)
                # Its own variables have a place of their own, below.
                if inner and inner.name == "Fn::GetAtt" and not any(part is each for each in own):
                    resource, name = attribute(inner.argument)
                    yield resource, name, (*path, call.name)
    except TypeError:  # not for us to say: cfn-lint does
        pass
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _reads(value, (*path, key))
