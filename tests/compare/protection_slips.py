"""Changes to our own template that cost protection, each with its sentence.

The sentences are written by hand. The changes are made to the template as it is generated.
"""

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tests.support.compared import Document, all_of, drop, put

ACCOUNT = "111122223333"
SCHEDULER = f"arn:aws:iam::{ACCOUNT}:role/scheduler"
COMPUTE = f"arn:aws:iam::{ACCOUNT}:role/compute"
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/admin"
FAR = "arn:aws:backup:us-west-2:222233334444:backup-vault:far"
EMAIL = "admin@example.com"

COPIES = {"CopyDestinationVaultArn": FAR}
WEEKLY = {"WeeklyRetention": "3-months"}
MONTHLY = {"MonthlyRetention": "5-years"}
ALERTS = {"NotificationEmail": EMAIL}
ANY_JOB = {**ALERTS, "SilenceAlarmFor": "any-job"}
LOCKED = {"VaultLock": "governance"}
COMPLIANCE = {"VaultLock": "compliance", "VaultLockConfirmation": "permanent"}
DENIED = {"DenyRecoveryPointDeletion": "yes"}
WITH_KEY = {"CreateVaultKmsKey": "yes"}
SCHEDULERS = {"SchedulerIAMRoleArn": SCHEDULER}
WINDOWS = {"WindowsVSS": "yes"}
FSX = {"ProtectFSx": "yes"}
ON = {
    **COPIES, **WEEKLY, **MONTHLY, **ALERTS, **LOCKED, **DENIED, **WITH_KEY, **SCHEDULERS, **FSX,
    **WINDOWS,
}  # fmt: skip
"""Every option that does not exclude another one."""

CORE = "EC2 instances, EBS volumes and EFS file systems"
BOTH_FSX = "FSx file systems and FSx volumes"
ALL = "EC2 instances, EBS volumes, EFS file systems, FSx file systems and FSx volumes"
VAULT_NAME = "Vault-soca-mycluster"

VAULT = "Resources/SOCABackupVault"
LOCK = f"{VAULT}/Properties/LockConfiguration"
POLICY = f"{VAULT}/Properties/AccessPolicy"
STATEMENT = f"{POLICY}/Fn::If/1/Statement/0"
KEY = "Resources/SOCABackupVaultKey"
ROLE = "Resources/SOCAAWSBackupRole"
TRUST = f"{ROLE}/Properties/AssumeRolePolicyDocument/Statement/0"
POLICIES = f"{ROLE}/Properties/Policies"
RULES = "Resources/SOCABackupPlan/Properties/BackupPlan/BackupPlanRule"
DAILY, WEEK, MONTH = f"{RULES}/0", f"{RULES}/1/Fn::If/1", f"{RULES}/2/Fn::If/1"
SELECTION = "Resources/SOCABackupSelection/Properties/BackupSelection"
TAG = f"{SELECTION}/Conditions/StringEquals/0"
FSX_SELECTION = "Resources/SOCAFSxBackupSelection"
FSX_TAG = f"{FSX_SELECTION}/Properties/BackupSelection/Conditions/StringEquals/0"
JOBS = "Resources/SOCABackupJobAlert"
PATTERN = f"{JOBS}/Properties/EventPattern"
EFS_ALARM = "Resources/SOCABackupSilenceEFSAlarm"
EC2_ALARM = "Resources/SOCABackupSilenceEC2Alarm"
ANY_ALARM = "Resources/SOCABackupSilenceAnyJobAlarm"
EXPIRED = "Resources/SOCABackupExpired"
TOPIC = "Resources/SOCABackupAlertsTopic"
TOPIC_POLICY = "Resources/SOCABackupAlertsTopicPolicy"
SUBSCRIPTION = "Resources/SOCABackupAlertsSubscription"

Edit = Callable[[Document], None]


def _at(template: Document, path: str) -> tuple[Any, Any]:
    """Return what holds the last part of a path, and that part as a key of it."""
    *parents, last = path.split("/")
    node: Any = template
    for parent in parents:
        node = node[int(parent)] if isinstance(node, list) else node[parent]
    return node, int(last) if isinstance(node, list) else last


def swap(path: str, before: str, after: str) -> Edit:
    """Return the change of a text, in the JSON of what is at a path, wherever it stands there."""

    def edit(template: Document) -> None:
        node, key = _at(template, path)
        text = json.dumps(node[key])
        assert before in text, f"{path} has no {before}"
        node[key] = json.loads(text.replace(before, after))

    return edit


def forbid(action: str) -> Edit:
    """Return the change that takes an action from every policy of the role."""
    return forbid_in(ROLE, action)


def forbid_in(role: str, action: str) -> Edit:
    """Return the change that takes an action from every policy of the role at a path."""
    return swap(f"{role}/Properties/Policies", json.dumps(action), '"none:None"')


def remove(path: str, item: Any) -> Edit:
    """Return the change that takes an item from the list at a path."""

    def edit(template: Document) -> None:
        node, key = _at(template, path)
        node[key].remove(item)

    return edit


def add(path: str, item: Any) -> Edit:
    """Return the change that adds an item to the list at a path."""

    def edit(template: Document) -> None:
        node, key = _at(template, path)
        node[key].append(copy.deepcopy(item))

    return edit


def take(path: str) -> Edit:
    """Return the change that takes away what is at a path, also from a list."""

    def edit(template: Document) -> None:
        node, key = _at(template, path)
        del node[key]

    return edit


def turn(path: str) -> Edit:
    """Return the change that puts the items of a list, or of a map, into the opposite order."""

    def edit(template: Document) -> None:
        node, key = _at(template, path)
        old = node[key]
        node[key] = dict(reversed(old.items())) if isinstance(old, dict) else old[::-1]

    return edit


def invert(condition: str) -> Edit:
    """Return the change that makes a condition true where it was false."""

    def edit(template: Document) -> None:
        conditions = template["Conditions"]
        conditions[condition] = {"Fn::Not": [conditions[condition]]}

    return edit


def swap_branches(path: str) -> Edit:
    """Return the change that makes an Fn::If take the other branch."""

    def edit(template: Document) -> None:
        node, key = _at(template, path)
        condition, then, otherwise = node[key]["Fn::If"]
        node[key]["Fn::If"] = [condition, otherwise, then]

    return edit


class Slip(NamedTuple):
    """A change that costs protection in a stack with these parameters, and what it costs."""

    parameters: Mapping[str, str]
    edit: Edit
    losses: list[str]


def arn(kind: str) -> dict[str, str]:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:{kind}"}


def _may_not(does: str, types: str, actions: str) -> str:
    return f"the role may no longer {does} {types}: {actions}"


NO_VALUE = {"Ref": "AWS::NoValue"}
EXPIRE = "delete expired recovery points of"
EC2_EBS = "EC2 instances and EBS volumes"
INSTANCES, VOLUMES, FILES = "EC2 instances", "EBS volumes", "EFS file systems"

# What the role may no longer do, and with what, if one action is missing.
BACK_UP, RESTORE, COPY = "back up", "restore", "copy"
ACTIONS: dict[str, dict[str, str]] = {
    "tag:GetResources": {BACK_UP: ALL},
    "backup:CopyFromBackupVault": {COPY: ALL},
    "backup:CopyIntoBackupVault": {COPY: ALL},
    "backup:TagResource": {COPY: ALL},
    "kms:CreateGrant": {RESTORE: CORE, COPY: EC2_EBS},
    "kms:Decrypt": {RESTORE: CORE},
    "kms:DescribeKey": {RESTORE: CORE, COPY: EC2_EBS},
    "kms:Encrypt": {RESTORE: CORE},
    "kms:GenerateDataKey": {RESTORE: CORE},
    "kms:GenerateDataKeyWithoutPlaintext": {RESTORE: CORE, COPY: EC2_EBS},
    "kms:ReEncryptFrom": {RESTORE: CORE, COPY: EC2_EBS},
    "kms:ReEncryptTo": {RESTORE: CORE, COPY: EC2_EBS},
    "ec2:CopyImage": {COPY: INSTANCES},
    "ec2:CopySnapshot": {COPY: EC2_EBS},
    "ec2:CreateImage": {BACK_UP: INSTANCES},
    "ec2:CreateSnapshot": {BACK_UP: EC2_EBS},
    "ec2:CreateTags": {BACK_UP: EC2_EBS, RESTORE: EC2_EBS},
    "ec2:CreateVolume": {RESTORE: VOLUMES},
    "ec2:DeleteSnapshot": {EXPIRE: EC2_EBS},
    "ec2:DeregisterImage": {EXPIRE: INSTANCES},
    "ec2:DescribeImages": {BACK_UP: INSTANCES, RESTORE: INSTANCES},
    "ec2:DescribeInstanceAttribute": {BACK_UP: INSTANCES},
    "ec2:DescribeInstances": {BACK_UP: INSTANCES, RESTORE: INSTANCES},
    "ec2:DescribeNetworkInterfaces": {BACK_UP: INSTANCES},
    "ec2:DescribeSnapshots": {BACK_UP: EC2_EBS, RESTORE: EC2_EBS},
    "ec2:DescribeSubnets": {RESTORE: INSTANCES},
    "ec2:DescribeTags": {BACK_UP: INSTANCES},
    "ec2:DescribeVolumes": {BACK_UP: EC2_EBS, RESTORE: EC2_EBS},
    "ec2:ModifyImageAttribute": {COPY: INSTANCES},
    "ec2:ModifySnapshotAttribute": {COPY: EC2_EBS},
    "ec2:RunInstances": {RESTORE: INSTANCES},
    "elasticfilesystem:Backup": {BACK_UP: FILES},
    "elasticfilesystem:CreateFileSystem": {RESTORE: FILES},
    "elasticfilesystem:DescribeFileSystems": {RESTORE: FILES},
    "elasticfilesystem:DescribeTags": {BACK_UP: FILES},
    "elasticfilesystem:Restore": {RESTORE: FILES},
    "elasticfilesystem:TagResource": {RESTORE: FILES},
    "fsx:CopyBackup": {COPY: BOTH_FSX},
    "fsx:CreateBackup": {BACK_UP: BOTH_FSX},
    "fsx:CreateFileSystemFromBackup": {RESTORE: "FSx file systems"},
    "fsx:CreateVolumeFromBackup": {RESTORE: "FSx volumes"},
    "fsx:DeleteBackup": {EXPIRE: BOTH_FSX},
    "fsx:DescribeBackups": {BACK_UP: BOTH_FSX, RESTORE: BOTH_FSX},
    "fsx:ListTagsForResource": {BACK_UP: BOTH_FSX},
    "fsx:TagResource": {BACK_UP: BOTH_FSX, RESTORE: BOTH_FSX},
    "ssm:SendCommand": {BACK_UP: INSTANCES},
}

EFS_ARN = arn("elasticfilesystem:*:*:file-system/*")
TAGGED = "what carries soca:BackupPlan=soca-mycluster is no longer selected"
ANYBODY = (
    "whoever IAM allows may delete recovery points, disassociate recovery points and "
    "shorten how long recovery points are kept"
)
OWN_KEY = "${SOCABackupVaultKey.Arn}"
MISSING = "missing backups of EC2 and missing backups of EFS"
JOB_STATES = "aborted backups, backups with issues, expired backups, failed backups"
EVENTS = (
    "aborted backups, aborted restores, backups with issues, changes of the plan, expired backups, "
    "failed backups, failed copies, failed restores, partial backups and partial copies are no "
    "longer heard of"
)
ENDS = "nobody hears any more of the deletion of the plan and the deletion of the vault"
ALARMED = (
    f"{MISSING.replace(' and', ',')} and recovery points that could not be deleted are no longer "
    "heard of"
)
EVERYTHING = [
    EVENTS.replace(
        "failed restores, partial backups and",
        f"failed restores, {MISSING.replace(' and', ',')}, partial backups,",
    ).replace(
        "partial copies are", "partial copies and recovery points that could not be deleted are"
    ),
    ENDS,
]

SLIPS: dict[str, Slip] = {
    # What is selected.
    "no instances": Slip(
        {}, remove(f"{SELECTION}/Resources", arn("ec2:*:*:instance/*")),
        ["EC2 instances are no longer selected"],
    ),
    "no volumes": Slip(
        {}, remove(f"{SELECTION}/Resources", arn("ec2:*:*:volume/*")),
        ["EBS volumes are no longer selected"],
    ),
    "no EFS": Slip(
        {}, remove(f"{SELECTION}/Resources", EFS_ARN),
        ["EFS file systems are no longer selected"],
    ),
    "no FSx file systems": Slip(
        FSX, remove(f"{FSX_SELECTION}/Properties/BackupSelection/Resources",
                    arn("fsx:*:*:file-system/*")),
        ["FSx file systems are no longer selected"],
    ),
    "no FSx volumes": Slip(
        FSX, remove(f"{FSX_SELECTION}/Properties/BackupSelection/Resources",
                    arn("fsx:*:*:volume/*")),
        ["FSx volumes are no longer selected"],
    ),
    "another word for EFS": Slip(
        {}, swap(SELECTION, "elasticfilesystem:*", "efs:*"),
        ["EFS file systems are no longer selected"],
    ),
    "one file system": Slip(
        {}, swap(SELECTION, "file-system/*", "file-system/fs-1"),
        [("EFS file systems are selected only in part: "
         "arn:aws:elasticfilesystem:*:*:file-system/fs-1 instead of all")],
    ),
    "no FSx selection": Slip(
        FSX, drop(FSX_SELECTION), [f"{BOTH_FSX} are no longer selected"],
    ),
    "no selection": Slip(
        {}, drop("Resources/SOCABackupSelection"), [f"{CORE} are no longer selected"],
    ),
    "FSx when it is not asked for": Slip(
        FSX, invert("ProtectsFSx"), [f"{BOTH_FSX} are no longer selected"],
    ),
    "instances left out": Slip(
        {}, put(f"{SELECTION}/NotResources", [arn("ec2:*:*:instance/*")]),
        ["EC2 instances are no longer selected"],
    ),
    "one instance left out": Slip(
        {}, put(f"{SELECTION}/NotResources", ["arn:aws:ec2:us-east-1:111122223333:instance/i-1"]),
        [("EC2 instances are selected only in part: NotResources has "
         "arn:aws:ec2:us-east-1:111122223333:instance/i-1")],
    ),
    "everything that is opted in": Slip(
        {}, put(f"{SELECTION}/Resources", ["*"]),
        [f"{CORE} are selected only if the region has opted in to them"],
    ),
    # Tags.
    "another key everywhere": Slip(
        FSX, all_of(put(f"{TAG}/ConditionKey", "aws:ResourceTag/edh:BackupPlan"),
                    put(f"{FSX_TAG}/ConditionKey", "aws:ResourceTag/edh:BackupPlan")),
        ["the tag is now edh:BackupPlan: what carries soca:BackupPlan is no longer selected"],
    ),
    "another key for FSx": Slip(
        FSX, put(f"{FSX_TAG}/ConditionKey", "aws:ResourceTag/edh:BackupPlan"),
        [(f"the tag of {BOTH_FSX} is now edh:BackupPlan: what carries soca:BackupPlan is no longer "
         "selected")],
    ),
    "another case of the key": Slip(
        {}, put(f"{TAG}/ConditionKey", "aws:ResourceTag/soca:backupplan"),
        ["the tag is now soca:backupplan: what carries soca:BackupPlan is no longer selected"],
    ),
    "another value": Slip(
        {}, put(f"{TAG}/ConditionValue", {"Fn::Sub": "cluster-${ClusterId}"}),
        [f"the tag is now soca:BackupPlan=cluster-soca-mycluster: {TAGGED}"],
    ),
    "another value for FSx": Slip(
        FSX, put(f"{FSX_TAG}/ConditionValue", {"Fn::Sub": "cluster-${ClusterId}"}),
        [f"the tag of {BOTH_FSX} is now soca:BackupPlan=cluster-soca-mycluster: {TAGGED}"],
    ),
    "another value, and more": Slip(
        {}, all_of(put(f"{TAG}/ConditionValue", "x"), forbid("elasticfilesystem:Restore"),
                   put(f"{DAILY}/Lifecycle/DeleteAfterDays", 7)),
        [f"the tag is now soca:BackupPlan=x: {TAGGED}", f"{CORE} are kept 7 days instead of 30",
         _may_not("restore", "EFS file systems", "elasticfilesystem:Restore")],
    ),
    "another case of the value": Slip(
        {}, put(f"{TAG}/ConditionValue", "SOCA-mycluster"),
        [f"the tag is now soca:BackupPlan=SOCA-mycluster: {TAGGED}"],
    ),
    "the opposite of the tag": Slip(
        {}, swap(SELECTION, "StringEquals", "StringNotEquals"),
        [f"the tag is now soca:BackupPlan other than soca-mycluster: {TAGGED}"],
    ),
    "one more tag": Slip(
        {}, add(f"{SELECTION}/Conditions/StringEquals",
                {"ConditionKey": "aws:ResourceTag/env", "ConditionValue": "prod"}),
        ["only what also carries env=prod is still selected"],
    ),
    # When, and how long.
    "no rule": Slip(
        {}, put(RULES, []), [f"{CORE} are no longer backed up: no rule makes backups"],
    ),
    "no plan": Slip(
        {}, drop("Resources/SOCABackupPlan"),
        [f"{CORE} are no longer backed up: no rule makes backups"],
    ),
    "no daily rule": Slip(
        WEEKLY, take(DAILY), [f"{CORE} are backed up every 7 days instead of every day"],
    ),
    "monthly backups when nobody wants them": Slip(
        MONTHLY, invert("KeepsMonthly"), [f"{CORE} are kept 30 days instead of 1825"],
    ),
    "no weekly rule": Slip(
        WEEKLY, take(f"{RULES}/1"), [f"{CORE} are kept 30 days instead of 90"],
    ),
    "no monthly rule": Slip(
        MONTHLY, take(f"{RULES}/2"), [f"{CORE} are kept 30 days instead of 1825"],
    ),
    "weekly backups when nobody wants them": Slip(
        WEEKLY, invert("KeepsWeekly"), [f"{CORE} are kept 30 days instead of 90"],
    ),
    "the branches of the weekly rule": Slip(
        WEEKLY, swap_branches(f"{RULES}/1"), [f"{CORE} are kept 30 days instead of 90"],
    ),
    "the daily rule once a week": Slip(
        {}, put(f"{DAILY}/ScheduleExpression", {"Ref": "WeeklySchedule"}),
        [f"{CORE} are backed up every 7 days instead of every day"],
    ),
    "the daily rule on weekdays": Slip(
        {}, put(f"{DAILY}/ScheduleExpression", "cron(0 5 ? * MON-FRI *)"),
        [f"{CORE} are backed up every 3 days instead of every day"],
    ),
    "the daily rule once": Slip(
        {}, put(f"{DAILY}/ScheduleExpression", "cron(0 5 1 1 ? 2027)"),
        [f"{CORE} are backed up only for some time"],
    ),
    "a schedule that is none": Slip(
        {}, put(f"{DAILY}/ScheduleExpression", "cron(0 5 * * * *)"),
        [(f"{CORE} are backed up by SOCADailyBackup in another way: cron(0 5 * * * *) instead of "
         "cron(0 5 * * ? *)")],
    ),
    "the weekly rule once a month": Slip(
        WEEKLY, put(f"{WEEK}/ScheduleExpression", {"Ref": "MonthlySchedule"}),
        [f"{CORE} have restore points every 31 days instead of every 7 days from 30 days ago on"],
    ),
    "the monthly rule once a year": Slip(
        MONTHLY, put(f"{MONTH}/ScheduleExpression", "cron(0 5 1 1 ? *)"),
        [(f"{CORE} have restore points every 366 days instead of every 31 days from 30 days ago "
         "on")],
    ),
    "a start within a day": Slip(
        {}, put(f"{DAILY}/StartWindowMinutes", 1440),
        [f"{CORE} lose up to 2 days at worst instead of 1 day 1 hour"],
    ),
    "a backup that is cancelled early": Slip(
        {}, put(f"{DAILY}/CompletionWindowMinutes", 120),
        [(f"{CORE} have backups that are cancelled after 2 hours instead of 7 days: "
          "SOCADailyBackup")],
    ),
    **{
        f"a start within a day, {what}": Slip(
            given, put(f"{rule}/StartWindowMinutes", 1440),
            [f"{CORE} lose up to 2 days at worst instead of 1 day 1 hour"],
        )
        for what, given, rule in (("weekly", WEEKLY, WEEK), ("monthly", MONTHLY, MONTH))
    },
    "no start window": Slip(
        {}, drop(f"{DAILY}/StartWindowMinutes"),
        [f"{CORE} lose up to 1 day 8 hours at worst instead of 1 day 1 hour"],
    ),
    "daily backups kept a week": Slip(
        {}, put(f"{DAILY}/Lifecycle/DeleteAfterDays", 7),
        [f"{CORE} are kept 7 days instead of 30"],
    ),
    "daily backups kept a week beside weekly ones": Slip(
        WEEKLY, put(f"{DAILY}/Lifecycle/DeleteAfterDays", 7),
        [f"{CORE} have restore points every 7 days instead of every day from 7 days ago on"],
    ),
    "weekly backups kept for less": Slip(
        WEEKLY, put("Mappings/WeeklyRetentionDays/3-months/Days", 60),
        [f"{CORE} are kept 60 days instead of 90"],
    ),
    "monthly backups kept for less": Slip(
        MONTHLY, put("Mappings/MonthlyRetentionDays/5-years/Days", 365),
        [f"{CORE} are kept 365 days instead of 1825"],
    ),
    "monthly backups cold at once": Slip(
        MONTHLY, put(f"{MONTH}/Lifecycle/MoveToColdStorageAfterDays", 8),
        [("EFS file systems have backups that are moved to cold storage after 8 days instead of "
          "30: SOCAMonthlyBackup")],
    ),
    "weekly backups cold": Slip(
        WEEKLY, put(f"{WEEK}/Lifecycle/MoveToColdStorageAfterDays", 30),
        [f"{CORE} are kept 30 days instead of 90",
         ("the stack cannot be created: SOCAWeeklyBackup has 60 days in cold storage, and AWS "
          "Backup asks for 90")],
    ),
    "another vault": Slip(
        {}, put(f"{DAILY}/TargetBackupVault", "Default"),
        [f"backups go into Default instead of {VAULT_NAME}"],
    ),
    **{
        f"another vault for the {what} rule": Slip(
            given, put(f"{rule}/TargetBackupVault", "Default"),
            [f"backups of {name} go into Default instead of {VAULT_NAME}"],
        )
        for what, given, rule, name in (
            ("daily", WEEKLY, DAILY, "SOCADailyBackup"),
            ("weekly", WEEKLY, WEEK, "SOCAWeeklyBackup"),
            ("monthly", MONTHLY, MONTH, "SOCAMonthlyBackup"),
        )
    },
    "a pause for another type": Slip(
        WINDOWS,
        swap("Resources/SOCABackupPlan/Properties/BackupPlan/AdvancedBackupSettings", '"EC2"',
             '"EFS"'),
        ["Windows instances no longer write their data to disk before a backup"],
    ),
    "a pause when nobody wants one": Slip(
        WINDOWS, invert("PausesWindows"),
        ["Windows instances no longer write their data to disk before a backup"],
    ),
    "no pause for Windows": Slip(
        WINDOWS, drop("Resources/SOCABackupPlan/Properties/BackupPlan/AdvancedBackupSettings"),
        ["Windows instances no longer write their data to disk before a backup"],
    ),
    # Copies.
    "no copies": Slip(
        COPIES, drop(f"{DAILY}/CopyActions"), [f"{CORE} have no copies any more"],
    ),
    "no daily copies": Slip(
        {**COPIES, **WEEKLY}, drop(f"{DAILY}/CopyActions"),
        [f"{CORE} are copied every 7 days instead of every day"],
    ),
    "no weekly copies": Slip(
        {**COPIES, **WEEKLY}, drop(f"{WEEK}/CopyActions"),
        [f"{CORE} have copies that are kept 30 days instead of 90"],
    ),
    "no monthly copies": Slip(
        {**COPIES, **MONTHLY}, drop(f"{MONTH}/CopyActions"),
        [f"{CORE} have copies that are kept 30 days instead of 1825"],
    ),
    "copies when nobody wants them": Slip(
        COPIES, invert("MakesCopies"), [f"{CORE} have no copies any more"],
    ),
    "copies elsewhere": Slip(
        COPIES, swap(DAILY, '{"Ref": "CopyDestinationVaultArn"}', '"arn:aws:backup:x:1:y:near"'),
        [f"{CORE} are no longer copied to {FAR}",
         _may_not(COPY, CORE, "backup:CopyIntoBackupVault")],
    ),
    "copies kept a week": Slip(
        COPIES,
        put(f"{DAILY}/CopyActions/Fn::If/1/0/Lifecycle/DeleteAfterDays", 7),
        [f"{CORE} have copies that are kept 7 days instead of 30"],
    ),
    # The role.
    "a role for instances": Slip(
        {}, put(f"{TRUST}/Principal/Service", "ec2.amazonaws.com"),
        ["AWS Backup may no longer assume the role"],
    ),
    "a trust that denies": Slip(
        {}, put(f"{TRUST}/Effect", "Deny"), ["AWS Backup may no longer assume the role"],
    ),
    "a trust in another action": Slip(
        {}, put(f"{TRUST}/Action", ["sts:TagSession"]),
        ["AWS Backup may no longer assume the role"],
    ),
    "a trust with a condition": Slip(
        {}, put(f"{TRUST}/Condition", {"StringEquals": {"sts:ExternalId": "x"}}),
        ["whether AWS Backup may assume the role is no longer known"],
    ),
    "a trust in another account": Slip(
        {}, put(f"{TRUST}/Condition", {"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
        ["whether AWS Backup may assume the role is no longer known"],
    ),
    **{f"a role without {action}": Slip(
            ON, forbid(action), [_may_not(*each, action) for each in losses.items()]
        )
       for action, losses in ACTIONS.items()},
    "keys through EC2 alone": Slip(
        {}, swap(ROLE, ', "elasticfilesystem.*.amazonaws.*"', ""),
        [_may_not(RESTORE, FILES, "kms:Decrypt, kms:Encrypt, kms:GenerateDataKey, "
                  "kms:GenerateDataKeyWithoutPlaintext, kms:ReEncryptFrom, kms:ReEncryptTo")],
    ),
    "one policy less": Slip(
        {}, take(f"{POLICIES}/2"),
        [_may_not("back up", FILES, "elasticfilesystem:Backup, elasticfilesystem:DescribeTags"),
         _may_not("restore", FILES, "elasticfilesystem:CreateFileSystem, "
                  "elasticfilesystem:DescribeFileSystems, elasticfilesystem:Restore, "
                  "elasticfilesystem:TagResource")],
    ),
    "a statement that denies": Slip(
        {}, swap(f"{POLICIES}/2", '"Effect": "Allow"', '"Effect": "Deny"'),
        [_may_not("back up", FILES, "elasticfilesystem:Backup, elasticfilesystem:DescribeTags"),
         _may_not("restore", FILES, "elasticfilesystem:CreateFileSystem, "
                  "elasticfilesystem:DescribeFileSystems, elasticfilesystem:Restore, "
                  "elasticfilesystem:TagResource")],
    ),
    "file systems of another account": Slip(
        {}, swap(f"{POLICIES}/2", "${AWS::AccountId}", ACCOUNT),
        ["whether the role may back up and restore EFS file systems is no longer known"],
    ),
    "a boundary": Slip(
        {}, put(f"{ROLE}/Properties/PermissionsBoundary", "arn:aws:iam::aws:policy/ReadOnly"),
        [f"whether the role may back up, restore and {EXPIRE} {EC2_EBS} is no longer known",
         "whether the role may back up and restore EFS file systems is no longer known"],
    ),
    "no role to pass": Slip(
        SCHEDULERS, swap(POLICIES, "iam:PassRole", "iam:GetRole"),
        [("an instance's role may no longer be passed to ec2.amazonaws.com and to "
         f"ec2.amazonaws.com.cn: {SCHEDULER}")],
    ),
    "a role passed to functions": Slip(
        SCHEDULERS, swap(POLICIES, '"ec2.amazonaws.com"', '"lambda.amazonaws.com"'),
        [f"an instance's role may no longer be passed to ec2.amazonaws.com: {SCHEDULER}"],
    ),
    "another role to pass": Slip(
        SCHEDULERS, swap(POLICIES, '{"Ref": "SchedulerIAMRoleArn"}', f'"{COMPUTE}"'),
        [("an instance's role may no longer be passed to ec2.amazonaws.com and to "
         f"ec2.amazonaws.com.cn: {SCHEDULER}")],
    ),
    "a role passed when there is none": Slip(
        SCHEDULERS, invert("HasSchedulerRole"),
        [("an instance's role may no longer be passed to ec2.amazonaws.com and to "
         f"ec2.amazonaws.com.cn: {SCHEDULER}")],
    ),
    **{
        f"no role of {parameter} to pass": Slip(
            {parameter: COMPUTE}, invert(condition),
            [("an instance's role may no longer be passed to ec2.amazonaws.com and to "
             f"ec2.amazonaws.com.cn: {COMPUTE}")],
        )
        for parameter, condition in (
            ("ComputeNodeIAMRoleArn", "HasComputeNodeRole"),
            ("AdditionalInstanceRoleArns", "HasAdditionalRoles"),
        )
    },
    "a role that goes with the stack": Slip(
        {}, drop(f"{ROLE}/DeletionPolicy"), ["the role no longer outlives the stack"],
    ),
    "a role from elsewhere": Slip(
        {}, put(f"{SELECTION}/IamRoleArn", COMPUTE),
        ["the role is no longer in the template: nobody knows what it may do"],
    ),
    # The vault, its lock and its policy.
    "a vault that goes with the stack": Slip(
        {}, drop(f"{VAULT}/DeletionPolicy"),
        [f"the vault {VAULT_NAME} no longer outlives the stack"],
    ),
    "a vault that goes when it is replaced": Slip(
        {}, put(f"{VAULT}/UpdateReplacePolicy", "Delete"),
        [f"the vault {VAULT_NAME} no longer outlives the stack"],
    ),
    "a vault of another name": Slip(
        {}, put(f"{VAULT}/Properties/BackupVaultName", {"Fn::Sub": "Safe-${ClusterId}"}),
        [f"backups go into Safe-soca-mycluster instead of {VAULT_NAME}"],
    ),
    "a vault without a name": Slip(
        {}, put(f"{DAILY}/TargetBackupVault", ""),
        [f"backups go into a vault with an empty name instead of {VAULT_NAME}"],
    ),
    "no lock": Slip(
        LOCKED, drop(LOCK), ["the vault is no longer locked"],
    ),
    "a lock when nobody wants one": Slip(
        LOCKED, invert("LocksVault"), ["the vault is no longer locked"],
    ),
    "a lock without a minimum": Slip(
        LOCKED, drop(f"{LOCK}/Fn::If/1/MinRetentionDays"),
        ["the lock is weaker: no minimum instead of 1"],
    ),
    "a lock that asks for more than the rule keeps": Slip(
        LOCKED, put(f"{LOCK}/Fn::If/1/MinRetentionDays", 40),
        [f"{CORE} are no longer backed up: no rule makes backups",
         ("the lock refuses the backups of SOCADailyBackup, kept 30 days: it asks for at least 40 "
         "days")],
    ),
    "a lock that allows less than the rule keeps": Slip(
        LOCKED, put(f"{LOCK}/Fn::If/1/MaxRetentionDays", 20),
        [f"{CORE} are no longer backed up: no rule makes backups",
         ("the lock refuses the backups of SOCADailyBackup, kept 30 days: it asks for at most 20 "
         "days")],
    ),
    "a lock that is never final": Slip(
        COMPLIANCE, drop(f"{LOCK}/Fn::If/1/ChangeableForDays"),
        ["the lock can be lifted: governance instead of compliance"],
    ),
    "a lock that is final when nobody wants it": Slip(
        COMPLIANCE, invert("LocksForCompliance"),
        ["the lock can be lifted: governance instead of compliance"],
    ),
    "a lock that is final late": Slip(
        COMPLIANCE, put(f"{LOCK}/Fn::If/1/ChangeableForDays", 3000),
        ["the lock is final only after 3000 days instead of 30"],
    ),
    "no access policy": Slip(DENIED, drop(POLICY), [ANYBODY]),
    "denials when nobody wants them": Slip(DENIED, invert("DeniesDeletion"), [ANYBODY]),
    "the branches of the access policy": Slip(DENIED, swap_branches(POLICY), [ANYBODY]),
    "a policy that allows what it denied": Slip(
        DENIED, put(f"{STATEMENT}/Effect", "Allow"), [ANYBODY],
    ),
    "a policy for one role": Slip(
        DENIED, put(f"{STATEMENT}/Principal", {"AWS": COMPUTE}), [ANYBODY],
    ),
    "deletion is allowed": Slip(
        DENIED, remove(f"{STATEMENT}/Action", "backup:DeleteRecoveryPoint"),
        ["whoever IAM allows may delete recovery points"],
    ),
    "disassociation is allowed": Slip(
        DENIED, remove(f"{STATEMENT}/Action", "backup:DisassociateRecoveryPoint"),
        ["whoever IAM allows may disassociate recovery points"],
    ),
    "a shorter life is allowed": Slip(
        DENIED, remove(f"{STATEMENT}/Action", "backup:UpdateRecoveryPointLifecycle"),
        ["whoever IAM allows may shorten how long recovery points are kept"],
    ),
    "one more role may delete": Slip(
        DENIED, put(f"{STATEMENT}/Condition", {"ArnNotEquals": {"aws:PrincipalArn": [ADMIN]}}),
        [ANYBODY.replace("whoever IAM allows", ADMIN)],
    ),
    "a policy that stops backups": Slip(
        DENIED, add(f"{STATEMENT}/Action", "backup:StartBackupJob"),
        ["the vault's policy denies backup:StartBackupJob"],
    ),
    # Its key.
    "another key": Slip(
        WITH_KEY, put(f"{VAULT}/Properties/EncryptionKeyArn", "alias/backup"),
        [f"the vault's key is now alias/backup instead of {OWN_KEY}"],
    ),
    "AWS's own key": Slip(
        WITH_KEY, drop(f"{VAULT}/Properties/EncryptionKeyArn"),
        [f"the vault's key is now AWS's own key instead of {OWN_KEY}"],
    ),
    "a key when nobody wants one": Slip(
        WITH_KEY, invert("CreatesKey"),
        [f"the vault's key is now AWS's own key instead of {OWN_KEY}"],
    ),
    "a key that goes with the stack": Slip(
        WITH_KEY, drop(f"{KEY}/DeletionPolicy"),
        ["the vault's key no longer outlives the stack"],
    ),
    **{
        f"a key without {action}": Slip(
            WITH_KEY, remove(f"{KEY}/Properties/KeyPolicy/Statement/0/Action", f"kms:{action}"),
            [f"the policy of the vault's key no longer lets the account use kms:{action}"],
        )
        for action in (
            "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey",
            "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo",
        )
    },
    "a key without grants": Slip(
        WITH_KEY, put(f"{KEY}/Properties/KeyPolicy/Statement/1/Effect", "Deny"),
        ["the policy of the vault's key no longer lets the account use kms:CreateGrant"],
    ),
    **{
        f"a key without {action} for copies": Slip(
            {**COPIES, **WITH_KEY},
            remove(f"{KEY}/Properties/KeyPolicy/Statement/2/Fn::If/1/Action", f"kms:{action}"),
            [f"the policy of the vault's key no longer lets 222233334444 use {losses}"],
        )
        for action, losses in (
            ("Decrypt", "kms:Decrypt"),
            ("DescribeKey", "kms:DescribeKey"),
            ("GenerateDataKey*", "kms:GenerateDataKey and kms:GenerateDataKeyWithoutPlaintext"),
            ("ReEncrypt*", "kms:ReEncryptFrom and kms:ReEncryptTo"),
        )
    },
    "a key for copies to nobody": Slip(
        {**COPIES, **WITH_KEY}, invert("CopiesToOtherAccount"),
        [("the policy of the vault's key no longer lets 222233334444 use kms:CreateGrant, "
         "kms:Decrypt, kms:DescribeKey, kms:GenerateDataKey, kms:GenerateDataKeyWithoutPlaintext, "
         "kms:ReEncryptFrom and kms:ReEncryptTo")],
    ),
    "a key without grants for copies": Slip(
        {**COPIES, **WITH_KEY}, take(f"{KEY}/Properties/KeyPolicy/Statement/3"),
        ["the policy of the vault's key no longer lets 222233334444 use kms:CreateGrant"],
    ),
    "a key for another account": Slip(
        WITH_KEY, put(f"{KEY}/Properties/KeyPolicy/Statement/1/Principal", {"Service": "x"}),
        ["the policy of the vault's key no longer lets the account use kms:CreateGrant"],
    ),
    # Who hears of what.
    **{
        f"no news of {what}": Slip(
            ALERTS, remove(f"{PATTERN}/detail/$or/{number}/{key}", state),
            [f"{what} are no longer heard of"],
        )
        for number, key, state, what in (
            (0, "state", "FAILED", "failed backups"),
            (0, "state", "EXPIRED", "expired backups"),
            (0, "state", "ABORTED", "aborted backups"),
            (0, "state", "PARTIAL", "partial backups"),
            (1, "state", "COMPLETED", "backups with issues"),
            (2, "state", "FAILED", "failed copies"),
            (2, "state", "PARTIAL", "partial copies"),
            (3, "status", "FAILED", "failed restores"),
            (3, "status", "ABORTED", "aborted restores"),
            (4, "state", "MODIFIED", "changes of the plan"),
        )
    },
    "no news of the plan's end": Slip(
        ALERTS, remove(f"{PATTERN}/detail/$or/4/state", "DELETED"),
        ["nobody hears any more of the deletion of the plan"],
    ),
    "no news of the vault": Slip(
        ALERTS, remove(f"{PATTERN}/detail-type", "Backup Vault State Change"),
        ["nobody hears any more of the deletion of the vault"],
    ),
    "no news of restores": Slip(
        ALERTS, remove(f"{PATTERN}/detail-type", "Restore Job State Change"),
        ["aborted restores and failed restores are no longer heard of"],
    ),
    "no alert for jobs": Slip(ALERTS, drop(JOBS), [EVENTS, ENDS]),
    "an alert that is off": Slip(
        ALERTS, put(f"{JOBS}/Properties/State", "DISABLED"), [EVENTS, ENDS],
    ),
    "alerts of another service": Slip(ALERTS, put(f"{PATTERN}/source", ["aws.s3"]), [EVENTS, ENDS]),
    "alerts for another topic": Slip(
        ALERTS, put(f"{JOBS}/Properties/Targets/0/Arn", "arn:aws:sns:x:1:y"),
        [EVENTS.replace(" are no longer heard of", "").replace(
            "partial backups and partial copies",
            "partial backups, partial copies, the deletion of the plan and the deletion of the "
            "vault").join([f"{EMAIL} no longer hears of ", ""])],
    ),
    "alerts when nobody listens": Slip(ALERTS, invert("Alerts"), EVERYTHING),
    **{
        f"{what} {word}": Slip(given, edit, [f"{what} {loss}"])
        for what, given, alarm in (
            ("missing backups of EFS", ALERTS, EFS_ALARM),
            ("missing backups of EC2", ALERTS, EC2_ALARM),
            ("missing backups", ANY_JOB, ANY_ALARM),
            ("recovery points that could not be deleted", ALERTS, EXPIRED),
        )
        for word, edit, loss in (
            ("without alarm", drop(alarm), "are no longer heard of"),
            ("without action", put(f"{alarm}/Properties/AlarmActions", []),
             "are no longer heard of"),
        )
    },
    "an alarm when nobody wants one": Slip(
        ALERTS, invert("WatchesEFS"), ["missing backups of EFS are no longer heard of"],
    ),
    "a subscription when nobody wants one": Slip(
        ALERTS, invert("HasEmail"), EVERYTHING,
    ),
    "an alarm that takes silence for good": Slip(
        ALERTS, put(f"{EFS_ALARM}/Properties/TreatMissingData", "notBreaching"),
        ["missing backups of EFS are no longer heard of"],
    ),
    "an alarm that does nothing": Slip(
        ALERTS, put(f"{EFS_ALARM}/Properties/ActionsEnabled", False),
        ["missing backups of EFS are no longer heard of"],
    ),
    "an alarm on another vault": Slip(
        ALERTS, put(f"{EFS_ALARM}/Properties/Dimensions/0/Value", "Default"),
        ["missing backups of EFS are no longer heard of"],
    ),
    "an alarm on too many backups": Slip(
        ALERTS, put(f"{EFS_ALARM}/Properties/ComparisonOperator", "GreaterThanThreshold"),
        ["missing backups of EFS are no longer heard of"],
    ),
    "an alarm after a week": Slip(
        ALERTS, put(f"{EFS_ALARM}/Properties/EvaluationPeriods", 168),
        ["missing backups of EFS are heard of after 168 hours instead of 50"],
    ),
    # SNS's own policy lets alarms of the account publish.
    "no topic policy": Slip(ALERTS, drop(TOPIC_POLICY), [EVENTS, ENDS]),
    "a topic that takes no events": Slip(
        ALERTS, swap(TOPIC_POLICY, "events.amazonaws.com", "s3.amazonaws.com"), [EVENTS, ENDS],
    ),
    "a topic that takes no alarms": Slip(
        ALERTS, swap(TOPIC_POLICY, "cloudwatch.amazonaws.com", "s3.amazonaws.com"), [ALARMED],
    ),
    "a topic that takes alarms of one alone": Slip(
        ALERTS, swap(TOPIC_POLICY, ', {"Fn::GetAtt": ["SOCABackupExpired", "Arn"]}', ""),
        ["whether anybody hears of recovery points that could not be deleted is no longer known"],
    ),
    "a topic under AWS's own key": Slip(
        ALERTS, put(f"{TOPIC}/Properties/KmsMasterKeyId", "alias/aws/sns"), EVERYTHING,
    ),
    "a FIFO topic, to which no service publishes": Slip(
        ALERTS, put(f"{TOPIC}/Properties/FifoTopic", True), EVERYTHING,
    ),
    "a subscription with a filter": Slip(
        ALERTS, put(f"{SUBSCRIPTION}/Properties/FilterPolicy", {"state": ["NEVER"]}),
        [f"a filter decides what {EMAIL} hears of"],
    ),
    **{
        f"a subscription by {protocol}": Slip(
            ALERTS, put(f"{SUBSCRIPTION}/Properties/Protocol", protocol),
            [f"{EMAIL} no longer hears of anything"],
        )
        for protocol in ("sms", "sqs")
    },
    "no subscription": Slip(
        ALERTS, drop(SUBSCRIPTION), [f"{EMAIL} no longer hears of anything"],
    ),
    "a subscription to another topic": Slip(
        ALERTS, put(f"{SUBSCRIPTION}/Properties/TopicArn", "arn:aws:sns:x:1:y"),
        [f"{EMAIL} no longer hears of anything"],
    ),
    "a subscription of somebody else": Slip(
        ALERTS, put(f"{SUBSCRIPTION}/Properties/Endpoint", "nobody@example.com"),
        [f"{EMAIL} no longer hears of anything"],
    ),
}  # fmt: skip
