"""What an update does to each resource, and what that means."""

from typing import Any

from generator.cloudformation.evaluate import ABSENT
from generator.cloudformation.read import Template
from generator.cloudformation.schemas import schema
from generator.compare.change import Change, Level, place, shown
from generator.compare.data_loss import PROTECTIONS, keeps, meaning, stateful
from generator.compare.resource_outcomes import Difference, Outcome, made_unasked, outcomes

# Nothing is lost with the old one: the new one does the same.
_HOLD_NOTHING = frozenset({"AWS::Backup::BackupPlan", "AWS::Backup::BackupSelection"})
_POLICIES = {"DeletionPolicy": "with the stack", "UpdateReplacePolicy": "when it is replaced"}


_LEVELS = {
    "nothing": Level.NONE,
    "added": Level.MINOR,
    "updated": Level.MINOR,
    "retained": Level.MAJOR,
    "removed": Level.MAJOR,
    "replaced": Level.MAJOR,
    "refused": Level.MAJOR,
}


def resource_changes(old: Template, new: Template) -> list[Change]:
    """Return what happens to each resource, the untouched ones included, and to what keeps it.

    Of several things that the parameters of a stack choose between, the gravest is told.
    Raises UnreadableError for a template whose conditions or functions cannot be evaluated.
    """
    before, after = old.resources, new.resources
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
        where={} if action == "nothing" else outcome.where,
    )


def _difference(difference: Difference, outcome: Outcome) -> str:
    text = f"{'.'.join(difference.path)}: {shown(difference.old)} -> {shown(difference.new)}"
    if difference.where == outcome.where:
        return text
    return f"{text} ({place(difference.where)})"


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
            where=difference.where,
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
