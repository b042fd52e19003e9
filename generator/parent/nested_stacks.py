"""The stacks of a parent that are made from our templates."""

import difflib
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from generator.cloudformation.functions import Path, branches
from generator.cloudformation.possible_values import UNKNOWN, PossibleValues, is_from_store
from generator.cloudformation.read import Template, entry

STACK = "AWS::CloudFormation::Stack"

# Only the deployment knows these, but any region and partition show the form of an address.
_SOMEWHERE = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::URLSuffix": "amazonaws.com",
}


class ParentError(ValueError):
    """The parent nests none of our templates; the message says what to do."""


class NestedStack(NamedTuple):
    """A stack in the parent, and the template of ours that it is made from."""

    logical_id: str
    name: str
    """The file name of the template."""
    template: Template
    properties: Mapping[str, Any]
    urls: list[str]
    """Every address that TemplateURL can be if the parent's parameters keep their defaults."""
    is_known: bool
    """Whether TemplateURL names the template."""

    def path(self, *keys: str | int) -> Path:
        """Return the path of one of its properties in the parent."""
        return ("Resources", self.logical_id, "Properties", *keys)


def nested_stacks(
    parent: Template, ours: Mapping[str, Template], main: str, logical_id: str | None = None
) -> list[NestedStack]:
    """Return the stacks whose TemplateURL is known to end in the name of one of our templates.

    With a logical ID, return that stack only, as the ``main`` template if its TemplateURL does not
    say which one it is. Raises ParentError if there is nothing to check, and if that stack is
    plainly made from another template.
    """
    if logical_id is not None:
        if logical_id not in parent.resources:
            raise ParentError(
                f"{parent.name} has no resource {logical_id!r}: give --stack the logical ID of an "
                f"{STACK}"
            )
        if entry(parent.resources, logical_id).get("Type") != STACK:
            raise ParentError(
                f"{logical_id!r} in {parent.name} is not an {STACK}: give --stack the logical ID "
                "of one"
            )
        nested = _nested(parent, ours, logical_id, main)
        if nested and (names := _names_of_another(nested)):
            raise ParentError(
                f"{logical_id!r} in {parent.name} is not made from {nested.name}, which has no "
                f"{', '.join(names[:5])}: give --stack the logical ID of a stack that is"
            )
        return [nested] if nested else []
    stacks = [
        nested
        for name in parent.resources
        if entry(parent.resources, name).get("Type") == STACK
        and (nested := _nested(parent, ours, name))
    ]
    if not stacks:
        raise ParentError(
            f"{parent.name} has no nested stack whose TemplateURL is known to end in "
            f"{' or '.join(ours)}: if one is made from it, name that stack with --stack"
        )
    return stacks


def _nested(
    parent: Template, ours: Mapping[str, Template], logical_id: str, default: str | None = None
) -> NestedStack | None:
    properties = entry(parent.resources, logical_id, "Properties")
    urls = _urls(parent, properties)
    ends = [re.split(f"[/{UNKNOWN}]", url.partition("?")[0])[-1] for url in urls]
    known = next((end for end in ends if end in ours), None)
    name = known or default
    if name is None:
        return None
    return NestedStack(logical_id, name, ours[name], properties, urls, known is not None)


def _names_of_another(nested: NestedStack) -> list[str]:
    """Return the parameters that show another template; none if it may be the one of ours."""
    if nested.is_known:
        return []
    passed = [
        str(name)
        for each, _ in branches(nested.properties.get("Parameters"), ())
        for name in (each if isinstance(each, dict) else ())
    ]
    declared = nested.template.parameters
    foreign = [
        name for name in passed if not difflib.get_close_matches(name, declared, n=1, cutoff=0.8)
    ]
    # One is a slip, and so are some among many that fit.
    return foreign if len(foreign) > max(1, len(passed) // 2) else []


def _urls(parent: Template, properties: Mapping[str, Any]) -> list[str]:
    defaults = {
        name: str(parameter["Default"])
        for name in parent.parameters
        if isinstance((parameter := entry(parent.parameters, name)).get("Default"), str | int)
        and not is_from_store(parameter)
    }
    return PossibleValues(parent, _SOMEWHERE | defaults).texts(properties.get("TemplateURL"))
