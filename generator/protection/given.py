"""The parameter values of a stack: those that are given, and the defaults of the others."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.evaluate import View
from generator.cloudformation.functions import scalar
from generator.cloudformation.parameter_constraints import refusal
from generator.cloudformation.read import Template
from generator.cloudformation.references import references


class RefusedError(ValueError):
    """CloudFormation would refuse a value; the text says why."""


class UnknownError(ValueError):
    """What is asked for needs a value that is not given; the text says which."""


def values_of(template: Template, given: Mapping[str, str]) -> dict[str, str]:
    """Return the values of the parameters; one that has neither value nor default is missing.

    Raises RefusedError for a value that CloudFormation would refuse.
    """
    for name, value in given.items():
        if name not in template.parameters:
            close = difflib.get_close_matches(name, template.parameters, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise RefusedError(f"{template.name} has no parameter {name!r}{hint}")
        parameter = template.parameters[name]
        if reason := refusal(parameter, value):
            advice = parameter.get("ConstraintDescription", "")
            shown = "its value" if is_hidden(parameter) else repr(value)
            raise RefusedError(
                f"{template.name} refuses {name}: {shown} {reason}. {advice}".strip()
            )
    values = {
        name: scalar(parameter["Default"])
        for name, parameter in template.parameters.items()
        if "Default" in parameter
    }
    values.update(given)
    for name, sentence in _refusals(template, values):
        raise RefusedError(f"{template.name} refuses these values: {sentence} (rule {name})")
    return values


def is_hidden(parameter: Mapping[str, Any]) -> bool:
    """Return whether the value of a parameter is not to be shown."""
    return scalar(parameter.get("NoEcho")).lower() == "true"


def _refusals(template: Template, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the rules that refuse the values, with their sentence, as far as that is known."""
    view = View(template, values)
    for name, rule in template.rules.items():
        if not references(rule) <= values.keys():
            continue
        try:
            sentence = view.refusal(rule)
        except UnreadableError:  # a function that asks AWS
            continue
        if sentence is not None:
            yield name, sentence
