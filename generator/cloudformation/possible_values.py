"""What a value in a template can be, as far as that is written in the template."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

UNKNOWN = "\0"
"""Stands in a text for what only a deployment knows."""

NO_VALUE = {"Ref": "AWS::NoValue"}
MAX_TEXTS = 64
"""Beyond so many, a text counts as unknown: nobody wrote that many on purpose."""

_VARIABLE = re.compile(r"\$\{([^!${}][^${}]*)\}")


class Reader(NamedTuple):
    """Reads values of one template; with ``known``, which names of Ref stand for which texts."""

    template: Mapping[str, Any]
    known: Mapping[str, str] = {}

    def texts(self, value: Any) -> list[str]:
        """Return every text that the value can be, ``UNKNOWN`` where only a deployment knows.

        Nothing is guessed: what is not a function of this table is unknown as a whole.
        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
        """
        if isinstance(value, bool):
            return ["true" if value else "false"]
        if isinstance(value, str | int | float):
            # A dynamic reference is read at deployment: from Parameter Store, for example.
            return [UNKNOWN if "{{resolve:" in str(value) else str(value)]
        name, argument = function(value)
        found = {
            "Ref": self._ref,
            "Fn::FindInMap": self._find_in_map,
            "Fn::If": self._if,
            "Fn::Join": self._join,
            "Fn::Sub": self._sub,
        }.get(name, _unknown)(argument)
        return found if len(found) <= MAX_TEXTS else [UNKNOWN]

    def _ref(self, name: Any) -> list[str]:
        if isinstance(name, str) and name in self.known:
            return [self.known[name]]
        allowed = entry(self.template, "Parameters", name).get("AllowedValues")
        if not allowed or not is_list(allowed) or from_store(self.template, name):
            return [UNKNOWN]
        return [scalar(each) for each in allowed]

    def _find_in_map(self, argument: Any) -> list[str]:
        if not is_list(argument, 3):
            return [UNKNOWN]
        return [
            scalar(entry(self.template, "Mappings", name, first).get(second))
            for name, first, second in itertools.product(*map(self.texts, argument))
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
        text, given = sub_parts(argument)
        parts: list[Any] = _VARIABLE.split(text)
        for index in range(1, len(parts), 2):
            name = parts[index].strip()
            parts[index] = given.get(name, {"Fn::GetAtt" if "." in name else "Ref": name})
        for index in range(0, len(parts), 2):
            parts[index] = parts[index].replace("${!", "${")
        return self._combined(parts, "")

    def _combined(self, parts: Iterable[Any], between: str) -> list[str]:
        choices = [self.texts(part) for part in parts]
        combinations = itertools.product(*choices)
        found = [between.join(each) for each in itertools.islice(combinations, MAX_TEXTS + 1)]
        return found if len(found) <= MAX_TEXTS else [UNKNOWN]


def branches(value: Any) -> Iterator[Any]:
    """Give the values between which Fn::If chooses; the value itself, where there is no Fn::If."""
    name, argument = function(value)
    if name == "Fn::If" and is_list(argument, 3):
        yield from branches(argument[1])
        yield from branches(argument[2])
    else:
        yield value


def function(value: Any) -> tuple[str, Any]:
    """Return the name of the function that the value is, and its argument; or an empty name."""
    if isinstance(value, dict) and len(value) == 1:
        ((name, argument),) = value.items()
        if name == "Ref" or str(name).startswith("Fn::"):
            return str(name), argument
    return "", None


def sub_parts(argument: Any) -> tuple[str, dict[str, Any]]:
    """Return the text of an Fn::Sub and the variables that are its own; unknown: ``UNKNOWN``."""
    text, given = argument if is_list(argument, 2) else (argument, {})
    if not isinstance(text, str) or not isinstance(given, dict):
        return UNKNOWN, {}
    return text, given


def sub_variables(argument: Any) -> list[str]:
    """Return the names that an Fn::Sub takes from the template."""
    text, given = sub_parts(argument)
    return [name for each in _VARIABLE.findall(text) if (name := each.strip()) not in given]


def entry(document: Any, *path: Any) -> Mapping[str, Any]:
    """Return the map at the path; an empty one where there is none."""
    for key in path:
        document = document.get(key) if isinstance(document, dict) and is_key(key) else None
    return document if isinstance(document, dict) else {}


def from_store(template: Mapping[str, Any], name: Any) -> bool:
    """Return whether the template's parameter holds the name of its value in Parameter Store."""
    return str(entry(template, "Parameters", name).get("Type")).startswith("AWS::SSM::Parameter")


def is_key(value: Any) -> bool:
    """Return whether the value can be a key of a map."""
    return isinstance(value, str | int | float)


def is_list(value: Any, length: int | None = None) -> bool:
    """Return whether the value is a list, of the given length."""
    return isinstance(value, list) and length in {None, len(value)}


def scalar(value: Any) -> str:
    """Return the text of a value that is no map and no list, else ``UNKNOWN``."""
    return Reader({}).texts(value)[0] if is_key(value) else UNKNOWN


def _unknown(_: Any) -> list[str]:
    return [UNKNOWN]
