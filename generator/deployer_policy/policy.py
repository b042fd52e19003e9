"""The IAM policy of whoever creates, updates, deletes and rolls back the stack of a template.

It has the permissions of the types that the template has, on the names that it makes. A type
without a row in the table is an error, so that no resource comes into the template that its
installer cannot remove again.
"""

import json
import re
from typing import Any

from awacs.aws import Allow, Condition, PolicyDocument, Statement
from troposphere import Template, encode_to_dict

from generator.deployer_policy.permissions_by_type import Grant, Row, rows, stack_grants
from generator.iam_language import document


def policy(template: Template) -> PolicyDocument:
    """Return the policy for the stacks of this template, one statement per kind of ARN.

    Raises ValueError for a resource whose type has no row.
    """
    resources: dict[str, Any] = template.to_dict()["Resources"]
    table = rows()
    types = {resource["Type"] for resource in resources.values()}
    if unknown := sorted(types - table.keys()):
        raise ValueError(
            "the table in generator/deployer_policy/permissions_by_type.py has no row for "
            f"{', '.join(unknown)}"
        )
    statements = [_statement(grant, ["*"]) for grant in stack_grants()]
    for kind, row in table.items():
        if kind in types:
            statements += [
                _statement(grant, _names(resources, grant.named_after or kind, table))
                for grant in row.grants
            ]
    return document(*statements)


def text(template: Template) -> str:
    """Return the policy as IAM takes it: JSON, without CloudFormation's functions."""
    return json.dumps(encode_to_dict(policy(template)), indent=2) + "\n"


def _statement(grant: Grant, names: list[str]) -> Statement:
    arns = sorted({grant.arn.format(name=name) for name in names})
    statement = Statement(Sid=grant.sid, Effect=Allow, Action=list(grant.actions), Resource=arns)
    if grant.when:
        statement.Condition = Condition(list(grant.when))
    return statement


def _names(resources: dict[str, Any], kind: str, table: dict[str, Row]) -> list[str]:
    """Return how the resources of a type are called, ``*`` for what the parameters decide.

    A name that CloudFormation makes up has the logical id in it.
    """
    named_by = table[kind].name_property
    return [
        _pattern(resource.get("Properties", {}).get(named_by, {"Fn::Sub": f"*{logical_id}*"}))
        for logical_id, resource in resources.items()
        if resource["Type"] == kind
    ] or ["*"]


def _pattern(name: Any) -> str:
    """Return a pattern that every value of the property matches."""
    if isinstance(name, dict) and isinstance(name.get("Fn::Sub"), str):
        return re.sub(r"\$\{[^}]*\}", "*", name["Fn::Sub"])
    return name if isinstance(name, str) else "*"
