"""What differs between two templates in a way that may change values: the rest need not be read."""

from collections.abc import Iterator
from typing import Any

from generator.cloudformation.functions import call_of, is_list
from generator.cloudformation.read import Template
from generator.cloudformation.references import conditions_of, references


def changed_names(old: Template, new: Template) -> frozenset[str]:
    """Return the parameters, maps, conditions and resources whose meaning is not the same."""
    changed = {
        name
        for section in ("parameters", "mappings", "resources")
        for before, after in [(getattr(old, section), getattr(new, section))]
        for name in before | after
        if _meaning(before.get(name)) != _meaning(after.get(name))
    }
    conditions = old.conditions | new.conditions
    found = {name for name in conditions if old.conditions.get(name) != new.conditions.get(name)}
    for name, condition in conditions.items():
        used = conditions_of({"Condition": name}, conditions)
        deciding = [condition, *(conditions.get(each) for each in used)]
        if used & found or _names_in(deciding) & changed:
            changed.add(f"condition {name}")
    return frozenset(changed | {f"condition {name}" for name in found})


def _meaning(entry: Any) -> Any:
    """Return what others see of a parameter, a map or a resource."""
    if not isinstance(entry, dict) or "Type" not in entry:
        return entry
    properties = entry.get("Properties")
    names = {
        key: value
        for key, value in (properties.items() if isinstance(properties, dict) else ())
        if str(key).endswith("Name")
    }
    return [entry.get("Type"), entry.get("Default"), entry.get("Condition"), names]


def _names_in(node: Any) -> set[str]:
    """Return the parameters, resources and maps that a node refers to."""
    found = references(node)
    return found | {str(name) for name in _maps_in(node)}


def _maps_in(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "Fn::FindInMap" and is_list(value) and value:
                yield value[0]
            yield from _maps_in(value)
    elif isinstance(node, list):
        for item in node:
            yield from _maps_in(item)


def differing_nodes(old: Template, new: Template, changed: frozenset[str]) -> list[Any]:
    """Return what differs between the resources, on both sides."""
    before, after = old.resources, new.resources
    return [
        node
        for name in before | after
        for node in _of_resource(before.get(name), after.get(name), changed)
    ]


def _of_resource(
    before: dict[str, Any] | None, after: dict[str, Any] | None, changed: frozenset[str]
) -> list[dict[str, Any]]:
    """Return a resource on both sides without what is the same; nothing, if all of it is."""
    if before is None or after is None:
        return [each for each in (before, after) if each is not None]
    if before["Type"] != after["Type"]:
        return [before, after]
    keys = ("Condition", "DeletionPolicy", "UpdateReplacePolicy")
    outer = [{key: each[key] for key in keys if key in each} for each in (before, after)]
    pairs = _parts(before.get("Properties"), after.get("Properties"), changed)
    if pairs is None and outer[0] == outer[1] and not _is_affected(outer[0], changed):
        return []
    return [
        {**each, "Properties": properties}
        for each, properties in zip(outer, pairs or ({}, {}), strict=True)
    ]


def _parts(old: Any, new: Any, changed: frozenset[str]) -> tuple[Any, Any] | None:
    """Return two values without what is the same in them; None: all of it is."""
    if old == new and not _is_affected(old, changed):
        return None
    one, other = call_of(old), call_of(new)
    if one and other:
        condition = one.argument[0] if is_list(one.argument, 3) else None
        if (
            one.name == other.name == "Fn::If"
            and is_list(other.argument, 3)
            and condition == other.argument[0]
            and f"condition {condition}" not in changed
        ):
            several = [
                _parts(was, is_now, changed) or ("", "")
                for was, is_now in zip(one.argument[1:], other.argument[1:], strict=True)
            ]
            first, second = ([condition, *(pair[n] for pair in several)] for n in (0, 1))
            return {"Fn::If": first}, {"Fn::If": second}
        return old, new
    if isinstance(old, dict) and isinstance(new, dict) and not one and not other:
        pairs = {key: _parts(old.get(key, ""), new.get(key, ""), changed) for key in old | new}
        unlike = {key: pair for key, pair in pairs.items() if pair}
        return tuple({key: pair[n] for key, pair in unlike.items()} for n in (0, 1))  # type: ignore[return-value]
    if isinstance(old, list) and isinstance(new, list):
        return _items(old, new, changed)
    return old, new


def _items(old: list[Any], new: list[Any], changed: frozenset[str]) -> tuple[list[Any], list[Any]]:
    """Return two lists without the items that are the same."""
    same = [each for each in old if each in new and not _is_affected(each, changed)]
    first, second = ([item for item in items if item not in same] for items in (old, new))
    if len(first) != len(second):
        return first, second
    pairs = [
        pair
        for was, is_now in zip(first, second, strict=True)
        if (pair := _parts(was, is_now, changed))
    ]
    return [before for before, _ in pairs], [after for _, after in pairs]


def _is_affected(node: Any, changed: frozenset[str]) -> bool:
    """Return whether a node that is written the same may have another value."""
    if not isinstance(node, dict | list) or not changed:
        return False
    conditions = {f"condition {name}" for name in conditions_of(node, {})}
    return bool((_names_in(node) | conditions) & changed)
