"""What AWS Backup may no longer do with the role of a selection."""

from collections.abc import Iterator

from _backup.matching import like

from generator.compare.loss import Loss
from generator.compare.selection_losses import Selected, selected
from generator.protection.abilities import BACKUP, COPY, EXPIRE, REQUESTS, RESTORE
from generator.protection.derived import restore_roles
from generator.protection.model import Protection, Role
from generator.protection.words import listed

_DOES = {
    BACKUP: "back up",
    RESTORE: "restore",
    COPY: "copy",
    EXPIRE: "delete expired recovery points of",
}


def role_losses(old: Protection, new: Protection) -> Iterator[Loss]:
    """Yield what roles may no longer do, once for all roles and types."""
    yield from _of_selections(old, new)
    yield from _of_restores(old, new)


def _of_restores(old: Protection, new: Protection) -> Iterator[Loss]:
    """Yield what roles that no plan uses may no longer restore."""
    others = restore_roles(new)
    for before in restore_roles(old):
        # It may have another name; of several, nobody knows which one it is.
        after = new.roles.get(before.arn) or (others[0] if len(others) == 1 else None)
        if after is None:
            yield Loss("the template no longer makes the role for restores")
            continue
        yield from _of_role(before, after)
        for kind in (name for name, does in REQUESTS if does == RESTORE):
            was, lacks = (role.lacks[kind, RESTORE] for role in (before, after))
            if more := sorted({*(lacks or ())} - {*(was or ())}):
                yield Loss("the role may no longer restore ", kind, f": {', '.join(more)}")
            elif lacks is None and was == ():
                yield Loss("whether the role may restore ", kind, " is no longer known")


def _of_selections(old: Protection, new: Protection) -> Iterator[Loss]:
    for each in selected(old, new):
        for before in filter(None, each.old_roles):
            after = next(iter(each.new_roles), None)
            if after is None:
                yield Loss("the role is no longer in the template: nobody knows what it may do")
                continue
            yield from _of_role(before, after)
            yield from _of_abilities(each, before, after)


def _of_abilities(each: Selected, before: Role, after: Role) -> Iterator[Loss]:
    unknown = []
    for ability, does in _DOES.items():
        if ability == COPY and not any(rule.copies for rule in each.old):
            continue
        was, lacks = (role.lacks.get((each.type, ability)) for role in (before, after))
        if more := sorted({*(lacks or ())} - {*(was or ())}):
            yield Loss(f"the role may no longer {does} ", each.type, f": {', '.join(more)}")
        elif lacks is None and was == ():
            unknown.append(does)
    if unknown:
        yield Loss(f"whether the role may {listed(unknown)} ", each.type, " is no longer known")


def _of_role(before: Role, after: Role) -> Iterator[Loss]:
    if before.trusted and after.trusted is False:
        yield Loss("AWS Backup may no longer assume the role")
    elif before.trusted and after.trusted is None:
        yield Loss("whether AWS Backup may assume the role is no longer known")
    for arn, service in sorted(before.passes):
        if not any(_includes(each, (arn, service)) for each in after.passes):
            whom = "to any service" if service == "*" else f"to {service}"
            yield Loss("an instance's role may no longer be passed ", whom, f": {arn}")
    if before.kept and not after.kept:
        yield Loss("the role no longer outlives the stack")


def _includes(passed: tuple[str, str], other: tuple[str, str]) -> bool:
    (role, service), (arn, to) = passed, other
    return (role == arn or like(role, arn) is True) and service in ("*", to)
