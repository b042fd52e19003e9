"""The roles that selections use, their policies, and the statements in policies."""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.actions import BACKUPS_ALLOW, RESTORES_ALLOW
from _backup.cases import ABSENT, Case, Given, Partial, both
from _backup.documents import UNKNOWN_DOCUMENT
from _backup.matching import like
from _backup.template import selections_of_plans
from _backup.values import Values

ROLE = "AWS::IAM::Role"
PASSING = "iam:PassRole"
# What AWS's policies for users of AWS Backup ask for in the name of a role.
PASSABLE = re.compile("AWSBackup|AwsBackup")
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
# Resources that give roles a policy, and the property that names the roles.
POLICIES = {
    "AWS::IAM::Policy": "Roles",
    MANAGED_POLICY: "Roles",
    "AWS::IAM::RolePolicy": "RoleName",
}
AWS_POLICIES = re.compile(
    r"arn:(\$\{[^}]*\}|[^:]+):iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor(Backup|Restores)"
)


class UsedRole(NamedTuple):
    """A role in the template that a selection uses."""

    name: str
    properties: Case
    selection: Case
    plan: list[Case]  # what the selection's BackupPlanId can be
    given: Given


def used_roles(values: Values) -> Iterator[UsedRole]:
    """Yield the roles in the template that selections use, once for each selection."""
    for whole, selection in selections_of_plans(values):
        plan = values.at(whole, "BackupPlanId")
        for name, properties, given in roles_at(values, values.at(selection, "IamRoleArn")):
            yield UsedRole(name, properties, selection, plan, given)


def roles_at(values: Values, arns: list[Case]) -> Iterator[tuple[str, Case, Given]]:
    """Yield the roles in the template that the ARNs can be of, and what must be true for it."""
    for name, properties in values.of_type(ROLE):
        for arn in arns:
            given = _means(values, arn, name, properties)
            if given is not None:
                yield name, properties, given


def _means(values: Values, arn: Case, name: str, properties: Case) -> Given | None:
    """Return what must be true for the ARN to be this role's; None: it is another role's."""
    if arn.reference == (name, "Arn"):
        return both(arn.given, properties.given)
    text = arn.text or ""
    tail = text.rpartition("/")[2] if ":role/" in text else None
    if tail == f"${{{name}}}":
        return both(arn.given, properties.given)
    for role_name in values.at(properties, "RoleName"):
        if tail and tail == role_name.text:
            return both(arn.given, properties.given, role_name.given)
    return None


class Policies(NamedTuple):
    """The policies of a role."""

    documents: list[Case]  # that are in the template
    others: list[Case]  # what stands for policies that are not in it
    boundaries: list[Case]
    separate: list[str]  # resources that give the role a policy


def policies_of(values: Values, role: str, properties: Case) -> Policies:
    """Return the policies of a role."""
    inline = values.items(values.at(properties, "Policies"))
    documents = [case for policy in inline for case in values.at(policy, "PolicyDocument")]
    others: list[Case] = []
    managed = {name for name, _ in values.of_type(MANAGED_POLICY)}
    named: set[str] = set()
    for arn in values.items(values.at(properties, "ManagedPolicyArns")):
        name, attribute = arn.reference
        if name in managed and not attribute:
            named.add(name)
        else:
            others.append(replace(arn, value=_document_of_aws(arn)))
    separate: list[str] = []
    for kind, property_name in POLICIES.items():
        for name, policy in values.of_type(kind):
            holders = list(values.items(values.at(policy, property_name)))
            holds = [_role_named(values, holder, role, properties) for holder in holders]
            others += [
                replace(holder, value=UNKNOWN_DOCUMENT)
                for holder, held in zip(holders, holds, strict=True)
                if held is None
            ]
            if name in named or True in holds:
                separate.append(name)
                documents += values.at(policy, "PolicyDocument")
    if any(str(name).startswith("Fn::") for name in values.resources):
        # An include or a loop can hold further policies of the role.
        others.append(Case(UNKNOWN_DOCUMENT, (), {}))
    return Policies(documents, others, list(_boundaries(values, properties)), separate)


def _boundaries(values: Values, properties: Case) -> Iterator[Case]:
    """Yield what the permissions boundary of a role can be."""
    managed = dict(values.of_type(MANAGED_POLICY))
    for arn in values.at(properties, "PermissionsBoundary"):
        name, attribute = arn.reference
        if name in managed and not attribute:
            for document in values.at(managed[name], "PolicyDocument"):
                given = both(arn.given, document.given)
                if given is not None:
                    yield replace(document, given=given)
        elif arn.value is not ABSENT:
            yield replace(arn, value=_document_of_aws(arn))


def _document_of_aws(arn: Case) -> dict[str, Any]:
    """Return what one of AWS's policies allows of the actions that the rules ask for.

    Unknown: another policy. The one for restores passes any role, the one for backups none to EC2.
    """
    found = AWS_POLICIES.fullmatch(arn.text or "")
    if not found:
        return UNKNOWN_DOCUMENT
    actions = BACKUPS_ALLOW if found[2] == "Backup" else {*RESTORES_ALLOW, PASSING}
    return {"Statement": {"Effect": "Allow", "Action": sorted(actions), "Resource": "*"}}


def _role_named(values: Values, holder: Case, role: str, properties: Case) -> bool | None:
    """Return whether the name is the role's; None: it is unknown."""
    names = [name.text for name in values.at(properties, "RoleName") if name.value is not ABSENT]
    if holder.reference == (role, "") or holder.text in names:
        return True
    name, attribute = holder.reference
    other = name in values.resources and not attribute
    return None if isinstance(holder.value, Partial) and not other else False


def statements(values: Values, documents: Iterable[Case]) -> Iterator[Case]:
    """Yield the statements of policy documents."""
    for document in documents:
        if isinstance(document.value, dict):
            for statement in values.items(values.at(document, "Statement")):
                if isinstance(statement.value, dict):
                    yield statement


def allows(values: Values, statement: Case) -> bool:
    """Return whether the statement is an Allow."""
    return any(effect.text == "Allow" for effect in values.at(statement, "Effect"))


def texts(values: Values, statement: Case, *keys: str) -> Iterator[Case]:
    """Yield the texts of a property that is a text or a list of texts."""
    for case in values.items(values.at(statement, *keys)):
        if case.text is not None:
            yield case


def covers(pattern: str, action: str) -> bool:
    """Return whether IAM's pattern, with ``*`` and ``?``, matches the action."""
    return like(pattern.lower(), action.lower()) is True


def principals(values: Values, statement: Case, *kinds: str) -> Iterator[Case]:
    """Yield a statement's principals of these kinds, and one without a kind, such as '*'."""
    for principal in values.at(statement, "Principal"):
        named = [principal]
        if isinstance(principal.value, dict):
            named = [case for kind in kinds for case in values.at(principal, kind)]
        yield from values.items(named)


def all_documents(values: Values) -> Iterator[Case]:
    """Yield every identity policy in the template."""
    for _, properties in values.of_type(ROLE, "AWS::IAM::User", "AWS::IAM::Group"):
        for policy in values.items(values.at(properties, "Policies")):
            yield from values.at(policy, "PolicyDocument")
    kinds = (*POLICIES, "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy")
    for _, properties in values.of_type(*kinds):
        yield from values.at(properties, "PolicyDocument")


def condition_keys(values: Values, statement: Case) -> Iterator[tuple[str, str, Case]]:
    """Yield operator, key in lower case, and place of every condition in a statement."""
    for conditions in values.at(statement, "Condition"):
        if not isinstance(conditions.value, dict):
            continue
        for operator in conditions.value:
            for tests in values.at(conditions, operator):
                if isinstance(tests.value, dict):
                    for key in tests.value:
                        place = Case(key, (*tests.path, key), tests.given)
                        yield str(operator), str(key).lower(), place
