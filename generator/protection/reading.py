"""Reads what a template protects with some parameter values."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from _backup.matching import Known, every, like, unknown

from generator.cloudformation.expand import expanded
from generator.cloudformation.read import Template
from generator.protection.abilities import roles
from generator.protection.alerts import heard, subscribers
from generator.protection.model import Copy, Protection, Reach, Rule, Selection, Tag, Value
from generator.protection.resource_types import ARNS
from generator.protection.texts import Stack, number, text, texts
from generator.protection.vaults import vaults

# What AWS Backup takes where a rule says nothing.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
_SCHEDULE = "cron(0 5 ? * * *)"
_START_WINDOW = 480

_TAG = "aws:ResourceTag/"


def protection(template: Template, values: Mapping[str, Any]) -> Protection:
    """Return what a stack of the template protects.

    ``values`` are those of parameters and pseudo parameters; what has none is unknown. Raises
    UnreadableError if a condition or a function of the template cannot be evaluated.
    """
    stack = Stack(expanded(template), dict(values))
    rules = tuple(_rules(stack))
    selections = tuple(_selections(stack))
    used = {rule.vault for rule in rules}
    found = vaults(stack, used)
    arns = {name: stack.vault_arn(name) for name in used}
    plans = frozenset(stack.ref(name) for name, _ in stack.of_type(_PLAN))
    return Protection(
        rules,
        selections,
        tuple(reach for selection in selections for reach in _reaches(selection)),
        roles(stack, _copies(rules, selections)),
        found,
        heard(stack, arns, frozenset(selection.role for selection in selections), plans),
        subscribers(stack),
    )


def _copies(rules: Iterable[Rule], selections: Iterable[Selection]) -> dict[str, set[str]]:
    """Return the vaults that each role copies to."""
    found: dict[str, set[str]] = {}
    for selection in selections:
        for rule in rules:
            if rule.plan == selection.plan:
                found.setdefault(selection.role, set()).update(copy.vault for copy in rule.copies)
    return found


_PLAN = "AWS::Backup::BackupPlan"
_SELECTION = "AWS::Backup::BackupSelection"


def _rules(stack: Stack) -> Iterator[Rule]:
    for plan, properties in stack.of_type(_PLAN):
        for rule in _maps(_map(properties.get("BackupPlan")).get("BackupPlanRule")):
            kept, cold = _lifecycle(rule)
            lifecycle = _map(rule.get("Lifecycle"))
            yield Rule(
                plan=stack.ref(plan),
                name=text(rule.get("RuleName")),
                schedule=text(rule.get("ScheduleExpression")) or _SCHEDULE,
                zone=text(rule.get("ScheduleExpressionTimezone")) or "UTC",
                start_window=number(rule.get("StartWindowMinutes"), _START_WINDOW) or 0,
                kept=kept,
                cold_after=cold,
                archives=text(lifecycle.get("OptInToArchiveForSupportedResources")) == "true",
                vault=text(rule.get("TargetBackupVault")),
                copies=tuple(
                    Copy(text(copy.get("DestinationBackupVaultArn")), _copy_kept(copy, kept))
                    for copy in _maps(rule.get("CopyActions"))
                ),
            )


def _lifecycle(owner: Mapping[str, Any]) -> tuple[Value | None, Value | None]:
    lifecycle = _map(owner.get("Lifecycle"))
    kept, cold = (
        number(lifecycle.get(key)) for key in ("DeleteAfterDays", "MoveToColdStorageAfterDays")
    )
    # -1: an update says with it that there is no end.
    return (None if kept == -1 else kept), (None if cold == -1 else cold)


def _copy_kept(copy: Mapping[str, Any], kept: Value | None) -> Value | None:
    """Return how long a copy is kept: AWS documents that it takes what it does not say."""
    return _lifecycle(copy)[0] if copy.get("Lifecycle") else kept


def _selections(stack: Stack) -> Iterator[Selection]:
    for name, properties in stack.of_type(_SELECTION):
        selection = _map(properties.get("BackupSelection"))
        yield Selection(
            name=name,
            plan=text(properties.get("BackupPlanId")),
            role=text(selection.get("IamRoleArn")),
            arns=texts(selection.get("Resources")),
            not_arns=texts(selection.get("NotResources")),
            any_tags=tuple(
                Tag("StringEquals", text(tag.get("ConditionKey")), text(tag.get("ConditionValue")))
                for tag in _maps(selection.get("ListOfTags"))
            ),
            all_tags=tuple(_conditions(selection.get("Conditions"))),
        )


def _conditions(node: Any) -> Iterator[Tag]:
    for operator, tests in _map(node).items():
        for test in _maps(tests):
            key = text(test.get("ConditionKey"))
            value = text(test.get("ConditionValue"))
            # Without the prefix it is the key of no tag, and matches nothing.
            own = key.removeprefix(_TAG) if key.startswith(_TAG) else unknown(f"no tag {key}")
            yield Tag(operator, own, value)


def _reaches(selection: Selection) -> Iterator[Reach]:
    """Yield what a selection takes: Resources and ListOfTags are a union, Conditions hold for all.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
    """
    for name, rest in ARNS.items():
        arn = f"arn:{unknown('AWS::Partition')}:{rest}"
        without = frozenset(
            pattern for pattern in selection.not_arns if _takes(pattern, arn) is not False
        )
        if any(_takes(pattern, arn) for pattern in without):
            continue
        options = [
            (pattern if _takes(pattern, arn) is None else "", frozenset[Tag](), pattern == "*")
            for pattern in selection.arns
            if _takes(pattern, arn) is not False
        ]
        options += [("", frozenset([tag]), True) for tag in selection.any_tags]
        for pattern, tags, opted_in in options:
            yield Reach(
                name,
                pattern,
                tags | frozenset(selection.all_tags),
                without,
                opted_in,
                selection.plan,
                selection.role,
            )


def _takes(pattern: str, arn: str) -> Known:
    """Return whether a pattern takes all of the resources of a type; None: some, or unknown."""
    if pattern == "*":
        return True
    theirs, its = pattern.split(":", 5), arn.split(":", 5)
    if len(theirs) != len(its):  # arn:aws:ec2:*, or nothing that can be read
        return like(pattern, arn)
    # A stack has only one partition. No part of an ARN but the last holds a colon.
    return every(map(like, theirs[2:], its[2:]))


def _map(node: Any) -> dict[str, Any]:
    return node if isinstance(node, dict) else {}


def _maps(node: Any) -> list[dict[str, Any]]:
    return [each for each in node if isinstance(each, dict)] if isinstance(node, list) else []
