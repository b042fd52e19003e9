"""What is missing in a vault that plans elsewhere fill with copies, and in the roles for them."""

import re
from collections.abc import Iterable, Iterator

from generator.protection.abilities import EC2, REQUESTS, RESTORE
from generator.protection.derived import restore_roles
from generator.protection.explain import Explanation
from generator.protection.gap import Gap
from generator.protection.gaps_of_vaults import (
    not_passed,
    vaults_disabled,
    vaults_not_guarded,
    vaults_not_kept,
)
from generator.protection.model import Vault
from generator.protection.vaults import account_of, sources
from generator.protection.words import listed, only_by

_FSX = ("FSx file systems", "FSx volumes")


def of_copies(explanation: Explanation) -> Iterator[Gap]:
    """Yield what is missing, the worst first; nothing, if there is no vault for copies."""
    vaults = explanation.copy_vaults
    if not vaults:
        return
    yield from vaults_disabled(vaults)
    yield from vaults_not_kept(vaults)
    yield from _never_accepted(vaults)
    if not explanation.protection.heard:
        text = "Nobody hears of the deletion of the vault, or of copies that could not be deleted"
        yield Gap(text, ("NotificationEmail", "NotificationTopicArn"))
    yield from _not_restored(explanation)
    yield from vaults_not_guarded(vaults)


def _never_accepted(vaults: Iterable[Vault]) -> Iterator[Gap]:
    for who in (each for vault in vaults for each in sources(vault)):
        account, others = account_of(who.partition(" if ")[0]), [*map(account_of, only_by(who))]
        is_known = all(re.fullmatch("[0-9]{12}", each) for each in (account, *others))
        if others and is_known and account not in others:
            where = f"account{'s' * (len(others) > 1)} {listed(others)}"
            text = f"No copies of account {account} are accepted: only a role in {where} may copy"
            yield Gap(text, ("SourceAccountId", "SourceRoleArn"))


def _not_restored(explanation: Explanation) -> Iterator[Gap]:
    roles = restore_roles(explanation.protection)
    if not roles:
        text = "No role of the stack restores the copies"
        if explanation.values.get("SourceAccountId") == "":
            text += "; in the account of the cluster, the role of its backup stack does"
        yield Gap(text, ("CreateRestoreRole",))
        return
    # Of other templates nobody knows what there is to restore.
    if "ProtectFSx" in explanation.template.parameters and all(
        role.lacks.get((name, RESTORE)) for role in roles for name in _FSX
    ):
        yield Gap("FSx file systems and volumes cannot be restored", ("ProtectFSx",))
    for name in (kind for kind, does in REQUESTS if does == RESTORE and kind not in _FSX):
        lacks = [role.lacks.get((name, RESTORE)) or () for role in roles]
        if all(lacks):
            missing = tuple(dict.fromkeys(action for each in lacks for action in each))
            text = f"No role can restore {name}: it lacks {listed([*missing])}"
            yield Gap(text, actions=missing)
    if not all(role.lacks.get((EC2, RESTORE)) for role in roles):
        yield from not_passed(explanation, roles)
