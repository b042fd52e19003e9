"""The lines of the page about what the roles of a template let AWS Backup do."""

from collections.abc import Iterator, Sequence

from _backup.matching import like

from generator.protection.abilities import BACKUP, REQUESTS, RESTORE
from generator.protection.derived import OfType, restore_roles, used_roles
from generator.protection.model import Protection, Role, is_known
from generator.protection.resource_types import GIVEN
from generator.protection.words import listed, named, these

_DONE = {BACKUP: "back them up", RESTORE: "restore them"}
_EC2 = ("ec2.amazonaws.com", "ec2.amazonaws.com.cn")


def unsure(types: Sequence[OfType], ability: str) -> Iterator[str]:
    """Yield the types for which nobody can tell whether AWS Backup may do something, and why."""
    by_reason: dict[str, list[str]] = {}
    for each in types:
        if (each.backed_up if ability == BACKUP else each.restored) is None:
            by_reason.setdefault(_why_unsure(each, ability), []).append(each.type)
    for why, names in by_reason.items():
        yield f"{these(names, [each.type for each in types])}: {why}"


def _why_unsure(each: OfType, ability: str) -> str:
    does = _DONE[ability]
    roles = [each.protection.roles.get(reach.role) for reach in each.reaches]
    if None in roles:
        return f"only if the role, which is not in the template, may {does}"
    if each.type == GIVEN:
        return f"whether the role may {does} depends on their type"
    if (each.type, ability) not in REQUESTS:
        return f"not checked: this page does not know what a role needs to {does}"
    if any(role and role.trusted is None for role in roles):
        return "only if the role trusts AWS Backup, which the template does not show"
    return f"only if policies that the template does not show let the role {does}"


def restores(protection: Protection, types: Sequence[OfType]) -> Iterator[str]:
    """Yield what can be restored, and which roles a restored instance can have."""
    names = [each.type for each in types]
    if able := [each.type for each in types if each.restored]:
        yield these(able, names)
    yield from (unsure_lines := [*unsure(types, RESTORE)])
    if unable := [each.type for each in types if each.restored is False]:
        others = len(unsure_lines) == 1 and not able  # the line before has told which
        yield f"not {'the others' if others else these(unable, names)} (see below)"
    if {"EC2 instances", GIVEN} & {*names}:
        passed = passed_roles(used_roles(protection))
        elsewhere = any(reach.role not in protection.roles for reach in protection.reaches)
        none = "not known: the role is not in the template" if elsewhere else "none"
        which = "any" if "*" in passed else listed(passed) or none
        yield f"roles that a restored instance may have again: {which}"


def passed_roles(roles: Sequence[Role]) -> list[str]:
    """Return the names of the roles that these roles may pass to EC2."""
    arns = {
        arn
        for role in roles
        for arn, service in role.passes
        if any(like(service, each) is not False for each in _EC2)
    }
    return [named(arn, alone=True) for arn in sorted(arns)]


def restores_of_copies(protection: Protection) -> Iterator[str]:
    """Yield what the roles that no plan uses can restore, and the roles that they pass on."""
    roles = restore_roles(protection)
    if not roles:
        yield "by no role of this stack"
    for role in roles:
        restored = {kind: role.lacks[kind, does] for kind, does in REQUESTS if does == RESTORE}
        able = [kind for kind, lacks in restored.items() if lacks == ()]
        unsure_of = [kind for kind, lacks in restored.items() if lacks is None]
        name = (
            f"the role {named(role.arn, alone=True)}" if is_known(role.arn) else "the stack's role"
        )
        yield f"{listed(able) or 'nothing for certain'}, by {name}"
        if unsure_of:
            yield f"{listed(unsure_of)}: only if policies that the template does not show allow it"
        if role.trusted is None:
            yield "only if the role trusts AWS Backup, which the template does not show"
        passed = passed_roles([role])
        which = "any" if "*" in passed else listed(passed) or "none"
        yield f"roles that a restored instance may have again: {which}"
