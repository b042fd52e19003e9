"""Checks a parent against the templates of ours that it nests: what it passes and what it reads."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.cloudformation.expand import TRANSFORM, has_unknown_macro
from generator.cloudformation.finding import Finding
from generator.cloudformation.functions import NO_VALUE, Path, branches, call_of
from generator.cloudformation.parameter_constraints import refusal
from generator.cloudformation.possible_values import UNKNOWN, PossibleValues
from generator.cloudformation.read import Template, entry
from generator.cloudformation.references import uses_at
from generator.parent.nested_stacks import NestedStack
from generator.parent.template_url import url_findings
from generator.parent.undefined import undefined

# cfn-lint's own id for missing and unknown parameters, and ids of ours. As in cfn-lint, an id that
# starts with W is a warning.
NAMES = "E3043"
OUTPUT = "E9601"
VALUE = "E9602"

LISTS = {"Fn::Cidr", "Fn::GetAZs", "Fn::Split"}
"""The functions that always return a list."""


def findings(parent: Template, stacks: Iterable[NestedStack]) -> list[Finding]:
    """Return what does not fit between the parent and these stacks of it.

    Nothing is guessed: there is no finding for a value that only the deployment knows. The parent
    has its loops written out.
    """
    by_id = {stack.logical_id: stack for stack in stacks}
    reads = [*_reads(parent)]
    misfits = {*_outputs(parent, by_id, reads), *undefined(parent, _parts(parent, by_id, reads))}
    for stack in by_id.values():
        misfits |= {*_parameters(parent, stack), *url_findings(parent, stack)}
    return sorted(misfits)


def fits(parent: Template, stacks: Iterable[NestedStack]) -> str:
    """Return the sentence that says that a parent without findings fits."""
    by_name: dict[str, list[str]] = {}
    for stack in stacks:
        by_name.setdefault(stack.name, []).append(stack.logical_id)
    return f"{parent.name} fits " + "; ".join(
        f"{name} ({ids[0] if len(ids) == 1 else f'{len(ids)} stacks'})"
        for name, ids in by_name.items()
    )


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
    may_have_more = (
        has_unknown_macro(parent)
        or TRANSFORM in stack.properties
        or any(_is_open(name) for name in passed)
    )
    for name, parameter in declared.items() if not may_have_more else ():
        if name not in passed and "Default" not in parameter:
            message = f"{name!r} is missing: {stack.name} has no default for it"
            yield Finding(*parent.position(stack.path("Parameters")), NAMES, message)
    for name in passed:
        if name not in declared and not _is_open(name):
            close = difflib.get_close_matches(name, declared, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            message = f"{stack.name} has no parameter {name!r}{hint}"
            yield Finding(*parent.position((*path, name)), NAMES, message)


def _is_open(name: str) -> bool:
    """Return whether a macro, a loop or a placeholder makes other names of this one."""
    return name == TRANSFORM or "${" in name or "%%" in name


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


def _parts(
    parent: Template, stacks: Mapping[str, NestedStack], reads: Iterable[tuple[str, Any, Path]]
) -> Iterator[Path]:
    """Yield the paths of the stacks, and of the properties and outputs that read of them.

    An output of a stack that the parent does not have is read of one that is misspelt.
    """
    for name in stacks:
        yield "Resources", name
    for name, attribute, path in reads:
        is_of_none = name not in parent.resources and str(attribute).startswith("Outputs.")
        if name in stacks or is_of_none:
            # Of a resource: its name, Properties and one of these.
            yield path[:4] if path[0] == "Resources" and path[1] not in stacks else path[:2]


def _outputs(
    parent: Template,
    stacks: Mapping[str, NestedStack],
    reads: Iterable[tuple[str, Any, Path]],
) -> Iterator[Finding]:
    """Yield the outputs that the parent reads and the stacks do not have.

    cfn-lint's E6101 is not enough: it sees only the section Outputs, and not every Fn::Sub in it.
    """
    for logical_id, name, path in reads:
        # A computed name, or a placeholder.
        if logical_id not in stacks or not isinstance(name, str) or UNKNOWN in name:
            continue
        names = [f"Outputs.{output}" for output in stacks[logical_id].template.outputs]
        if name not in names:
            usable = ", ".join(difflib.get_close_matches(name, names, n=1) or names)
            message = f"{logical_id} has no {name!r}: use {usable}"
            yield Finding(*parent.position(path), OUTPUT, message)


def _reads(parent: Template) -> Iterator[tuple[str, Any, Path]]:
    """Yield resource, attribute and path of each Fn::GetAtt, including those in an Fn::Sub."""
    for section in ("Resources", "Outputs"):
        for resource, name, path in uses_at(parent.document.get(section), (section,)):
            if name != "":
                yield resource, name, path
