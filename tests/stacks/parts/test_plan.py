"""The plan is the page's: every day between 05:00 and 06:00 UTC, kept for 30 days."""

from typing import Any

from tests.support.generated import resolved
from tests.support.parameter_values import CLUSTER, ON, on


def _rule(**given: str) -> dict[str, Any]:
    [rule] = resolved(**given).resources["SOCABackupPlan"]["BackupPlan"]["BackupPlanRule"]
    found: dict[str, Any] = rule
    return found


def test_the_rule_is_the_pages() -> None:
    assert _rule() == {
        "RuleName": "SOCADailyBackup",
        "TargetBackupVault": "<SOCABackupVault>",
        "ScheduleExpression": "cron(0 5 * * ? *)",
        "StartWindowMinutes": "60",
        "Lifecycle": {"DeleteAfterDays": "30"},
        "RecoveryPointTags": {"Name": f"{CLUSTER}-Backup", "soca:ClusterId": CLUSTER},
    }


def test_the_rule_takes_every_option() -> None:
    given = on("BackupSchedule", "BackupScheduleTimezone", "StartWindowMinutes", "RetentionDays")
    assert _rule(**given) == {
        "RuleName": "SOCADailyBackup",
        "TargetBackupVault": "<SOCABackupVault>",
        "ScheduleExpression": ON["BackupSchedule"],
        "ScheduleExpressionTimezone": ON["BackupScheduleTimezone"],
        "StartWindowMinutes": ON["StartWindowMinutes"],
        "Lifecycle": {"DeleteAfterDays": ON["RetentionDays"]},
        "RecoveryPointTags": {"Name": f"{CLUSTER}-Backup", "soca:ClusterId": CLUSTER},
    }
