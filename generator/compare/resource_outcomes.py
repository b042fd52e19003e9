"""What an update does to each resource of a live stack: the gravest thing for any parameters.

The resource schemas say whether a changed property replaces the resource.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from generator.cloudformation.evaluate import ABSENT, View, lacking, unknowns
from generator.cloudformation.expand import TRANSFORM, is_rewritten
from generator.cloudformation.functions import call_of
from generator.cloudformation.read import Template
from generator.cloudformation.references import references
from generator.cloudformation.schemas import schema
from generator.compare.data_loss import keeps
from generator.compare.parameter_values import assignments, same_inputs

Path = tuple[str, ...]

# From harmless to grave.
ACTIONS = ("unchanged", "added", "updated", "retained", "removed", "replaced", "refused")


@dataclass(frozen=True)
class Difference:
    """A property whose value changes, and the parameters for which it does."""

    path: Path
    old: Any
    new: Any
    where: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The path as people write it."""
        return ".".join(self.path) or "Properties"

    @property
    def certain(self) -> bool:
        """Whether the values differ, whatever the unknowns in them turn out to be."""
        return _differ(self.old, self.new)


def _differ(old: Any, new: Any) -> bool:
    """Return whether two values are certain to differ."""
    if old is ABSENT or new is ABSENT:
        return True
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return any(
            _differ(was, is_now) for was, is_now in zip(old, new, strict=True) if was != is_now
        )
    return unknowns(old) == unknowns(new)


@dataclass(frozen=True)
class Outcome:
    """What happens to a resource, and why."""

    action: str
    certain: bool = True
    differences: tuple[Difference, ...] = ()
    where: dict[str, str] = field(default_factory=dict)
    because: str = ""
    """The replaced resource that this one refers to."""

    @property
    def gravity(self) -> tuple[int, bool, int]:
        """Its rank among the outcomes; of two that are equally grave, the more usual counts."""
        return (ACTIONS.index(self.action), self.certain, -len(self.where))


def outcomes(old: Template, new: Template) -> dict[str, Outcome]:
    """Return what happens to each resource of either template, by logical id.

    Raises UnreadableError if a condition or a function of a template cannot be evaluated.
    """
    names = old.resources | new.resources
    by_name = {name: _outcome(old, new, name) for name in names}
    _follow(by_name, new)
    return by_name


def made_unasked(template: Template, name: str) -> bool:
    """Return whether a stack that sets only the required parameters has the resource."""
    resource = template.resources[name]
    ordinary = assignments(template, template, resource)[0]
    return _made(template, resource, ordinary.new) is not None


def _outcome(old: Template, new: Template, name: str) -> Outcome:
    before, after = (template.resources.get(name) for template in (old, new))
    rewritten = any(
        resource is not None and is_rewritten(template, resource)
        for template, resource in ((old, before), (new, after))
    )
    if before and after and same_inputs(old, new, before, after):
        if before == after:
            return Outcome("unchanged")
        before, after = _without_same(before, after)
    possible = []
    for assignment in assignments(old, new, *(node for node in (before, after) if node)):
        was, is_now = _made(old, before, assignment.old), _made(new, after, assignment.new)
        if before is None or (was is None and is_now is not None):
            possible.append(Outcome("added", where=assignment.where))
        elif was is None:
            possible.append(Outcome("unchanged", where=assignment.where))
        else:
            possible.append(_outcome_for(was, is_now, assignment.where, rewritten))
    gravest = max(possible, key=lambda outcome: outcome.gravity)
    differences: dict[Path, Difference] = {}
    for outcome in sorted(possible, key=lambda outcome: len(outcome.where)):
        if outcome.action == gravest.action:
            for difference in outcome.differences:
                differences.setdefault(difference.path, difference)
    return replace(gravest, differences=tuple(differences.values()))


def _outcome_for(
    before: dict[str, Any], after: dict[str, Any] | None, where: dict[str, str], rewritten: bool
) -> Outcome:
    """Return what happens to a resource that the stack has, with these parameters.

    ``rewritten``: a macro makes other resources of it, so any change may replace them.
    """
    if after is None:
        kept = keeps(before.get("DeletionPolicy"))
        return Outcome("retained" if kept else "removed", where=where)
    if before["Type"] != after["Type"]:
        return Outcome("refused", where=where)
    differences = [
        replace(difference, where=where)
        for difference in _differences(before["Properties"], after["Properties"])
    ]
    replacing = [
        (difference, sure and difference.certain)
        for difference in differences
        if (sure := _replaces(before["Type"], difference.path, rewritten)) is not None
    ]
    if replacing:
        return Outcome(
            "replaced",
            certain=any(certain for _, certain in replacing),
            differences=tuple(difference for difference, _ in replacing),
            where=where,
        )
    action = "updated" if differences else "unchanged"
    return Outcome(action, differences=tuple(differences), where=where)


def _made(
    template: Template, resource: dict[str, Any] | None, values: dict[str, Any]
) -> dict[str, Any] | None:
    """Return the resource with its values; None if there is none, or its condition is false."""
    view = View(template, values)
    if resource is None or not view.exists(resource):
        return None
    return {**resource, "Properties": view.resolve(resource.get("Properties") or {})}


def _without_same(
    before: dict[str, Any], after: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the two resources without the properties that are written the same in both."""
    was, is_now = _blank_same(before.get("Properties") or {}, after.get("Properties") or {})
    return {**before, "Properties": was}, {**after, "Properties": is_now}


def _blank_same(old: Any, new: Any) -> tuple[Any, Any]:
    if old == new:
        return "", ""
    pairs: Any
    maps = isinstance(old, dict) and isinstance(new, dict)
    if maps and not call_of(old) and not call_of(new):
        pairs = {key: _blank_same(old[key], new[key]) for key in old.keys() & new.keys()}
        return (
            {key: pairs[key][0] if key in pairs else value for key, value in old.items()},
            {key: pairs[key][1] if key in pairs else value for key, value in new.items()},
        )
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = [_blank_same(was, is_now) for was, is_now in zip(old, new, strict=True)]
        return [was for was, _ in pairs], [is_now for _, is_now in pairs]
    return old, new


def _differences(old: Any, new: Any, path: Path = ()) -> Iterator[Difference]:
    """Yield where two values differ, as deep as their shape is the same.

    No stack has, or gets, a value that a map does not have: lookup_changes tells it.
    """
    if old == new:
        return
    maps = isinstance(old, dict) and isinstance(new, dict)
    if maps and not call_of(old) and not call_of(new):
        for key in old | new:
            yield from _differences(old.get(key, ABSENT), new.get(key, ABSENT), (*path, key))
    elif _are_alike(old, new):
        for number, (was, is_now) in enumerate(zip(old, new, strict=True)):
            yield from _differences(was, is_now, (*path, str(number)))
    elif not lacking([old, new]):
        yield Difference(path, old, new)


def _are_alike(old: Any, new: Any) -> bool:
    """Return whether two lists are of maps, each in its place; of texts, the whole list changes."""
    lists = isinstance(old, list) and isinstance(new, list) and len(old) == len(new)
    return lists and any(isinstance(each, dict) and not call_of(each) for each in (*old, *new))


def _replaces(kind: str, path: Path, rewritten: bool) -> bool | None:
    """Return whether a change at the path replaces: True, False for perhaps, None for no."""
    known = schema(kind)
    if known is None or rewritten:
        return False
    if TRANSFORM in path:  # what it brings stands beside it
        beside = path[: path.index(TRANSFORM)]
        return None if _replaces(kind, beside, rewritten) is None else False
    for key, sure in (("createOnlyProperties", True), ("conditionalCreateOnlyProperties", False)):
        for pointer in known.get(key, []):
            # zip() stops at the shorter path: a change of a part, or of the whole, counts too.
            fixed = pointer.split("/")[2:]
            if all(a in ("*", b) for a, b in zip(fixed, path, strict=False)):
                return sure
    return None


def _follow(by_name: dict[str, Outcome], new: Template) -> None:
    """Update the outcomes of what refers to a replaced resource, whose name or ARN changes."""
    waiting = [name for name, outcome in by_name.items() if outcome.action == "replaced"]
    while waiting:
        cause = waiting.pop(0)
        for name, resource in new.resources.items():
            outcome = by_name[name]
            paths = list(_paths_to(cause, resource.get("Properties") or {}))
            if not paths or outcome.action not in ("unchanged", "updated"):
                continue
            rewritten = is_rewritten(new, resource)
            if any(_replaces(resource["Type"], path, rewritten) is not None for path in paths):
                by_name[name] = replace(outcome, action="replaced", certain=False, because=cause)
                waiting.append(name)
            elif outcome.action == "unchanged":
                by_name[name] = replace(outcome, action="updated", because=cause)


def _paths_to(name: str, node: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths at which a part of a template refers to a resource."""
    if isinstance(node, dict) and not call_of(node):
        for key, value in node.items():
            yield from _paths_to(name, value, (*path, str(key)))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _paths_to(name, value, (*path, str(number)))
    elif name in references(node):
        yield path
