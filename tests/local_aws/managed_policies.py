"""AWS's managed policies for AWS Backup, as moto bundles them, and what we take from them."""

import json
from functools import cache
from typing import Any

from _backup.iam import Context, as_list

BACKUP = "AWSBackupServiceRolePolicyForBackup"
RESTORES = "AWSBackupServiceRolePolicyForRestores"

OURS = {
    BACKUP: {
        "EBSCopyPermissions", "EC2CopyPermissions", "EBSTagAndDeletePermissions", "EC2Permissions",
        "EC2TagPermissions", "EC2ModifyPermissions", "EBSSnapshotTierPermissions",
        "EBSResourcePermissions", "BackupVaultPermissions", "BackupVaultCopyPermissions",
        "RecoveryPointTaggingPermissions", "EFSPermissions", "KMSPermissions",
        "KMSCreateGrantPermissions", "KMSEC2Permissions", "GetResourcesPermissions",
        "FsxBackupPermissions", "FsxCreateBackupPermissions", "FsxPermissions",
        "FsxVolumePermissions", "FsxListTagsPermissions", "FsxDeletePermissions",
        "FsxResourcePermissions", "SSMPermissions", "SSMSendPermissions",
    },
    RESTORES: {
        "EBSPermissions", "EC2DescribePermissions", "EFSPermissions", "KMSDescribePermissions",
        "KMSPermissions", "KMSCreateGrantPermissions", "EC2DeleteAndRestorePermissions",
        "EC2CreateTagsScopedPermissions", "EC2RunInstancesPermissions",
        "EC2TerminateInstancesPermissions", "EC2CreateTagsPermissions", "CreateTagsPermissions",
        "FsxPermissions", "FsxTagPermissions", "FsxBackupPermissions", "FsxDeletePermissions",
        "FsxDescribePermissions", "FsxVolumeTagPermissions", "FsxBackupTagPermissions",
        "FsxVolumePermissions", "DSPermissions",
    },
}  # fmt: skip
"""The statements for EC2, EBS, EFS and their keys, for FSx, and for VSS on Windows instances.

https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
"""

LEFT_OUT = {
    BACKUP: {
        "KMSDynamoDBPermissions": "DynamoDB",
        "KMSDSQLPermissions": "Aurora DSQL",
        "EKSClusterConfigurationBackup": "EKS",
        "GuardDutyMalwareScanIAMPassPermissions": "malware scans, which no plan of ours asks for",
    },
    RESTORES: {
        "EBSSnapshotBlockPermissions": "virtual machines and Storage Gateway",
        "CreateClusterIAMPerms": "passes every role of the account: ours passes given ones",
        "CreateEKSNodeGroupPermissions": "EKS",
        "EKSNodeGroupTagOnCreate": "EKS",
        "BackupRestoreJobManagementPermissions": "EKS: restore jobs that start restore jobs",
    },
}
"""Statements about the same services that we do without, and what they are for."""


_SERVICES = {"backup", "backup-storage", "ds", "ebs", "ec2", "elasticfilesystem", "fsx", "iam",
             "kms", "ssm", "sts", "tag"}  # fmt: skip
# How AWS Backup reaches the services that we protect.
_VIA = ("ec2.", "elasticfilesystem.")


@cache
def statements(policy: str) -> dict[str, dict[str, Any]]:
    """Return a managed policy's statements by Sid."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    document = json.loads(aws_managed_policies_data)[policy]["Document"]
    return {statement["Sid"]: statement for statement in document["Statement"]}


def ours(*policies: str) -> list[dict[str, Any]]:
    """Return the statements of these policies that a role has to cover."""
    return [statements(policy)[sid] for policy in policies for sid in sorted(OURS[policy])]


def of_our_services(policy: str) -> set[str]:
    """Return the Sids of all statements that allow an action of a service we use."""
    return {
        sid
        for sid, statement in statements(policy).items()
        if any(action.split(":")[0] in _SERVICES for action in as_list(statement["Action"]))
    }


def requests(statement: dict[str, Any], account: str) -> list[tuple[str, str, Context]]:
    """Return requests, action, ARN and context, which together touch all that a statement allows.

    A ``*`` alone as resource stands for anything, so for something of another account. Keys, and
    what has no account in its ARN, are not the account's own.
    """
    return [
        (action, arn, context)
        for action in as_list(statement["Action"])
        for pattern in as_list(statement["Resource"])
        for arn in _arns(action, pattern, account)
        for context in _contexts(statement.get("Condition", {}))
    ]


def _arns(action: str, pattern: str, account: str) -> list[str]:
    if pattern == "*":
        service = action.partition(":")[0]
        return ["*", f"arn:aws:{service}:eu-west-1:999999999999:thing/x"]
    _, partition, service, region, owner, resource = pattern.split(":", 5)
    owners = {"*": [account, "999999999999"] if service == "kms" else [account]}.get(owner, [owner])
    if resource.startswith("image/"):
        owners = ["", account]
    return [
        f"arn:{partition}:{service}:{region.replace('*', 'us-east-1')}:{owner}:"
        + resource.replace("*", "x-1")
        for owner in owners
    ]


def _contexts(condition: dict[str, Any]) -> list[Context]:
    """Return contexts that fulfil a condition, one for each of its alternatives."""
    found: list[dict[str, str | list[str]]] = [{}]
    for operator, block in condition.items():
        for key, values in block.items():
            extended = []
            for context in found:
                for value in as_list(values):
                    extended += [{**context, **more} for more in _fulfil(operator, key, value)]
            found = extended
    return list(found)


def _fulfil(operator: str, key: str, value: str) -> list[dict[str, str | list[str]]]:
    if operator == "Null":
        return [{key: "something"}] if value == "false" else [{}]
    if value.startswith("${"):
        return [{key: "123456789012", value[2:-1]: "123456789012"}]
    if key == "kms:ViaService" and not value.startswith(_VIA):
        return []  # a service that we do not protect
    # AWS writes its policies for the partition aws, in which names of services end in com.
    value = value.replace("amazonaws.*", "amazonaws.com").replace("*", "us-east-1")
    if operator == "ForAllValues:StringEquals":
        return [{}, {key: [value]}]
    return [{key: [value] if operator.startswith("For") else value}]
