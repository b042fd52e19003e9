"""The IAM policy to create, update, delete and roll back stacks of the templates.

It has the permissions for the types of resources in the templates, on the names that they get. A
type without a row in the table is an error, so that no template gets a resource that those who
deploy it cannot remove again.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from awacs.aws import Allow, Condition, PolicyDocument, Statement
from troposphere import Template, encode_to_dict

from generator.deployer_policy.permissions_by_type import Grant, Row, rows, stack_grants
from generator.iam_language import document


def policy(templates: Mapping[str, Template]) -> PolicyDocument:
    """Return the policy for the stacks of these templates (by file name), a statement per ARN.

    Raises ValueError for a resource whose type has no row.
    """
    resources = [
        each for template in templates.values() for each in template.to_dict()["Resources"].items()
    ]
    table = rows()
    types = {resource["Type"] for _, resource in resources}
    if unknown := sorted(types - table.keys()):
        raise ValueError(
            "the table in generator/deployer_policy/permissions_by_type.py has no row for "
            f"{', '.join(unknown)}: add one"
        )
    statements = [_statement(grant, [*templates]) for grant in stack_grants()]
    for kind, row in table.items():
        if kind in types:
            statements += [
                _statement(grant, _names(resources, grant.named_after or kind, table))
                for grant in row.grants
            ]
    return document(*statements)


def text(templates: Mapping[str, Template]) -> str:
    """Return the policy as IAM takes it: JSON, without CloudFormation's functions."""
    return json.dumps(encode_to_dict(policy(templates)), indent=2) + "\n"


def _statement(grant: Grant, names: list[str]) -> Statement:
    arns = sorted({grant.arn.format(name=name) for name in names})
    statement = Statement(Sid=grant.sid, Effect=Allow, Action=list(grant.actions), Resource=arns)
    if grant.when:
        statement.Condition = Condition(list(grant.when))
    return statement


def _names(resources: Sequence[tuple[str, Any]], kind: str, table: dict[str, Row]) -> list[str]:
    """Return the names of the resources of a type, with ``*`` for what the parameters decide.

    A name that CloudFormation makes up contains the logical id.
    """
    named_by = table[kind].name_property
    return [
        _pattern(resource.get("Properties", {}).get(named_by, {"Fn::Sub": f"*{logical_id}*"}))
        for logical_id, resource in resources
        if resource["Type"] == kind
    ] or ["*"]


def _pattern(name: Any) -> str:
    """Return a pattern that every value of the property matches."""
    if isinstance(name, dict) and isinstance(name.get("Fn::Sub"), str):
        return re.sub(r"\$\{[^}]*\}", "*", name["Fn::Sub"])
    return name if isinstance(name, str) else "*"
