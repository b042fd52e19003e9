"""CloudFormation's intrinsic functions, exactly those that our templates use.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
Every other function is refused by its name.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.local_aws.errors import RefusedError

NO_VALUE = object()
"""What ``AWS::NoValue`` is until the property or list item that holds it is dropped."""

_HOLE = re.compile(r"\$\{([^}]*)\}")


class Functions:
    """Evaluates the functions of one template for one set of parameters."""

    def __init__(
        self,
        ref: Callable[[str], Any],
        attribute: Callable[[str, str], Any],
        condition: Callable[[str], bool],
        mappings: Mapping[str, Any],
    ) -> None:
        self._ref = ref
        self._attribute = attribute
        self._condition = condition
        self._mappings = mappings
        self._table: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self._condition,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::If": self._if,
            "Fn::FindInMap": self._find_in_map,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Equals": self._equals,
            "Fn::And": self._and,
            "Fn::Or": self._or,
            "Fn::Not": self._not,
        }

    def value(self, node: Any) -> Any:
        """Return the node with its functions evaluated and what is ``AWS::NoValue`` dropped."""
        if isinstance(node, list):
            return [item for item in map(self.value, node) if item is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if name := function_name(node):
            if name not in self._table:
                raise RefusedError(f"The function {name} is not one that our templates use.")
            return self._table[name](node[name])
        values = {key: self.value(item) for key, item in node.items()}
        return {key: item for key, item in values.items() if item is not NO_VALUE}

    def text(self, node: Any) -> str:
        """Return a value that has to be one string; a number in it becomes text."""
        value = self.value(node)
        if isinstance(value, bool):
            return str(value).lower()
        if not isinstance(value, str | int | float):
            shown = "AWS::NoValue" if value is NO_VALUE else repr(value)
            raise RefusedError(f"{shown} stands where CloudFormation needs a string.")
        return str(value)

    def truth(self, node: Any) -> bool:
        """Return what a condition function gives; anything else is refused."""
        value = self.value(node)
        if not isinstance(value, bool) or not isinstance(node, dict):
            raise RefusedError(f"{node!r} is not a condition.")
        return value

    def _get_att(self, argument: Any) -> Any:
        name, attribute = _arguments("Fn::GetAtt", as_pair(argument), 2)
        return self._attribute(str(name), self.text(attribute))

    def _sub(self, argument: Any) -> str:
        if isinstance(argument, str):
            argument = [argument, {}]
        text, given = _arguments("Fn::Sub", argument, 2)
        if not isinstance(text, str) or not isinstance(given, dict):
            raise RefusedError("Fn::Sub takes a string, or a string and a map.")

        def fill(hole: re.Match[str]) -> str:
            name = hole.group(1)
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in given:
                return self.text(given[name])
            function = "Fn::GetAtt" if "." in name else "Ref"
            return self.text({function: name})

        return _HOLE.sub(fill, text)

    def _join(self, argument: Any) -> str:
        separator, items = _arguments("Fn::Join", argument, 2)
        if not isinstance(separator, str):
            raise RefusedError("The separator of Fn::Join is a plain string.")
        values = self.value(items)
        if not isinstance(values, list):
            raise RefusedError(f"Fn::Join takes a list, not {values!r}.")
        return separator.join(self.text(item) for item in values)

    def _if(self, argument: Any) -> Any:
        name, yes, no = _arguments("Fn::If", argument, 3)
        if not isinstance(name, str):
            raise RefusedError("Fn::If takes the name of a condition.")
        return self.value(yes if self._condition(name) else no)

    def _find_in_map(self, argument: Any) -> Any:
        keys = [self.text(key) for key in _arguments("Fn::FindInMap", argument, 3)]
        found: Any = self._mappings
        for key in keys:
            if key not in found:
                raise RefusedError(f"There is no mapping for {' / '.join(keys)}.")
            found = found[key]
        return found

    def _select(self, argument: Any) -> Any:
        index, items = _arguments("Fn::Select", argument, 2)
        number, values = int(self.text(index)), self.value(items)
        if not isinstance(values, list) or not 0 <= number < len(values):
            raise RefusedError(f"Fn::Select cannot select object {number} of {values!r}.")
        return values[number]

    def _split(self, argument: Any) -> list[str]:
        separator, text = _arguments("Fn::Split", argument, 2)
        return self.text(text).split(str(separator))

    def _equals(self, argument: Any) -> bool:
        """Return whether both are the same text: ``Equals(Ref(Number), 0)`` is true for "0"."""
        left, right = _arguments("Fn::Equals", argument, 2)
        return self.text(left) == self.text(right)

    def _and(self, argument: Any) -> bool:
        return all(list(map(self.truth, _two_to_ten("Fn::And", argument))))

    def _or(self, argument: Any) -> bool:
        return any(list(map(self.truth, _two_to_ten("Fn::Or", argument))))

    def _not(self, argument: Any) -> bool:
        return not self.truth(_arguments("Fn::Not", argument, 1)[0])


def function_name(node: dict[str, Any]) -> str | None:
    """Return the function that this map calls, if it is a call and not a plain map."""
    calls = [key for key in node if key == "Ref" or key.startswith("Fn::")]
    if calls and len(node) > 1:
        raise RefusedError(f"{calls[0]} stands beside other keys: {sorted(node)}.")
    if calls:
        return calls[0]
    # {"Condition": "Name"}; an IAM statement's Condition is a map.
    return (
        "Condition" if list(node) == ["Condition"] and isinstance(node["Condition"], str) else None
    )


def references(node: Any) -> set[str]:
    """Return every name that Ref, GetAtt and Sub mention, in all branches of every If."""
    if isinstance(node, list):
        return set().union(*(references(item) for item in node))
    if not isinstance(node, dict):
        return set()
    name = function_name(node)
    if name == "Ref":
        return {str(node[name])}
    if name == "Fn::GetAtt":
        return {str(as_pair(node[name])[0])} | references(as_pair(node[name])[1:])
    if name == "Fn::Sub":
        text, given = node[name] if isinstance(node[name], list) else (node[name], {})
        holes = {hole for hole in _HOLE.findall(text) if not hole.startswith("!")} - set(given)
        return {hole.split(".")[0] for hole in holes} | references(given)
    return references(list(node.values()))


def as_pair(argument: Any) -> Any:
    """Return GetAtt's ``"Resource.Attribute"`` as its two parts."""
    return argument.split(".", 1) if isinstance(argument, str) else argument


def _arguments(function: str, argument: Any, count: int) -> list[Any]:
    if not isinstance(argument, list) or len(argument) != count:
        raise RefusedError(f"{function} takes {count} arguments, not {argument!r}.")
    return argument


def _two_to_ten(function: str, argument: Any) -> list[Any]:
    if not isinstance(argument, list) or not 2 <= len(argument) <= 10:
        raise RefusedError(f"{function} takes 2 to 10 conditions, not {argument!r}.")
    return argument
