"""The requests that the live check makes, none of which writes, and what IAM calls each."""

from typing import NamedTuple


class Call(NamedTuple):
    """A request, as botocore names it."""

    service: str
    operation: str
    action: str
    """The IAM action that allows it."""


def _calls(service: str, operations: str, prefix: str = "") -> dict[str, Call]:
    return {
        f"{service}.{each}": Call(service, each, f"{prefix or service}:{each}")
        for each in operations.split()
    }


CALLS: dict[str, Call] = {
    **_calls("cloudformation", "DescribeStacks GetTemplate ListStackResources"),
    **_calls(
        "backup",
        "DescribeBackupVault DescribeRegionSettings GetBackupPlan GetBackupSelection "
        "GetBackupVaultAccessPolicy GetRestoreTestingPlan ListBackupJobs ListBackupSelections "
        "ListBackupVaults "
        "ListCopyJobs ListRecoveryPointsByBackupVault ListRestoreJobs ListRestoreTestingPlans",
    ),
    **_calls("resourcegroupstaggingapi", "GetResources", "tag"),
    **_calls("ec2", "DescribeInstances DescribeVolumes"),
    **_calls(
        "efs",
        "DescribeBackupPolicy DescribeFileSystemPolicy DescribeFileSystems",
        "elasticfilesystem",
    ),
    **_calls("fsx", "DescribeFileSystems DescribeVolumes"),
    **_calls("kms", "DescribeKey GetKeyPolicy"),
    **_calls(
        "iam",
        "GetInstanceProfile GetPolicy GetPolicyVersion GetRole GetRolePolicy "
        "ListAttachedRolePolicies ListRolePolicies",
    ),
    **_calls("sns", "GetTopicAttributes ListSubscriptionsByTopic"),
    **_calls("events", "DescribeRule ListTargetsByRule"),
    **_calls("cloudwatch", "DescribeAlarms"),
}
"""By service and operation."""
