"""Changes to the companion templates: slips that cost protection, with their sentences; others.

The sentences are written by hand. The changes are made to the templates as they are generated.
"""

import copy
from functools import cache

from generator.cloudformation.read import parse
from generator.stacks import templates
from generator.stacks.render import render
from tests.compare.harmless_changes import INLINE
from tests.compare.protection_slips import (
    ALERTS,
    ANYBODY,
    CORE,
    DENIED,
    EC2_EBS,
    FILES,
    FSX,
    LOCKED,
    SCHEDULER,
    SCHEDULERS,
    VOLUMES,
    Edit,
    Slip,
    add,
    forbid_in,
    invert,
    swap,
    swap_branches,
    take,
    turn,
)
from tests.support.compared import Document, all_of, drop, put

# Restore tests.

VAULT_ARN = "arn:aws:backup:us-east-1:111122223333:backup-vault:Vault-soca-mycluster"
ROLE_ARN = "arn:aws:iam::111122223333:role/backup"
GIVEN = {"BackupVaultArn": VAULT_ARN, "BackupRoleArn": ROLE_ARN}
INSTANCES = {
    **GIVEN, "TestEC2": "yes", "TestVpcId": "vpc-12345678", "TestSubnetId": "subnet-12345678",
}  # fmt: skip
PLAN = "Resources/SOCARestoreTestingPlan/Properties"
POINTS = f"{PLAN}/RecoveryPointSelection"
EFS, EBS, EC2 = (f"Resources/SOCARestoreTesting{kind}" for kind in ("EFS", "EBS", "EC2"))
OVERRIDES = f"{EC2}/Properties/RestoreMetadataOverrides"
GROUP = "Resources/SOCARestoreTestSecurityGroup/Properties"
TESTED = "EFS file systems and EBS volumes"
UNTESTED = "are no longer restored to test their backups"
FILE = "arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/fs-12345678"
WAY = "instances that are restored to test now have a way"


def one_more(selection: str, **properties: object) -> Edit:
    """Return the change that adds a selection like another one, with other properties."""

    def edit(template: Document) -> None:
        more = copy.deepcopy(template["Resources"][selection.rpartition("/")[2]])
        more["Properties"] |= {"RestoreTestingSelectionName": "More", **properties}
        template["Resources"]["More"] = more

    return edit


TESTING_SLIPS: dict[str, Slip] = {
    "EFS is not tested": Slip(GIVEN, drop(EFS), [f"{FILES} {UNTESTED}"]),
    "a condition inverted": Slip(GIVEN, invert("TestsEBS"), [f"{VOLUMES} {UNTESTED}"]),
    "EC2 is not tested": Slip(INSTANCES, drop(EC2), [f"EC2 instances {UNTESTED}"]),
    "another type": Slip(
        GIVEN, put(f"{EBS}/Properties/ProtectedResourceType", "S3"), [f"{VOLUMES} {UNTESTED}"]
    ),
    "one file system only": Slip(
        GIVEN, put(f"{EFS}/Properties/ProtectedResourceArns", [FILE]),
        [f"{FILES} are tested only in part: {FILE} instead of all"],
    ),
    "only what carries a tag": Slip(
        GIVEN, put(f"{EBS}/Properties/ProtectedResourceConditions",
                   {"StringEquals": [{"Key": "aws:ResourceTag/test", "Value": "yes"}]}),
        [f"{VOLUMES} are tested only with the tag test=yes"],
    ),
    "every third month": Slip(
        GIVEN, put("Parameters/TestSchedule/Default", "cron(0 7 2 1,4,7,10 ? *)"),
        [f"{TESTED} are tested every 92 days instead of every 31 days"],
    ),
    "once": Slip(
        GIVEN, put(f"{PLAN}/ScheduleExpression", "cron(0 7 2 1 ? 2027)"),
        [f"{TESTED} are tested only for some time"],
    ),
    "no such schedule": Slip(
        GIVEN, put(f"{PLAN}/ScheduleExpression", "rate(30 days)"),
        [(f"{TESTED} are tested rate(30 days) instead of cron(0 7 2 * ? *): nobody can tell "
          "whether that is as often")],
    ),
    "a shorter window": Slip(
        GIVEN, put("Parameters/SelectionWindowDays/Default", 1),
        [f"{TESTED} are tested only from backups that are at most 1 day old instead of 7"],
    ),
    "a random backup": Slip(
        GIVEN, swap_branches(f"{POINTS}/Algorithm"),
        [f"{TESTED} are tested from a random backup instead of the newest backup"],
    ),
    "another vault": Slip(
        GIVEN, put(f"{POINTS}/IncludeVaults", ["arn:aws:backup:us-east-1:1:backup-vault:x"]),
        [f"{TESTED} are no longer tested from {VAULT_ARN}"],
    ),
    "continuous backups, which none of these types has": Slip(
        GIVEN, put(f"{POINTS}/RecoveryPointTypes", ["CONTINUOUS"]),
        [f"{TESTED} are no longer tested from recovery points of the type SNAPSHOT"],
    ),
    "a vault left out": Slip(
        GIVEN, put(f"{POINTS}/ExcludeVaults", [{"Ref": "BackupVaultArn"}]),
        [f"{TESTED} are no longer tested from {VAULT_ARN}"],
    ),
    "another role": Slip(
        GIVEN, put(f"{EFS}/Properties/IamRoleArn", SCHEDULER),
        [f"{FILES} are tested with the role {SCHEDULER} instead of {ROLE_ARN}"],
    ),
    "another plan": Slip(
        GIVEN, put(f"{EFS}/Properties/RestoreTestingPlanName", "other"),
        [f"{FILES} are tested by a plan that is not in the template: nobody knows when"],
    ),
    "no time for checks": Slip(
        GIVEN, put(f"{EFS}/Properties/ValidationWindowHours", 0),
        [(f"{FILES} are deleted 0 hours instead of 1 after they were restored, with less time for "
          "checks")],
    ),
    "a profile": Slip(
        INSTANCES, put(f"{OVERRIDES}/iamInstanceProfileName", "UseBackedUpValue"),
        ["instances that are restored to test now have the profile UseBackedUpValue"],
    ),
    "a profile in one more selection": Slip(
        INSTANCES, one_more(EC2, RestoreMetadataOverrides={"iamInstanceProfileName": "admin"}),
        ["instances that are restored to test now have the profile admin",
         "AWS Backup chooses the subnet of instances that are restored to test",
         ("instances that are restored to test get a security group nobody sees: one that AWS "
          "Backup chooses")],
    ),
    "a way in": Slip(
        INSTANCES, put(f"{GROUP}/SecurityGroupIngress",
                       [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
                         "CidrIp": "0.0.0.0/0"}]),
        [f"{WAY} in from 0.0.0.0/0 (tcp 22)"],
    ),
    "a way out": Slip(
        INSTANCES, put(f"{GROUP}/SecurityGroupEgress/0/CidrIp", "10.0.0.0/8"),
        [f"{WAY} out to 10.0.0.0/8"],
    ),
    "a way out by IPv6": Slip(
        INSTANCES, add(f"{GROUP}/SecurityGroupEgress", {"IpProtocol": "-1", "CidrIpv6": "::/0"}),
        [f"{WAY} out to ::/0"],
    ),
    "EC2's own rule": Slip(
        INSTANCES, drop(f"{GROUP}/SecurityGroupEgress"), [f"{WAY} out to everything"]
    ),
    "a rule of its own": Slip(
        INSTANCES, put("Resources/More", {
            "Type": "AWS::EC2::SecurityGroupIngress",
            "Properties": {"GroupId": {"Ref": "SOCARestoreTestSecurityGroup"}, "IpProtocol": "-1",
                           "SourceSecurityGroupId": "sg-12345678"}}),
        [f"{WAY} in from sg-12345678"],
    ),
    "no security group": Slip(
        INSTANCES, drop(f"{OVERRIDES}/securityGroupIds"),
        [("instances that are restored to test get a security group nobody sees: one that AWS "
          "Backup chooses")],
    ),
    "a group from elsewhere": Slip(
        INSTANCES, put(f"{OVERRIDES}/securityGroupIds", '["sg-12345678"]'),
        ["instances that are restored to test get a security group nobody sees: sg-12345678"],
    ),
    "no subnet": Slip(
        INSTANCES, drop(f"{OVERRIDES}/subnetId"),
        ["AWS Backup chooses the subnet of instances that are restored to test"],
    ),
}  # fmt: skip


def _group_by_ref(template: Document) -> None:
    put(f"{OVERRIDES}/securityGroupIds",
        {"Fn::Sub": '["${SOCARestoreTestSecurityGroup}"]'})(template)  # fmt: skip


TESTING_HARMLESS: dict[str, Edit] = {
    "a description": put("Description", "Something else"),
    "resources in another order": turn("Resources"),
    "UTC by its other name": put(f"{PLAN}/ScheduleExpressionTimezone", "UTC"),
    "another day": put("Parameters/TestSchedule/Default", "cron(30 3 9 * ? *)"),
    "a time zone whose clocks change": put(f"{PLAN}/ScheduleExpressionTimezone", "Europe/Paris"),
    "more often": put("Parameters/TestSchedule/Default", "cron(0 7 ? * SUN *)"),
    "a longer window": put(f"{POINTS}/SelectionWindowDays", 29),
    "every vault": put(f"{POINTS}/IncludeVaults", ["*"]),
    "more time for checks": put("Parameters/ValidationWindowHours/Default", 5),
    "the plan by its name": put(
        f"{EFS}/Properties/RestoreTestingPlanName",
        {"Fn::Join": ["_", {"Fn::Split": ["-", {"Fn::Sub": "Test-${ClusterId}"}]}]},
    ),
    "the group by Ref": _group_by_ref,
    "one more selection of a part": one_more(EFS, ProtectedResourceArns=[FILE]),
    "the type in small letters": put(f"{EFS}/Properties/ProtectedResourceType", "efs"),
    "no profile in words": put(f"{OVERRIDES}/iamInstanceProfileName", "null"),
    "a way within the instance": add(
        f"{GROUP}/SecurityGroupEgress", {"IpProtocol": "-1", "CidrIpv6": "::1/128"}
    ),
}

# The destination of copies.

SOURCE = "222233334444"
SOURCE_ROLE = f"arn:aws:iam::{SOURCE}:role/cluster-backup"
THE_ROLE = f"the role cluster-backup of {SOURCE}"
FOREIGN = {"SourceAccountId": SOURCE}
BY_ROLE = {**FOREIGN, "SourceRoleArn": SOURCE_ROLE}
BACK = {**FOREIGN, "AllowCopyBack": "yes"}
RESTORES = {"CreateRestoreRole": "yes"}
VAULT = "Resources/SOCABackupVault"
POLICY = f"{VAULT}/Properties/AccessPolicy"
ACCEPT = f"{POLICY}/Fn::If/1/Statement/0/Fn::If/1"
KEY = "Resources/SOCABackupVaultKey"
ROLE = "Resources/SOCAAWSBackupRestoreRole"
PATTERN = "Resources/SOCABackupJobAlert/Properties/EventPattern"


def _may_not(types: str, actions: str) -> str:
    return f"the role may no longer restore {types}: {actions}"


COPIES_SLIPS: dict[str, Slip] = {
    "no copies from the account": Slip(
        FOREIGN, swap_branches(POLICY),
        [f"the vault's policy no longer lets {SOURCE} copy backups into it"],
    ),
    "copies from another account": Slip(
        FOREIGN, put(f"{ACCEPT}/Principal/AWS", "999988887777"),
        [f"the vault's policy no longer lets {SOURCE} copy backups into it"],
    ),
    "copies of a role only": Slip(
        FOREIGN, put(f"{ACCEPT}/Condition", {"ArnEquals": {"aws:PrincipalArn": SOURCE_ROLE}}),
        [f"the vault's policy now lets only {THE_ROLE} copy backups into it"],
    ),
    "copies of every role": Slip(
        BY_ROLE, drop(f"{ACCEPT}/Condition"),
        [f"the vault's policy now lets all of {SOURCE}, not only {THE_ROLE}, copy backups into it"],
    ),
    "copies of another role": Slip(
        BY_ROLE, swap(ACCEPT, '{"Ref": "SourceRoleArn"}', f'"{SCHEDULER}"'),
        [f"the vault's policy no longer lets {THE_ROLE} copy backups into it"],
    ),
    "copies of anybody": Slip(
        BY_ROLE, all_of(put(f"{ACCEPT}/Principal", "*"), drop(f"{ACCEPT}/Condition")),
        [f"the vault's policy now lets anybody, not only {THE_ROLE}, copy backups into it"],
    ),
    "copies of everybody instead of an account": Slip(
        FOREIGN, put(f"{ACCEPT}/Principal", "*"),
        [f"the vault's policy now lets anybody, not only {SOURCE}, copy backups into it"],
    ),
    "copies are denied": Slip(
        {**FOREIGN, **DENIED},
        add(f"{POLICY}/Fn::If/1/Statement/1/Fn::If/1/Action", "backup:CopyIntoBackupVault"),
        ["the vault's policy denies backup:CopyIntoBackupVault"],
    ),
    "more than copies": Slip(
        FOREIGN, add(f"{ACCEPT}/Action", "backup:DeleteRecoveryPoint"),
        [f"the vault's policy now lets {SOURCE} delete recovery points"],
    ),
    "deletion is denied nobody": Slip(DENIED, drop(POLICY), [ANYBODY]),
    "deletion is denied nobody there": Slip(
        {**FOREIGN, **DENIED}, take(f"{POLICY}/Fn::If/1/Statement/1"), [ANYBODY]
    ),
    "no lock": Slip(
        LOCKED, drop(f"{VAULT}/Properties/LockConfiguration"), ["the vault is no longer locked"]
    ),
    "a vault that goes": Slip(
        {}, drop(f"{VAULT}/DeletionPolicy"),
        ["the vault Copies-soca-mycluster no longer outlives the stack"],
    ),
    "a key that goes": Slip(
        {}, drop(f"{KEY}/DeletionPolicy"), ["the vault's key no longer outlives the stack"]
    ),
    "AWS's key": Slip(
        {}, drop(f"{VAULT}/Properties/EncryptionKeyArn"),
        ["the vault's key is now AWS's own key instead of ${SOCABackupVaultKey.Arn}"],
    ),
    "another name": Slip(
        {}, put(f"{VAULT}/Properties/BackupVaultName", "x"),
        ["the template no longer makes the vault Copies-soca-mycluster"],
    ),
    "no way back": Slip(
        BACK, invert("CopiesBack"),
        [(f"the policy of the vault's key no longer lets {SOURCE} use kms:CreateGrant, "
          "kms:Decrypt, kms:DescribeKey, kms:GenerateDataKey, kms:GenerateDataKeyWithoutPlaintext, "
          "kms:ReEncryptFrom and kms:ReEncryptTo")],
    ),
    "no role for restores": Slip(
        RESTORES, drop(ROLE), ["the template no longer makes the role for restores"]
    ),
    "a role that AWS Backup may not assume": Slip(
        RESTORES, put(f"{ROLE}/Properties/AssumeRolePolicyDocument/Statement/0/Principal/Service",
                      "ec2.amazonaws.com"),
        ["AWS Backup may no longer assume the role"],
    ),
    **{
        f"a role without {action}": Slip(
            {**RESTORES, **FSX}, forbid_in(ROLE, action), [_may_not(types, action)]
        )
        for action, types in (
            ("kms:Decrypt", CORE),
            ("ec2:DescribeVolumes", EC2_EBS),
            ("ec2:RunInstances", "EC2 instances"),
            ("elasticfilesystem:Restore", FILES),
            ("fsx:CreateVolumeFromBackup", "FSx volumes"),
        )
    },
    "a role without a policy": Slip(
        {**RESTORES, **FSX}, invert("ProtectsFSx"),
        [_may_not("FSx file systems", "fsx:CreateFileSystemFromBackup, fsx:DescribeBackups, "
                  "fsx:DescribeFileSystems, fsx:TagResource"),
         _may_not("FSx volumes", "fsx:CreateVolumeFromBackup, fsx:DescribeBackups, "
                  "fsx:DescribeVolumes, fsx:TagResource")],
    ),
    "a boundary": Slip(
        RESTORES, put(f"{ROLE}/Properties/PermissionsBoundary", "arn:aws:iam::aws:policy/x"),
        [f"whether the role may restore {CORE} is no longer known"],
    ),
    "a role that is not passed": Slip(
        {**RESTORES, **SCHEDULERS}, invert("HasSchedulerRole"),
        [("an instance's role may no longer be passed to ec2.amazonaws.com and to "
          f"ec2.amazonaws.com.cn: {SCHEDULER}")],
    ),
    "no news of restores": Slip(
        {**RESTORES, **ALERTS}, take(f"{PATTERN}/detail/$or/1"),
        ["aborted restores and failed restores are no longer heard of"],
    ),
    "news of another role": Slip(
        {**RESTORES, **ALERTS}, put(f"{PATTERN}/detail/$or/1/iamRoleArn", [SCHEDULER]),
        ["whether anybody hears of aborted restores and failed restores is no longer known"],
    ),
    "no news of the vault": Slip(
        ALERTS, take(f"{PATTERN}/detail/$or/0"),
        ["nobody hears any more of the deletion of the vault"],
    ),
    "no alarm": Slip(
        ALERTS, drop("Resources/SOCABackupExpired"),
        ["recovery points that could not be deleted are no longer heard of"],
    ),
}  # fmt: skip


def _renamed_role(template: Document) -> None:
    resources = template["Resources"]
    resources["Other"] = resources.pop("SOCAAWSBackupRestoreRole")


COPIES_HARMLESS: dict[str, Edit] = {
    "a description": put("Description", "Something else"),
    "resources in another order": turn("Resources"),
    "policies in another order": turn(f"{ROLE}/Properties/Policies"),
    "a policy more": add(f"{ROLE}/Properties/Policies", INLINE),
    "another logical id of the role": all_of(
        swap("Resources/SOCABackupJobAlert", "SOCAAWSBackupRestoreRole", "Other"), _renamed_role
    ),
    "the account as the ARN of its root": put(
        f"{ACCEPT}/Principal/AWS", {"Fn::Sub": "arn:aws:iam::${SourceAccountId}:root"}
    ),
    "the condition by ArnLike": swap(ACCEPT, "ArnEquals", "ArnLike"),
    "a stronger lock": put(f"{VAULT}/Properties/LockConfiguration/Fn::If/1/MinRetentionDays", 7),
    "more is denied": add(
        f"{POLICY}/Fn::If/1/Statement/1/Fn::If/1/Action", "backup:DeleteBackupVault"
    ),
}

ON = {
    "BackupRestoreTesting.template": INSTANCES,
    "BackupCopyDestination.template": {
        **BY_ROLE, **BACK, **RESTORES, **ALERTS, **LOCKED, **DENIED, **SCHEDULERS, **FSX,
    },
}  # fmt: skip
"""Every option, by template."""
SLIPS = {
    "BackupRestoreTesting.template": TESTING_SLIPS,
    "BackupCopyDestination.template": COPIES_SLIPS,
}
HARMLESS = {
    "BackupRestoreTesting.template": TESTING_HARMLESS,
    "BackupCopyDestination.template": COPIES_HARMLESS,
}


@cache
def companion(name: str) -> Document:
    """Return a template as generated now."""
    return parse(name, render(templates()[name])).document
