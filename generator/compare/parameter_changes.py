"""What an update changes for those who pass the parameters."""

from collections.abc import Iterator
from operator import gt, lt
from typing import Any

from generator.cloudformation.evaluate import ABSENT
from generator.cloudformation.functions import scalar
from generator.cloudformation.parameter_constraints import refusal
from generator.cloudformation.read import Template
from generator.compare.change import Change, Level
from generator.compare.values import Values, difference, listed, shown

_BOUNDS = {"MinLength": gt, "MinValue": gt, "MaxLength": lt, "MaxValue": lt}
_TEXTS = frozenset({"Description", "ConstraintDescription"})


def parameter_changes(old: Template, new: Template) -> Iterator[Change]:
    """Yield the changes to the parameters."""
    before, after = old.parameters, new.parameters
    added = [name for name in after if name not in before]
    for name, was in before.items():
        if name in after:
            yield from _parameter(name, was, after[name])
            continue
        twin = next((other for other in added if _alike(was, after[other])), None)
        text = "a parent that passes it cannot update: CloudFormation refuses unknown parameters"
        if twin:
            added.remove(twin)
            text = f"is now {twin}; {text}"
        yield Change("parameter", name, "renamed" if twin else "removed", Level.MAJOR, text)
    for name in after:
        if name in before:
            continue
        if "Default" in after[name]:
            text = f"default: {shown(scalar(after[name]['Default']))}"
            yield Change("parameter", name, "added", Level.MINOR, text)
        else:
            text = "has no default: a parent that does not pass it cannot update"
            yield Change("parameter", name, "newly required", Level.MAJOR, text)


def _alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Return whether two parameters accept the same values, whatever their texts say."""
    return {key: value for key, value in one.items() if key not in _TEXTS} == {
        key: value for key, value in other.items() if key not in _TEXTS
    }


def _parameter(name: str, was: dict[str, Any], is_now: dict[str, Any]) -> Iterator[Change]:
    def change(what: str, level: Level, text: str = "", key: str = "") -> Change:
        values = (Values(key, was.get(key, ABSENT), is_now.get(key, ABSENT)),) if key else ()
        return Change("parameter", name, what, level, text, values=values)

    if was.get("Type") != is_now.get("Type"):
        text = f"Type: {was.get('Type')} -> {is_now.get('Type')}: check what parents pass"
        yield change("narrowed", Level.MAJOR, text, "Type")
    yield from _default(name, was, is_now)
    for constraint in _narrower(was, is_now):
        text = _before_and_after(constraint, was, is_now)
        yield change("narrowed", Level.MAJOR, text, constraint)
    for constraint in _narrower(is_now, was):
        text = _before_and_after(constraint, was, is_now)
        yield change("widened", Level.MINOR, text, constraint)
    narrowed = _narrowed_pattern(was, is_now)
    if narrowed:
        yield change("narrowed", Level.MAJOR, narrowed, "AllowedPattern")
    pattern = is_now.get("AllowedPattern")
    if pattern != was.get("AllowedPattern") and not narrowed:
        before, after = (_pattern(each) for each in (was, is_now))
        text = f"AllowedPattern: {difference(before, after)}"
        yield change("widened", Level.MINOR, text, "AllowedPattern")
    if bool(was.get("NoEcho")) != bool(is_now.get("NoEcho")):
        yield change("NoEcho changed", Level.MINOR)
    if any(was.get(key) != is_now.get(key) for key in _TEXTS):
        yield change("description changed", Level.PATCH)


def _default(name: str, was: dict[str, Any], is_now: dict[str, Any]) -> Iterator[Change]:
    if "Default" not in was and "Default" not in is_now:
        return
    if "Default" not in is_now:
        text = "lost its default: a parent that does not pass it cannot update"
        yield Change("parameter", name, "newly required", Level.MAJOR, text)
    elif "Default" not in was:
        yield Change("parameter", name, "no longer required", Level.MINOR)
    elif (before := scalar(was["Default"])) != (after := scalar(is_now["Default"])):
        text = (
            f"{difference(before, after)}: a stack keeps its value if the update says "
            "UsePreviousValue, and gets the new default if a parent does not pass the parameter"
        )
        values = (Values("Default", before, after),)
        yield Change("parameter", name, "default changed", Level.MINOR, text, values=values)


def _narrower(was: dict[str, Any], is_now: dict[str, Any]) -> Iterator[str]:
    """Yield the list of values and the bounds that accept less than before."""
    values = [scalar(value) for value in is_now.get("AllowedValues", [])]
    known = [scalar(value) for value in was.get("AllowedValues", [])]
    if values and (not known or set(known) - set(values)):
        yield "AllowedValues"
    for bound, tighter in _BOUNDS.items():
        if bound in is_now and (
            bound not in was or tighter(float(is_now[bound]), float(was[bound]))
        ):
            yield bound


def _before_and_after(constraint: str, was: dict[str, Any], is_now: dict[str, Any]) -> str:
    before, after = (_constraint(parameter.get(constraint, "none")) for parameter in (was, is_now))
    if isinstance(before, list) and isinstance(after, list):
        return f"{constraint}: {difference(before, after)}"
    one, other = (listed(each) if isinstance(each, list) else each for each in (before, after))
    return f"{constraint}: {one} -> {other}"


def _constraint(value: Any) -> Any:
    return [scalar(each) for each in value] if isinstance(value, list) else str(value)


def _pattern(parameter: dict[str, Any]) -> str:
    return str(parameter.get("AllowedPattern") or "any text")


def _narrowed_pattern(was: dict[str, Any], is_now: dict[str, Any]) -> str:
    """Return what the new pattern refuses, or what to check; empty if it accepts all the old did.

    Only some patterns can be compared: one that adds alternatives accepts all the old one did.
    """
    old, new = was.get("AllowedPattern"), is_now.get("AllowedPattern")
    if new is None or new == old:
        return ""
    known = [*was.get("AllowedValues", []), *([was["Default"]] if "Default" in was else [])]
    only_pattern = {"Type": "String", "AllowedPattern": new}
    refused = [value for value in map(scalar, known) if refusal(only_pattern, value)]
    if refused:
        return f"AllowedPattern: {new} refuses {listed(refused)}"
    text = f"AllowedPattern: {difference(_pattern(was), _pattern(is_now))}"
    if old is None:
        return text
    if not set(alternatives(old)) <= set(alternatives(new)):
        return f"{text}: check that the new one accepts everything that the old one accepted"
    return ""


def alternatives(pattern: str) -> list[str]:
    """Return the parts of a pattern between each | that is outside of brackets."""
    parts, depth, in_class, escaped = [""], 0, False, False
    for character in str(pattern):
        if not escaped and not in_class and not depth and character == "|":
            parts.append("")
            continue
        if not escaped:
            depth += (character == "(") - (character == ")") if not in_class else 0
            in_class = character == "[" or (in_class and character != "]")
        escaped = character == "\\" and not escaped
        parts[-1] += character
    return parts
