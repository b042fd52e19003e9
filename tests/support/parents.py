"""A small parent that nests the Backup template, and changes to it."""

import copy
import json
from collections.abc import Mapping
from typing import Any

import cfn_flip

from generator import templates_folder
from generator.cloudformation.expand import expanded
from generator.cloudformation.read import parse
from generator.parent import check, example
from generator.parent.nested_stacks import nested_stacks
from generator.stacks import MAIN

GONE = object()
PARAMETERS = ("Resources", "Backup", "Properties", "Parameters")
URL = ("Resources", "Backup", "Properties", "TemplateURL")


def a_parent(changes: Mapping[tuple[str, ...], Any] | None = None) -> dict[str, Any]:
    """Return the example, with something to refer to, changed at some places."""
    document: dict[str, Any] = copy.deepcopy(example.template().to_dict())
    document["Parameters"] |= {
        "Free": {"Type": "String", "Default": "two words"},
        "None": {"Type": "Number", "AllowedValues": [0, -1]},
        "Some": {"Type": "Number", "AllowedValues": [0, 30]},
        "Stored": {
            "Type": "AWS::SSM::Parameter::Value<String>",
            "Default": "/Backup.template",
            "AllowedValues": ["/Backup.template"],
        },
        "List": {"Type": "CommaDelimitedList"},
        "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"},
    }
    document["Mappings"] = {
        "Info": {"Data": {"Days": 0, "Url": "https://b.s3.eu-west-1.amazonaws.com/t"}}
    }
    document["Conditions"] = {"Short": {"Fn::Equals": [{"Ref": "Free"}, "short"]}}
    for path, value in (changes or {}).items():
        place = document
        for step in path[:-1]:
            place = place[step]
        if value is GONE:
            del place[path[-1]]
        else:
            place[path[-1]] = value
    return document


def written(form: str, document: Any) -> str:
    """Return the text of a template, with intrinsics in their short form where it is YAML."""
    text = json.dumps(document, indent=2)
    return text if form == "json" else str(cfn_flip.to_yaml(text))  # type: ignore[no-untyped-call] # ships no types


def found_in(text: str, stack: str | None = None) -> list[str]:
    """Return the findings in a parent of that text, as they are printed, in the order of lines."""
    parent = expanded(parse("parent", text))
    stacks = nested_stacks(parent, templates_folder.read_templates(), MAIN, stack)
    return [finding.at("parent") for finding in check.findings(parent, stacks)]


def place(text: str, needle: str) -> str:
    """Return ``parent:line:column:`` of the last place where the text has the needle."""
    before = text[: text.rindex(needle)]
    return f"parent:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}:"


def value_of(name: str, value: Any) -> dict[tuple[str, ...], Any]:
    return {(*PARAMETERS, name): value}


def output_of(value: Any) -> dict[tuple[str, ...], Any]:
    return {("Outputs", "BackupTag", "Value"): value}
