"""Whose copies a vault accepts no longer, and which limits to a role are gone."""

import json
from collections.abc import Iterator

from generator.compare.loss import Loss
from generator.compare.principals import allowed, name_of, still
from generator.protection.model import Vault
from generator.protection.vaults import COPY_INTO, account_of
from generator.protection.words import listed, named, only_by


def acceptance_losses(before: Vault, after: Vault) -> Iterator[Loss]:
    """Yield who may no longer copy into a vault, and who may although only a role might."""
    was, is_now = (set(map(_alike, allowed(each, COPY_INTO))) for each in (before, after))
    for who in sorted(was):
        limits = [each for each in sorted(is_now) if name_of(each) == who and only_by(each)]
        if limits and not still(who, is_now):
            yield Loss("the vault's policy now lets only ", _told(limits[0]), _COPIES)
        elif not still(who, is_now):
            yield Loss("the vault's policy no longer lets ", _told(who), _COPIES)
        account = account_of(name_of(who))
        wider = {account, "*"} & (is_now - was)
        if "*" in wider or (wider and (only_by(who) or account != who)):
            whom = "anybody" if "*" in wider else f"all of {account}"
            yield Loss(f"the vault's policy now lets {whom}, not only ", _told(who), f",{_COPIES}")


_COPIES = " copy backups into it"


def _alike(who: str) -> str:
    """Return whom a policy names; operators that mean the same for a role are one."""
    roles = json.dumps({"ArnLike": {"aws:PrincipalArn": only_by(who)}}, ensure_ascii=False)
    return f"{name_of(who)} if {roles}" if only_by(who) else who


def _told(who: str) -> str:
    roles = only_by(who)
    if not roles:
        return who
    names = listed([named(role, alone=True) for role in roles])
    return f"the role{'s' * (len(roles) > 1)} {names} of {account_of(name_of(who))}"
