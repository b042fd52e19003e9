"""Every text that a value in a template can be, before the parameters have values."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from generator.cloudformation.functions import call_of, is_list, scalar, substitution
from generator.cloudformation.read import Template, entry

UNKNOWN = "\0"
"""Stands in a text for what only the deployment knows."""

MAX_TEXTS = 64
"""With more texts than this, a value counts as unknown: nobody writes so many on purpose."""

LONGEST = 8_192
"""A longer text that is put together counts as unknown, so that all fit into memory."""


class PossibleValues:
    """The values in one template; ``known`` has the text of each Ref that is known, by name."""

    def __init__(self, template: Template, known: Mapping[str, str] | None = None) -> None:
        self._template = template
        self._known = known or {}

    def texts(self, node: Any) -> list[str]:
        """Return every text that the node can be, with ``UNKNOWN`` for what a deployment decides.

        Nothing is guessed: a function that is not evaluated here is unknown as a whole.
        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
        """
        if isinstance(node, str | int | float):
            return _without_references([scalar(node)])
        call = call_of(node)
        function = {
            "Ref": self._ref,
            "Fn::FindInMap": self._find_in_map,
            "Fn::If": self._if,
            "Fn::Join": self._join,
            "Fn::Sub": self._sub,
        }.get(call.name if call else "")
        texts = function(call.argument) if call and function else [UNKNOWN]
        return _without_references(texts) if len(texts) <= MAX_TEXTS else [UNKNOWN]

    def _ref(self, name: Any) -> list[str]:
        if isinstance(name, str) and name in self._known:
            return [self._known[name]]
        parameter = entry(self._template.parameters, name)
        allowed = parameter.get("AllowedValues")
        if not allowed or not is_list(allowed) or is_from_store(parameter):
            return [UNKNOWN]
        return [_scalar(value) for value in allowed]

    def _find_in_map(self, argument: Any) -> list[str]:
        if not is_list(argument, 3):
            return [UNKNOWN]
        keys = itertools.product(*map(self.texts, argument))
        return [
            _scalar(entry(self._template.mappings, name, first).get(second))
            for name, first, second in itertools.islice(keys, MAX_TEXTS + 1)
        ]

    def _if(self, argument: Any) -> list[str]:
        if not is_list(argument, 3):
            return [UNKNOWN]
        return [*self.texts(argument[1]), *self.texts(argument[2])]

    def _join(self, argument: Any) -> list[str]:
        if not is_list(argument, 2) or not is_list(argument[1]):
            return [UNKNOWN]
        return self._combined(argument[1], str(argument[0]))

    def _sub(self, argument: Any) -> list[str]:
        try:
            return self._combined(substitution(argument), "")
        except TypeError:
            return [UNKNOWN]

    def _combined(self, parts: Sequence[Any], between: str) -> list[str]:
        # Once for each variable of a Sub, however often it is used: it may have variables too.
        nodes = {id(part): part for part in parts}
        texts = {key: self.texts(node) for key, node in nodes.items()}
        combinations = itertools.product(*(texts[id(part)] for part in parts))
        several = [*itertools.islice(combinations, MAX_TEXTS + 1)]
        is_long = any(sum(map(len, each)) + len(between) * len(each) > LONGEST for each in several)
        if is_long or len(several) > MAX_TEXTS:
            return [UNKNOWN]
        return [between.join(each) for each in several]


def _without_references(texts: list[str]) -> list[str]:
    """Return the texts; unknown: one with a dynamic reference, which is looked up at deployment."""
    return [UNKNOWN if "{{resolve:" in text else text for text in texts]


def is_from_store(parameter: Mapping[str, Any]) -> bool:
    """Return whether the parameter holds only the name of its value in Parameter Store."""
    return str(parameter.get("Type")).startswith("AWS::SSM::Parameter")


def _scalar(value: Any) -> str:
    return scalar(value) if isinstance(value, str | int | float) else UNKNOWN
