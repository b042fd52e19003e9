"""The policies of the backup role, one function each.

The statements are those of AWS's managed policies AWSBackupServiceRolePolicyForBackup (v30) and
AWSBackupServiceRolePolicyForRestores (v36) for the protected types and the keys they use, with
AWS's resources and conditions: a narrower guess breaks a restore, and nobody notices before the
worst day. Two things are narrower: iam:PassRole, and the account in ARNs of the cluster's own
resources. (ARNs of images and snapshots have no account, and keys may belong to another one.)
Where AWS has two statements and one allows more, only that one is here.

https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Grant:
    """A statement of the role, of which a role that only restores gets a part."""

    sid: str
    arns: tuple[str, ...] = ()
    """With CloudFormation's variables; none: everything."""
    restores: tuple[Action, ...] = ()
    """The actions that AWS's policy for restores has too."""
    more: tuple[Action, ...] = ()
    """The actions for backups and copies alone."""
    when: ConditionElement | None = None
    is_covered: bool = False
    """Whether another statement of the whole role allows this and more."""


def whole(grants: Sequence[Grant]) -> PolicyDocument:
    """Return the policy of a role that backs up, copies and restores."""
    return document(
        *(_allow(each, each.restores + each.more) for each in grants if not each.is_covered)
    )


def restore_half(grants: Sequence[Grant]) -> PolicyDocument:
    """Return the policy of a role that only restores: the same statements with fewer actions."""
    return document(*(_allow(each, each.restores) for each in grants if each.restores))


def vaults_and_keys() -> list[Grant]:
    """Find tagged resources, fill vaults, copy between them, use the keys of data and backups."""
    return [
        Grant(
            "FindResourcesAndKeys",
            restores=(kms.DescribeKey,),
            more=(backup.CopyFromBackupVault, tag.GetResources),
        ),
        Grant(
            "FillVaults",
            (VAULTS,),
            more=(backup.CopyIntoBackupVault, backup.DescribeBackupVault),
        ),
        # A variable of IAM, not of CloudFormation: the account of the recovery point.
        Grant(
            "TagRecoveryPoints",
            (RECOVERY_POINTS,),
            more=(backup.TagResource,),
            when=StringEquals("aws:PrincipalAccount", "${aws:ResourceAccount}"),
        ),
        Grant(
            "UseKeysThroughStorage",
            restores=(
                kms.Decrypt,
                kms.Encrypt,
                kms.GenerateDataKey,
                kms.GenerateDataKeyWithoutPlaintext,
                kms.ReEncryptFrom,
                kms.ReEncryptTo,
            ),
            # AWS sets this key, so no caller can make a name up. The end differs by partition.
            when=StringLike(
                "kms:ViaService",
                [f"{name}.*.amazonaws.*" for name in ("ec2", "elasticfilesystem")],
            ),
        ),
        Grant(
            "GrantKeysToServices",
            restores=(kms.CreateGrant,),
            when=Bool("kms:GrantIsForAWSResource", "true"),
        ),
    ]


def ec2_and_ebs() -> list[Grant]:
    """Back up, archive, copy and restore EC2 instances and EBS volumes."""
    tags_its_source = ForAllValuesStringEquals("aws:TagKeys", ["aws:backup:source-resource"])
    return [
        Grant(
            "MakeAndLaunchImages",
            restores=(
                ec2.DescribeAccountAttributes,
                ec2.DescribeAddresses,
                ec2.DescribeAvailabilityZones,
                ec2.DescribeImages,
                ec2.DescribeInstances,
                ec2.DescribeInternetGateways,
                ec2.DescribeRouteTables,
                ec2.DescribeSecurityGroups,
                ec2.DescribeSnapshots,
                ec2.DescribeSnapshotTierStatus,
                ec2.DescribeSubnets,
                ec2.DescribeVolumes,
                ec2.DescribeVpcs,
                ec2.RunInstances,
            ),
            more=(
                ec2.CopyImage,
                ec2.CreateImage,
                ec2.CreateSnapshot,
                ec2.DeleteSnapshot,
                ec2.DeregisterImage,
                ec2.DescribeElasticGpus,
                ec2.DescribeInstanceAttribute,
                ec2.DescribeInstanceCreditSpecifications,
                ec2.DescribeNetworkInterfaces,
                ec2.DescribeSpotInstanceRequests,
                ec2.DescribeTags,
            ),
        ),
        Grant("CopyAndTagSnapshots", (SNAPSHOTS,), more=(ec2.CopySnapshot, ec2.CreateTags)),
        Grant("TagImages", (IMAGES,), more=(ec2.CreateTags,)),
        Grant(
            "ShareForCopies",
            more=(ec2.ModifyImageAttribute, ec2.ModifySnapshotAttribute),
            when=_made_by_backup(),
        ),
        Grant(
            "ArchiveSnapshots",
            (SNAPSHOTS,),
            restores=(ec2.DeleteTags, ec2.RestoreSnapshotTier),
            more=(ec2.ModifySnapshotTier,),
            when=_made_by_backup(),
        ),
        Grant(
            "DeleteSnapshotsOfBackups",
            (SNAPSHOTS,),
            restores=(ec2.DeleteSnapshot,),
            when=_made_by_backup(),
            is_covered=True,
        ),
        Grant(
            "RestoreVolumes", (SNAPSHOTS, VOLUMES), restores=(ec2.CreateVolume, ec2.DeleteVolume)
        ),
        Grant(
            "TagWhatIsRestored",
            (INSTANCES, VOLUMES),
            restores=(ec2.CreateTags,),
            when=StringLike("ec2:CreateAction", ["CreateVolume", "RunInstances"]),
        ),
        Grant(
            "TagInstanceWithItsSource",
            (INSTANCES,),
            restores=(ec2.CreateTags,),
            when=tags_its_source,
        ),
        Grant(
            "TagSnapshotWithItsSource",
            (SNAPSHOTS,),
            restores=(ec2.CreateTags,),
            when=tags_its_source,
            is_covered=True,
        ),
        Grant("EndFailedRestores", (INSTANCES,), restores=(ec2.TerminateInstances,)),
    ]


def efs() -> list[Grant]:
    """Back up and restore EFS file systems."""
    return [
        Grant(
            "BackUpAndRestoreFileSystems",
            (FILE_SYSTEMS,),
            restores=(
                elasticfilesystem.CreateFileSystem,
                elasticfilesystem.DeleteFileSystem,
                elasticfilesystem.DescribeFileSystems,
                elasticfilesystem.Restore,
                elasticfilesystem.TagResource,
            ),
            more=(elasticfilesystem.Backup, elasticfilesystem.DescribeTags),
        )
    ]


def fsx_file_systems_and_volumes() -> list[Grant]:
    """Back up, copy and restore FSx file systems and volumes."""
    return [
        Grant(
            "BackUpFileSystemsAndVolumes",
            (FSX_FILE_SYSTEMS, FSX_VOLUMES, FSX_BACKUPS),
            more=(fsx.CreateBackup, fsx.ListTagsForResource),
        ),
        Grant(
            "ManageBackups",
            (FSX_BACKUPS,),
            restores=(fsx.DescribeBackups,),
            more=(fsx.CopyBackup, fsx.DeleteBackup, fsx.ManageBackupPrincipalAssociations),
        ),
        Grant(
            "RestoreFileSystems",
            (FSX_FILE_SYSTEMS, FSX_BACKUPS),
            restores=(fsx.CreateFileSystemFromBackup,),
        ),
        Grant(
            "TagFileSystems",
            (FSX_FILE_SYSTEMS,),
            restores=(fsx.DescribeFileSystems, fsx.TagResource),
        ),
        Grant(
            "RestoreVolumes",
            (FSX_VIRTUAL_MACHINES, FSX_BACKUPS, FSX_VOLUMES),
            restores=(fsx.CreateVolumeFromBackup, fsx.TagResource),
        ),
        Grant("FindVolumes", (FSX_VOLUMES,), restores=(fsx.DescribeVolumes,)),
        Grant(
            "EndFailedFileSystemRestores",
            (FSX_FILE_SYSTEMS,),
            restores=(fsx.DeleteFileSystem, fsx.UntagResource),
            when=_made_by_backup(),
        ),
        Grant(
            "EndFailedVolumeRestores",
            (FSX_VOLUMES,),
            restores=(fsx.DeleteVolume, fsx.UntagResource),
            when=_made_by_backup(),
        ),
        Grant("FindDirectories", restores=(ds.DescribeDirectories,)),
        Grant(
            "TagRouteTablesOfFSx",
            (ROUTE_TABLES,),
            restores=(ec2.CreateTags,),
            when=StringEquals("aws:ResourceTag/AmazonFSx", "ManagedByAmazonFSx"),
        ),
    ]


def pause_windows() -> PolicyDocument:
    """Let Windows instances write their data to disk before a backup (VSS).

    https://docs.aws.amazon.com/aws-backup/latest/devguide/windows-backups.html
    """
    return whole(
        [
            Grant("WatchCommands", more=(ssm.CancelCommand, ssm.GetCommandInvocation)),
            Grant("CreateVssSnapshots", (VSS_DOCUMENT, INSTANCES), more=(ssm.SendCommand,)),
        ]
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


def _allow(grant: Grant, actions: Sequence[Action]) -> Statement:
    """Allow these actions of the grant."""
    statement = Statement(
        Sid=grant.sid,
        Effect=Allow,
        Action=sorted(actions, key=lambda each: f"{each.prefix}:{each.action}".lower()),
        Resource=[Sub(arn) for arn in grant.arns] or [EVERYTHING],
    )
    if grant.when:
        statement.Condition = Condition(grant.when)
    return statement
