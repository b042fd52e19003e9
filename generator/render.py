"""A template as the text of its file: YAML that people read, in reviews and in the console."""

import json
from typing import Any

import cfn_flip
from troposphere import Template

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
SECTIONS = (
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Resources",
    "Outputs",
)
ATTRIBUTES = (
    "Type",
    "Condition",
    "DependsOn",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "Metadata",
    "Properties",
)


def render(template: Template) -> str:
    """Return the text: sections and attributes in CloudFormation's order, short intrinsics.

    Raises ValueError for a section or attribute without a place in that order.
    """
    document = template.to_dict()
    document["Resources"] = {
        name: _ordered(resource, ATTRIBUTES) for name, resource in document["Resources"].items()
    }
    return "\n".join(
        str(cfn_flip.to_yaml(json.dumps({section: value})))  # type: ignore[no-untyped-call] # ships no types
        for section, value in _ordered(document, SECTIONS).items()
    )


def _ordered(given: dict[str, Any], order: tuple[str, ...]) -> dict[str, Any]:
    if unknown := sorted(set(given) - set(order)):
        raise ValueError(f"no place in the order of a template for {unknown}")
    return {key: given[key] for key in order if key in given}
