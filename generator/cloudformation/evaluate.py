"""Evaluates a template with some parameter values, as far as its text allows.

A value that is not known (the Ref of a resource, an attribute, the region) stays the function that
asks for it, in one form: if two forms are equal, the values will be equal too. A look-up of what a
map or a list does not have stays too: ``lacking`` says so, because other values may have it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.functions import (
    NO_VALUE,
    Call,
    attribute,
    call_of,
    calls_in,
    is_list,
    scalar,
    substitution,
)
from generator.cloudformation.read import MAX_NODES, Template, size
from generator.cloudformation.references import conditions_in

ABSENT: Any = object()
"""The value of AWS::NoValue."""

# Functions that no template has: a look-up of what is not there, in a map and in a list.
_NOT_IN_MAP, _NOT_IN_LIST = "Fn::NotInMap", "Fn::NotInList"


class View:
    """A template, seen with some values; everything else stays open.

    The keys of ``values`` are parameters, pseudo parameters and resources, with what Ref gives, and
    ``Resource.Attribute``, with what Fn::GetAtt gives.
    """

    def __init__(self, template: Template, values: Mapping[str, Any]) -> None:
        self._template = template
        self._values = values
        self._held: dict[str, bool] = {}
        self._spent = 0
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAtt": self._get_att,
            "Fn::If": self._if,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Sub": self._sub,
        }

    def holds(self, condition: str) -> bool:
        """Return whether the named condition is true.

        Raises UnreadableError if the template does not have it, or if it refers to itself.
        """
        if condition not in self._held:
            if condition not in self._template.conditions:
                raise self._unreadable(f"condition {condition!r} is not in the template")
            for name in self._in_order(condition):
                self._held[name] = self.true(self._template.conditions[name])
        return self._held[condition]

    def _in_order(self, condition: str) -> Iterator[str]:
        """Yield the conditions that it needs and then itself, each after those that it needs.

        A chain of them may be longer than Python's stack is deep.
        """
        conditions = self._template.conditions
        chain = {condition: iter(_needed(self._template, condition))}
        while chain:
            name, needed = next(reversed(chain.items()))
            following = next(needed, None)
            if following is None:
                del chain[name]
                yield name
            elif following in chain:
                raise self._unreadable(f"condition {following!r} refers to itself")
            elif following in conditions and following not in self._held:
                chain[following] = iter(_needed(self._template, following))

    def exists(self, entry: Mapping[str, Any]) -> bool:
        """Return whether a resource or an output exists: it has no condition, or a true one."""
        return "Condition" not in entry or self.holds(scalar(entry["Condition"]))

    def resolve(self, node: Any) -> Any:
        """Return the value: every scalar as text, no absent properties, functions in one form.

        Raises UnreadableError for a function that does not accept its argument.
        """
        if isinstance(node, list | dict):
            self._spend(len(node))
        if isinstance(node, list):
            items = (self.resolve(item) for item in node)
            return [item for item in items if item is not ABSENT]
        if not isinstance(node, dict):
            return scalar(node)
        if call := call_of(node):
            try:
                return self._call(call.name, call.argument)
            except (AttributeError, IndexError, KeyError, TypeError, ValueError):
                shown = json.dumps(call.argument, default=str)
                raise self._unreadable(f"{call.name} does not accept {shown}") from None
        values = {str(key): self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in values.items() if value is not ABSENT}

    def _spend(self, values: int) -> None:
        self._spent += values
        if self._spent > MAX_NODES:
            raise self._unreadable(f"its functions make over {MAX_NODES} values")

    def _call(self, name: str, argument: Any) -> Any:
        function = self._functions.get(name)
        if function:
            return function(argument)
        value = self.resolve(argument)
        return {name: NO_VALUE if value is ABSENT else value}

    def _ref(self, argument: Any) -> Any:
        name = str(argument)
        if name == "AWS::NoValue":
            return ABSENT
        value = self._values.get(name, ABSENT)
        if value is ABSENT or value == {"Ref": name}:
            return {"Ref": name}
        if call_of(value):
            return self.resolve(value)
        kind = str(self._template.parameters.get(name, {}).get("Type", ""))
        if kind.startswith("AWS::SSM::Parameter"):  # it holds only the name of its value
            return {"Fn::SSM": scalar(value)}
        if "List" in kind:
            return self._listed(scalar(value), ",", strip=True)
        return scalar(value)

    def _listed(self, text: str, separator: str, *, strip: bool = False) -> list[str]:
        members = text.split(separator)
        self._spend(len(members))
        return [member.strip() for member in members] if strip else members

    def _get_att(self, argument: Any) -> Any:
        resource, name = self.resolve(list(attribute(argument)))
        value = self._values.get(f"{resource}.{name}", ABSENT)
        return {"Fn::GetAtt": [resource, name]} if value is ABSENT else value

    def _if(self, argument: Any) -> Any:
        condition, then, otherwise = argument
        return self.resolve(then if self.holds(scalar(condition)) else otherwise)

    def _sub(self, argument: Any) -> Any:
        return self._joined("", [self.resolve(part) for part in substitution(argument)])

    def _join(self, argument: Any) -> Any:
        separator, parts = argument
        return self._joined(scalar(separator), self.resolve(parts))

    def _joined(self, separator: str, parts: Any) -> Any:
        if isinstance(parts, list):
            lengths = sum(size(part) for part in parts if isinstance(part, str))
            self._spend(lengths + size(separator) * len(parts))
        return _joined(separator, parts)

    def _split(self, argument: Any) -> Any:
        separator, text = self.resolve(argument)
        if not isinstance(text, str):
            return {"Fn::Split": [separator, text]}
        return self._listed(text, separator)

    def _select(self, argument: Any) -> Any:
        index, items = self.resolve(argument)
        if not isinstance(index, str) or not isinstance(items, list):
            return {"Fn::Select": [index, items]}
        number = int(index)
        # Python would count a negative number from the end.
        return items[number] if 0 <= number < len(items) else {_NOT_IN_LIST: [index, items]}

    def _find_in_map(self, argument: Any) -> Any:
        keys, options = self.resolve(argument[:3]), argument[3:]
        if not all(isinstance(key, str) for key in keys):
            return {"Fn::FindInMap": keys}
        mapping, first, second = keys
        rows = self._template.mappings.get(mapping, {})
        row = rows.get(first, {})
        if second in row:
            if any(call.name != "Fn::Transform" for call in calls_in(row[second])):
                raise self._unreadable(f"Mappings.{mapping}.{first}.{second} holds a function")
            return self.resolve(row[second])
        if options:
            return self.resolve(options[0]["DefaultValue"])
        is_open = any("Fn::Transform" in each for each in (self._template.mappings, rows, row))
        return {"Fn::FindInMap" if is_open else _NOT_IN_MAP: keys}

    def true(self, node: Any) -> bool:
        """Return whether a condition, or an assertion of a rule, is true.

        Raises UnreadableError for anything else, and for a rule function that asks AWS.
        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html
        """
        if isinstance(node, dict) and len(node) == 1:
            ((name, argument),) = node.items()
            if name == "Condition":
                return self.holds(scalar(argument))
            if name == "Fn::Not" and is_list(argument, 1):
                return not self.true(argument[0])
            if name in ("Fn::And", "Fn::Or") and is_list(argument):
                answers = [self.true(item) for item in argument]
                return all(answers) if name == "Fn::And" else any(answers)
            if name == "Fn::Equals" and is_list(argument, 2):
                left, right = map(self.resolve, argument)
                return bool(left == right)
            if name in _OF_LISTS and is_list(argument, 2):
                return self._of_lists(name, *map(self.resolve, argument))
        raise self._unreadable(f"{json.dumps(node, default=str)} is not a condition")

    def _of_lists(self, name: str, members: Any, other: Any) -> bool:
        if not isinstance(members, list) or unknowns([members, other]):
            raise self._unreadable(f"{name} of what is not known cannot be evaluated")
        return _OF_LISTS[name](members, other)

    def _unreadable(self, why: str) -> UnreadableError:
        return UnreadableError(f"{self._template.name}: {why}: correct the template")

    def refusal(self, rule: Mapping[str, Any]) -> str | None:
        """Return the text of the first assertion that fails; None if the rule refuses nothing.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
        """
        if "RuleCondition" in rule and not self.true(rule["RuleCondition"]):
            return None
        for assertion in rule.get("Assertions", []):
            if not self.true(assertion["Assert"]):
                return str(assertion.get("AssertDescription", "the assertion is false"))
        return None


@lru_cache(maxsize=4096)
def _needed(template: Template, condition: str) -> list[str]:
    """Return the conditions that a condition names."""
    return sorted(conditions_in(template.conditions[condition]))


def _is_among(members: list[Any], value: Any) -> bool:
    return value in members


def _all_equal(members: list[Any], value: Any) -> bool:
    return all(member == value for member in members)


def _all_among(members: list[Any], allowed: Any) -> bool:
    return isinstance(allowed, list) and all(member in allowed for member in members)


_OF_LISTS: dict[str, Callable[[list[Any], Any], bool]] = {
    "Fn::Contains": _is_among,
    "Fn::EachMemberEquals": _all_equal,
    "Fn::EachMemberIn": _all_among,
}
"""The functions that only rules have."""


def unknowns(value: Any) -> frozenset[str]:
    """Return what a resolved value still depends on: parameters, resources, attributes."""
    if isinstance(value, list):
        return frozenset().union(*(unknowns(item) for item in value))
    if not isinstance(value, dict):
        return frozenset()
    if call_of(value) and "Fn::Join" not in value:
        return frozenset([json.dumps(value, sort_keys=True)])
    return frozenset().union(*(unknowns(item) for item in value.values()))


def lacking(value: Any) -> list[Call]:
    """Return the look-ups in a resolved value for which the map or the list has nothing.

    CloudFormation creates and updates no stack with such a value.
    """
    return [call for call in calls_in(value) if call.name in (_NOT_IN_MAP, _NOT_IN_LIST)]


def what_is_lacking(template: Template, call: Call) -> str:
    """Return what the map or the list of a look-up that ``lacking`` gives does not have."""
    if call.name == _NOT_IN_LIST:
        index, items = call.argument
        return f"the list has no item {index}, it has {len(items)} (the first is item 0)"
    mapping, first, second = call.argument
    if mapping not in template.mappings:
        return f"Mappings has no {mapping!r}"
    if first not in template.mappings[mapping]:
        return f"Mappings.{mapping} has no {first!r}"
    return f"Mappings.{mapping}.{first} has no {second!r}"


def _joined(separator: str, parts: Any) -> Any:
    """Return the text, or a join of texts and unknowns in which no two texts are neighbours."""
    if call_of(parts):
        return {"Fn::Join": [separator, parts]}
    if not isinstance(parts, list):
        raise TypeError(parts)
    flat: list[Any] = []
    for number, part in enumerate(parts):
        if number:
            flat.append(separator)
        call = call_of(part)
        if not isinstance(part, str) and not call:  # a list, a map or no value
            raise TypeError(part)
        nested = call.argument if call and call.name == "Fn::Join" else None
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
