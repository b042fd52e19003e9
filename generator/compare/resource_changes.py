"""Changes as people read them: what an update does to each resource, and what that means."""

import json
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from generator.cloudformation.evaluate import ABSENT, is_function, section
from generator.compare.data_loss import PROTECTIONS, keeps, meaning, stateful
from generator.compare.resource_outcomes import Outcome, made_unasked, outcomes, schema

# Nothing is lost with the old one: the new one does the same.
_HOLD_NOTHING = frozenset({"AWS::Backup::BackupPlan", "AWS::Backup::BackupSelection"})
_POLICIES = {"DeletionPolicy": "with the stack", "UpdateReplacePolicy": "when it is replaced"}
_LONGEST = 72


class Level(IntEnum):
    """The part of the version that has to go up for a change."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True)
class Change:
    """One thing that an update changes, in a live stack or for whoever passes its parameters."""

    about: str
    """resource, parameter, rule, output, capability or template."""
    name: str
    change: str
    level: Level
    text: str = ""
    """What is different, and what it means."""
    kind: str = ""
    """The type of a resource."""
    danger: bool = False
    """Something stateful is replaced or removed, or loses what keeps it."""
    where: dict[str, str] = field(default_factory=dict)
    """The parameters for which it happens; empty: for those that stacks usually have."""


_LEVELS = {
    "nothing": Level.NONE,
    "added": Level.MINOR,
    "updated": Level.MINOR,
    "retained": Level.MAJOR,
    "removed": Level.MAJOR,
    "replaced": Level.MAJOR,
    "refused": Level.MAJOR,
}


def resource_changes(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return what happens to each resource, the untouched ones included, and to what keeps it.

    Of several things that the parameters of a stack choose between, the gravest is told.
    Raises UnreadableError for a template whose conditions or functions cannot be evaluated.
    """
    before, after = section(old, "Resources"), section(new, "Resources")
    happens = outcomes(old, new)
    renamed = _renamed(before, after)
    found: list[Change] = []
    for name, outcome in happens.items():
        if name not in before:
            asked = "" if made_unasked(new, name) else "made only where a parameter asks for it"
            kind = after[name]["Type"]
            found.append(Change("resource", name, "added", Level.MINOR, asked, kind))
            continue
        found.append(_told(name, before[name], after.get(name), outcome, renamed.get(name)))
        if name in after:
            found += _kept_otherwise(name, before[name], after[name])
            found += _unprotected(name, before[name], outcome)
            found += _other_attributes(name, before[name], after[name])
    return found


def shown(value: Any) -> str:
    """Return a resolved value in a length that fits a line."""
    text = "nothing" if value is ABSENT else _brief(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _brief(value: Any) -> str:
    if isinstance(value, str):
        return value or "empty"
    if is_function(value):
        ((name, given),) = value.items()
        if name == "Ref":
            return f"${{{given}}}"
        if name == "Fn::GetAtt":
            return f"${{{'.'.join(str(part) for part in given)}}}"
        if name == "Fn::Join" and given[0] == "":
            return "".join(_brief(part) for part in given[1])
    return json.dumps(value)


def _told(
    name: str,
    before: dict[str, Any],
    after: dict[str, Any] | None,
    outcome: Outcome,
    renamed: str | None,
) -> Change:
    action, kind = outcome.action, before["Type"]
    said = [_difference(difference, outcome) for difference in outcome.differences]
    if outcome.because:
        said.insert(0, f"refers to {outcome.because}, which is replaced")
    if action == "refused":
        said.append(
            f"was {kind}, is {(after or {}).get('Type')}: CloudFormation refuses to change the "
            "type of a resource: give the new one a logical id of its own"
        )
    kept = keeps((after or {}).get("UpdateReplacePolicy"))
    said.append(meaning(kind, action, kept=kept))
    if renamed:
        said.append(f"is now {renamed}: another logical id is another resource to CloudFormation")
    if _name_taken(before, after, outcome) if renamed is None else _own_name(before) is not None:
        said.append(
            "the new one is made before the old one goes, under the same name: the update fails"
        )
    level = _LEVELS[action]
    if action == "replaced" and kind in _HOLD_NOTHING:
        level = Level.MINOR
    told = "updated in place" if action == "updated" else action
    return Change(
        "resource",
        name,
        told if outcome.certain else f"may be {told}",
        level,
        "; ".join(text for text in said if text),
        kind,
        danger=(action in ("replaced", "removed", "refused") or renamed is not None)
        and stateful(before),
        where={} if action == "nothing" else dict(outcome.where),
    )


def _difference(difference: Any, outcome: Outcome) -> str:
    text = f"{'.'.join(difference.path)}: {shown(difference.old)} -> {shown(difference.new)}"
    if difference.where == outcome.where:
        return text
    return f"{text} ({place(dict(difference.where))})"


def place(where: dict[str, str]) -> str:
    """Return for which parameters something happens, as a clause; empty: for the usual ones."""
    said = ", ".join(f"{name} is {value}" for name, value in where.items())
    return f"where {said}" if said else "with the usual parameters"


def _renamed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    """Return old and new logical id of what stays the same thing in everything else."""
    come = [name for name in after if name not in before]
    pairs: dict[str, str] = {}
    for name, resource in before.items():
        twins = [other for other in come if name not in after and _same(resource, after[other])]
        if twins:
            pairs[name] = twins[0]
            come.remove(twins[0])
    return pairs


def _same(resource: dict[str, Any], other: dict[str, Any]) -> bool:
    if resource["Type"] != other["Type"]:
        return False
    own = _own_name(resource)
    return (own is not None and own == _own_name(other)) or (
        resource.get("Properties") == other.get("Properties")
    )


def _name_taken(before: dict[str, Any], after: dict[str, Any] | None, outcome: Outcome) -> bool:
    """Return whether a replacement would need the name that the old resource still has."""
    if outcome.action != "replaced" or after is None:
        return False
    own = _own_name(before)
    named_by = {pointer.split("/")[2] for pointer in _identity(before["Type"])}
    changed = {difference.path[0] for difference in outcome.differences}
    return own is not None and own == _own_name(after) and not named_by & changed


def _own_name(resource: dict[str, Any]) -> Any:
    """Return the name that the template gives a resource; None where CloudFormation makes one."""
    fixed = (schema(resource["Type"]) or {}).get("createOnlyProperties", [])
    for pointer in _identity(resource["Type"]):
        name = (resource.get("Properties") or {}).get(pointer.rpartition("/")[2])
        if pointer in fixed and name is not None:
            return name
    return None


def _identity(kind: str) -> list[str]:
    found: list[str] = (schema(kind) or {}).get("primaryIdentifier", [])
    return found


def _kept_otherwise(name: str, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    kind = before["Type"]
    found = []
    for policy, event in _POLICIES.items():
        was, is_now = before.get(policy), after.get(policy)
        if was == is_now:
            continue
        text = f"{policy}: {was or 'nothing'} -> {is_now or 'nothing'}"
        if keeps(was) and not keeps(is_now):
            text += f"; it goes {event}: {meaning(kind, 'removed', kept=False) or 'it is lost'}"
            change, level, danger = "loses what keeps it", Level.MAJOR, stateful(before)
        else:
            change, level, danger = "kept otherwise", Level.MINOR, False
        found.append(Change("resource", name, change, level, text, kind, danger))
    return found


def _unprotected(name: str, before: dict[str, Any], outcome: Outcome) -> list[Change]:
    kind = before["Type"]
    return [
        Change(
            "resource",
            name,
            "loses what protects it",
            Level.MAJOR,
            f"{difference.path[0]} is gone",
            kind,
            danger=True,
            where=dict(difference.where),
        )
        for difference in outcome.differences
        if difference.path[0] in PROTECTIONS.get(kind, ())
        and len(difference.path) == 1
        and difference.new is ABSENT
    ]


def _other_attributes(name: str, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    compared = {"Type", "Properties", "Condition", *_POLICIES}
    changed = [
        key
        for key in sorted((before.keys() | after.keys()) - compared)
        if before.get(key) != after.get(key)
    ]
    if not changed:
        return []
    level = Level.PATCH if set(changed) <= {"DependsOn", "Metadata"} else Level.MINOR
    return [Change("resource", name, f"{', '.join(changed)} changed", level, "", before["Type"])]
