"""The traps of AWS Backup: what looks right, lints clean, and backs up or restores nothing.

Each test's docstring names a slip of one line that makes it fail. What a part makes in two
templates is looked at in both.
"""

import re
from typing import Any

import pytest
from _backup.iam import Context, allows, as_list

from generator.protection.abilities import BACKUP, COPY, EXPIRE, RESTORE
from generator.stacks import MAIN
from tests.local_aws.selection import Resource, selected
from tests.protection.support import ours
from tests.support.generated import (
    COPIES,
    all_on,
    inline_policies,
    of_type,
    resolved,
    template,
    without_rules,
)
from tests.support.parameter_values import ACCOUNT, CLUSTER, ON, REGIONS, everything, on

TYPES = {"EC2 instances", "EBS volumes", "EFS file systems"}
FSX = {"FSx file systems", "FSx volumes"}
KEY = ON["VaultKmsKeyArn"]
CONFIGURATIONS = [
    pytest.param({}, id="defaults"),
    pytest.param({"ExistingVaultName": "Vault-of-old"}, id="adopted-vault"),
    pytest.param(everything(), id="everything"),
]


def _selection(**given: str) -> dict[str, Any]:
    inner: dict[str, Any] = resolved(**given).resources["SOCABackupSelection"]["BackupSelection"]
    return inner


def _rule(**given: str) -> dict[str, Any]:
    [rule] = resolved(**given).resources["SOCABackupPlan"]["BackupPlan"]["BackupPlanRule"]
    inner: dict[str, Any] = rule
    return inner


def _may(of: str, action: str, arn: str, context: Context | None = None, /, **given: str) -> bool:
    made = resolved(of=of, **{**WITH_ROLE[of], **given})
    return allows(inline_policies(made).values(), action, arn, context)


WITH_ROLE: dict[str, dict[str, str]] = {MAIN: {}, COPIES: {"CreateRestoreRole": "yes"}}
"""Template -> what makes its role, which restores."""
RESTORING = pytest.mark.parametrize("of", WITH_ROLE)


@pytest.mark.parametrize(("of", "given"), [(MAIN, {"CreateVaultKmsKey": "yes"}), (COPIES, {})])
def test_trap_1_the_vaults_key_goes_with_the_stack(of: str, given: dict[str, str]) -> None:
    """Slip: drop ``DeletionPolicy="RetainExceptOnCreate"`` of the key in parts/vault.py.

    A vault that stays is unreadable without its key.
    """
    made = resolved(of=of, **given)
    [name] = of_type(made, "AWS::KMS::Key")
    resource = template(of)["Resources"][name]
    assert resource.get("DeletionPolicy") == "RetainExceptOnCreate"
    assert resource.get("UpdateReplacePolicy") == "Retain"
    assert made.resources["SOCABackupVault"]["EncryptionKeyArn"] == f"<{name}.Arn>"
    assert made.resources[name]["PendingWindowInDays"] == "30"


def test_trap_1_a_given_key_is_no_resource_of_the_stack() -> None:
    """Slip: ``And(CREATE_VAULT_KMS_KEY.is_on, CREATES_VAULT.holds)`` in CreatesKey."""
    vault = resolved(VaultKmsKeyArn=KEY).resources["SOCABackupVault"]
    assert vault["EncryptionKeyArn"] == KEY
    without_key = without_rules(VaultKmsKeyArn=KEY, CreateVaultKmsKey="yes")
    assert of_type(without_key, "AWS::KMS::Key") == {}


@pytest.mark.parametrize("cluster", ["Prod", "soca-Prod", "soca-soca-x", "prod", "SOCA_1"])
@pytest.mark.parametrize("key", ["soca:BackupPlan", "edh:BackupPlan"])
def test_trap_2_the_tags_value_is_not_the_cluster_id(cluster: str, key: str) -> None:
    """Slip: ``ConditionValue=Sub("soca-${ClusterId}")`` in the selection, or another in BackupTag.

    What the output says, put on a resource, is what the selection looks for, in the same case.
    """
    made = resolved(ClusterId=cluster, BackupTagKey=key)
    tag_key, _, value = made.outputs["BackupTag"].partition("=")
    assert (tag_key, value) == (key, cluster)
    file_system = "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1"
    selection = made.resources["SOCABackupSelection"]["BackupSelection"]
    assert selected(selection, Resource(file_system, {tag_key: value}))
    others = {value.lower(), value.upper(), f"soca-{value}", value.removeprefix("soca-")} - {value}
    for other in others:
        assert not selected(selection, Resource(file_system, {tag_key: other}))
    assert made.resources["SOCABackupVault"]["BackupVaultName"] == f"Vault-{value}"
    assert made.resources["SOCABackupPlan"]["BackupPlan"]["BackupPlanName"] == f"Backup-{value}"


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1",
        f"arn:aws:ec2:us-east-1:{ACCOUNT}:volume/vol-1",
        f"arn:aws:elasticfilesystem:us-east-1:{ACCOUNT}:file-system/fs-1",
    ],
)
def test_trap_3_the_service_is_not_opted_in(arn: str) -> None:
    """Slip: drop an ARN of stacks/protected_types.py, or select by ListOfTags alone."""
    tagged = Resource(arn, {"soca:BackupPlan": CLUSTER})
    assert selected(_selection(), tagged)


@pytest.mark.parametrize("of", [MAIN, COPIES])
def test_trap_4_the_vault_is_locked_by_accident(of: str) -> None:
    """Slip: ``LockConfiguration=LockConfigurationType(MinRetentionDays=31)`` in the vault.

    A lock that the plan's own retention violates fails every job, and a compliance lock cannot be
    taken off again. Without having been asked for there is none.
    """
    vault = resolved(of=of).resources["SOCABackupVault"]
    assert "LockConfiguration" not in vault
    assert "ChangeableForDays" not in str(vault)


def test_trap_5_the_selections_semantics_are_wrong() -> None:
    """Slip: ``ConditionKey=Ref(BACKUP_TAG_KEY)``, the key without aws:ResourceTag/.

    Or ListOfTags beside Resources, a union: every instance of the account would be backed up.
    """
    selection = _selection()
    assert set(selection) == {"SelectionName", "IamRoleArn", "Resources", "Conditions"}
    instance = f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1"
    assert selected(selection, Resource(instance, {"soca:BackupPlan": CLUSTER}))
    assert not selected(selection, Resource(instance))
    bucket = Resource("arn:aws:s3:::bucket", {"soca:BackupPlan": CLUSTER})
    assert not selected(selection, bucket)
    for condition in selection["Conditions"]["StringEquals"]:
        assert condition["ConditionKey"].startswith("aws:ResourceTag/")


@RESTORING
@pytest.mark.parametrize("partition", REGIONS)
def test_trap_6_the_restore_of_a_file_system_is_denied(partition: str, of: str) -> None:
    """Slip: drop ``elasticfilesystem.TagResource``, or "elasticfilesystem" from kms:ViaService.

    Nobody notices before the day of the restore, because backups succeed.
    """
    region = REGIONS[partition]
    policies = inline_policies(resolved(region, of=of, **WITH_ROLE[of])).values()
    file_system = f"arn:{partition}:elasticfilesystem:{region}:{ACCOUNT}:file-system/fs-1"
    for action in ("Restore", "CreateFileSystem", "TagResource", "DescribeFileSystems"):
        assert allows(policies, f"elasticfilesystem:{action}", file_system), action
    key = f"arn:{partition}:kms:{region}:{ACCOUNT}:key/1"
    through_efs = {"kms:ViaService": f"elasticfilesystem.{region}.amazonaws.com"}
    for action in ("GenerateDataKeyWithoutPlaintext", "Decrypt"):
        assert allows(policies, f"kms:{action}", key, through_efs), action
    assert allows(policies, "kms:DescribeKey", key)
    assert allows(policies, "kms:CreateGrant", key, {"kms:GrantIsForAWSResource": "true"})


@RESTORING
@pytest.mark.parametrize(
    "parameter", ["SchedulerIAMRoleArn", "ComputeNodeIAMRoleArn", "AdditionalInstanceRoleArns"]
)
def test_trap_7_the_restore_of_an_instance_is_denied(parameter: str, of: str) -> None:
    """Slip: ``"iam:PassedToService", ["backup.amazonaws.com"]``, or "policy" for "role" in the ARN.

    Only the given roles, only to EC2; the ARN of an instance profile is refused at once.
    """
    arn = ON[parameter].split(",")[-1]
    given = on(parameter)
    to_ec2 = {"iam:PassedToService": "ec2.amazonaws.com"}
    to_lambda = {"iam:PassedToService": "lambda.amazonaws.com"}
    assert _may(of, "iam:PassRole", arn, to_ec2, **given)
    assert not _may(of, "iam:PassRole", arn, to_ec2)
    assert not _may(of, "iam:PassRole", f"{arn}2", to_ec2, **given)
    assert not _may(of, "iam:PassRole", arn, to_lambda, **given)
    pattern = template(of)["Parameters"][parameter]["AllowedPattern"]
    assert not re.fullmatch(pattern, arn.replace(":role/", ":instance-profile/"))
    assert _may(of, "ec2:RunInstances", f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/*")


@pytest.mark.parametrize("given", CONFIGURATIONS)
def test_trap_8_the_role_or_its_policies_go_with_the_stack(given: dict[str, str]) -> None:
    """Slip: drop ``DeletionPolicy="RetainExceptOnCreate"`` of the role.

    Without the role recovery points never expire. Policies are inline, or they would go alone.
    """
    made = resolved(**given)
    [name] = [name for name, kind in made.types.items() if kind == "AWS::IAM::Role"]
    role = template()["Resources"][name]
    assert role.get("DeletionPolicy") == "RetainExceptOnCreate"
    assert role.get("UpdateReplacePolicy") == "Retain"
    assert "Condition" not in role
    assert {kind for kind in made.types.values() if kind.startswith("AWS::IAM::")} == {
        "AWS::IAM::Role"
    }
    assert {"UseVaultsAndKeys", "ProtectEC2AndEBS", "ProtectEFS"} <= set(inline_policies(made))
    assert "ManagedPolicyArns" not in made.resources[name]


@pytest.mark.parametrize("of", [MAIN, COPIES])
def test_trap_9_the_vault_goes_or_blocks_the_next_stack(of: str) -> None:
    """Slip: ``DeletionPolicy="Retain"`` in the vault: a failed creation leaves an orphan.

    Delete would end in DELETE_FAILED of the whole cluster; a vault that stayed is adopted again.
    """
    vault = template(of)["Resources"]["SOCABackupVault"]
    assert vault.get("DeletionPolicy") == "RetainExceptOnCreate"
    assert vault.get("UpdateReplacePolicy") == "Retain"
    name = resolved(of=of).resources["SOCABackupVault"]["BackupVaultName"]
    again = resolved(of=of, ExistingVaultName=name)
    assert "SOCABackupVault" not in again.resources
    assert again.outputs["BackupVaultName"] == name
    if of == MAIN:
        rule = again.resources["SOCABackupPlan"]["BackupPlan"]["BackupPlanRule"][0]
        assert rule["TargetBackupVault"] == name


@RESTORING
@pytest.mark.parametrize("region", [*REGIONS.values(), "us-iso-east-1", "eusc-de-east-1"])
def test_trap_10_the_service_cannot_assume_the_role(region: str, of: str) -> None:
    """Slip: ``Principal("Service", Sub("backup.${AWS::URLSuffix}"))`` in backup_trust.

    Then no job appears at all. A condition on what the service may not send does the same.
    """
    [role] = of_type(resolved(region, of=of, **all_on(of)), "AWS::IAM::Role").values()
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "backup.amazonaws.com"}
    assert as_list(statement["Action"]) == ["sts:AssumeRole"]
    assert statement["Effect"] == "Allow"
    assert "Condition" not in statement


@pytest.mark.parametrize("minutes", ["", "60", "1440"])
def test_trap_12_the_windows_are_too_small(minutes: str) -> None:
    """Slip: ``MinValue=30`` of StartWindowMinutes, or ``CompletionWindowMinutes=120`` in the rule.

    A job that cannot start ends EXPIRED, one that cannot finish is cancelled; a first backup of a
    large file system takes days, and AWS's own completion window is 7 days.
    """
    rule = _rule(**({"StartWindowMinutes": minutes} if minutes else {}))
    assert int(rule["StartWindowMinutes"]) >= 60
    assert "CompletionWindowMinutes" not in rule
    assert int(template()["Parameters"]["StartWindowMinutes"]["MinValue"]) >= 60


@pytest.mark.parametrize("partition", REGIONS)
def test_trap_13_the_roles_arns_match_nothing(partition: str) -> None:
    """Slip: ``backup-vault/*`` for ``backup-vault:*`` in VAULTS, or drop backup.TagResource.

    Plain jobs succeed; copies, tags and accounts apart fail.
    """
    region = REGIONS[partition]
    policies = inline_policies(resolved(region)).values()
    start = f"arn:{partition}:backup:{region}:{ACCOUNT}"
    vault, point = f"{start}:backup-vault:Vault-{CLUSTER}", f"{start}:recovery-point:1"
    same = {"aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT}
    by_backup = {"aws:ResourceTag/aws:backup:source-resource": "x"}
    assert allows(policies, "backup:CopyIntoBackupVault", vault)
    assert allows(policies, "backup:DescribeBackupVault", vault)
    assert allows(policies, "backup:CopyFromBackupVault", point)
    assert allows(policies, "backup:TagResource", point, same)
    for kind in ("Snapshot", "Image"):
        arn = f"arn:{partition}:ec2:{region}::{kind.lower()}/x-1"
        assert allows(policies, f"ec2:Copy{kind}", arn)
        assert allows(policies, f"ec2:Modify{kind}Attribute", arn, by_backup)
        assert allows(policies, "ec2:CreateTags", arn)


@pytest.mark.parametrize(
    ("given", "types"),
    [
        ({}, TYPES),
        ({"ExistingVaultName": "Vault-of-old"}, TYPES),
        (
            everything() | {"PermissionsBoundaryArn": ""},
            TYPES | {"FSx file systems", "FSx volumes"},
        ),
    ],
    ids=["defaults", "adopted-vault", "everything"],
)
def test_trap_15_the_selection_is_wider_than_the_role(
    given: dict[str, str], types: set[str]
) -> None:
    """Slip: add ``"arn:${AWS::Partition}:s3:::*"`` to the ARNs in stacks/protected_types.py.

    Or drop the types' policies from the role in stacks/backup.py. Such jobs fail every night and
    hide the failures that matter.
    """
    found = ours(given)
    assert {reach.type for reach in found.reaches} == types
    for reach in found.reaches:
        lacks = found.roles[reach.role].lacks
        assert {lacks[reach.type, ability] for ability in (BACKUP, RESTORE, COPY, EXPIRE)} == {()}
    made = resolved(**given)
    selections = [
        made.resources[name]["BackupSelection"]
        for name, kind in made.types.items()
        if kind == "AWS::Backup::BackupSelection"
    ]
    for selection in selections:  # the same tag, whatever the family
        assert selection["Conditions"] == selections[0]["Conditions"]


def test_trap_14_the_vaults_key_is_believed_to_encrypt_everything() -> None:
    """Slip: cut the description of ``VaultKmsKeyArn`` after "cannot be changed later"."""
    description = template()["Parameters"]["VaultKmsKeyArn"]["Description"]
    for word in ("recovery points of EFS", "EC2 and EBS keep", "unencrypted", "cannot be changed"):
        assert word in description
