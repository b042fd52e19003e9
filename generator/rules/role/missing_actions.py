"""E9543: roles that may not do what the backups of their selection need."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.actions import (
    ABOUT,
    COPYING,
    ON_RECOVERY_POINTS,
    SEARCHING,
    TAGGING,
    TYPES,
    WITHOUT_ARN,
    Needs,
)
from _backup.cases import ABSENT, Case, Given, both
from _backup.documents import marked
from _backup.matching import unknown
from _backup.permissions import Need, arn_of, refused
from _backup.roles import UsedRole, used_roles
from _backup.rule import BackupRule, Problem
from _backup.template import arn_parts, copies_of, filled, narrows, rules_of_plans
from _backup.values import Values

HARM = (
    "Without these actions, which AWS's managed policy for backups allows, backups fail or are "
    "incomplete"
)


class MissingActions(BackupRule):
    id = "E9543"
    shortdesc = "Role of a selection that lacks actions its backups need"
    description = (
        "For each resource type that a selection names in Resources, its role needs the actions "
        "that AWS's managed policy AWSBackupServiceRolePolicyForBackup grants for it, and those "
        "for copies and tags if the plan copies or tags. It needs tag:GetResources if the "
        "selection uses tags, conditions or wildcards. A Deny, the Resource of the statements, and "
        "a permissions boundary in the template count as well. What policies outside of the "
        "template and conditions in policies allow is unknown, and is no finding."
    )
    source_url = (
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html"
    )
    tags = ["resources", "backup", "iam", "role"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Compare what the roles of selections may do with what the selections name."""
        needs = (
            (role.name, role.properties, need)
            for role in used_roles(values)
            for need in needs_of(values, role)
        )
        for name, message, given, reason in refused(values, needs, HARM):
            yield Problem(("Resources", name), message, given, reason)


def needs_of(values: Values, role: UsedRole) -> Iterator[Need]:
    """Yield what a role needs for the backups of a selection."""
    plan_needs = list(_plan_needs(values, role))
    for item in values.items(values.at(role.selection, "Resources")):
        name = type_named(item, values)
        given = both(role.given, item.given)
        if name is None or given is None:
            continue
        needs = TYPES[name]
        what_for = f"{name} (selected by {item.text!r})"
        yield Need(_about(needs.actions, needs, item), what_for, given)
        for kind, asked in plan_needs:
            merged = both(given, asked)
            if merged is not None:
                extra = (*COPYING, *needs.copying) if kind == "copies" else TAGGING
                yield Need(_about(extra, needs, item), f"{kind} of {what_for}", merged)
    for what_for, searched in _searches(values, role):
        merged = both(role.given, searched)
        if merged is not None:
            yield Need({action: ["*"] for action in SEARCHING}, what_for, merged)


def type_named(arn: Case, values: Values) -> str | None:
    """Return the type in TYPES whose ARN or ARN pattern this is; None: another, or unknown."""
    resource, attribute = arn.reference
    if attribute.lower().endswith("arn"):
        kind = values.type_of(resource)
        return next((name for name, needs in TYPES.items() if needs.kind == kind), None)
    parts = arn_parts(arn.text or "") or []
    text = ":".join([*parts[2:3], *parts[5:]])
    return next((name for name, needs in TYPES.items() if text.startswith(needs.resource)), None)


def _plan_needs(values: Values, role: UsedRole) -> Iterator[tuple[str, Given]]:
    """Yield what the selection's plan does besides plain backups, "copies" or "tags"."""
    for plan in role.plan:
        name, attribute = plan.reference
        for rule in rules_of_plans(values):
            if rule.path[1] != name or attribute not in ("", "BackupPlanId"):
                continue
            for copy in copies_of(values, rule):
                yield "copies", copy.given
            for tags in values.at(rule, "RecoveryPointTags"):
                if tags.value is not ABSENT and tags.value != {}:
                    yield "tags", tags.given


def _searches(values: Values, role: UsedRole) -> Iterator[tuple[str, Given]]:
    """Yield what AWS Backup has to search for, because the selection names no single resource."""
    for key, has in (("ListOfTags", filled), ("Conditions", narrows)):
        for case in values.at(role.selection, key):
            if has(values, case):
                yield f"what {key} selects", case.given
    for item in values.items(values.at(role.selection, "Resources")):
        if re.search("[*?]", item.text or ""):
            yield f"the pattern {item.text!r}", item.given


def _about(actions: tuple[str, ...], needs: Needs, item: Case) -> dict[str, list[str]]:
    """Return each action with ARNs, in part unknown, that all describe what it is about."""
    # A pattern of the selection stands for resources that nobody knows.
    itself = re.sub("[*?]+", unknown("item"), marked(item.text or ""))
    found: dict[str, list[str]] = {}
    for action in actions:
        if action in needs.on_itself:
            found[action] = [itself, arn_of(needs.resource, itself)]
        elif action in WITHOUT_ARN:
            found[action] = ["*"]
        elif action in ON_RECOVERY_POINTS:
            found[action] = [f"arn:{unknown('recovery point')}"]
        else:
            service = action.partition(":")[0]
            found[action] = [arn_of(ABOUT.get(action, f"{service}:"), itself)]
    return found
