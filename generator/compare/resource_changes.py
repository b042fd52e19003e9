"""What an update does to each resource, and what that means."""

from typing import Any

from generator.cloudformation.evaluate import ABSENT
from generator.cloudformation.read import Template
from generator.cloudformation.schemas import schema
from generator.compare.change import Change, Level, clause
from generator.compare.data_loss import POLICIES, keeps, may_keep, meaning, stateful
from generator.compare.resource_outcomes import Difference, Outcome, made_unasked, outcomes
from generator.compare.values import Values, difference

# These hold no data: a new one does what the old one did.
_HOLD_NOTHING = frozenset({"AWS::Backup::BackupPlan", "AWS::Backup::BackupSelection"})

_LEVELS = {
    "unchanged": Level.NONE,
    "added": Level.MINOR,
    "updated": Level.MINOR,
    "retained": Level.MAJOR,
    "removed": Level.MAJOR,
    "replaced": Level.MAJOR,
    "refused": Level.MAJOR,
}


def resource_changes(old: Template, new: Template) -> list[Change]:
    """Return what happens to each resource, also to the unchanged ones, and to what keeps it.

    If different parameters lead to different outcomes, the gravest one counts. Raises
    UnreadableError if a condition or a function of a template cannot be evaluated.
    """
    before, after = old.resources, new.resources
    renamed = _renamed(before, after)
    changes: list[Change] = []
    for name, outcome in outcomes(old, new).items():
        if name not in before:
            text = "" if made_unasked(new, name) else "created only if a parameter asks for it"
            kind = after[name]["Type"]
            changes.append(Change("resource", name, "added", Level.MINOR, text, kind))
            continue
        changes.append(_change(name, before[name], after.get(name), outcome, renamed.get(name)))
        if name in after:
            changes += _policy_changes(name, before[name], after[name])
            changes += _other_attributes(name, before[name], after[name])
    return changes


def _change(
    name: str,
    before: dict[str, Any],
    after: dict[str, Any] | None,
    outcome: Outcome,
    renamed: str | None,
) -> Change:
    action, kind = outcome.action, before["Type"]
    texts = [_difference(each, outcome) for each in outcome.differences]
    if outcome.because:
        texts.insert(0, f"refers to {outcome.because}, which is replaced")
    if action == "refused":
        texts.append(
            f"was {kind}, is {(after or {}).get('Type')}: CloudFormation refuses to change the "
            "type of a resource: give the new one a logical id of its own"
        )
    kept = keeps((after or {}).get("UpdateReplacePolicy"))
    texts.append(meaning(kind, action, kept=kept))
    if renamed:
        texts.append(f"is now {renamed}: to CloudFormation, a new logical id is a new resource")
    if _name_taken(before, after, outcome) if renamed is None else _own_name(before) is not None:
        texts.append(
            "the update fails: the new one is created before the old one is deleted, and both "
            "have the same name"
        )
    level = _LEVELS[action]
    if action == "replaced" and kind in _HOLD_NOTHING:
        level = Level.MINOR
    change = "updated in place" if action == "updated" else action
    return Change(
        "resource",
        name,
        change if outcome.certain else f"may be {change}",
        level,
        "; ".join(text for text in texts if text),
        kind,
        danger=(action in ("replaced", "removed", "refused") or renamed is not None)
        and stateful(before),
        where={} if action == "unchanged" else outcome.where,
        values=tuple(Values(each.name, each.old, each.new) for each in outcome.differences),
    )


def _difference(each: Difference, outcome: Outcome) -> str:
    text = f"{each.name}: {difference(each.old, each.new)}"
    return text if each.where == outcome.where else f"{text} ({clause(each.where)})"


def _renamed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    """Return the new logical id of each resource whose logical id alone changes, by its old one."""
    added = [name for name in after if name not in before]
    new_names: dict[str, str] = {}
    for name, resource in before.items():
        twins = [other for other in added if name not in after and _same(resource, after[other])]
        if twins:
            new_names[name] = twins[0]
            added.remove(twins[0])
    return new_names


def _same(resource: dict[str, Any], other: dict[str, Any]) -> bool:
    if resource["Type"] != other["Type"]:
        return False
    own = _own_name(resource)
    return (own is not None and own == _own_name(other)) or (
        resource.get("Properties") == other.get("Properties")
    )


def _name_taken(before: dict[str, Any], after: dict[str, Any] | None, outcome: Outcome) -> bool:
    """Return whether the replacement needs the name that the old resource still has."""
    if outcome.action != "replaced" or after is None:
        return False
    own = _own_name(before)
    named_by = {pointer.split("/")[2] for pointer in _identity(before["Type"])}
    changed = {key for each in outcome.differences for key in each.path[:1]}
    return own is not None and own == _own_name(after) and not named_by & changed


def _own_name(resource: dict[str, Any]) -> Any:
    """Return the name that the template gives a resource; None if CloudFormation makes one up."""
    fixed = (schema(resource["Type"]) or {}).get("createOnlyProperties", [])
    for pointer in _identity(resource["Type"]):
        name = (resource.get("Properties") or {}).get(pointer.rpartition("/")[2])
        if pointer in fixed and name is not None:
            return name
    return None


def _identity(kind: str) -> list[str]:
    pointers: list[str] = (schema(kind) or {}).get("primaryIdentifier", [])
    return pointers


def _policy_changes(name: str, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    kind = before["Type"]
    changes = []
    for policy, event in POLICIES.items():
        was, is_now = before.get(policy), after.get(policy)
        if was == is_now:
            continue
        values = Values(policy, before.get(policy, ABSENT), after.get(policy, ABSENT))
        text = f"{policy}: {difference(values.old, values.new)}"
        if may_keep(was) and not keeps(is_now):
            loss = meaning(kind, "removed", kept=False) or "it is lost"
            text += f"; {event}, {loss}"
            change, level = "no longer kept", Level.MAJOR
        else:
            change, level = f"{policy} changed", Level.MINOR
        changes.append(Change("resource", name, change, level, text, kind, values=(values,)))
    return changes


def _other_attributes(name: str, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    compared = {"Type", "Properties", "Condition", *POLICIES}
    changed = [
        key
        for key in sorted((before.keys() | after.keys()) - compared)
        if before.get(key) != after.get(key)
    ]
    if not changed:
        return []
    level = Level.PATCH if set(changed) <= {"DependsOn", "Metadata"} else Level.MINOR
    values = tuple(Values(key, before.get(key, ABSENT), after.get(key, ABSENT)) for key in changed)
    what = f"{', '.join(changed)} changed"
    return [Change("resource", name, what, level, "", before["Type"], values=values)]
