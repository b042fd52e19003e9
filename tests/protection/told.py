"""What a template protects, in lines that a table can hold."""

from collections.abc import Iterator
from typing import Any

from generator.protection.abilities import BACKUP, COPY, EXPIRE, RESTORE
from generator.protection.model import Lock, Protection, Reach, Role, Rule, Vault, shown

ABILITIES = (BACKUP, RESTORE, COPY, EXPIRE)


def told(protection: Protection) -> list[str]:
    """Return the lines, in their order."""
    lines = [_rule(rule) for rule in protection.rules]
    lines += _reaches(protection)
    lines += [_role(role) for role in protection.roles.values()]
    lines += [line for vault in protection.vaults.values() for line in _vault(vault)]
    lines += [
        f"{'' if each.certain else 'perhaps '}heard: {each.what} by {each.topic}"
        + ("" if each.after is None else f" after {each.after} hours")
        for each in sorted(protection.heard, key=lambda each: (each.topic, each.what))
    ]
    for topic, endpoints in protection.subscribers.items():
        lines += [f"subscribed: {endpoint} to {topic}" for endpoint in sorted(endpoints)]
    return [shown(line) for line in lines]


def _rule(rule: Rule) -> str:
    cold = f", cold after {rule.cold_after}" if rule.cold_after is not None else ""
    copies = "".join(f", copied to {copy.vault} for {copy.kept}" for copy in rule.copies)
    vss = ", with VSS" if rule.pauses_windows else ""
    when = f"{rule.schedule} {rule.zone} +{rule.start_window}"
    return f"rule: {rule.name}: {when}, kept {rule.kept}{cold} in {rule.vault}{copies}{vss}"


def _reaches(protection: Protection) -> Iterator[str]:
    """Yield what is selected in the same way, in one line."""
    types: dict[str, list[str]] = {}
    for reach in protection.reaches:
        how = _how(reach, protection.roles.get(reach.role))
        types.setdefault(how, []).append(_SHORT.get(reach.type, reach.type))
    for how, names in types.items():
        yield f"selected: {', '.join(names) if len(names) <= MANY else len(names)}{how}"


MANY = 5
_SHORT = {
    "EC2 instances": "EC2",
    "EBS volumes": "EBS",
    "EFS file systems": "EFS",
    "FSx file systems": "FSx",
}


def _how(reach: Reach, role: Role | None) -> str:
    tags = "".join(
        f" with {tag.key} {tag.operator} {tag.value}"
        for tag in sorted(reach.tags, key=lambda tag: (tag.key, tag.value))
    )
    able = {
        ability: role.lacks.get((reach.type, ability)) if role else None for ability in ABILITIES
    }
    said = [
        f"{ability}{'' if lacks == () else '?' if lacks is None else f' lacks {len(lacks)}'}"
        for ability, lacks in able.items()
    ]
    return (
        (f" like {reach.arn}" if reach.arn else "")
        + tags
        + "".join(f" without {arn}" for arn in sorted(reach.without))
        + (" if opted in" if reach.opted_in else "")
        + f": {', '.join(said)}"
    )


def _role(role: Role) -> str:
    trusted = {True: "trusted", False: "not trusted", None: "perhaps trusted"}[role.trusted]
    passes = "".join(f", passes {arn} to {who}" for arn, who in sorted(role.passes))
    return f"role: {trusted}{', kept' * role.kept}{passes}"


def _vault(vault: Vault) -> Iterator[str]:
    if not vault.made:
        yield f"vault: {vault.name}, not of the template"
        return
    made = f" ({'kept' if vault.key_kept else 'not kept'})" if vault.key_made else ""
    key = f", key {vault.key}{made}" if vault.key else ""
    yield f"vault: {vault.name}{', kept' * vault.kept}{key}{_lock(vault.lock)}"
    for action, but in vault.denied.items():
        yield f"denied: {action} to all but {', '.join(sorted(but)) or 'nobody'}"
    for action, who in sorted(vault.open_to):
        yield f"open: {action} to {who}"
    if vault.key_refuses:
        yield f"refused: {' '.join(vault.key_refuses)}"


def _lock(lock: Any) -> str:
    if not isinstance(lock, Lock):
        return ""
    grace = "" if lock.grace is None else f", final after {lock.grace}"
    return f", locked from {lock.minimum} to {lock.maximum}{grace}"
