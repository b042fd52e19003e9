"""The IAM actions of AWS Backup that the rules need: for backups, and on vaults.

Taken from AWS's managed policy AWSBackupServiceRolePolicyForBackup, version 30, and from the
service authorization reference of AWS Backup. A test compares both with newer versions.
"""

from typing import NamedTuple

# For every backup: find the resources, and read the vault.
ALWAYS = ("backup:DescribeBackupVault", "tag:GetResources")
# If the plan copies: https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
COPYING = ("backup:CopyFromBackupVault", "backup:CopyIntoBackupVault")
# If the plan tags its recovery points.
TAGGING = ("backup:TagResource",)


class Needs(NamedTuple):
    """What the role needs for a resource type."""

    resource: str  # service and resource of the ARN
    kind: str  # CloudFormation's type of the resource
    actions: tuple[str, ...]
    copying: tuple[str, ...] = ()


SNAPSHOTS = (
    "ec2:CreateSnapshot",
    "ec2:CreateTags",
    "ec2:DeleteSnapshot",
    "ec2:DescribeSnapshots",
    "ec2:DescribeVolumes",
)
TYPES: dict[str, Needs] = {
    "EBS": Needs(
        "ec2:volume/",
        "AWS::EC2::Volume",
        SNAPSHOTS,
        ("ec2:CopySnapshot", "ec2:ModifySnapshotAttribute"),
    ),
    "EC2": Needs(
        "ec2:instance/",
        "AWS::EC2::Instance",
        (
            *SNAPSHOTS,
            "ec2:CreateImage",
            "ec2:DeregisterImage",
            "ec2:DescribeImages",
            "ec2:DescribeInstanceAttribute",
            "ec2:DescribeInstanceCreditSpecifications",
            "ec2:DescribeInstances",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeTags",
        ),
        (
            "ec2:CopyImage",
            "ec2:CopySnapshot",
            "ec2:ModifyImageAttribute",
            "ec2:ModifySnapshotAttribute",
        ),
    ),
    "EFS": Needs(
        "elasticfilesystem:file-system/",
        "AWS::EFS::FileSystem",
        ("elasticfilesystem:Backup", "elasticfilesystem:DescribeTags"),
    ),
    "FSx": Needs(
        "fsx:file-system/",
        "AWS::FSx::FileSystem",
        (
            "fsx:CreateBackup",
            "fsx:DeleteBackup",
            "fsx:DescribeBackups",
            "fsx:DescribeFileSystems",
        ),
        ("fsx:CopyBackup", "fsx:ManageBackupPrincipalAssociations"),
    ),
    "FSx volume": Needs(
        "fsx:volume/",
        "AWS::FSx::Volume",
        (
            "fsx:CreateBackup",
            "fsx:DeleteBackup",
            "fsx:DescribeBackups",
            "fsx:DescribeVolumes",
        ),
        ("fsx:CopyBackup", "fsx:ManageBackupPrincipalAssociations"),
    ),
    "RDS": Needs(
        "rds:db:",
        "AWS::RDS::DBInstance",
        (
            "rds:AddTagsToResource",
            "rds:CreateDBSnapshot",
            "rds:DeleteDBSnapshot",
            "rds:DescribeDBInstances",
            "rds:DescribeDBSnapshots",
            "rds:ListTagsForResource",
        ),
        ("rds:CopyDBSnapshot", "rds:ModifyDBSnapshotAttribute"),
    ),
    "Aurora": Needs(
        "rds:cluster:",
        "AWS::RDS::DBCluster",
        (
            "rds:AddTagsToResource",
            "rds:CreateDBClusterSnapshot",
            "rds:DeleteDBClusterSnapshot",
            "rds:DescribeDBClusterSnapshots",
            "rds:DescribeDBClusters",
            "rds:ListTagsForResource",
        ),
        ("rds:CopyDBClusterSnapshot", "rds:ModifyDBClusterSnapshotAttribute"),
    ),
}

# Actions on a vault or a recovery point: those that a vault's policy can control.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html
ON_VAULTS = frozenset(
    {
        "AssociateBackupVaultMpaApprovalTeam",
        "CopyFromBackupVault",
        "CopyIntoBackupVault",
        "CreateBackupAccessPoint",
        "CreateBackupVault",
        "CreateLogicallyAirGappedBackupVault",
        "CreateRestoreAccessBackupVault",
        "DeleteBackupVault",
        "DeleteBackupVaultAccessPolicy",
        "DeleteBackupVaultLockConfiguration",
        "DeleteBackupVaultNotifications",
        "DeleteBackupVaultSharingPolicy",
        "DeleteRecoveryPoint",
        "DescribeBackupVault",
        "DescribeRecoveryPoint",
        "DisassociateBackupVaultMpaApprovalTeam",
        "DisassociateRecoveryPoint",
        "DisassociateRecoveryPointFromParent",
        "GetBackupVaultAccessPolicy",
        "GetBackupVaultNotifications",
        "GetBackupVaultSharingPolicy",
        "GetPITRMalwareScanResults",
        "GetRecoveryPointIndexDetails",
        "GetRecoveryPointRestoreMetadata",
        "ListProtectedResourcesByBackupVault",
        "ListRecoveryPointsByBackupVault",
        "ListRestoreAccessBackupVaults",
        "ListTags",
        "PutBackupVaultAccessPolicy",
        "PutBackupVaultLockConfiguration",
        "PutBackupVaultNotifications",
        "PutBackupVaultSharingPolicy",
        "RevokeRestoreAccessBackupVault",
        "SearchRecoveryPoint",
        "StartBackupJob",
        "StartCopyJob",
        "StartRestoreJob",
        "StartScanJob",
        "TagResource",
        "UntagResource",
        "UpdateRecoveryPointIndexSettings",
        "UpdateRecoveryPointLifecycle",
    }
)
