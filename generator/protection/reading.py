"""Reads what a template protects with some parameter values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from _backup.matching import unknown

from generator.cloudformation.expand import expanded
from generator.cloudformation.read import Template, entry
from generator.protection.alerts import Subjects, heard, subscribers
from generator.protection.derived import restore_roles
from generator.protection.model import (
    Copy,
    Protection,
    Reach,
    Refused,
    Rule,
    Selection,
    Value,
    is_known,
)
from generator.protection.refusals import refusal
from generator.protection.restore_tests import restore_plans, restore_tests
from generator.protection.roles import Use, roles
from generator.protection.selections import reaches, searches, selections
from generator.protection.texts import VAULTS, Stack, maps, number, text
from generator.protection.vaults import vaults

_PLAN = "AWS::Backup::BackupPlan"
_FROM_TEMPLATES = {
    "AWS::CloudFormation::Stack": "nested stack",
    "AWS::CloudFormation::StackSet": "stack set",
    "AWS::Serverless::Application": "nested application",
}
# What AWS Backup takes where a rule says nothing.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
_SCHEDULE = "cron(0 5 ? * * *)"
_START_WINDOW, _COMPLETION_WINDOW = 480, 10_080


def protection(template: Template, values: Mapping[str, Any]) -> Protection:
    """Return what a stack of the template protects.

    ``values`` are those of parameters and pseudo parameters; what has none is unknown. Raises
    UnreadableError if a condition or a function of the template cannot be evaluated.
    """
    return protection_of(Stack(expanded(template), dict(values)))


def protection_of(stack: Stack) -> Protection:
    """Return what a stack protects, as ``protection`` does."""
    rules = tuple(_rules(stack))
    selected = tuple(selections(stack))
    used = {rule.vault for rule in rules}
    found = vaults(stack, used)
    taken = tuple(reach for selection in selected for reach in reaches(stack, selection))
    refused = [
        Refused(rule, why) for rule in rules if (why := refusal(rule, found[rule.vault].lock))
    ]
    without = [each.rule for each in refused]
    plans = restore_plans(stack)
    read = Protection(
        tuple(rule for rule in rules if rule not in without),
        selected,
        taken,
        roles(stack, _uses(rules, selected, taken)),
        found,
        frozenset(),
        subscribers(stack),
        tuple(
            f"the {what} {name}"
            for kind, what in _FROM_TEMPLATES.items()
            for name, _ in stack.of_type(kind)
        ),
        tuple(refused),
        tuple(plans.values()),
        tuple(restore_tests(stack, plans)),
    )
    # A vault that a stack of ours has adopted is named by a parameter only.
    adopted = stack.ref("ExistingVaultName")
    about = used or {*found} or ({adopted} if adopted and is_known(adopted) else set())
    return replace(read, heard=heard(stack, _subjects(stack, about, read)))


def _rules(stack: Stack) -> Iterator[Rule]:
    for name, properties in stack.of_type(_PLAN):
        plan = entry(properties, "BackupPlan")
        settings = maps(plan.get("AdvancedBackupSettings"))
        pauses = {
            text(entry(each, "BackupOptions").get("WindowsVSS"))
            for each in settings
            if text(each.get("ResourceType")) == "EC2"
        }
        for rule in maps(plan.get("BackupPlanRule")):
            kept, cold = _lifecycle(rule)
            archives = entry(rule, "Lifecycle").get("OptInToArchiveForSupportedResources")
            yield Rule(
                plan=stack.ref(name),
                name=text(rule.get("RuleName")),
                schedule=text(rule.get("ScheduleExpression")) or _SCHEDULE,
                zone=text(rule.get("ScheduleExpressionTimezone")) or "UTC",
                start_window=number(rule.get("StartWindowMinutes"), _START_WINDOW) or 0,
                kept=kept,
                cold_after=cold,
                archives=text(archives) == "true",
                vault=text(rule.get("TargetBackupVault")),
                copies=tuple(_copies_of(rule, kept)),
                completion_window=number(rule.get("CompletionWindowMinutes"), _COMPLETION_WINDOW)
                or 0,
                pauses_windows="enabled" in pauses,
                continuous=text(rule.get("EnableContinuousBackup")) == "true",
            )


def _lifecycle(owner: Mapping[str, Any]) -> tuple[Value | None, Value | None]:
    lifecycle = entry(owner, "Lifecycle")
    kept, cold = (
        number(lifecycle.get(key)) for key in ("DeleteAfterDays", "MoveToColdStorageAfterDays")
    )
    # -1: an update says with it that there is no end.
    return (None if kept == -1 else kept), (None if cold == -1 else cold)


def _copies_of(rule: Mapping[str, Any], kept: Value | None) -> Iterator[Copy]:
    for copy in maps(rule.get("CopyActions")):
        yield Copy(text(copy.get("DestinationBackupVaultArn")), _copy_kept(copy, kept))
    # Some types get there without a stop in the other vault.
    if air_gapped := text(rule.get("TargetLogicallyAirGappedBackupVaultArn")):
        yield Copy(air_gapped, kept)


def _copy_kept(copy: Mapping[str, Any], kept: Value | None) -> Value | None:
    """Return how long a copy is kept: as long as the backup, if its action does not say."""
    return _lifecycle(copy)[0] if copy.get("Lifecycle") else kept


def _uses(
    rules: Sequence[Rule], selected: Sequence[Selection], taken: Sequence[Reach]
) -> dict[str, Use]:
    """Return what selections do with each role, by its ARN."""
    found = {}
    for role in {selection.role for selection in selected}:
        its = [selection for selection in selected if selection.role == role]
        plans = {selection.plan for selection in its}
        its_rules = [rule for rule in rules if rule.plan in plans]
        found[role] = Use(
            any(map(searches, its)),
            frozenset(copy.vault for rule in its_rules for copy in rule.copies),
            frozenset(
                (reach.type, reach.arn) for reach in taken if reach.role == role and reach.arn
            ),
            any(rule.pauses_windows for rule in its_rules),
        )
    return found


def _subjects(stack: Stack, used: Iterable[str], read: Protection) -> Subjects:
    """Return what is heard of; a stack without plans may be there to hear of those of others."""
    using = {each.role for each in read.selections or read.restore_tests}
    using = using or {role.arn for role in restore_roles(read)}
    place = stack.place
    plans = [stack.ref(name) for name, _ in stack.of_type(_PLAN)]
    return Subjects(
        {name: stack.arn(VAULTS[0], name) for name in used}
        or {unknown("a vault"): unknown("the ARN of a vault")},
        frozenset(
            using or [f"arn:{place.partition}:iam::{place.account}:role/{unknown('a role')}"]
        ),
        frozenset(plans or [unknown("a plan")]),
    )
