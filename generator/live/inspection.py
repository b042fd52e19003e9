"""Asks AWS about a backup stack, and answers all questions."""

import contextlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta, timezone

from generator.live import checks, jobs
from generator.live.account import Account
from generator.live.carriers import Carrier, carriers, near_misses
from generator.live.errors import NotAnsweredError, NotThereError, understood
from generator.live.facts import Facts
from generator.live.findings import Answer, Finding, Inspection, Resource, Start, Verdict
from generator.live.hearers import the_hearers
from generator.live.keys import ask_for_keys
from generator.live.protections import Protections
from generator.live.reading import Data
from generator.live.resources import History, asked_for, the_resources, told
from generator.live.restores import a_restore
from generator.live.the_stack import the_stack
from generator.live.the_vault import the_vault
from generator.live.tonight import starts, tonight

_NEEDED = ("BackupPlanId", "BackupRoleArn", "BackupVaultName")
"""The outputs of every backup stack."""
_NESTED, _PLAN = "AWS::CloudFormation::Stack", "AWS::Backup::BackupPlan"
_DAY = timedelta(days=1)


class NoStackError(Exception):
    """There is no such backup stack; the text says so to people."""


@understood("the stack")
def inspect(
    account: Account,
    stack: str,
    since: int | None = None,
    asked: Callable[[int, int], None] = lambda *_: None,
    now: datetime | None = None,
) -> Inspection:
    """Return what AWS says of a backup stack, or of the one that a main stack nests.

    ``since`` is how many hours back jobs are looked at; ``asked`` is called with how many of how
    many facts are known; ``now`` is the time from which all is counted. Raises NoStackError, and
    NotAnsweredError if AWS does not describe the stack, or not as AWS describes stacks.
    """
    described = _backup_stack(account, stack)
    facts = Facts(account, described, now or datetime.now(timezone.utc), since)
    protections, history = Protections(facts), History(facts)
    its_jobs = jobs.Jobs(facts, protections, history)
    facts.ask_all(asked, [lambda: ask_for_keys(facts), facts.ask_one_by_one, *its_jobs.asks()])
    answers = [
        the_stack(facts, protections),
        the_resources(facts, protections, history),
        tonight(facts, protections),
        a_restore(facts, protections),
        its_jobs.answer(),
        the_vault(facts, protections),
        the_hearers(facts, protections),
    ]
    following = _known_starts(facts, protections)
    resources = _resources(facts, protections, history, answers)
    return Inspection(
        stack=facts.stack["StackName"],
        stack_id=facts.stack["StackId"],
        version=facts.outputs.get("TemplateVersion", ""),
        region=facts.place.region,
        account=facts.place.account,
        at=facts.now,
        hours=its_jobs.hours,
        answers=answers,
        resources=resources,
        starts=following,
        conclusion=_conclusion(facts, resources, following, answers),
        calls=facts.account.calls,
    )


def _backup_stack(account: Account, name: str) -> Data:
    """Return the description of the backup stack that this is, or that this one nests."""
    try:
        level = [_described(account, name)]
    except NotThereError:
        raise NoStackError(
            f"there is no stack {name!r} in {account.region}: check the name, --region and "
            "--profile"
        ) from None
    status = level[0]["StackStatus"]
    found: list[Data] = []
    while level and not found:
        resources = [_resources_of(account, each) for each in level]
        found = [each for each, its in zip(level, resources, strict=True) if _is_backup(each, its)]
        nested = [
            each["PhysicalResourceId"]
            for its in resources
            for each in its or ()
            if each["ResourceType"] == _NESTED and each.get("PhysicalResourceId")
        ]
        level = []
        for each in nested:
            with contextlib.suppress(NotThereError):  # somebody has deleted it
                level.append(_described(account, each))
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(each["StackName"] for each in found)
        raise NoStackError(f"{name!r} nests several backup stacks: give one of {names}")
    if status.endswith("_IN_PROGRESS"):
        raise NoStackError(
            f"{name!r} is being changed ({status}), and no backup stack is in it yet: ask again "
            "when that has ended"
        )
    raise NoStackError(
        f"{name!r} is no stack of Backup.template, and nests none: give the name of the backup "
        "stack, or of the stack that nests it"
    )


def _resources_of(account: Account, stack: Data) -> list[Data] | None:
    """Return the resources of a stack; None: AWS did not answer, and its outputs are enough."""
    try:
        return account.pages(
            "cloudformation.ListStackResources",
            "StackResourceSummaries",
            StackName=stack["StackId"],
        )
    except NotAnsweredError:
        if not _is_backup(stack, None):
            raise
        return None


def _described(account: Account, name: str) -> Data:
    [stack] = account.ask("cloudformation.DescribeStacks", StackName=name)["Stacks"]
    if stack["StackStatus"] == "DELETE_COMPLETE":
        raise NotThereError(f"the stack {name} is deleted", "")
    found: Data = stack
    return found


def _is_backup(stack: Data, resources: list[Data] | None) -> bool:
    """Return whether a stack makes a plan; a main stack may have the outputs of its nested one."""
    outputs = {each["OutputKey"] for each in stack.get("Outputs", [])}
    return outputs.issuperset(_NEEDED) and (
        resources is None or any(each["ResourceType"] == _PLAN for each in resources)
    )


def _known_starts(facts: Facts, protections: Protections) -> list[Start]:
    are_known = checks.known(lambda: starts(facts, protections))
    return starts(facts, protections) if are_known else []


def _resources(
    facts: Facts, protections: Protections, history: History, answers: Iterable[Answer]
) -> list[Resource]:
    """Return what carries the tag and what was meant to, by kind and name."""
    if not checks.known(lambda: facts.carriers):
        return []
    found = {each.arn: each for each in carriers(facts)}
    missed = near_misses(facts, asked_for(protections)) if _can_ask(protections) else ()
    found |= {each.arn: each for each in checks.until_open(each for each, _ in missed)}
    about: dict[str, list[Finding]] = {}
    for finding in (finding for answer in answers for finding in answer.findings):
        for arn in {finding.resource, *finding.stops}:
            about.setdefault(arn, []).append(finding)
    its = [_resource(each, history, about.get(each.arn, [])) for each in found.values()]
    return sorted(its, key=lambda each: (each.kind, each.name, each.id))


def _can_ask(protections: Protections) -> bool:
    return checks.known(lambda: asked_for(protections))


def _resource(carrier: Carrier, history: History, its: Sequence[Finding]) -> Resource:
    """Return a resource with what was found about it."""
    arn = carrier.arn
    worst = max(its, key=lambda each: each.verdict, default=None)
    stopped = next((f for f in its if f.verdict is Verdict.NOT_WELL and arn in f.stops), None)
    why = _without_name(carrier, stopped.text) if stopped else ""
    is_open = any(f.verdict is Verdict.NOT_CHECKED and arn in f.stops for f in its)
    knows_points = checks.known(lambda: history.newest(arn))
    job = history.last_job(arn) if checks.known(lambda: history.last_job(arn)) else None
    knows_both = knows_points and checks.known(lambda: history.strip(arn))
    return Resource(
        arn=arn,
        kind=carrier.kind,
        id=carrier.id,
        name=carrier.name,
        verdict=Verdict.NOT_WELL if why else worst.verdict if worst else Verdict.WELL,
        newest=history.newest(arn) if knows_points else None,
        points=history.count(arn) if knows_points else None,
        strip=history.strip(arn) if knows_both else "",
        last_job=told(job) if job else "",
        why=why or (_without_name(carrier, worst.text) if worst else ""),
        tonight=False if why else None if is_open else True,
    )


def _without_name(carrier: Carrier, text: str) -> str:
    """Return a finding about a resource without its name, which stands beside it."""
    return text.removeprefix(str(carrier)).lstrip(": ")


def _conclusion(
    facts: Facts,
    resources: Sequence[Resource],
    following: Sequence[Start],
    answers: Iterable[Answer],
) -> str:
    """Return for how many resources the next backup will run, and for which it will not."""
    soon = not following or following[0].at - facts.now <= _DAY
    when = "Tonight's backup" if soon else f"The backup of {checks.day(following[0].at)}"
    if not checks.known(lambda: facts.carriers):
        return f"{when}: for which resources it will run was not checked."
    if not resources:
        return f"{when} will run for nothing: no resource carries {facts.tag_key}={facts.cluster}."
    runs = sum(each.tonight is True for each in resources)
    left = [each for each in resources if each.tonight is False]
    is_open = len(resources) - runs - len(left)
    of = checks.counted(len(resources), "resource")
    if is_open and not runs:
        text = f"{when}: for {is_open} of {of} it was not checked"
    else:
        text = f"{when} will run for {runs or 'none'} of {of}"
        text += f"; for {is_open} it was not checked" if is_open else ""
    general = {each.text for answer in answers for each in answer.findings if not each.resource}
    reasons: dict[str, list[str]] = {}
    for each in left:
        reasons.setdefault(each.why, []).append(each.id)
    for why, ids in [*reasons.items()][: checks.FEW]:
        text += f"; {why}" if why in general else f"; {_said(ids, why)}"
    if len(reasons) > checks.FEW:
        text += f"; and {checks.counted(len(reasons) - checks.FEW, 'other reason')}"
    return f"{text}."


def _said(ids: Sequence[str], why: str) -> str:
    """Return a sentence about resources, of which a finding says it about one."""
    each = "" if len(ids) == 1 else "each of "
    return f"{each}{checks.named(ids)}{' ' if why.startswith('is ') else ': '}{why}"
