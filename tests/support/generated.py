"""The Backup template as generated now, and what CloudFormation makes of it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from generator.cloudformation.read import parse
from generator.stacks import backup
from generator.stacks.render import render
from tests.local_aws.evaluation import Resolved, resolve
from tests.support.parameter_values import CLUSTER, REGIONS, everything


@cache
def text() -> str:
    """Return the text of the template."""
    return render(backup.template())


@cache
def template() -> dict[str, Any]:
    """Return the template in CloudFormation's long form, read back from its text."""
    return parse("Backup.template", text()).document


def resolved(region: str = "us-east-1", /, **parameters: str) -> Resolved:
    """Return what CloudFormation makes of the template for the cluster ``soca-mycluster``."""
    return resolve(template(), {"ClusterId": CLUSTER, **parameters}, region=region)


def without_rules(**parameters: str) -> Resolved:
    """Return the same where rules are not evaluated, as nested stacks may do."""
    return resolve(template(), {"ClusterId": CLUSTER, **parameters}, evaluate_rules=False)


def with_names(
    names: Mapping[str, str], region: str = "us-east-1", /, **parameters: str
) -> Resolved:
    """Return the same with names and attributes of resources: ``Vault``, ``Vault.Arn``."""
    return resolve(template(), {"ClusterId": CLUSTER, **parameters}, region=region, known=names)


def inline_policies(made: Resolved) -> dict[str, Any]:
    """Return the documents of the role's inline policies, by name."""
    policies = made.resources["SOCAAWSBackupRole"]["Policies"]
    documents = {policy["PolicyName"]: policy["PolicyDocument"] for policy in policies}
    if len(documents) != len(policies):
        raise ValueError("two inline policies have one name: IAM would keep one of them")
    return documents


@cache
def full_role(partition: str = "aws") -> dict[str, Any]:
    """Return the documents of a role with everything on."""
    return inline_policies(resolved(REGIONS[partition], **everything(partition)))
