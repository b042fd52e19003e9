"""The stack: whether it is complete, and whether anything that protects was changed by hand."""

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from generator.live import checks, model
from generator.live.answers import Answers
from generator.live.carriers import carriers
from generator.live.errors import NotThereError
from generator.live.facts import Facts
from generator.live.findings import STACK, Answer, Finding, Verdict
from generator.live.protections import Protections, as_read

_COMPLETE = {
    "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
}  # fmt: skip
_UNDO = "see Undo a change by hand, in docs/operations.md"
_AGAIN = "deploy the stack again: The stack was deleted: come back, in docs/operations.md"


def the_stack(facts: Facts, protections: Protections) -> Answer:
    """Return whether the stack is complete, and what protects less than its template says."""
    status = str(facts.stack["StackStatus"])
    if status == "DELETE_IN_PROGRESS":
        text = "the stack is being deleted: there will be no more backups"
        every = tuple(facts.carriers) if checks.known(lambda: facts.carriers) else ()
        return Answer(
            STACK, "being deleted", [Finding(Verdict.NOT_WELL, text, _AGAIN, stops=every)]
        )
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
    every = tuple(facts.carriers) if checks.known(lambda: facts.carriers) else ()

    def missing(what: str, ask: Callable[[], object], advice: str = _AGAIN) -> Iterator[Finding]:
        try:
            ask()
        except NotThereError:
            yield Finding(Verdict.NOT_WELL, f"{what} does not exist", advice, stops=every)

    vault = "its backups are lost; deploy the stack again to have new ones"
    for check in (
        lambda: missing(f"the plan {facts.outputs['BackupPlanId']}", lambda: facts.plan),
        lambda: missing(f"the vault {facts.vault_name}", lambda: facts.vault, vault),
        lambda: missing(f"the role {facts.role_arn}", lambda: facts.role),
    ):
        yield from checks.checked(check)


def _drift(facts: Facts, protections: Protections) -> Iterator[Finding]:
    """Yield what protects less than the template says, as far as AWS says what is there."""
    known: dict[str, Any] = {}

    def taken(part: Callable[[], dict[str, Any]]) -> Iterator[Finding]:
        with contextlib.suppress(NotThereError):  # that it is gone is told by itself
            known.update(part())
        yield from ()

    its = protections.deployed
    for part in (
        lambda: {"plan": facts.plan, "selections": facts.selections},
        lambda: {"vault": facts.vault, "vault_policy": facts.vault_policy or ""},
        lambda: {"role": facts.role, "inline": facts.role_policies},
        lambda: {"attached": facts.attached_policies, "managed": facts.managed_policies},
    ):
        yield from checks.checked(partial(taken, part))
    has_tags = checks.known(lambda: facts.carriers)
    types = {each.type for each in carriers(facts)} if has_tags else set()
    for sentence in as_read(lambda: model.drift(its, Answers(**known), types)):
        yield Finding(Verdict.NOT_WELL, f"was changed by hand: {sentence}", _UNDO)
