"""Stacks of our templates in the local AWS, each with the name that people give it."""

import json
from typing import Any

from generator.stacks import MAIN, STACK_NAMES
from tests.local_aws.deployer import Deployer, Stack
from tests.local_aws.local_aws import LocalAws
from tests.support.generated import completed, text
from tests.support.parameter_values import CLUSTER


def create(aws: LocalAws, of: str = MAIN, **given: str) -> Stack:
    """Return a stack of the template, with what it requires and what is given."""
    name = STACK_NAMES[of].replace("<ClusterId>", CLUSTER)
    return Deployer(aws).create(text(of), name, completed(of, given))


def asked(stack: Stack, operation: str) -> list[dict[str, Any]]:
    """Return what was said in each call of the operation."""
    return [one.parameters for one in stack.calls.made if one.operation == operation]


def key_policy(aws: LocalAws, key_arn: str) -> dict[str, Any]:
    """Return the policy of a key."""
    text = aws.client("kms").get_key_policy(KeyId=key_arn, PolicyName="default")["Policy"]
    policy: dict[str, Any] = json.loads(text)
    return policy


def role_policies(aws: LocalAws, role: str) -> dict[str, Any]:
    """Return the inline policies of a role, by name."""
    iam = aws.client("iam")
    return {
        name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    }


def what_is_there(aws: LocalAws) -> dict[str, int]:
    """Return how many of each kind of resource the account has in the region; none: no entry."""
    kms, iam = aws.client("kms"), aws.client("iam")
    keys = (key["KeyId"] for key in kms.list_keys()["Keys"])
    states = [kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] for key in keys]
    aliases = [one["AliasName"] for one in kms.list_aliases()["Aliases"]]
    groups = aws.client("ec2").describe_security_groups()["SecurityGroups"]
    found: dict[str, int] = {
        "vaults": len(aws.client("backup").list_backup_vaults()["BackupVaultList"]),
        "keys": states.count("Enabled"),
        "aliases": len([alias for alias in aliases if not alias.startswith("alias/aws/")]),
        "roles": len(iam.list_roles()["Roles"]),
        "topics": len(aws.client("sns").list_topics()["Topics"]),
        "rules": len(aws.client("events").list_rules()["Rules"]),
        "alarms": len(aws.client("cloudwatch").describe_alarms()["MetricAlarms"]),
        "groups": len([group for group in groups if group["GroupName"] != "default"]),
        "restore tests": len(aws.restore_tests),
    }
    return {name: number for name, number in found.items() if number}
