"""What the role may reach: requests of backups, copies and restores, and some that nobody makes."""

import json
from importlib.resources import files

import pytest
from _backup.iam import Context, allows

from generator.cloudformation.read import Template
from generator.hosts import url_suffix
from generator.protection.abilities import RESTORE
from generator.stacks import MAIN
from tests.protection.support import ours, what_it_protects
from tests.support.generated import (
    COPIES,
    all_on,
    full_role,
    inline_policies,
    resolved,
    template,
)
from tests.support.parameter_values import ACCOUNT, ON, REGIONS, everything

PARTITIONS = list(REGIONS)
OTHER_ACCOUNT = "999999999999"
RECOVERY_POINT_TAG = "aws:ResourceTag/aws:backup:source-resource"

_SNAPSHOT = "arn:{p}:ec2:{r}::snapshot/snap-1"
_IMAGE = "arn:{p}:ec2:{r}::image/ami-1"
_INSTANCE = "arn:{p}:ec2:{r}:{a}:instance/i-1"
_VOLUME = "arn:{p}:ec2:{r}:{a}:volume/vol-1"
_FILE_SYSTEM = "arn:{p}:elasticfilesystem:{r}:{a}:file-system/fs-1"
_VAULT = "arn:{p}:backup:{r}:{a}:backup-vault:Vault-soca-mycluster"
_POINT = "arn:{p}:backup:{r}:{a}:recovery-point:1234"
_KEY = "arn:{p}:kms:{r}:{a}:key/1234"
_FOREIGN_KEY = "arn:{p}:kms:{r}:999999999999:key/1234"
_FOREIGN_INSTANCE = "arn:{p}:ec2:{r}:999999999999:instance/i-1"
_FOREIGN_FILE_SYSTEM = "arn:{p}:elasticfilesystem:{r}:999999999999:file-system/fs-1"
_FOREIGN_POINT = "arn:{p}:backup:{r}:999999999999:recovery-point:1"
_ROLE = "arn:{p}:iam::{a}:role/"
_FSX = "arn:{p}:fsx:{r}:{a}:file-system/fs-1"
_FSX_VOLUME = "arn:{p}:fsx:{r}:{a}:volume/fs-1/fsvol-1"
_ROUTE_TABLE = "arn:{p}:ec2:{r}:{a}:route-table/rtb-1"
_VSS = "arn:{p}:ssm:{r}::document/AWSEC2-CreateVssSnapshot"
_OF_FSX: Context = {"aws:ResourceTag/AmazonFSx": "ManagedByAmazonFSx"}
_FAR_VAULT = "arn:{p}:backup:{r}:111122223333:backup-vault:" + "v" * 50
_BY_BACKUP: Context = {RECOVERY_POINT_TAG: _INSTANCE}
_SAME_ACCOUNT: Context = {"aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT}
_TO_EC2: Context = {"iam:PassedToService": "ec2.amazonaws.com"}
_VIA_EC2: Context = {"kms:ViaService": "ec2.{r}.amazonaws.com"}
_FOR_AWS: Context = {"kms:GrantIsForAWSResource": "true"}
_SOURCE_ONLY: Context = {"aws:TagKeys": ["aws:backup:source-resource"]}

# What backups, copies and restores need is a table of the model: see test_each_ability.
ALLOWED: list[tuple[str, str, Context]] = [
    ("backup:DescribeBackupVault", _VAULT, {}),
    ("backup:CopyIntoBackupVault", _VAULT, {}),
    ("elasticfilesystem:DeleteFileSystem", _FILE_SYSTEM, {}),
    ("ec2:CreateTags", _IMAGE, {"aws:TagKeys": ["Name", "soca:BackupPlan"]}),
    ("ec2:CreateTags", _SNAPSHOT, {"aws:TagKeys": ["Name", "soca:BackupPlan"]}),
    ("ec2:ModifySnapshotTier", _SNAPSHOT, _BY_BACKUP),
    ("ec2:RestoreSnapshotTier", _SNAPSHOT, _BY_BACKUP),
    ("ec2:DeleteTags", _SNAPSHOT, _BY_BACKUP),
    ("ec2:DeleteVolume", _VOLUME, {}),
    ("ec2:CreateTags", _INSTANCE, _SOURCE_ONLY),
    ("ec2:TerminateInstances", _INSTANCE, {}),
    ("kms:DescribeKey", _FOREIGN_KEY, {}),
    ("kms:CreateGrant", _FOREIGN_KEY, _FOR_AWS),
    ("kms:GenerateDataKeyWithoutPlaintext", _FOREIGN_KEY, _VIA_EC2),
    ("iam:PassRole", _ROLE + ON["SchedulerIAMRoleArn"].split("/")[1], _TO_EC2),
    ("iam:PassRole", _ROLE + ON["ComputeNodeIAMRoleArn"].split("/")[1], _TO_EC2),
    ("iam:PassRole", _ROLE + ON["AdditionalInstanceRoleArns"][-64:], _TO_EC2),
]

OF_FSX = {"FSx file systems", "FSx volumes"}
ALLOWED_BY_PROTECTIONS: list[tuple[str, str, Context]] = [
    ("fsx:DeleteVolume", _FSX_VOLUME, _BY_BACKUP),
    ("fsx:DeleteFileSystem", _FSX, _BY_BACKUP),
    ("ds:DescribeDirectories", "*", {}),
    ("ec2:CreateTags", _ROUTE_TABLE, _OF_FSX),
    ("ssm:SendCommand", _VSS, {}),
    ("ssm:SendCommand", _INSTANCE, {}),
    ("ssm:GetCommandInvocation", "*", {}),
    ("backup:CopyIntoBackupVault", _FAR_VAULT, {}),
]
"""What the role may do with a protection, and without it may not."""

SCHEDULER = _ROLE + ON["SchedulerIAMRoleArn"].split("/")[1]

DENIED: list[tuple[str, str, Context]] = [
    ("iam:PassRole", "*", _TO_EC2),
    ("iam:PassRole", _ROLE + "Admin", _TO_EC2),
    ("iam:PassRole", SCHEDULER, {}),
    ("iam:PassRole", SCHEDULER, {"iam:PassedToService": "lambda.amazonaws.com"}),
    ("iam:PassRole", SCHEDULER.replace(":role/", ":instance-profile/"), _TO_EC2),
    ("iam:CreateRole", SCHEDULER, {}),
    ("sts:AssumeRole", SCHEDULER, {}),
    ("ec2:TerminateInstances", _FOREIGN_INSTANCE, {}),
    ("ec2:StopInstances", _INSTANCE, {}),
    ("ec2:CreateTags", _INSTANCE, {"aws:TagKeys": ["Name"]}),
    ("ec2:CreateTags", _VOLUME, {"aws:TagKeys": ["Name"]}),
    ("ec2:CreateTags", _VOLUME, {"ec2:CreateAction": "RunScheduledInstances"}),
    ("ec2:DeleteTags", _SNAPSHOT, {}),
    ("ec2:DeleteTags", _INSTANCE, _BY_BACKUP),
    ("ec2:ModifySnapshotAttribute", _SNAPSHOT, {}),
    ("ec2:ModifyImageAttribute", _IMAGE, {}),
    ("elasticfilesystem:DeleteFileSystem", _FOREIGN_FILE_SYSTEM, {}),
    ("elasticfilesystem:Backup", _FOREIGN_FILE_SYSTEM, {}),
    ("elasticfilesystem:PutFileSystemPolicy", _FILE_SYSTEM, {}),
    ("backup:CopyIntoBackupVault", _VAULT.replace("backup-vault:", "backup-vault/"), {}),
    ("backup:TagResource", _POINT, {**_SAME_ACCOUNT, "aws:ResourceAccount": OTHER_ACCOUNT}),
    ("backup:TagResource", _FOREIGN_POINT, _SAME_ACCOUNT),
    ("backup:DeleteBackupVault", _VAULT, {}),
    ("backup:PutBackupVaultAccessPolicy", _VAULT, {}),
    ("backup:StartRestoreJob", _POINT, {}),
    ("kms:Decrypt", _KEY, {}),
    ("kms:Decrypt", _KEY, {"kms:ViaService": "s3.{r}.amazonaws.com"}),
    ("kms:CreateGrant", _KEY, {}),
    ("kms:ScheduleKeyDeletion", _KEY, {}),
    ("kms:PutKeyPolicy", _KEY, {}),
    ("fsx:DeleteFileSystem", _FSX, {}),
    ("fsx:DeleteVolume", _FSX_VOLUME, {}),
    ("fsx:CreateBackup", _FSX.replace("{a}", OTHER_ACCOUNT), {}),
    ("ec2:CreateTags", _ROUTE_TABLE, {}),
    ("ssm:SendCommand", _VSS.replace("AWSEC2-CreateVssSnapshot", "AWS-RunShellScript"), {}),
    ("ssm:SendCommand", _FOREIGN_INSTANCE, {}),
    ("backup:CopyIntoBackupVault", f"{_FAR_VAULT}2", {}),
    ("s3:GetObject", "arn:{p}:s3:::bucket/key", {}),
    ("ebs:StartSnapshot", _SNAPSHOT, {}),
    ("ssm:StartSession", _INSTANCE, {}),
]


def _filled(partition: str, arn: str, context: Context) -> tuple[str, Context]:
    place = {"p": partition, "r": REGIONS[partition], "a": ACCOUNT}
    filled = {
        key: value.format_map(place) if isinstance(value, str) else value
        for key, value in context.items()
    }
    return arn.format_map(place), filled


def _allowed(partition: str, action: str, arn: str, context: Context, of: str = MAIN) -> bool:
    return allows(full_role(partition, of).values(), action, *_filled(partition, arn, context))


@pytest.mark.parametrize("partition", PARTITIONS)
def test_each_ability(partition: str) -> None:
    place = {"Partition": partition, "Region": REGIONS[partition], "AccountId": ACCOUNT}
    place = {f"AWS::{name}": value for name, value in place.items()}
    everything_on = everything(partition) | {"PermissionsBoundaryArn": ""}
    [role] = ours(everything_on | place).roles.values()
    assert {ability: lacks for ability, lacks in role.lacks.items() if lacks != ()} == {}
    [role] = ours(place).roles.values()
    assert {ability[0] for ability, lacks in role.lacks.items() if lacks != ()} == OF_FSX


@pytest.mark.parametrize("partition", PARTITIONS)
def test_the_role_for_restores_lacks_nothing_for_them(partition: str) -> None:
    place = {"Partition": partition, "Region": REGIONS[partition], "AccountId": ACCOUNT}
    place = {f"AWS::{name}": value for name, value in place.items()}
    given = all_on(COPIES, partition) | {"PermissionsBoundaryArn": ""}
    [role] = what_it_protects(Template(COPIES, template(COPIES)), given | place).roles.values()
    types = {name for name, _ in role.lacks}
    assert len(types) == 5
    for name in types:
        assert role.lacks[name, RESTORE] == ()


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize(
    ("action", "arn", "context"), ALLOWED, ids=[f"{n}-{one[0]}" for n, one in enumerate(ALLOWED)]
)
def test_the_role_may(partition: str, action: str, arn: str, context: Context) -> None:
    assert _allowed(partition, action, arn, context)


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize(("action", "arn", "context"), ALLOWED_BY_PROTECTIONS)
def test_the_role_may_only_with_the_protection(
    partition: str, action: str, arn: str, context: Context
) -> None:
    assert _allowed(partition, action, arn, context)
    without = inline_policies(resolved(REGIONS[partition]))
    assert not allows(without.values(), action, *_filled(partition, arn, context))


@pytest.mark.parametrize("of", [MAIN, COPIES], ids=["the-role", "the-role-for-restores"])
@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize(
    ("action", "arn", "context"), DENIED, ids=[f"{n}-{one[0]}" for n, one in enumerate(DENIED)]
)
def test_the_role_must_not(
    partition: str, action: str, arn: str, context: Context, of: str
) -> None:
    assert not _allowed(partition, action, arn, context, of)


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize("service", ["ec2", "elasticfilesystem"])
def test_keys_can_be_used_whatever_the_partition_calls_the_service(
    partition: str, service: str
) -> None:
    """Either as in the partition aws, see ALLOWED, or with the partition's own domain."""
    region = REGIONS[partition]
    key = f"arn:{partition}:kms:{region}:{ACCOUNT}:key/1"
    through = {"kms:ViaService": f"{service}.{region}.{url_suffix(region)}"}
    assert allows(full_role(partition).values(), "kms:Decrypt", key, through)


def test_in_china_either_form_of_ec2s_name_will_do() -> None:
    passed = everything("aws-cn")["SchedulerIAMRoleArn"]
    to_ec2 = {"iam:PassedToService": "ec2.amazonaws.com.cn"}
    assert allows(full_role("aws-cn").values(), "iam:PassRole", passed, to_ec2)


def test_a_restore_may_touch_every_type_of_resource_that_run_instances_touches() -> None:
    """The types are AWS's own list, as cfn-lint bundles it; one missing denies the launch."""
    from cfnlint.data import AdditionalSpecs

    bundled = files(AdditionalSpecs).joinpath("Policies.json").read_text()
    ec2 = json.loads(bundled)["ec2"]
    types = ec2["Actions"]["runinstances"]["Resources"]
    assert len(types) >= 18
    for name in types:
        for form in ec2["Resources"][name]["ARNFormats"]:
            arn = form.replace(".*", "x").replace("${Partition}", "aws")
            arn = arn.replace("${Region}", "us-east-1").replace("${Account}", ACCOUNT)
            assert allows(full_role().values(), "ec2:RunInstances", arn), arn
