"""The stack: whether it is complete, and whether anything that protects was changed by hand."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from generator.live import checks, model
from generator.live.answers import Answers
from generator.live.carriers import carriers
from generator.live.errors import NotAnsweredError, NotThereError
from generator.live.facts import Facts
from generator.live.findings import STACK, Answer, Finding, Verdict
from generator.live.protections import Protections
from generator.protection.words import listed

_COMPLETE = {
    "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
}  # fmt: skip
UNDO = "see Undo a change by hand, in docs/operations.md"
_AGAIN = "deploy the stack again: The stack was deleted: come back, in docs/operations.md"


def the_stack(facts: Facts, protections: Protections) -> Answer:
    """Return whether the stack is complete, and what protects less than its template says."""
    status = str(facts.stack["StackStatus"])
    if status == "DELETE_IN_PROGRESS":
        text = "the stack is being deleted: there will be no more backups"
        finding = Finding(Verdict.NOT_WELL, text, _AGAIN, stops=_every(facts))
        return Answer(STACK, "being deleted", [finding])
    if status.endswith("_IN_PROGRESS"):
        finding = Finding(
            Verdict.NOT_CHECKED,
            f"the stack is being changed ({status}), so nothing is compared with its template",
            "ask again when that has ended",
        )
        return Answer(STACK, "being changed", [finding])
    version = facts.outputs.get("TemplateVersion", "unknown")
    return checks.answer(
        STACK,
        lambda: f"complete, version {version}; nothing that protects was changed",
        [
            lambda: _status(status, facts),
            lambda: gone(facts),
            lambda: _drift(facts, protections),
        ],
    )


def _status(status: str, facts: Facts) -> Iterator[Finding]:
    if status not in _COMPLETE:
        reason = facts.stack.get("StackStatusReason", "")
        yield Finding(
            Verdict.NOT_WELL,
            f"the stack is not complete: {status}{f': {reason}' if reason else ''}",
            "see its events in the console of CloudFormation",
        )


def gone(facts: Facts) -> Iterator[Finding]:
    """Yield what a backup cannot do without and does not exist."""
    plan, role = facts.outputs["BackupPlanId"], facts.role_arn
    yield from checks.checked(lambda: _missing(f"the plan {plan}", lambda: facts.plan, facts))
    yield from checks.checked(lambda: vault_gone(facts))
    yield from checks.checked(lambda: _missing(f"the role {role}", lambda: facts.role, facts))


def vault_gone(facts: Facts) -> Iterator[Finding]:
    """Yield that the vault does not exist."""
    advice = "its backups are lost; deploy the stack again to have new ones"
    return _missing(f"the vault {facts.vault_name}", lambda: facts.vault, facts, advice)


def _missing(
    what: str, ask: Callable[[], object], facts: Facts, advice: str = _AGAIN
) -> Iterator[Finding]:
    try:
        ask()
    except NotThereError:
        yield Finding(Verdict.NOT_WELL, f"{what} does not exist", advice, stops=_every(facts))


def _every(facts: Facts) -> tuple[str, ...]:
    """Return the ARNs of all that carries the tag, as far as it is known."""
    return tuple(facts.carriers) if checks.known(lambda: facts.carriers) else ()


def _drift(facts: Facts, protections: Protections) -> Iterator[Finding]:
    """Yield what protects less than the template says, as far as AWS says what is there."""
    its = protections.deployed
    known: dict[str, Any] = {}

    def taken(**asks: Callable[[], Any]) -> Iterator[Finding]:
        known.update({name: ask() for name, ask in asks.items()})
        yield from ()

    for part in (
        partial(taken, plan=lambda: facts.plan, selections=lambda: facts.selections),
        partial(taken, vault=lambda: facts.vault, vault_policy=lambda: facts.vault_policy or ""),
        partial(taken, key_policy=lambda: _policy_of_key(its, facts)),
        partial(taken, role=lambda: facts.role, inline=lambda: facts.role_policies),
        partial(
            taken, attached=lambda: facts.attached_policies, managed=lambda: facts.managed_policies
        ),
    ):
        yield from checks.checked(checks.if_there(part))
    has_tags = checks.known(lambda: facts.carriers)
    types = {each.type for each in carriers(facts)} if has_tags else set()
    for sentence in model.drift(its, Answers(**known), types):
        yield Finding(Verdict.NOT_WELL, f"was changed by hand: {sentence}", UNDO)


def _policy_of_key(its: model.Deployed, facts: Facts) -> Any:
    """Return the policy of the vault's key, if the template makes it.

    Raises NotAnsweredError if nobody can know whether it lets others use the key as before.
    """
    if not its.stack.of_type("AWS::KMS::Key"):
        return None
    policy = facts.vault_key and facts.vault_key.policy
    if who := model.open_uses(its, Answers(vault=facts.vault, key_policy=policy)):
        raise NotAnsweredError(
            f"whether the policy of the vault's key lets {listed(who)} use it depends on a "
            "condition that cannot be checked from here: check the policy"
        )
    return policy
