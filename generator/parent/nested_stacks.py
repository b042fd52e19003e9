"""The stacks of a parent that are made from templates of ours."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from generator.cloudformation.functions import Path
from generator.cloudformation.possible_values import UNKNOWN, PossibleValues, is_from_store
from generator.cloudformation.read import Template, entry

STACK = "AWS::CloudFormation::Stack"

# A deployment knows these; any region and partition will do to see the form of an address.
_SOMEWHERE = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::URLSuffix": "amazonaws.com",
}


class ParentError(ValueError):
    """The parent nests no template of ours; the message says what to do."""


class NestedStack(NamedTuple):
    """A stack in the parent, and which of our templates it is made from."""

    logical_id: str
    name: str
    """The file name of the template."""
    template: Template
    properties: Mapping[str, Any]
    urls: list[str]
    """What the TemplateURL can be, with the defaults of the parent's parameters."""

    def path(self, *keys: str | int) -> Path:
        """Return the path of one of its properties in the parent."""
        return ("Resources", self.logical_id, "Properties", *keys)


def nested_stacks(
    parent: Template, ours: Mapping[str, Template], main: str, logical_id: str | None = None
) -> list[NestedStack]:
    """Return the stacks whose TemplateURL is known to end in the name of a template of ours.

    With a logical id, that stack only; it is taken for the ``main`` template where its TemplateURL
    does not say which one it is. Raises ParentError where there is nothing to check.
    """
    if logical_id is not None:
        if logical_id not in parent.resources:
            raise ParentError(
                f"{parent.name} has no resource {logical_id!r}: name an {STACK} of it"
            )
        if entry(parent.resources, logical_id).get("Type") != STACK:
            raise ParentError(
                f"{logical_id!r} in {parent.name} is not an {STACK}: name one that is"
            )
        nested = _nested(parent, ours, logical_id, main)
        return [nested] if nested else []
    found = [
        nested
        for name in parent.resources
        if entry(parent.resources, name).get("Type") == STACK
        and (nested := _nested(parent, ours, name))
    ]
    if not found:
        raise ParentError(
            f"{parent.name} nests no stack whose TemplateURL is known to end in "
            f"{' or '.join(ours)}: if one of them does, name it with --stack"
        )
    return found


def _nested(
    parent: Template, ours: Mapping[str, Template], logical_id: str, otherwise: str | None = None
) -> NestedStack | None:
    properties = entry(parent.resources, logical_id, "Properties")
    urls = _urls(parent, properties)
    ends = [re.split(f"[/{UNKNOWN}]", url.partition("?")[0])[-1] for url in urls]
    name = next((end for end in ends if end in ours), otherwise)
    return NestedStack(logical_id, name, ours[name], properties, urls) if name else None


def _urls(parent: Template, properties: Mapping[str, Any]) -> list[str]:
    defaults = {
        name: str(parameter["Default"])
        for name in parent.parameters
        if isinstance((parameter := entry(parent.parameters, name)).get("Default"), str | int)
        and not is_from_store(parameter)
    }
    return PossibleValues(parent, _SOMEWHERE | defaults).texts(properties.get("TemplateURL"))
