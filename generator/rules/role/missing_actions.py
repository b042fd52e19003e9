"""E9543: roles that lack actions which the backups of their selection need."""

import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.actions import ALWAYS, COPYING, TAGGING, TYPES
from _backup.cases import ABSENT, Case, Given, Partial, both
from _backup.roles import (
    Policies,
    UsedRole,
    allows,
    covers,
    policies_of,
    statements,
    texts,
    used_roles,
)
from _backup.rule import BackupRule, Problem
from _backup.template import arn_parts, copies_of, rules_of_plans
from _backup.values import Values

# How many conditions the permissions of a role may depend on; with more, it is not checked.
MAX_CONDITIONS = 6


def type_named(arn: Case, values: Values) -> str | None:
    """Return the type in TYPES whose ARN or ARN pattern this is; None: another, or unknown."""
    resource, attribute = arn.reference
    if attribute.lower().endswith("arn"):
        kind = values.type_of(resource)
        return next((name for name, needs in TYPES.items() if needs.kind == kind), None)
    parts = arn_parts(arn.text or "") or []
    text = ":".join([*parts[2:3], *parts[5:]])
    return next((name for name, needs in TYPES.items() if text.startswith(needs.resource)), None)


class MissingActions(BackupRule):
    id = "E9543"
    shortdesc = "Role of a selection that lacks actions its backups need"
    description = (
        "For each resource type that a selection names in Resources, its role needs the actions "
        "that AWS's managed policy AWSBackupServiceRolePolicyForBackup grants for it, and those "
        "for copies and tags if the plan copies or tags. A role is checked only if all its "
        "policies are in the template."
    )
    source_url = (
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html"
    )
    tags = ["resources", "backup", "iam", "role"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Compare what the roles of selections may do with what the selections name."""
        for role in used_roles(values):
            policies = policies_of(values, role.name, role.properties)
            if not policies.complete:
                continue
            yield from self._missing(values, role, list(self._granted(values, policies)))

    def _granted(self, values: Values, policies: Policies) -> Iterator[tuple[str, Given]]:
        """Yield the actions, or patterns of them, that the policies allow, and when they do."""
        for arn in policies.attached:
            if (arn.text or "").endswith("ForBackup"):
                yield "*", arn.given
        for statement in statements(values, policies.documents):
            if not allows(values, statement):
                continue
            # NotAction allows more than any list here.
            if "NotAction" in statement.value:
                yield "*", statement.given
            for action in texts(values, statement, "Action"):
                unknown = isinstance(action.value, Partial)
                yield "*" if unknown else str(action.text), action.given

    def _missing(
        self, values: Values, role: UsedRole, granted: list[tuple[str, Given]]
    ) -> Iterator[Problem]:
        plan_needs = list(self._plan_needs(values, role))
        for item in values.items(values.at(role.selection, "Resources")):
            name = type_named(item, values)
            given = both(role.given, item.given)
            if name is None or given is None:
                continue
            needs = TYPES[name]
            wanted: list[tuple[str, Given]] = [
                (action, given) for action in (*ALWAYS, *needs.actions)
            ]
            for kind, asked in plan_needs:
                merged = both(given, asked)
                if merged is not None:
                    extra = (*COPYING, *needs.copying) if kind == "copies" else TAGGING
                    wanted += [(action, merged) for action in extra]
            lacks = {
                action: when
                for action, need in wanted
                if (when := self._lack(values, action, need, granted)) is not None
            }
            if lacks:
                yield Problem(
                    ("Resources", role.name),
                    f"Role {role.name!r} lacks {', '.join(sorted(lacks))}, which AWS's managed "
                    f"policy for backups grants for {name} (selected by {item.text!r}), so such "
                    "backups fail or are incomplete: allow these actions",
                    next(iter(lacks.values())),
                    name,
                )

    def _plan_needs(self, values: Values, role: UsedRole) -> Iterator[tuple[str, Given]]:
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

    def _lack(
        self, values: Values, action: str, need: Given, granted: list[tuple[str, Given]]
    ) -> Given | None:
        """Return when the action is needed and not granted; None: never, or it is unknown."""
        grants = [given for pattern, given in granted if covers(pattern, action)]
        if any(both(need, given) == dict(need) for given in grants):
            return None
        if any(kind != "condition" for given in grants for kind, _ in given):
            return None
        names = sorted({name for given in grants for _, name in given})
        if len(names) > MAX_CONDITIONS:
            return None
        chosen: Given
        for choice in product((True, False), repeat=len(names)):
            chosen = {("condition", name): on for name, on in zip(names, choice, strict=True)}
            when = both(need, chosen)
            granted_then = any(both(chosen, given) == chosen for given in grants)
            if when is not None and not granted_then and values.possible(when):
                return when
        return None
