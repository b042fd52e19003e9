"""Checks a parent against the templates of ours that it nests: what it passes and what it reads."""

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

# cfn-lint's own id for missing and unknown parameters, and ids of ours. As in cfn-lint, an id that
# starts with W is a warning.
NAMES = "E3043"
OUTPUT = "E9601"
VALUE = "E9602"
REGION = "W9603"

LISTS = {"Fn::Cidr", "Fn::GetAZs", "Fn::Split"}
"""The functions that always return a list."""

_HOST_WITHOUT_REGION = re.compile(
    r"https?://([^/]*\.)?s3(-accelerate)?(\.dualstack)?\.amazonaws\.com(\.cn)?(:443)?/", re.ASCII
)


def findings(parent: Template, stacks: Iterable[NestedStack]) -> list[Finding]:
    """Return what does not fit between the parent and these stacks of it.

    Nothing is guessed: there is no finding for a value that only the deployment knows.
    """
    by_id = {stack.logical_id: stack for stack in stacks}
    misfits = {*_outputs(parent, by_id)}
    for stack in by_id.values():
        misfits |= {*_parameters(parent, stack), *_regions(parent, stack)}
    return sorted(misfits)


def is_warning(finding: Finding) -> bool:
    """Return whether the parent deploys anyway, at least in the partition aws."""
    return finding.rule.startswith("W")


def _parameters(parent: Template, stack: NestedStack) -> Iterator[Finding]:
    """Yield the parameters that are missing or unknown, and the values that are refused."""
    whole = stack.path("Parameters")
    for passed, path in branches(stack.properties.get("Parameters", NO_VALUE), whole):
        if passed == NO_VALUE:
            yield from _names(parent, stack, {}, path)
        elif not isinstance(passed, dict):
            message = f"Parameters of {stack.logical_id} is not a map: write names and values"
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
    """Yield the parameters that are missing, and the ones that the template does not have."""
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
    """Yield why the parameter refuses the value, for each branch that it refuses."""
    for each, _ in branches(value, ()):
        if reason := _reason(parent, each, parameter):
            yield reason


def _reason(parent: Template, value: Any, parameter: Mapping[str, Any]) -> str:
    """Return why the parameter certainly refuses the value; empty if it may accept it."""
    if value == NO_VALUE:
        return "" if "Default" in parameter else "it has no default: pass a value, not AWS::NoValue"
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
    """Warn about a TemplateURL that names no region."""
    if any(map(_HOST_WITHOUT_REGION.match, stack.urls)):
        yield Finding(
            *parent.position(stack.path("TemplateURL")),
            REGION,
            "warning: this TemplateURL names no region, so it fails outside the partition aws: "
            "use https://<bucket>.s3.<region of the bucket>.${AWS::URLSuffix}/...",
        )


def _outputs(parent: Template, stacks: Mapping[str, NestedStack]) -> Iterator[Finding]:
    """Yield the outputs that the parent reads and the stacks do not have.

    cfn-lint's E6101 is not enough: it sees only the section Outputs, and not every Fn::Sub in it.
    """
    for section in ("Resources", "Outputs"):
        for logical_id, name, path in _reads(parent.document.get(section), (section,)):
            if logical_id not in stacks:
                continue
            names = [f"Outputs.{output}" for output in stacks[logical_id].template.outputs]
            if name not in names:
                usable = ", ".join(difflib.get_close_matches(name, names, n=1) or names)
                message = f"{logical_id} has no {name!r}: use {usable}"
                yield Finding(*parent.position(path), OUTPUT, message)


def _reads(node: Any, path: Path) -> Iterator[tuple[str, str, Path]]:
    """Yield resource, attribute and path of each Fn::GetAtt, including those in an Fn::Sub."""
    call = call_of(node)
    try:
        if call and call.name == "Fn::GetAtt":
            resource, name = attribute(call.argument)
            if isinstance(name, str):  # not a computed name
                yield str(resource), name, (*path, call.name)
        elif call and call.name == "Fn::Sub":
            variables = call.argument[1].values() if is_list(call.argument, 2) else ()
            for part in substitution(call.argument):
                inner = call_of(part)
                # The values of its variables come below, with paths of their own.
                is_variable = any(part is value for value in variables)
                if inner and inner.name == "Fn::GetAtt" and not is_variable:
                    resource, name = attribute(inner.argument)
                    yield resource, name, (*path, call.name)
    except TypeError:  # cfn-lint reports it
        pass
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _reads(value, (*path, key))
