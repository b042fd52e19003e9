"""The Backup template as generated now, and values for its parameters."""

from functools import cache
from typing import Any

from generator.stacks import backup
from generator.stacks.render import render
from tests.support.resolver import Resolved, resolve
from tests.support.template_text import load

CLUSTER = "soca-mycluster"
ACCOUNT = "123456789012"
"""The account that the resolver and moto use."""

REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""A region of each partition that has SOCA clusters."""

LONGEST_ROLE_NAME = "r" * 64


@cache
def text() -> str:
    """Return the text of the template."""
    return render(backup.template())


@cache
def template() -> dict[str, Any]:
    """Return the template in CloudFormation's long form, read back from its text."""
    return load(text())


def resolved(region: str = "us-east-1", **parameters: str) -> Resolved:
    """Return what CloudFormation makes of the template for the cluster ``soca-mycluster``."""
    return resolve(template(), {"ClusterId": CLUSTER, **parameters}, region=region)


def inline_policies(made: Resolved) -> dict[str, Any]:
    """Return the documents of the role's inline policies, by name."""
    policies = made.resources["SOCAAWSBackupRole"]["Policies"]
    documents = {policy["PolicyName"]: policy["PolicyDocument"] for policy in policies}
    if len(documents) != len(policies):
        raise ValueError("two inline policies have one name: IAM would keep one of them")
    return documents


def every_option(partition: str = "aws") -> dict[str, str]:
    """Return a value for every optional parameter that adds something to the stack.

    The role names have the greatest length that IAM allows, 64 characters.
    """
    region = REGIONS[partition]

    def role(number: int) -> str:
        name = f"{number}-{LONGEST_ROLE_NAME}"[:64]
        return f"arn:{partition}:iam::{ACCOUNT}:role/{name}"

    return {
        "BackupTagKey": "edh:BackupPlan",
        "BackupSchedule": "cron(30 22 ? * MON-FRI *)",
        "BackupScheduleTimezone": "Europe/Paris",
        "StartWindowMinutes": "480",
        "RetentionDays": "90",
        "VaultKmsKeyArn": f"arn:{partition}:kms:{region}:{ACCOUNT}:key/1234abcd-12ab",
        "SchedulerIAMRoleArn": role(10),
        "ComputeNodeIAMRoleArn": role(11),
        "AdditionalInstanceRoleArns": ",".join(role(number) for number in range(10)),
        "PermissionsBoundaryArn": f"arn:{partition}:iam::{ACCOUNT}:policy/boundary",
    }
