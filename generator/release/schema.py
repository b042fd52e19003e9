"""Checks a document against a JSON schema, with the keywords that manifest.schema.json has.

By hand, because the package for it would bring four others into every installation, for one file.
https://json-schema.org/draft/2020-12/json-schema-validation
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


def _is(value: Any, types: str | list[str]) -> bool:
    # The type itself: a boolean is an int for isinstance.
    return any(
        type(value) in _TYPES[name] for name in ([types] if isinstance(types, str) else types)
    )


# Each passes what has another type than the keyword is about.
_CHECKS: dict[str, Callable[[Any, Any], bool]] = {
    "type": lambda types, value: _is(value, types),
    "const": lambda wanted, value: value == wanted,
    "enum": lambda values, value: value in values,
    # In Python, $ also matches before a line end.
    "pattern": lambda pattern, value: (
        not _is(value, "string") or bool(re.search(pattern.replace("$", r"\Z"), value))
    ),
    "minLength": lambda least, value: not _is(value, "string") or len(value) >= least,
    "minimum": lambda least, value: not _is(value, "number") or value >= least,
    "maximum": lambda most, value: not _is(value, "number") or value <= most,
    "minItems": lambda least, value: not _is(value, "array") or len(value) >= least,
    "maxItems": lambda most, value: not _is(value, "array") or len(value) <= most,
    "uniqueItems": lambda _, value: (
        not _is(value, "array") or len({repr(item) for item in value}) == len(value)
    ),
    "required": lambda names, value: not _is(value, "object") or {*names} <= value.keys(),
    "dependentRequired": lambda needed, value: (
        not _is(value, "object")
        or all({*names} <= value.keys() for name, names in needed.items() if name in value)
    ),
}


def violations(schema: Mapping[str, Any], document: Any) -> Iterator[str]:
    """Yield where the document is not as the schema says, and the keyword that says so."""

    def walk(node: Any, value: Any, at: str) -> Iterator[str]:
        if node is False:
            yield f"{at}: additionalProperties"
            return
        for keyword, wanted in node.items():
            if keyword in _CHECKS and not _CHECKS[keyword](wanted, value):
                yield f"{at}: {keyword}"
        if "not" in node and not any(walk(node["not"], value, at)):
            yield f"{at}: not"
        if "if" in node:
            branch = "else" if any(walk(node["if"], value, at)) else "then"
            yield from walk(node.get(branch, {}), value, at)
        for inner, part, where in _inner(schema, node, value, at):
            yield from walk(inner, part, where)

    yield from walk(schema, document, "$")


def _inner(
    schema: Mapping[str, Any], node: Mapping[str, Any], value: Any, at: str
) -> Iterator[tuple[Any, Any, str]]:
    """Yield the schemas inside a schema, each with what it is about and where that is."""
    if "$ref" in node:
        yield schema["$defs"][node["$ref"].removeprefix("#/$defs/")], value, at
    if _is(value, "array"):
        for number, item in enumerate(value):
            yield node.get("items", {}), item, f"{at}[{number}]"
    if _is(value, "object"):
        others = node.get("additionalProperties", {})
        for name, item in value.items():
            yield node.get("properties", {}).get(name, others), item, f"{at}.{name}"
