"""The vault: what is in it, how it is locked, and who may delete."""

from collections.abc import Iterator

from generator.live import checks
from generator.live.facts import Facts
from generator.live.findings import VAULT, Answer, Finding, Verdict
from generator.live.protections import Protections
from generator.live.reading import Data
from generator.live.resources import COMPLETE
from generator.live.the_stack import vault_gone
from generator.protection.words import listed, whom

_DELETE = "backup:DeleteRecoveryPoint"


def the_vault(facts: Facts, protections: Protections) -> Answer:
    """Return what is in the vault, and what protects it."""
    return checks.answer(
        VAULT,
        lambda: f"{_content(facts)}; {_lock(facts)}; {_policy(facts, protections)}",
        [
            lambda: vault_gone(facts),
            checks.asked(lambda: (facts.vault, facts.vault_policy)),
            checks.if_there(lambda: _points(facts, protections)),
        ],
    )


def _content(facts: Facts) -> str:
    points = [each for each in facts.points if each.get("Status") in COMPLETE]
    text = checks.counted(len(points), "recovery point")
    if points:
        dates = sorted(each["CreationDate"] for each in points)
        text += f", {checks.day(dates[0])} to {checks.day(dates[-1])}"
    return text


def _lock(facts: Facts) -> str:
    if not facts.vault.get("Locked"):
        return "no lock"
    at = facts.vault.get("LockDate")
    if not at:
        return "locked, and an administrator can lift it"
    return f"lock {'final since' if at <= facts.now else 'final on'} {checks.day(at)}"


def _policy(facts: Facts, protections: Protections) -> str:
    vault = protections.with_vault.vaults.get(facts.vault_name)
    denied = vault.denied.get(_DELETE) if vault else None
    if denied is None:
        return "whoever IAM allows may delete"
    who = listed([whom(each) for each in sorted(denied)])
    return f"only {who} may delete" if who else "nobody may delete"


def _points(facts: Facts, protections: Protections) -> Iterator[Finding]:
    points = facts.points
    expired = [each for each in points if each.get("Status") == "EXPIRED"]
    if expired:
        yield Finding(
            Verdict.TO_KNOW,
            f"{_of(expired)} EXPIRED: past the last day, not deleted, and still paid for",
            "see Delete a backup, in docs/operations.md",
        )
    endless = [
        each
        for each in points
        if each.get("Status") in COMPLETE and not each.get("Lifecycle", {}).get("DeleteAfterDays")
    ]
    if endless and all(rule.kept is not None for rule in protections.plan.rules):
        it = "it stays until it is" if len(endless) == 1 else "they stay until they are"
        yield Finding(
            Verdict.TO_KNOW,
            f"{_of(endless)} without an end: {it} deleted by hand",
            "see Delete a backup, in docs/operations.md",
        )


def _of(points: list[Data]) -> str:
    return f"{checks.counted(len(points), 'recovery point')} {'is' if len(points) == 1 else 'are'}"
