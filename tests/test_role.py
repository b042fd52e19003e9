"""The role is complete, narrow and small: judged against AWS's own policies and by requests."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from tests.support import managed_policies
from tests.support.generated import (
    ACCOUNT,
    REGIONS,
    every_option,
    inline_policies,
    resolved,
    template,
)
from tests.support.iam import Context, allows, as_list
from tests.support.protections import role_options
from tests.support.resolver import Place

PARTITIONS = list(REGIONS)
OTHER_ACCOUNT = "999999999999"
RECOVERY_POINT_TAG = "aws:ResourceTag/aws:backup:source-resource"


@cache
def _role(partition: str = "aws") -> dict[str, Any]:
    """Return the inline policies of a role with every option."""
    given = {**every_option(partition), **role_options(partition)}
    return inline_policies(resolved(REGIONS[partition], **given))


def _statements(partition: str = "aws") -> list[dict[str, Any]]:
    return [
        statement
        for document in _role(partition).values()
        for statement in as_list(document["Statement"])
    ]


def _without_pass_role() -> list[dict[str, Any]]:
    return [statement for statement in _statements() if statement["Action"] != ["iam:PassRole"]]


def _actions(statements: list[dict[str, Any]]) -> set[str]:
    return {action.lower() for one in statements for action in as_list(one["Action"])}


# Compared with AWS's managed policies, as moto bundles them.


def test_the_role_has_every_action_of_the_managed_policies() -> None:
    assert _actions(managed_policies.ours()) - _actions(_statements()) == set()


def test_the_role_has_no_action_that_the_managed_policies_lack() -> None:
    assert _actions(_statements()) - _actions(managed_policies.ours()) == {"iam:passrole"}


@pytest.mark.parametrize("policy", list(managed_policies.OURS))
def test_every_statement_of_aws_about_our_services_has_been_considered(policy: str) -> None:
    considered = managed_policies.OURS[policy] | set(managed_policies.LEFT_OUT[policy])
    found = managed_policies.of_our_services(policy)
    left_out = set(managed_policies.LEFT_OUT[policy])
    assert found <= considered, "AWS has added statements: take them over, or say why not"
    assert managed_policies.OURS[policy] <= found
    assert left_out <= found
    assert not left_out & managed_policies.OURS[policy]


@pytest.mark.parametrize("statement", managed_policies.ours(), ids=lambda one: str(one["Sid"]))
def test_the_role_may_do_all_that_a_managed_statement_lets_it(statement: dict[str, Any]) -> None:
    requests = managed_policies.requests(statement, ACCOUNT)
    assert requests
    refused = [one for one in requests if not allows(_role().values(), *one)]
    assert refused == []


@pytest.mark.parametrize("statement", _without_pass_role(), ids=lambda one: str(one["Sid"]))
def test_the_managed_policies_let_the_role_do_all_that_our_statement_lets_it(
    statement: dict[str, Any],
) -> None:
    theirs = [{"Statement": managed_policies.ours()}]
    wider = [
        request
        for request in managed_policies.requests(statement, ACCOUNT)
        if not allows(theirs, *request)
        # The form that services in China may use; AWS's text of the policy has the other one.
        and not str(request[2].get("kms:ViaService", "")).endswith(".amazonaws.com.cn")
    ]
    assert wider == []


# Requests that a backup, a copy or a restore makes, and some that nobody should make.

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
_FSX_BACKUP = "arn:{p}:fsx:{r}:{a}:backup/backup-1"
_FSX_MACHINE = "arn:{p}:fsx:{r}:{a}:storage-virtual-machine/fs-1/svm-1"
_ROUTE_TABLE = "arn:{p}:ec2:{r}:{a}:route-table/rtb-1"
_VSS = "arn:{p}:ssm:{r}::document/AWSEC2-CreateVssSnapshot"
_OF_FSX: Context = {"aws:ResourceTag/AmazonFSx": "ManagedByAmazonFSx"}
_FAR_VAULT = "arn:{p}:backup:{r}:111122223333:backup-vault:" + "v" * 50
_BY_BACKUP: Context = {RECOVERY_POINT_TAG: _INSTANCE}
_SAME_ACCOUNT: Context = {"aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT}
_TO_EC2: Context = {"iam:PassedToService": "ec2.amazonaws.com"}
_VIA_EC2: Context = {"kms:ViaService": "ec2.{r}.amazonaws.com"}
_VIA_EFS: Context = {"kms:ViaService": "elasticfilesystem.{r}.amazonaws.com"}
_FOR_AWS: Context = {"kms:GrantIsForAWSResource": "true"}
_SOURCE_ONLY: Context = {"aws:TagKeys": ["aws:backup:source-resource"]}

ALLOWED: list[tuple[str, str, Context]] = [
    ("tag:GetResources", "*", {}),
    ("backup:DescribeBackupVault", _VAULT, {}),
    ("backup:CopyIntoBackupVault", _VAULT, {}),
    ("backup:CopyFromBackupVault", _POINT, {}),
    ("backup:TagResource", _POINT, _SAME_ACCOUNT),
    ("elasticfilesystem:Backup", _FILE_SYSTEM, {}),
    ("elasticfilesystem:DescribeTags", _FILE_SYSTEM, {}),
    ("elasticfilesystem:Restore", _FILE_SYSTEM, {}),
    ("elasticfilesystem:CreateFileSystem", _FILE_SYSTEM, {}),
    ("elasticfilesystem:DescribeFileSystems", _FILE_SYSTEM, {}),
    ("elasticfilesystem:TagResource", _FILE_SYSTEM, {}),
    ("elasticfilesystem:DeleteFileSystem", _FILE_SYSTEM, {}),
    ("ec2:CreateImage", _INSTANCE, {}),
    ("ec2:CreateImage", _IMAGE, {}),
    ("ec2:CopyImage", _IMAGE, {}),
    ("ec2:DeregisterImage", _IMAGE, {}),
    ("ec2:CreateTags", _IMAGE, {"aws:TagKeys": ["Name", "soca:BackupPlan"]}),
    ("ec2:CreateTags", _SNAPSHOT, {"aws:TagKeys": ["Name", "soca:BackupPlan"]}),
    ("ec2:CreateSnapshot", _VOLUME, {}),
    ("ec2:CreateSnapshot", _SNAPSHOT, {}),
    ("ec2:CopySnapshot", _SNAPSHOT, {}),
    ("ec2:DeleteSnapshot", _SNAPSHOT, {}),
    ("ec2:ModifySnapshotAttribute", _SNAPSHOT, _BY_BACKUP),
    ("ec2:ModifyImageAttribute", _IMAGE, _BY_BACKUP),
    ("ec2:ModifySnapshotTier", _SNAPSHOT, _BY_BACKUP),
    ("ec2:RestoreSnapshotTier", _SNAPSHOT, _BY_BACKUP),
    ("ec2:DeleteTags", _SNAPSHOT, _BY_BACKUP),
    ("ec2:DescribeVolumes", "*", {}),
    ("ec2:DescribeSubnets", "*", {}),
    ("ec2:CreateVolume", _SNAPSHOT, {}),
    ("ec2:CreateVolume", _VOLUME, {}),
    ("ec2:DeleteVolume", _VOLUME, {}),
    ("ec2:CreateTags", _INSTANCE, {"ec2:CreateAction": "RunInstances", "aws:TagKeys": ["Name"]}),
    ("ec2:CreateTags", _VOLUME, {"ec2:CreateAction": "CreateVolume", "aws:TagKeys": ["Name"]}),
    ("ec2:CreateTags", _INSTANCE, _SOURCE_ONLY),
    ("ec2:TerminateInstances", _INSTANCE, {}),
    ("kms:DescribeKey", _FOREIGN_KEY, {}),
    ("kms:CreateGrant", _KEY, _FOR_AWS),
    ("kms:CreateGrant", _FOREIGN_KEY, _FOR_AWS),
    ("kms:Decrypt", _KEY, _VIA_EC2),
    ("kms:GenerateDataKeyWithoutPlaintext", _FOREIGN_KEY, _VIA_EC2),
    ("kms:GenerateDataKeyWithoutPlaintext", _KEY, _VIA_EFS),
    ("kms:ReEncryptTo", _KEY, _VIA_EFS),
    ("iam:PassRole", _ROLE + every_option()["SchedulerIAMRoleArn"].split("/")[1], _TO_EC2),
    ("iam:PassRole", _ROLE + every_option()["ComputeNodeIAMRoleArn"].split("/")[1], _TO_EC2),
    ("iam:PassRole", _ROLE + every_option()["AdditionalInstanceRoleArns"][-64:], _TO_EC2),
]

ALLOWED_BY_PROTECTIONS: list[tuple[str, str, Context]] = [
    ("fsx:CreateBackup", _FSX, {}),
    ("fsx:CreateBackup", _FSX_VOLUME, {}),
    ("fsx:CreateBackup", _FSX_BACKUP, {}),
    ("fsx:ListTagsForResource", _FSX_VOLUME, {}),
    ("fsx:TagResource", _FSX_BACKUP, {}),
    ("fsx:CopyBackup", _FSX_BACKUP, {}),
    ("fsx:DeleteBackup", _FSX_BACKUP, {}),
    ("fsx:CreateFileSystemFromBackup", _FSX, {}),
    ("fsx:CreateFileSystemFromBackup", _FSX_BACKUP, {}),
    ("fsx:CreateVolumeFromBackup", _FSX_MACHINE, {}),
    ("fsx:CreateVolumeFromBackup", _FSX_VOLUME, {}),
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

SCHEDULER = _ROLE + every_option()["SchedulerIAMRoleArn"].split("/")[1]

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
    ("kms:Decrypt", _KEY, {"kms:ViaService": "ec2.{r}.amazonaws.com.example.org"}),
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


def _allowed(partition: str, action: str, arn: str, context: Context) -> bool:
    return allows(_role(partition).values(), action, *_filled(partition, arn, context))


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
    without = inline_policies(resolved(REGIONS[partition], **every_option(partition)))
    assert not allows(without.values(), action, *_filled(partition, arn, context))


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize(
    ("action", "arn", "context"), DENIED, ids=[f"{n}-{one[0]}" for n, one in enumerate(DENIED)]
)
def test_the_role_must_not(partition: str, action: str, arn: str, context: Context) -> None:
    assert not _allowed(partition, action, arn, context)


@pytest.mark.parametrize(
    "request_key",
    ["ec2.cn-north-1.amazonaws.com.cn", "elasticfilesystem.cn-north-1.amazonaws.com.cn"],
)
def test_in_china_either_form_of_a_services_name_will_do(request_key: str) -> None:
    key = f"arn:aws-cn:kms:cn-north-1:{ACCOUNT}:key/1"
    assert allows(_role("aws-cn").values(), "kms:Decrypt", key, {"kms:ViaService": request_key})
    passed = every_option("aws-cn")["SchedulerIAMRoleArn"]
    to_ec2 = {"iam:PassedToService": "ec2.amazonaws.com.cn"}
    assert allows(_role("aws-cn").values(), "iam:PassRole", passed, to_ec2)


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
            assert allows(_role().values(), "ec2:RunInstances", arn), arn


# The role itself.


@pytest.mark.parametrize(
    ("given", "policy"),
    [
        ({"ProtectFSx": "yes"}, "ProtectFSx"),
        ({"WindowsVSS": "yes"}, "PauseWindows"),
        ({"CopyDestinationVaultArn": role_options()["CopyDestinationVaultArn"]},
         "CopyToDestinationVault"),
    ],
)  # fmt: skip
def test_each_protection_brings_its_own_policy_and_leaves_the_others(
    given: dict[str, str], policy: str
) -> None:
    core, protected = inline_policies(resolved()), inline_policies(resolved(**given))
    assert set(protected) - set(core) == {policy}
    assert {name: protected[name] for name in core} == core


def test_pass_role_is_absent_when_no_role_is_given() -> None:
    documents = inline_policies(resolved())
    assert set(documents) == {"UseVaultsAndKeys", "ProtectEC2AndEBS", "ProtectEFS"}
    assert "passrole" not in json.dumps(documents).lower()


@pytest.mark.parametrize(
    ("parameter", "policy"),
    [
        ("SchedulerIAMRoleArn", "PassSchedulerRole"),
        ("ComputeNodeIAMRoleArn", "PassComputeNodeRole"),
        ("AdditionalInstanceRoleArns", "PassAdditionalRoles"),
    ],
)
def test_each_given_role_brings_its_own_policy(parameter: str, policy: str) -> None:
    given = every_option()[parameter]
    documents = inline_policies(resolved(**{parameter: given}))
    assert set(documents) == {"UseVaultsAndKeys", "ProtectEC2AndEBS", "ProtectEFS", policy}
    [statement] = documents[policy]["Statement"]
    assert statement["Resource"] == given.split(",")


def test_pass_role_is_never_on_a_pattern() -> None:
    passing = [one for one in _statements() if "iam:PassRole" in as_list(one["Action"])]
    assert len(passing) == 3
    for statement in passing:
        assert list(statement["Condition"]) == ["StringEquals"]
        for arn in as_list(statement["Resource"]):
            assert re.fullmatch(r"arn:aws:iam::\d{12}:role/[^*?]+", arn)


def test_every_document_is_one_that_iam_accepts() -> None:
    """Its grammar is https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html."""
    for document in _role().values():
        assert document["Version"] == "2012-10-17"
        sids = [statement["Sid"] for statement in document["Statement"]]
        assert len(set(sids)) == len(sids)
        assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)
        for statement in document["Statement"]:
            assert statement["Effect"] == "Allow"
            assert statement["Action"]
            assert all(statement["Resource"])
            # Nothing that CloudFormation should have filled in; IAM's own variables stay.
            assert "${AWS::" not in json.dumps(statement)


def test_equal_resources_and_conditions_make_one_statement() -> None:
    """Apart from iam:PassRole, whose documents exist or not by themselves."""
    for document in _role().values():
        scopes = [
            json.dumps([statement["Resource"], statement.get("Condition")], sort_keys=True)
            for statement in document["Statement"]
        ]
        assert len(set(scopes)) == len(scopes)


@pytest.mark.parametrize("partition", PARTITIONS)
def test_the_inline_policies_leave_room_below_iams_limit(partition: str) -> None:
    """IAM takes 10,240 characters without white space; with every option on we use 9,000 at most.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    every = template()["Resources"]["SOCAAWSBackupRole"]["Properties"]["Policies"]
    assert len(_role(partition)) == len(every), "every_option() leaves a policy of the role off"
    names = re.findall(r":role/([^\"]+)", json.dumps(_role(partition)))
    assert len([name for name in names if len(name) == 64]) == 12
    size = sum(len(json.dumps(one, separators=(",", ":"))) for one in _role(partition).values())
    assert size < 9000


def test_no_partition_has_a_longer_name_than_those_that_are_measured() -> None:
    from botocore.loaders import Loader

    names = [one["partition"] for one in Loader().load_data("endpoints")["partitions"]]
    assert max(map(len, names)) == max(map(len, PARTITIONS))
    assert Place(REGIONS["aws-cn"]).pseudo("AWS::Partition") == "aws-cn"


@pytest.mark.parametrize("partition", PARTITIONS)
def test_aws_backup_may_assume_the_role_without_a_condition(partition: str) -> None:
    role = resolved(REGIONS[partition]).resources["SOCAAWSBackupRole"]
    assert role["AssumeRolePolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "TrustAWSBackup",
                "Effect": "Allow",
                "Principal": {"Service": "backup.amazonaws.com"},
                "Action": ["sts:AssumeRole"],
            }
        ],
    }


def test_backup_operators_may_pass_the_role() -> None:
    """AWSBackupOperatorAccess passes *AwsBackup* and *AWSBackup* only; the generated name has it.

    A name of its own would block the next stack, because the role is kept.
    """
    [name] = [n for n, kind in resolved().types.items() if kind == "AWS::IAM::Role"]
    assert "AWSBackup" in name
    assert "RoleName" not in resolved(**every_option()).resources[name]


def test_the_permissions_boundary_is_the_given_one_or_none() -> None:
    assert "PermissionsBoundary" not in resolved().resources["SOCAAWSBackupRole"]
    given = every_option()["PermissionsBoundaryArn"]
    role = resolved(PermissionsBoundaryArn=given).resources["SOCAAWSBackupRole"]
    assert role["PermissionsBoundary"] == given
