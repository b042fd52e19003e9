"""The IAM policy to create, update, delete and roll back stacks of a template.

It has the permissions for the types of resources in the template, on the names that they get. A
type without a row in the table is an error, so that no template gets a resource that those who
deploy it cannot remove again.
"""

import json
import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any

from awacs.aws import Action, Allow, Condition, PolicyDocument, Statement
from troposphere import Template, encode_to_dict

from generator.deployer_policy.bounds import OPEN, Bounds, usual_stack_names
from generator.deployer_policy.permissions_by_type import (
    FORMER_NAMES,
    Row,
    rows,
    stack_grants,
)
from generator.iam_language import document
from generator.stacks import MAIN

MAX_CHARACTERS = 6144
"""The room in a managed policy; white space does not count.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

# For a policy that would have no room otherwise. Each pattern matches no action in IAM but those of
# its statement: a test compares.
_PATTERNS = (
    "backup:*BackupPlan",
    "backup:*BackupSelection",
    "backup:*BackupVaultAccessPolicy",
    "backup:*BackupVaultLockConfiguration",
    "backup:*BackupVaultNotifications",
    "cloudformation:*ChangeSet",
    "cloudformation:*StackResources",
    "cloudformation:*UpdateStack",
    "events:*Targets",
    "kms:*Alias",
    "sns:*DataProtectionPolicy",
    "sns:*SubscriptionAttributes",
    "sns:*TopicAttributes",
)


def policy(
    name: str, template: Template, bounds: Bounds = OPEN, patterns: Sequence[str] = ()
) -> PolicyDocument:
    """Return the policy for the stacks of a template, of this file name, within the bounds.

    Each of the patterns takes the place of the actions that it matches in a statement.

    Raises ValueError for a resource whose type has no row.
    """
    bounds = bounds._replace(stack_names=bounds.stack_names or usual_stack_names(name))
    resources = [*template.to_dict()["Resources"].items()]
    table = rows(bounds)
    types = {resource["Type"] for _, resource in resources}
    if unknown := sorted(types - table.keys()):
        raise ValueError(
            "the table in generator/deployer_policy/permissions_by_type.py has no row for "
            f"{', '.join(unknown)}: add one"
        )
    grants = [(grant, [name]) for grant in stack_grants(bounds)]
    former = FORMER_NAMES if name == MAIN else {}
    for kind, row in table.items():
        if kind in types:
            for grant in row.grants:
                after = grant.named_after or kind
                names = [*_names(resources, after, table, bounds), *former.get(after, ())]
                grants.append((grant, names))
    statements: dict[tuple[str, tuple[str, ...], Condition | None], list[Action]] = {}
    for grant, names in grants:
        account = bounds.account or "*"
        arns = {arn.format(name=name, account=account) for arn in grant.arns for name in names}
        key = (grant.sid, _widest(arns), grant.when)
        statements.setdefault(key, []).extend(grant.actions)
    return document(
        *(
            _statement(sid, arns, when, _shortened(actions, patterns))
            for (sid, arns, when), actions in statements.items()
        )
    )


def text(name: str, template: Template, bounds: Bounds = OPEN) -> str:
    """Return the policy as IAM takes it: JSON, without CloudFormation's functions.

    Raises ValueError, with a sentence for the user, if it does not fit into a managed policy.
    """
    size = 0
    for patterns in ((), _PATTERNS):
        made = json.dumps(encode_to_dict(policy(name, template, bounds, patterns)), indent=2) + "\n"
        size = len("".join(made.split()))
        if size <= MAX_CHARACTERS:
            return made
    raise ValueError(
        f"the policy has {size} characters, and a managed policy has room for {MAX_CHARACTERS}: "
        "give fewer or shorter names"
    )


def _widest(arns: Iterable[str]) -> tuple[str, ...]:
    """Return the patterns that no other of them matches."""
    patterns = sorted({*arns})
    return tuple(
        arn
        for arn in patterns
        if not any(fnmatchcase(arn, other) for other in patterns if other != arn)
    )


def _shortened(actions: Iterable[Action], patterns: Sequence[str]) -> list[Action]:
    """Return the actions by name, each once, and a pattern instead of those that it matches."""
    names = {f"{action.prefix}:{action.action}" for action in actions}
    for pattern in patterns:
        matched = {name for name in names if fnmatchcase(name, pattern)}
        if len(matched) > 1:
            names = names - matched | {pattern}
    return [Action(*name.split(":")) for name in sorted(names)]


def _statement(
    sid: str, arns: Sequence[str], when: Condition | None, actions: list[Action]
) -> Statement:
    statement = Statement(Sid=sid, Effect=Allow, Action=actions, Resource=[*arns])
    if when:
        statement.Condition = when
    return statement


def _names(
    resources: Sequence[tuple[str, Any]], kind: str, table: dict[str, Row], bounds: Bounds
) -> list[str]:
    """Return the names of the resources of a type, with ``*`` for what the parameters decide.

    A name that CloudFormation makes up contains the logical id.
    """
    named_by = table[kind].name_property
    return [
        _pattern(
            resource.get("Properties", {}).get(named_by, {"Fn::Sub": f"*{logical_id}*"}), bounds
        )
        for logical_id, resource in resources
        if resource["Type"] == kind
    ] or ["*"]


def _pattern(name: Any, bounds: Bounds) -> str:
    """Return a pattern that every value of the property matches, for the cluster if it is known."""
    if isinstance(name, dict) and isinstance(name.get("Fn::Sub"), str):
        text = name["Fn::Sub"].replace("${ClusterId}", bounds.cluster_id or "*")
        return re.sub(r"\$\{[^}]*\}", "*", text)
    return name if isinstance(name, str) else "*"
