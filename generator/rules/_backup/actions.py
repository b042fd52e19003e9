"""The IAM actions of AWS Backup that the rules need: for backups, and on vaults.

Taken from AWS's managed policy AWSBackupServiceRolePolicyForBackup, version 30, and from the
service authorization reference of AWS Backup. A test compares both with newer versions.
"""

from typing import NamedTuple

# If the selection names resources by tags, conditions or patterns.
SEARCHING = ("tag:GetResources",)
# AWS's policy has it, and roles without it work.
READING_VAULTS = ("backup:DescribeBackupVault",)
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
    # Those of the actions that are about the resource itself.
    on_itself: tuple[str, ...] = ()


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
        on_itself=("ec2:CreateSnapshot",),
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
        on_itself=("ec2:CreateImage", "ec2:DescribeInstanceAttribute"),
    ),
    "EFS": Needs(
        "elasticfilesystem:file-system/",
        "AWS::EFS::FileSystem",
        ("elasticfilesystem:Backup", "elasticfilesystem:DescribeTags"),
        on_itself=("elasticfilesystem:Backup", "elasticfilesystem:DescribeTags"),
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
        on_itself=("fsx:CreateBackup",),
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
        on_itself=("fsx:CreateBackup",),
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
        on_itself=("rds:CreateDBSnapshot",),
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
        on_itself=("rds:CreateDBClusterSnapshot",),
    ),
}

# What else an action is about: service and resource of the ARN. What is not here is about
# something of its own service, and about which differs or is not documented.
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
ABOUT = {
    "ec2:CopyImage": "ec2:image/",
    "ec2:CopySnapshot": "ec2:snapshot/",
    "ec2:DeleteSnapshot": "ec2:snapshot/",
    "ec2:DeregisterImage": "ec2:image/",
    "ec2:ModifyImageAttribute": "ec2:image/",
    "ec2:ModifySnapshotAttribute": "ec2:snapshot/",
    "fsx:CopyBackup": "fsx:backup/",
    "fsx:DeleteBackup": "fsx:backup/",
    "fsx:ManageBackupPrincipalAssociations": "fsx:backup/",
    "rds:CopyDBClusterSnapshot": "rds:cluster-snapshot:",
    "rds:CopyDBSnapshot": "rds:snapshot:",
    "rds:DeleteDBClusterSnapshot": "rds:cluster-snapshot:",
    "rds:DeleteDBSnapshot": "rds:snapshot:",
    "rds:ModifyDBClusterSnapshotAttribute": "rds:cluster-snapshot:",
    "rds:ModifyDBSnapshotAttribute": "rds:snapshot:",
}
# About recovery points, whose ARNs are of any service.
ON_RECOVERY_POINTS = ("backup:CopyFromBackupVault", "backup:TagResource")
# IAM cannot limit them to an ARN: their statements need '*'.
WITHOUT_ARN = (
    "ec2:DescribeImages",
    "ec2:DescribeInstanceCreditSpecifications",
    "ec2:DescribeInstances",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSnapshots",
    "ec2:DescribeTags",
    "ec2:DescribeVolumes",
    "tag:GetResources",
)
# What no restore of a type can do without; types with several ways to restore them are left out.
RESTORING = {
    "EBS": ("ec2:CreateVolume",),
    "EC2": ("ec2:RunInstances",),
    "EFS": ("elasticfilesystem:CreateFileSystem", "elasticfilesystem:Restore"),
}
# What AWS's two policies allow of the actions above.
BACKUPS_ALLOW = (
    *SEARCHING,
    *READING_VAULTS,
    *COPYING,
    *TAGGING,
    *(action for needs in TYPES.values() for action in (*needs.actions, *needs.copying)),
)
# Version 36, some of them with conditions.
RESTORES_ALLOW = (
    *(action for actions in RESTORING.values() for action in actions),
    "ec2:CreateTags",
    "ec2:DeleteSnapshot",
    "ec2:DescribeImages",
    "ec2:DescribeInstances",
    "ec2:DescribeSnapshots",
    "ec2:DescribeVolumes",
    "fsx:DescribeBackups",
    "fsx:DescribeFileSystems",
    "fsx:DescribeVolumes",
    "rds:AddTagsToResource",
    "rds:DescribeDBClusterSnapshots",
    "rds:DescribeDBClusters",
    "rds:DescribeDBInstances",
    "rds:DescribeDBSnapshots",
    "rds:ListTagsForResource",
)

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
