"""Templates in few words, and what they protect."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from generator.cloudformation.read import Template, parse
from generator.protection.model import Protection, Role
from generator.protection.reading import protection
from tests.support import generated
from tests.support.parameter_values import CLUSTER

Resource = dict[str, Any]

PLACE = {"AWS::Partition": "aws"}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "backup.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
ROLE_ARN = {"Fn::GetAtt": ["Role", "Arn"]}


@cache
def our_template() -> Template:
    """Return the Backup template as generated now."""
    return parse("Backup.template", generated.text())


def ours(parameters: Mapping[str, str] | None = None) -> Protection:
    """Return what ours protects with these parameters, and the defaults of others."""
    return what_it_protects(our_template(), {"ClusterId": CLUSTER, **(parameters or {})})


def what_it_protects(template: Template, values: Mapping[str, str]) -> Protection:
    """Return what a template protects with these values, and the defaults of others."""
    defaults = {
        name: str(parameter["Default"])
        for name, parameter in template.parameters.items()
        if "Default" in parameter
    }
    return protection(template, {**defaults, **PLACE, **values})


def protected(resources: Mapping[str, Resource], **values: str) -> Protection:
    """Return what these resources protect; the values are those of parameters without default."""
    names = ["Given", *(name for name in values if "::" not in name)]
    parameters = {name: {"Type": "String"} for name in names}
    document = {"Parameters": parameters, "Resources": {**resources}}
    return what_it_protects(parse("a test", json.dumps(document)), values)


def of_type(kind: str, properties: Mapping[str, Any], **attributes: Any) -> Resource:
    """Return a resource."""
    return {"Type": f"AWS::{kind}", **attributes, "Properties": {**properties}}


def role(*statements: Any, **properties: Any) -> Resource:
    """Return a role that AWS Backup may assume, with statements in one inline policy."""
    inline = [{"PolicyName": "Inline", "PolicyDocument": document(*statements)}]
    return of_type(
        "IAM::Role",
        {
            "AssumeRolePolicyDocument": TRUST,
            **({"Policies": inline} if statements else {}),
            **properties,
        },
    )


def document(*statements: Any) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": [*statements]}


def allow(action: Any, resource: Any = "*", **elements: Any) -> dict[str, Any]:
    """Return a statement."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **elements}


def the_role(resources: Mapping[str, Resource], **values: str) -> Role:
    """Return the only role of these resources."""
    (found,) = protected(resources, **values).roles.values()
    return found
