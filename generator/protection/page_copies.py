"""The lines of the page about the copies that a vault accepts, and whether they can go back."""

from collections.abc import Iterator

from _backup.matching import unknown

from generator.protection.model import Vault
from generator.protection.vaults import COPY_INTO, account_of, sources
from generator.protection.words import listed, whom

OWN = unknown("AWS::AccountId")
# https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
COPIED_WITH = {"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"}
"""What the key has to allow an account into which its backups are copied."""


def copies_to(vault: Vault, *, alone: bool) -> Iterator[str]:
    """Yield from whom the vault accepts copies, and who can copy them back.

    One that does not stand alone is named.
    """
    start = "" if alone else f"{vault.name}: "
    yield from (start + line for line in (*_accepted(vault), *_back(vault)))


def _accepted(vault: Vault) -> Iterator[str]:
    if not vault.made:
        yield "not known: the policy of the vault is not in the template"
    elif COPY_INTO in vault.denied:
        yield "none: the policy of the vault denies them (see below)"
    else:
        yield from (f"accepted from {whom(who)}" for who in sources(vault))
        only = "" if sources(vault) else " only"
        yield f"accepted from the account of the stack{only}, as far as IAM allows"


def _back(vault: Vault) -> Iterator[str]:
    users: dict[str, set[str]] = {}
    for who, action in vault.key_lets:
        if account_of(who.partition(" if ")[0]) != OWN:
            users.setdefault(who, set()).add(action)
    for who in sorted(users):
        if missing := sorted(COPIED_WITH - users[who]):
            yield f"not back to {whom(who)}: the key of the vault does not allow {listed(missing)}"
        else:
            yield f"back to {whom(who)}: the key of the vault allows it"
    if sources(vault) and vault.key_made and not users:
        yield "not back: the key of the vault allows no other account to use it"
