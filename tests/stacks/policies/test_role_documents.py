"""Every IAM document word for word: each change of a permission has to be made twice, knowingly."""

from typing import Any

import pytest
from troposphere import Parameter, Ref, encode_to_dict

from generator.stacks.policies import role

EC2 = "arn:${AWS::Partition}:ec2:*"
OWN = "${AWS::AccountId}"


def sub(text: str) -> dict[str, str]:
    return {"Fn::Sub": text}


def allow(sid: str, actions: str, *resources: Any, when: Any = None) -> dict[str, Any]:
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": actions.split(),
        "Resource": list(resources),
    }
    return {**statement, "Condition": when} if when else statement


MADE_BY_BACKUP = {"Null": {"aws:ResourceTag/aws:backup:source-resource": "false"}}

BACKUP_TRUST = [
    {
        "Sid": "TrustAWSBackup",
        "Effect": "Allow",
        "Principal": {"Service": "backup.amazonaws.com"},
        "Action": ["sts:AssumeRole"],
    }
]

USE_VAULTS_AND_KEYS = [
    allow(
        "FindResourcesAndKeys",
        "backup:CopyFromBackupVault kms:DescribeKey tag:GetResources",
        "*",
    ),
    allow(
        "FillVaults",
        "backup:CopyIntoBackupVault backup:DescribeBackupVault",
        sub(f"arn:${{AWS::Partition}}:backup:*:{OWN}:backup-vault:*"),
    ),
    allow(
        "TagRecoveryPoints",
        "backup:TagResource",
        sub(f"arn:${{AWS::Partition}}:backup:*:{OWN}:recovery-point:*"),
        when={"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}},
    ),
    allow(
        "UseKeysThroughStorage",
        "kms:Decrypt kms:Encrypt kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext "
        "kms:ReEncryptFrom kms:ReEncryptTo",
        "*",
        when={
            "StringLike": {
                "kms:ViaService": [
                    "ec2.*.amazonaws.com",
                    "ec2.*.amazonaws.com.cn",
                    "elasticfilesystem.*.amazonaws.com",
                    "elasticfilesystem.*.amazonaws.com.cn",
                ]
            }
        },
    ),
    allow(
        "GrantKeysToServices",
        "kms:CreateGrant",
        "*",
        when={"Bool": {"kms:GrantIsForAWSResource": "true"}},
    ),
]

PROTECT_EC2_AND_EBS = [
    allow(
        "MakeAndLaunchImages",
        "ec2:CopyImage ec2:CreateImage ec2:CreateSnapshot ec2:DeleteSnapshot ec2:DeregisterImage "
        "ec2:DescribeAccountAttributes ec2:DescribeAddresses ec2:DescribeAvailabilityZones "
        "ec2:DescribeElasticGpus ec2:DescribeImages ec2:DescribeInstanceAttribute "
        "ec2:DescribeInstanceCreditSpecifications ec2:DescribeInstances "
        "ec2:DescribeInternetGateways ec2:DescribeNetworkInterfaces ec2:DescribeRouteTables "
        "ec2:DescribeSecurityGroups ec2:DescribeSnapshots ec2:DescribeSnapshotTierStatus "
        "ec2:DescribeSpotInstanceRequests ec2:DescribeSubnets ec2:DescribeTags "
        "ec2:DescribeVolumes ec2:DescribeVpcs ec2:RunInstances",
        "*",
    ),
    allow("CopyAndTagSnapshots", "ec2:CopySnapshot ec2:CreateTags", sub(f"{EC2}::snapshot/*")),
    allow("TagImages", "ec2:CreateTags", sub(f"{EC2}:*:image/*")),
    allow(
        "ShareForCopies",
        "ec2:ModifyImageAttribute ec2:ModifySnapshotAttribute",
        "*",
        when=MADE_BY_BACKUP,
    ),
    allow(
        "ArchiveSnapshots",
        "ec2:DeleteTags ec2:ModifySnapshotTier ec2:RestoreSnapshotTier",
        sub(f"{EC2}::snapshot/*"),
        when=MADE_BY_BACKUP,
    ),
    allow(
        "RestoreVolumes",
        "ec2:CreateVolume ec2:DeleteVolume",
        sub(f"{EC2}::snapshot/*"),
        sub(f"{EC2}:{OWN}:volume/*"),
    ),
    allow(
        "TagWhatIsRestored",
        "ec2:CreateTags",
        sub(f"{EC2}:{OWN}:instance/*"),
        sub(f"{EC2}:{OWN}:volume/*"),
        when={"StringLike": {"ec2:CreateAction": ["CreateVolume", "RunInstances"]}},
    ),
    allow(
        "TagInstanceWithItsSource",
        "ec2:CreateTags",
        sub(f"{EC2}:{OWN}:instance/*"),
        when={"ForAllValues:StringEquals": {"aws:TagKeys": ["aws:backup:source-resource"]}},
    ),
    allow("EndFailedRestores", "ec2:TerminateInstances", sub(f"{EC2}:{OWN}:instance/*")),
]

PROTECT_EFS = [
    allow(
        "BackUpAndRestoreFileSystems",
        "elasticfilesystem:Backup elasticfilesystem:CreateFileSystem "
        "elasticfilesystem:DeleteFileSystem elasticfilesystem:DescribeFileSystems "
        "elasticfilesystem:DescribeTags elasticfilesystem:Restore elasticfilesystem:TagResource",
        sub(f"arn:${{AWS::Partition}}:elasticfilesystem:*:{OWN}:file-system/*"),
    )
]

FSX = f"arn:${{AWS::Partition}}:fsx:*:{OWN}"
FSX_FILE_SYSTEMS, FSX_VOLUMES, FSX_BACKUPS, FSX_MACHINES = (
    sub(f"{FSX}:{kind}/*")
    for kind in ("file-system", "volume", "backup", "storage-virtual-machine")
)

PROTECT_FSX = [
    allow(
        "BackUpFileSystemsAndVolumes",
        "fsx:CreateBackup fsx:ListTagsForResource",
        FSX_FILE_SYSTEMS,
        FSX_VOLUMES,
        FSX_BACKUPS,
    ),
    allow(
        "ManageBackups",
        "fsx:CopyBackup fsx:DeleteBackup fsx:DescribeBackups fsx:ManageBackupPrincipalAssociations",
        FSX_BACKUPS,
    ),
    allow("RestoreFileSystems", "fsx:CreateFileSystemFromBackup", FSX_FILE_SYSTEMS, FSX_BACKUPS),
    allow("TagFileSystems", "fsx:DescribeFileSystems fsx:TagResource", FSX_FILE_SYSTEMS),
    allow(
        "RestoreVolumes",
        "fsx:CreateVolumeFromBackup fsx:TagResource",
        FSX_MACHINES,
        FSX_BACKUPS,
        FSX_VOLUMES,
    ),
    allow("FindVolumes", "fsx:DescribeVolumes", FSX_VOLUMES),
    allow(
        "EndFailedFileSystemRestores",
        "fsx:DeleteFileSystem fsx:UntagResource",
        FSX_FILE_SYSTEMS,
        when=MADE_BY_BACKUP,
    ),
    allow(
        "EndFailedVolumeRestores",
        "fsx:DeleteVolume fsx:UntagResource",
        FSX_VOLUMES,
        when=MADE_BY_BACKUP,
    ),
    allow("FindDirectories", "ds:DescribeDirectories", "*"),
    allow(
        "TagRouteTablesOfFSx",
        "ec2:CreateTags",
        sub(f"{EC2}:{OWN}:route-table/*"),
        when={"StringEquals": {"aws:ResourceTag/AmazonFSx": "ManagedByAmazonFSx"}},
    ),
]

PAUSE_WINDOWS = [
    allow("WatchCommands", "ssm:CancelCommand ssm:GetCommandInvocation", "*"),
    allow(
        "CreateVssSnapshots",
        "ssm:SendCommand",
        sub("arn:${AWS::Partition}:ssm:*:*:document/AWSEC2-CreateVssSnapshot"),
        sub(f"{EC2}:{OWN}:instance/*"),
    ),
]


@pytest.mark.parametrize(
    ("name", "statements"),
    [
        ("backup_trust", BACKUP_TRUST),
        ("use_vaults_and_keys", USE_VAULTS_AND_KEYS),
        ("protect_ec2_and_ebs", PROTECT_EC2_AND_EBS),
        ("protect_efs", PROTECT_EFS),
        ("protect_fsx", PROTECT_FSX),
        ("pause_windows", PAUSE_WINDOWS),
    ],
)
def test_document(name: str, statements: list[dict[str, Any]]) -> None:
    document = getattr(role, name)()
    assert encode_to_dict(document) == {"Version": "2012-10-17", "Statement": statements}


@pytest.mark.parametrize(
    ("parameter", "one_by_one", "resource"),
    [
        pytest.param("RoleArn", True, [{"Ref": "RoleArn"}], id="one-role"),
        pytest.param("RoleArns", False, {"Ref": "RoleArns"}, id="a-list-of-roles"),
    ],
)
def test_pass_instance_roles(parameter: str, one_by_one: bool, resource: Any) -> None:
    arn = Ref(Parameter(parameter, Type="String"))
    document = role.pass_instance_roles([arn] if one_by_one else arn)
    assert encode_to_dict(document) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "PassInstanceRoles",
                "Effect": "Allow",
                "Action": ["iam:PassRole"],
                "Resource": resource,
                "Condition": {
                    "StringEquals": {
                        "iam:PassedToService": ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"]
                    }
                },
            }
        ],
    }


def test_copy_into() -> None:
    arn = Ref(Parameter("VaultArn", Type="String"))
    assert encode_to_dict(role.copy_into(arn)) == {
        "Version": "2012-10-17",
        "Statement": [
            allow("FillDestinationVault", "backup:CopyIntoBackupVault", {"Ref": "VaultArn"})
        ],
    }


def test_there_is_a_test_for_every_document() -> None:
    public = {
        name
        for name, value in vars(role).items()
        if callable(value)
        and getattr(value, "__module__", "") == role.__name__
        and not name.startswith("_")
    }
    assert public == {
        "backup_trust",
        "use_vaults_and_keys",
        "protect_ec2_and_ebs",
        "protect_efs",
        "protect_fsx",
        "pause_windows",
        "copy_into",
        "pass_instance_roles",
    }
