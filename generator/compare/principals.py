"""Whom policies name, and whether another policy names them, too."""

from _backup.matching import like

from generator.protection.model import Vault
from generator.protection.vaults import account_of


def still(who: str, others: set[str]) -> bool:
    """Return whether one of the others is whoever this is, or everybody in that account."""
    name = name_of(who)
    return bool({who, name, account_of(name), "*"} & others)


def name_of(who: str) -> str:
    """Return whom a policy names, without the condition."""
    return who.partition(" if ")[0]


def allowed(vault: Vault, action: str) -> set[str]:
    """Return whom the policy of a vault allows an action."""
    return {who for wanted, who in vault.open_to if like(wanted.lower(), action.lower())}
