"""The plan: when backups start, and how long they are kept."""

from troposphere import Equals, If, Not, Ref, Sub
from troposphere.backup import (
    BackupPlan,
    BackupPlanResourceType,
    BackupRuleResourceType,
    LifecycleResourceType,
)

from generator.cluster import tag_map
from generator.elements import Flag, Input

GROUP = "Schedule and retention"

BACKUP_SCHEDULE = Input(
    "BackupSchedule",
    group=GROUP,
    label="Daily backup starts at",
    Description=(
        "When backups start: an AWS cron expression, in the time zone below, at most once an hour. "
        "cron(0 5 * * ? *) is every day at 05:00"
    ),
    Type="String",
    Default="cron(0 5 * * ? *)",
    # Hour and the fields of days as AWS reads them. The year is always *: a plan must not end by
    # itself.
    AllowedPattern=(
        r"^cron\([0-5]?[0-9] [0-9*,/-]+ "
        r"([0-9*,/LW-]+ [0-9A-Za-z*,/-]+ \?|\? [0-9A-Za-z*,/-]+ [0-9A-Za-z*,/#-]+) \*\)$"
    ),
    ConstraintDescription=(
        "Type cron(minute hour day-of-month month day-of-week *): the minute one number from 0 to "
        "59, exactly one of the two days a question mark, the year *: cron(0 5 * * ? *)"
    ),
)

BACKUP_SCHEDULE_TIMEZONE = Input(
    "BackupScheduleTimezone",
    group=GROUP,
    label="Time zone",
    Description=(
        "Time zone of the schedule, a name of the IANA database such as Europe/Paris; empty: UTC"
    ),
    Type="String",
    Default="",
    AllowedPattern="^$|^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$",
    ConstraintDescription=(
        "Leave it empty for UTC, or type a name of the IANA database: Europe/Paris"
    ),
)

START_WINDOW_MINUTES = Input(
    "StartWindowMinutes",
    group=GROUP,
    label="Start within (minutes)",
    Description=(
        "Minutes, 60 to 1440, within which a backup has to start; one that cannot is given up for "
        "that day (state EXPIRED)"
    ),
    Type="Number",
    Default=60,
    MinValue=60,
    MaxValue=1440,
    ConstraintDescription="Type a whole number of minutes from 60 to 1440: 60",
)

RETENTION_DAYS = Input(
    "RetentionDays",
    group=GROUP,
    label="Keep for (days)",
    Description="Days, 1 to 36500, that a backup is kept before AWS Backup deletes it",
    Type="Number",
    Default=30,
    MinValue=1,
    MaxValue=36500,
    ConstraintDescription="Type a whole number of days from 1 to 36500: 30",
)

HAS_TIMEZONE = Flag("HasTimezone", Not(Equals(Ref(BACKUP_SCHEDULE_TIMEZONE), "")))

DECLARED = (
    BACKUP_SCHEDULE,
    BACKUP_SCHEDULE_TIMEZONE,
    START_WINDOW_MINUTES,
    RETENTION_DAYS,
    HAS_TIMEZONE,
)


def backup_plan(vault_name: If) -> BackupPlan:
    """Return the plan, which puts one backup a day into the vault.

    The completion window is AWS's own, 7 days: a first backup of a large file system takes days.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-backupplan.html
    """
    name = Sub("Backup-${ClusterId}")
    return BackupPlan(
        "SOCABackupPlan",
        BackupPlan=BackupPlanResourceType(
            BackupPlanName=name,
            BackupPlanRule=[
                BackupRuleResourceType(
                    RuleName="SOCADailyBackup",
                    TargetBackupVault=vault_name,
                    ScheduleExpression=Ref(BACKUP_SCHEDULE),
                    ScheduleExpressionTimezone=HAS_TIMEZONE.then(Ref(BACKUP_SCHEDULE_TIMEZONE)),
                    StartWindowMinutes=Ref(START_WINDOW_MINUTES),
                    Lifecycle=LifecycleResourceType(DeleteAfterDays=Ref(RETENTION_DAYS)),
                    RecoveryPointTags=tag_map(Sub("${ClusterId}-Backup")),
                )
            ],
        ),
        BackupPlanTags=tag_map(name),
    )
