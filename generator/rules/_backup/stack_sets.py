"""The templates that stand as text in the stack sets of a template."""

import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case, Place
from _backup.values import Values
from cfnlint.decode.cfn_yaml import FastLoader
from cfnlint.decode.decode import YAMLError, decode_str

# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html
LONGEST_BODY = 51_200
# The parser of YAML crashes the interpreter if a text nests some thousand levels deep.
DEEPEST = 100


def templates_of_stack_sets(values: Values) -> Iterator[tuple[Case, Values]]:
    """Yield the text of each template in a stack set, and the values that are possible in it.

    A text that is put together by a function, or is no template, is left out.
    """
    for _, properties in values.of_type("AWS::CloudFormation::StackSet"):
        for body in values.at(properties, "TemplateBody"):
            template = _parsed(_text(values, body.path))
            if template:
                given = {"Parameters": _parameters(values, properties, template)}
                yield body, Values({**template, **given}, is_text=True)


def _text(values: Values, path: Place) -> str:
    """Return the text at the path as the author wrote it; empty: there is no text."""
    node = values.written(path)
    return str(node) if isinstance(node, str) else ""


@lru_cache(maxsize=16)
def _parsed(text: str) -> dict[str, Any]:
    """Return the template; empty: the text is none. Each rule asks for the same texts."""
    if len(text.encode("utf-8", "replace")) > LONGEST_BODY or _is_deep(text):
        return {}
    template = decode_str(text)[0]
    return template if isinstance(template, dict) else {}


def _is_deep(text: str) -> bool:
    """Return whether the text nests deeper than it may, without recursion."""
    depth = 0
    try:
        events = FastLoader(text)
        while events.check_event():
            kind = type(events.get_event()).__name__
            depth += kind.endswith("StartEvent") - kind.endswith("EndEvent")
            if depth > DEEPEST:
                return True
    except (YAMLError, UnicodeEncodeError):  # whatever parses it ends there, too
        return False
    return False


def _parameters(values: Values, properties: Case, template: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of the template, which take what the stack set gives them.

    A parameter whose value is unknown has no default and no allowed values.
    """
    section = template.get("Parameters")
    parameters = dict(section) if isinstance(section, dict) else {}
    own = list(values.items(values.at(properties, "Parameters")))
    overrides = [
        override
        for group in values.items(values.at(properties, "StackInstancesGroup"))
        for override in values.items(values.at(group, "ParameterOverrides"))
    ]
    for name, declared in parameters.items():
        taken = _taken(values, own, str(name))
        others = _taken(values, overrides, str(name))
        if not isinstance(declared, dict) or not (taken or others):
            continue
        if not taken and "Default" in declared:
            taken = [declared["Default"]]
        texts = list(dict.fromkeys([*taken, *others]))
        parameters[name] = {
            key: value for key, value in declared.items() if key not in ("Default", "AllowedValues")
        }
        if None not in texts:
            parameters[name]["AllowedValues"] = texts
        if len(texts) == 1 and None not in texts:
            parameters[name]["Default"] = texts[0]
    return parameters


def _taken(values: Values, given: list[Case], name: str) -> list[Any]:
    """Return the values that the list gives the parameter; None is an unknown one."""
    taken: list[Any] = []
    for case in given:
        keys = [key.text if key.known else None for key in values.at(case, "ParameterKey")]
        if name in keys or None in keys:
            shown = values.at(case, "ParameterValue") if name in keys else []
            taken += [value.text if value.known else None for value in shown] or [None]
    return taken
