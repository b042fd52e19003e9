"""A template for given parameters: what CloudFormation would make of it, as far as its text tells.

What only a running stack knows (the Ref of a resource, an attribute, the region) stays in a value
as the function that asks for it, in one form: where two forms are equal, the values will be.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import json
import re
from typing import Any

from generator.cloudformation.read import UnreadableError

ABSENT: Any = object()
"""What AWS::NoValue stands for."""

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


class View:
    """A template, seen with one value for each parameter; those without one stay open."""

    def __init__(self, template: dict[str, Any], values: dict[str, Any]) -> None:
        self._values = values
        self._parameters = section(template, "Parameters")
        self._conditions = section(template, "Conditions")
        self._mappings = section(template, "Mappings")
        self._held: dict[str, bool] = {}
        self._asked: list[str] = []

    def holds(self, condition: str) -> bool:
        """Return whether the named condition is true.

        Raises UnreadableError for one that the template does not have, or that asks for itself.
        """
        if condition not in self._held:
            if condition not in self._conditions or condition in self._asked:
                why = "asks for itself" if condition in self._asked else "is not in the template"
                raise UnreadableError(f"condition {condition!r} {why}")
            self._asked.append(condition)
            self._held[condition] = self.true(self._conditions[condition])
            self._asked.pop()
        return self._held[condition]

    def resolve(self, node: Any) -> Any:
        """Return the value: text for every scalar, no absent property, functions in one form.

        Raises UnreadableError for a function whose arguments are not of its form.
        """
        if isinstance(node, list):
            items = (self.resolve(item) for item in node)
            return [item for item in items if item is not ABSENT]
        if not isinstance(node, dict):
            return scalar(node)
        if is_function(node):
            ((name, given),) = node.items()
            try:
                return self._function(name, given)
            except (AttributeError, IndexError, KeyError, TypeError, ValueError):
                shown = json.dumps(given, default=str)
                raise UnreadableError(f"{name} cannot be given {shown}") from None
        values = {str(key): self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in values.items() if value is not ABSENT}

    def _function(self, name: str, given: Any) -> Any:
        special = {
            "Ref": self._ref,
            "Fn::If": self._if,
            "Fn::Sub": self._sub,
            "Fn::GetAtt": self._get_att,
        }
        if name in special:
            return special[name](given)
        arguments = self.resolve(given)
        if name == "Fn::Join":
            return _joined(*arguments)
        if name == "Fn::Split" and all(isinstance(argument, str) for argument in arguments):
            return arguments[1].split(arguments[0])
        if name == "Fn::Select" and isinstance(arguments[1], list) and arguments[0].isdigit():
            return arguments[1][int(arguments[0])]
        if name == "Fn::FindInMap" and all(isinstance(key, str) for key in arguments):
            table, row, column = arguments
            return self.resolve(self._mappings[table][row][column])
        return {name: arguments}

    def _if(self, given: Any) -> Any:
        condition, then, otherwise = given
        return self.resolve(then if self.holds(str(condition)) else otherwise)

    def _get_att(self, given: Any) -> Any:
        parts = given.split(".", 1) if isinstance(given, str) else given
        return {"Fn::GetAtt": [self.resolve(part) for part in parts]}

    def _ref(self, given: Any) -> Any:
        name = str(given)
        if name == "AWS::NoValue":
            return ABSENT
        value = self._values.get(name, ABSENT)
        if value is ABSENT or value == {"Ref": name}:
            return {"Ref": name}
        if is_function(value):
            return self.resolve(value)
        kind = str(self._parameters.get(name, {}).get("Type", ""))
        if kind.startswith("AWS::SSM::Parameter"):  # its value is only the name of the value
            return {"Fn::SSM": scalar(value)}
        return scalar(value).split(",") if "List" in kind else scalar(value)

    def _sub(self, given: Any) -> Any:
        text, variables = (given, {}) if isinstance(given, str) else given
        parts: list[Any] = []
        end = 0
        for found in _PLACEHOLDER.finditer(text):
            name = found[1].strip()
            parts.append(text[end : found.start()])
            if name.startswith("!"):
                parts.append("${" + name[1:] + "}")
            elif name in variables:
                parts.append(self.resolve(variables[name]))
            else:
                function = "Fn::GetAtt" if "." in name else "Ref"
                parts.append(self.resolve({function: name}))
            end = found.end()
        return _joined("", [*parts, text[end:]])

    def true(self, node: Any) -> bool:
        """Return whether a condition is true.

        Raises UnreadableError for what is none; of the functions of rules it knows these only.
        """
        if isinstance(node, dict) and len(node) == 1:
            ((name, given),) = node.items()
            if name == "Condition":
                return self.holds(str(given))
            if name == "Fn::Not" and isinstance(given, list) and len(given) == 1:
                return not self.true(given[0])
            if name in ("Fn::And", "Fn::Or") and isinstance(given, list):
                answers = [self.true(item) for item in given]
                return all(answers) if name == "Fn::And" else any(answers)
            if name == "Fn::Equals" and isinstance(given, list) and len(given) == 2:  # noqa: PLR2004 - what it compares
                return bool(self.resolve(given[0]) == self.resolve(given[1]))
        raise UnreadableError(f"{json.dumps(node, default=str)} is not a condition")


def section(template: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a section of the template; empty where it has none."""
    found = template.get(name)
    return found if isinstance(found, dict) else {}


def scalar(value: Any) -> str:
    """Return a number, a truth value or a text as CloudFormation passes them on: as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def is_function(node: Any) -> bool:
    """Return whether the node is a function, and not a map of properties."""
    return (
        isinstance(node, dict)
        and len(node) == 1
        and any(key == "Ref" or str(key).startswith("Fn::") for key in node)
    )


def unknowns(value: Any) -> frozenset[str]:
    """Return what a resolved value waits for: parameters, resources, attributes."""
    if isinstance(value, list):
        return frozenset().union(*(unknowns(item) for item in value))
    if not isinstance(value, dict):
        return frozenset()
    if is_function(value) and "Fn::Join" not in value:
        return frozenset([json.dumps(value, sort_keys=True)])
    return frozenset().union(*(unknowns(item) for item in value.values()))


def references(node: Any) -> set[str]:
    """Return the parameters and resources that a part of a template asks for, anywhere in it."""
    found: set[str] = set()
    for name, given in _functions(node):
        if name == "Ref":
            found.add(str(given))
        elif name == "Fn::GetAtt":
            found.add(_first(given).split(".")[0])
        elif name == "Fn::Sub":
            found |= {name.strip().split(".")[0] for name in _PLACEHOLDER.findall(_first(given))}
    return found


def conditions_of(node: Any, conditions: dict[str, Any]) -> set[str]:
    """Return the names of the conditions that decide a part of a template, through each other."""
    found: set[str] = set()
    wanted = {_first(given) for name, given in _functions(node) if name == "Fn::If"}
    if isinstance(node, dict) and isinstance(node.get("Condition"), str):
        wanted.add(node["Condition"])
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.add(name)
            wanted |= {
                str(given)
                for key, given in _entries(conditions.get(name))
                if key == "Condition" and isinstance(given, str)
            }
    return found


def _first(given: Any) -> str:
    return str(given[0] if isinstance(given, list) and given else given)


def _functions(node: Any) -> list[tuple[str, Any]]:
    return [(name, given) for name, given in _entries(node) if name == "Ref" or name[:4] == "Fn::"]


def _entries(node: Any) -> list[tuple[str, Any]]:
    """Return every key with its value, at any depth."""
    if isinstance(node, list):
        return [entry for item in node for entry in _entries(item)]
    if not isinstance(node, dict):
        return []
    return [entry for key, value in node.items() for entry in [(str(key), value), *_entries(value)]]


def _joined(separator: str, parts: Any) -> Any:
    """Return the text, or a join of texts and unknowns without two texts side by side."""
    if not isinstance(parts, list):
        return {"Fn::Join": [separator, parts]}
    flat: list[Any] = []
    for number, part in enumerate(parts):
        if number:
            flat.append(separator)
        nested = is_function(part) and part.get("Fn::Join")
        flat += nested[1] if nested and nested[0] == "" and isinstance(nested[1], list) else [part]
    merged: list[Any] = []
    for part in flat:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    if not merged:
        return ""
    return merged[0] if len(merged) == 1 else {"Fn::Join": ["", merged]}
