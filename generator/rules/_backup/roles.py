"""The roles that selections use, their policies and the statements of those."""

import re
import sys
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import ABSENT, Case, Given, Partial, both
from _backup.template import selections_of_plans
from _backup.values import Values

ROLE = "AWS::IAM::Role"
# Resources that hold a policy for roles: where the document is, and which property has the roles.
POLICIES = {
    "AWS::IAM::Policy": "Roles",
    "AWS::IAM::ManagedPolicy": "Roles",
    "AWS::IAM::RolePolicy": "RoleName",
}
AWS_POLICIES = re.compile(
    r"arn:(\$\{[^}]*\}|[^:]+):iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor(Backup|Restores)"
)


class UsedRole(NamedTuple):
    """A role of the template that a selection uses."""

    name: str
    properties: Case
    selection: Case
    plan: list[Case]  # what the selection's BackupPlanId can be
    given: Given


def used_roles(values: Values) -> Iterator[UsedRole]:
    """Yield the roles of the template that selections use, once for each selection."""
    roles = dict(values.of_type(ROLE))
    if not roles:
        return
    for whole, selection in selections_of_plans(values):
        plan = values.at(whole, "BackupPlanId")
        for arn in values.at(selection, "IamRoleArn"):
            for name, properties in roles.items():
                given = _means(values, arn, name, properties)
                if given is not None:
                    yield UsedRole(name, properties, selection, plan, given)


def _means(values: Values, arn: Case, name: str, properties: Case) -> Given | None:
    """Return what has to hold for the ARN to be this role's; None: it is another's."""
    text = arn.text or ""
    if text == f"${{{name}.Arn}}":
        return both(arn.given, properties.given)
    tail = text.rpartition("/")[2] if ":role/" in text else None
    if tail == f"${{{name}}}":
        return both(arn.given, properties.given)
    for role_name in values.at(properties, "RoleName"):
        if tail and tail == role_name.text:
            return both(arn.given, properties.given, role_name.given)
    return None


class Policies(NamedTuple):
    """What the template gives a role, and whether that is all the role has."""

    documents: list[Case]
    attached: list[Case]  # AWS's own two policies for AWS Backup
    complete: bool
    separate: list[str]  # resources that hold a policy of the role


def policies_of(values: Values, role: str, properties: Case) -> Policies:
    """Return the policies of a role."""
    found = Policies([], [], complete=True, separate=[])
    complete = True
    for policy in values.items(values.at(properties, "Policies")):
        documents = values.at(policy, "PolicyDocument")
        complete &= all(isinstance(document.value, dict) for document in documents)
        found.documents.extend(documents)
    managed = {name for name, _ in values.of_type("AWS::IAM::ManagedPolicy")}
    named: set[str] = set()
    for arn in values.items(values.at(properties, "ManagedPolicyArns")):
        text = arn.text or ""
        if text[2:-1] in managed:
            named.add(text[2:-1])
        elif AWS_POLICIES.fullmatch(text):
            found.attached.append(arn)
        else:
            complete = False
    for kind, property_name in POLICIES.items():
        for name, policy in values.of_type(kind):
            attached = name in named
            for holder in values.items(values.at(policy, property_name)):
                its_role = _role_named(values, holder, role, properties)
                attached |= its_role is True
                complete &= its_role is not None
            if attached:
                found.separate.append(name)
                found.documents.extend(values.at(policy, "PolicyDocument"))
    complete &= all(isinstance(document.value, dict) for document in found.documents)
    return found._replace(complete=complete)


def _role_named(values: Values, holder: Case, role: str, properties: Case) -> bool | None:
    """Return whether a name means the role; None: nobody can know."""
    if holder.text == f"${{{role}}}":
        return True
    names = [name.text for name in values.at(properties, "RoleName") if name.value is not ABSENT]
    if holder.text in names:
        return True
    other = holder.text is not None and holder.text[2:-1] in values.resources
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
    """Yield the texts of a property that holds one or a list of them."""
    for case in values.items(values.at(statement, *keys)):
        if case.text is not None:
            yield case


def covers(pattern: str, action: str) -> bool:
    """Return whether IAM's pattern (with ``*`` and ``?``) is the action or includes it."""
    return fnmatchcase(action.lower(), pattern.lower().replace("[", "[[]"))


def all_documents(values: Values) -> Iterator[Case]:
    """Yield every identity policy of the template."""
    for _, properties in values.of_type(ROLE, "AWS::IAM::User", "AWS::IAM::Group"):
        for policy in values.items(values.at(properties, "Policies")):
            yield from values.at(policy, "PolicyDocument")
    kinds = (*POLICIES, "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy")
    for _, properties in values.of_type(*kinds):
        yield from values.at(properties, "PolicyDocument")


def condition_keys(values: Values, statement: Case) -> Iterator[tuple[str, str, Case]]:
    """Yield operator, key and place of every condition of a statement; keys in lower case."""
    for conditions in values.at(statement, "Condition"):
        if not isinstance(conditions.value, dict):
            continue
        for operator in conditions.value:
            for tests in values.at(conditions, operator):
                if isinstance(tests.value, dict):
                    for key in tests.value:
                        place = Case(key, (*tests.path, key), tests.given)
                        yield str(operator), str(key).lower(), place
