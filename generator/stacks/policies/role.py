"""The policies of the backup role, one function each.

The statements are those of AWS's managed policies AWSBackupServiceRolePolicyForBackup (v30) and
AWSBackupServiceRolePolicyForRestores (v36) for the protected types and the keys they use, with
AWS's resources and conditions: a narrower guess breaks a restore, and nobody notices before the
worst day. Two things are narrower: iam:PassRole, and the account in ARNs of the cluster's own
resources. (ARNs of images and snapshots have no account, and keys may belong to another one.)
Where AWS has two statements and one allows more, only that one is here.

https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
"""

from awacs import backup, ds, ec2, elasticfilesystem, fsx, iam, kms, ssm, sts, tag
from awacs.aws import (
    Action,
    Allow,
    Bool,
    Condition,
    ConditionElement,
    ForAllValuesStringEquals,
    Null,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
    StringLike,
)
from troposphere import Ref, Sub

from generator.iam_language import document

EVERYTHING = "*"
SNAPSHOTS = "arn:${AWS::Partition}:ec2:*::snapshot/*"
IMAGES = "arn:${AWS::Partition}:ec2:*:*:image/*"
INSTANCES = "arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:instance/*"
VOLUMES = "arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:volume/*"
FILE_SYSTEMS = "arn:${AWS::Partition}:elasticfilesystem:*:${AWS::AccountId}:file-system/*"
# A colon before the name, not a slash: backup-vault/* matches no vault.
VAULTS = "arn:${AWS::Partition}:backup:*:${AWS::AccountId}:backup-vault:*"
FSX_FILE_SYSTEMS = "arn:${AWS::Partition}:fsx:*:${AWS::AccountId}:file-system/*"
FSX_VOLUMES = "arn:${AWS::Partition}:fsx:*:${AWS::AccountId}:volume/*"
FSX_VIRTUAL_MACHINES = "arn:${AWS::Partition}:fsx:*:${AWS::AccountId}:storage-virtual-machine/*"
FSX_BACKUPS = "arn:${AWS::Partition}:fsx:*:${AWS::AccountId}:backup/*"
ROUTE_TABLES = "arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:route-table/*"
VSS_DOCUMENT = "arn:${AWS::Partition}:ssm:*:*:document/AWSEC2-CreateVssSnapshot"
RECOVERY_POINTS = "arn:${AWS::Partition}:backup:*:${AWS::AccountId}:recovery-point:*"

# Which form EC2 uses in China is not documented where we looked, so both are allowed.
EC2_PRINCIPALS = ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"]


def backup_trust() -> PolicyDocument:
    """Let AWS Backup, which has the same name in all partitions, assume the role.

    No condition: one on a key that the service does not send would stop every backup.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html
    """
    return document(
        Statement(
            Sid="TrustAWSBackup",
            Effect=Allow,
            Principal=Principal("Service", "backup.amazonaws.com"),
            Action=[sts.AssumeRole],
        )
    )


def use_vaults_and_keys() -> PolicyDocument:
    """Find tagged resources, fill vaults, copy between them, use the keys of data and backups."""
    return document(
        _allow(
            "FindResourcesAndKeys",
            [backup.CopyFromBackupVault, kms.DescribeKey, tag.GetResources],
        ),
        _allow(
            "FillVaults",
            [backup.CopyIntoBackupVault, backup.DescribeBackupVault],
            VAULTS,
        ),
        # A variable of IAM, not of CloudFormation: the account of the recovery point.
        _allow(
            "TagRecoveryPoints",
            [backup.TagResource],
            RECOVERY_POINTS,
            when=StringEquals("aws:PrincipalAccount", "${aws:ResourceAccount}"),
        ),
        _allow(
            "UseKeysThroughStorage",
            [
                kms.Decrypt,
                kms.Encrypt,
                kms.GenerateDataKey,
                kms.GenerateDataKeyWithoutPlaintext,
                kms.ReEncryptFrom,
                kms.ReEncryptTo,
            ],
            # AWS sets this key, so no caller can make a name up. The end differs by partition.
            when=StringLike(
                "kms:ViaService",
                [f"{name}.*.amazonaws.*" for name in ("ec2", "elasticfilesystem")],
            ),
        ),
        _allow(
            "GrantKeysToServices",
            [kms.CreateGrant],
            when=Bool("kms:GrantIsForAWSResource", "true"),
        ),
    )


def protect_ec2_and_ebs() -> PolicyDocument:
    """Back up, archive, copy and restore EC2 instances and EBS volumes."""
    return document(
        _allow(
            "MakeAndLaunchImages",
            [
                ec2.CopyImage,
                ec2.CreateImage,
                ec2.CreateSnapshot,
                ec2.DeleteSnapshot,
                ec2.DeregisterImage,
                ec2.DescribeAccountAttributes,
                ec2.DescribeAddresses,
                ec2.DescribeAvailabilityZones,
                ec2.DescribeElasticGpus,
                ec2.DescribeImages,
                ec2.DescribeInstanceAttribute,
                ec2.DescribeInstanceCreditSpecifications,
                ec2.DescribeInstances,
                ec2.DescribeInternetGateways,
                ec2.DescribeNetworkInterfaces,
                ec2.DescribeRouteTables,
                ec2.DescribeSecurityGroups,
                ec2.DescribeSnapshots,
                ec2.DescribeSnapshotTierStatus,
                ec2.DescribeSpotInstanceRequests,
                ec2.DescribeSubnets,
                ec2.DescribeTags,
                ec2.DescribeVolumes,
                ec2.DescribeVpcs,
                ec2.RunInstances,
            ],
        ),
        _allow("CopyAndTagSnapshots", [ec2.CopySnapshot, ec2.CreateTags], SNAPSHOTS),
        _allow("TagImages", [ec2.CreateTags], IMAGES),
        _allow(
            "ShareForCopies",
            [ec2.ModifyImageAttribute, ec2.ModifySnapshotAttribute],
            when=_made_by_backup(),
        ),
        _allow(
            "ArchiveSnapshots",
            [ec2.DeleteTags, ec2.ModifySnapshotTier, ec2.RestoreSnapshotTier],
            SNAPSHOTS,
            when=_made_by_backup(),
        ),
        _allow("RestoreVolumes", [ec2.CreateVolume, ec2.DeleteVolume], SNAPSHOTS, VOLUMES),
        _allow(
            "TagWhatIsRestored",
            [ec2.CreateTags],
            INSTANCES,
            VOLUMES,
            when=StringLike("ec2:CreateAction", ["CreateVolume", "RunInstances"]),
        ),
        _allow(
            "TagInstanceWithItsSource",
            [ec2.CreateTags],
            INSTANCES,
            when=ForAllValuesStringEquals("aws:TagKeys", ["aws:backup:source-resource"]),
        ),
        _allow("EndFailedRestores", [ec2.TerminateInstances], INSTANCES),
    )


def protect_efs() -> PolicyDocument:
    """Back up and restore EFS file systems."""
    return document(
        _allow(
            "BackUpAndRestoreFileSystems",
            [
                elasticfilesystem.Backup,
                elasticfilesystem.CreateFileSystem,
                elasticfilesystem.DeleteFileSystem,
                elasticfilesystem.DescribeFileSystems,
                elasticfilesystem.DescribeTags,
                elasticfilesystem.Restore,
                elasticfilesystem.TagResource,
            ],
            FILE_SYSTEMS,
        )
    )


def protect_fsx() -> PolicyDocument:
    """Back up, copy and restore FSx file systems and volumes."""
    return document(
        _allow(
            "BackUpFileSystemsAndVolumes",
            [fsx.CreateBackup, fsx.ListTagsForResource],
            FSX_FILE_SYSTEMS,
            FSX_VOLUMES,
            FSX_BACKUPS,
        ),
        _allow(
            "ManageBackups",
            [
                fsx.CopyBackup,
                fsx.DeleteBackup,
                fsx.DescribeBackups,
                fsx.ManageBackupPrincipalAssociations,
            ],
            FSX_BACKUPS,
        ),
        _allow(
            "RestoreFileSystems",
            [fsx.CreateFileSystemFromBackup],
            FSX_FILE_SYSTEMS,
            FSX_BACKUPS,
        ),
        _allow("TagFileSystems", [fsx.DescribeFileSystems, fsx.TagResource], FSX_FILE_SYSTEMS),
        _allow(
            "RestoreVolumes",
            [fsx.CreateVolumeFromBackup, fsx.TagResource],
            FSX_VIRTUAL_MACHINES,
            FSX_BACKUPS,
            FSX_VOLUMES,
        ),
        _allow("FindVolumes", [fsx.DescribeVolumes], FSX_VOLUMES),
        _allow(
            "EndFailedFileSystemRestores",
            [fsx.DeleteFileSystem, fsx.UntagResource],
            FSX_FILE_SYSTEMS,
            when=_made_by_backup(),
        ),
        _allow(
            "EndFailedVolumeRestores",
            [fsx.DeleteVolume, fsx.UntagResource],
            FSX_VOLUMES,
            when=_made_by_backup(),
        ),
        _allow("FindDirectories", [ds.DescribeDirectories]),
        _allow(
            "TagRouteTablesOfFSx",
            [ec2.CreateTags],
            ROUTE_TABLES,
            when=StringEquals("aws:ResourceTag/AmazonFSx", "ManagedByAmazonFSx"),
        ),
    )


def pause_windows() -> PolicyDocument:
    """Let Windows instances write their data to disk before a backup (VSS).

    https://docs.aws.amazon.com/aws-backup/latest/devguide/windows-backups.html
    """
    return document(
        _allow("WatchCommands", [ssm.CancelCommand, ssm.GetCommandInvocation]),
        _allow("CreateVssSnapshots", [ssm.SendCommand], VSS_DOCUMENT, INSTANCES),
    )


def copy_into(vault_arn: Ref) -> PolicyDocument:
    """Copy recovery points into the vault, which may belong to another account.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
    """
    return document(
        Statement(
            Sid="FillDestinationVault",
            Effect=Allow,
            Action=[backup.CopyIntoBackupVault],
            Resource=[vault_arn],
        )
    )


def pass_instance_roles(arns: Ref | list[Ref]) -> PolicyDocument:
    """Let restored instances have one of these roles (role ARNs, not instance profile ARNs).

    https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-ec2.html
    """
    return document(
        Statement(
            Sid="PassInstanceRoles",
            Effect=Allow,
            Action=[iam.PassRole],
            Resource=arns,
            Condition=Condition(StringEquals("iam:PassedToService", EC2_PRINCIPALS)),
        )
    )


def _made_by_backup() -> Null:
    """Return the condition that AWS Backup created the resource, which it marks with this tag."""
    return Null("aws:ResourceTag/aws:backup:source-resource", "false")


def _allow(
    sid: str, actions: list[Action], *arns: str, when: ConditionElement | None = None
) -> Statement:
    """Allow the actions on the ARNs (default: on everything) if the condition holds."""
    statement = Statement(
        Sid=sid,
        Effect=Allow,
        Action=actions,
        Resource=[Sub(arn) for arn in arns] or [EVERYTHING],
    )
    if when:
        statement.Condition = Condition(when)
    return statement
