"""The plan: when backups start, how long they are kept, and where copies go."""

from collections.abc import Callable
from typing import Any

from troposphere import FindInMap, If, Ref, Sub
from troposphere.backup import (
    BackupPlan,
    BackupPlanResourceType,
    BackupRuleResourceType,
    LifecycleResourceType,
)

from generator.stacks.cluster import tag_map
from generator.stacks.declarations import Flag, Input, Retention, Schedule, TimeZone

GROUP = "Schedule and retention"

BACKUP_SCHEDULE = Schedule(
    "BackupSchedule",
    group=GROUP,
    label="Daily backup starts at",
    default="cron(0 5 * * ? *)",
    Description=(
        "When backups start: an AWS cron expression in the time zone below. cron(0 5 * * ? *) is "
        "every day at 05:00"
    ),
)

BACKUP_SCHEDULE_TIMEZONE = TimeZone(
    "BackupScheduleTimezone",
    group=GROUP,
    Description="Time zone of all schedules: an IANA name such as Europe/Paris; empty: UTC",
)

START_WINDOW_MINUTES = Input(
    "StartWindowMinutes",
    group=GROUP,
    label="Start within (minutes)",
    Description=(
        "Minutes, 60 to 1440, within which a backup must start; a backup that cannot start in time "
        "is skipped (state EXPIRED)"
    ),
    Type="Number",
    Default=60,
    MinValue=60,
    MaxValue=1440,
    ConstraintDescription="Type a whole number of minutes, 60 to 1440: 60",
)

RETENTION_DAYS = Input(
    "RetentionDays",
    group=GROUP,
    label="Keep for (days)",
    Description=(
        "Days, 1 to 36500, to keep a backup; longer than the interval between backups, or there "
        "will be gaps"
    ),
    Type="Number",
    Default=30,
    MinValue=1,
    MaxValue=36500,
    ConstraintDescription="Type a whole number of days, 1 to 36500: 30",
)

WEEKLY_RETENTION = Retention(
    "WeeklyRetention",
    group=GROUP,
    label="Keep a weekly backup for",
    days={"3-months": 90, "6-months": 183, "1-year": 365},
    Description=(
        "How long to keep one backup a week: 3-months (90 days), 6-months (183), 1-year (365); "
        "none: no weekly backup. If start windows overlap, only the backup kept longest is made"
    ),
)

WEEKLY_SCHEDULE = Schedule(
    "WeeklySchedule",
    group=GROUP,
    label="Weekly backup starts at",
    default="cron(0 5 ? * SUN *)",
    Description=(
        "When the weekly backup starts: an AWS cron expression. cron(0 5 ? * SUN *) is every "
        "Sunday at 05:00"
    ),
)

MONTHLY_RETENTION = Retention(
    "MonthlyRetention",
    group=GROUP,
    label="Keep a monthly backup for",
    days={"1-year": 365, "3-years": 1095, "5-years": 1825, "7-years": 2555, "10-years": 3650},
    Description=(
        "How long to keep one backup a month: 1-year (365 days), 3-years (1095), 5-years (1825), "
        "7-years (2555), 10-years (3650); none: no monthly backup. After 30 days, EFS backups move "
        "to cold storage; others do not. If start windows overlap, only the backup kept longest is "
        "made, so that day's backup may be in cold storage"
    ),
)

MONTHLY_SCHEDULE = Schedule(
    "MonthlySchedule",
    group=GROUP,
    label="Monthly backup starts at",
    default="cron(0 5 1 * ? *)",
    Description=(
        "When the monthly backup starts: an AWS cron expression. cron(0 5 1 * ? *) is the first "
        "day of each month at 05:00"
    ),
)

# AWS requires at least 90 days in cold storage, also for the shortest monthly retention.
MONTHLY_COLD_AFTER_DAYS = 30

HAS_TIMEZONE = Flag("HasTimezone", BACKUP_SCHEDULE_TIMEZONE.is_given)
KEEPS_WEEKLY = Flag("KeepsWeekly", WEEKLY_RETENTION.is_chosen)
KEEPS_MONTHLY = Flag("KeepsMonthly", MONTHLY_RETENTION.is_chosen)

DECLARED = (
    BACKUP_SCHEDULE,
    BACKUP_SCHEDULE_TIMEZONE,
    START_WINDOW_MINUTES,
    RETENTION_DAYS,
    WEEKLY_RETENTION,
    WEEKLY_SCHEDULE,
    MONTHLY_RETENTION,
    MONTHLY_SCHEDULE,
    HAS_TIMEZONE,
    KEEPS_WEEKLY,
    KEEPS_MONTHLY,
)


def backup_plan(
    vault_name: If,
    copies: Callable[[LifecycleResourceType], If],
    advanced_settings: If,
) -> BackupPlan:
    """Return the plan: a daily backup, and a weekly and a monthly one if chosen.

    ``copies`` returns a rule's copy actions for its lifecycle. The completion window is AWS's
    default of 7 days, because the first backup of a large file system takes days.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-backupplan.html
    """

    def rule(
        name: str, schedule: Input, days: Ref | FindInMap, **cold_storage: Any
    ) -> BackupRuleResourceType:
        lifecycle = LifecycleResourceType(DeleteAfterDays=days, **cold_storage)
        return BackupRuleResourceType(
            RuleName=name,
            TargetBackupVault=vault_name,
            ScheduleExpression=Ref(schedule),
            ScheduleExpressionTimezone=HAS_TIMEZONE.then(Ref(BACKUP_SCHEDULE_TIMEZONE)),
            StartWindowMinutes=Ref(START_WINDOW_MINUTES),
            Lifecycle=lifecycle,
            RecoveryPointTags=tag_map(Sub("${ClusterId}-Backup")),
            CopyActions=copies(lifecycle),
        )

    name = Sub("Backup-${ClusterId}")
    return BackupPlan(
        "SOCABackupPlan",
        BackupPlan=BackupPlanResourceType(
            BackupPlanName=name,
            BackupPlanRule=[
                rule("SOCADailyBackup", BACKUP_SCHEDULE, Ref(RETENTION_DAYS)),
                KEEPS_WEEKLY.then(rule("SOCAWeeklyBackup", WEEKLY_SCHEDULE, WEEKLY_RETENTION.days)),
                KEEPS_MONTHLY.then(
                    rule(
                        "SOCAMonthlyBackup",
                        MONTHLY_SCHEDULE,
                        MONTHLY_RETENTION.days,
                        MoveToColdStorageAfterDays=MONTHLY_COLD_AFTER_DAYS,
                    )
                ),
            ],
            AdvancedBackupSettings=advanced_settings,
        ),
        BackupPlanTags=tag_map(name),
    )
