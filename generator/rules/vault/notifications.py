"""E9521: vault notifications about events that AWS Backup does not send."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.rule import BackupRule, Problem, problem
from _backup.template import VAULTS
from _backup.values import Values

# https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-notifications.html
EVENTS = frozenset(
    {
        "BACKUP_JOB_STARTED",
        "BACKUP_JOB_COMPLETED",
        "CONTINUOUS_BACKUP_INTERRUPTED",
        "COPY_JOB_STARTED",
        "COPY_JOB_SUCCESSFUL",
        "COPY_JOB_FAILED",
        "RESTORE_JOB_STARTED",
        "RESTORE_JOB_COMPLETED",
        "RECOVERY_POINT_MODIFIED",
        "RECOVERY_POINT_INDEX_COMPLETED",
        "RECOVERY_POINT_INDEX_DELETED",
        "RECOVERY_POINT_INDEXING_FAILED",
        "S3_BACKUP_OBJECT_FAILED",
        "S3_RESTORE_OBJECT_FAILED",
    }
)
# The API accepts these as well. AWS adds to them, so every event that begins like this passes.
OTHERS = ("EKS_", "ACCESS_POINT_")
# Deprecated: still accepted, but never sent. Each with its replacement.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultNotifications.html
DEPRECATED = {
    "BACKUP_JOB_SUCCESSFUL": "BACKUP_JOB_COMPLETED",
    "BACKUP_JOB_FAILED": "BACKUP_JOB_COMPLETED, whose State attribute is then FAILED",
    "BACKUP_JOB_EXPIRED": "BACKUP_JOB_COMPLETED, whose State attribute is then EXPIRED",
    "RESTORE_JOB_SUCCESSFUL": "RESTORE_JOB_COMPLETED",
    "RESTORE_JOB_FAILED": "RESTORE_JOB_COMPLETED, whose State attribute is then FAILED",
    "BACKUP_PLAN_CREATED": "the EventBridge event 'Backup Plan State Change'",
    "BACKUP_PLAN_MODIFIED": "the EventBridge event 'Backup Plan State Change'",
}


class VaultNotifications(BackupRule):
    id = "E9521"
    shortdesc = "Vault notification about an event that AWS Backup does not send"
    description = (
        "AWS Backup accepts deprecated events but never sends them, so nobody hears of a failed "
        "backup. It refuses unknown events."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-notifications.html"
    tags = ["resources", "backup", "vault", "notifications"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the events of all vaults."""
        for _, properties in values.of_type(*VAULTS):
            events = values.at(properties, "Notifications", "BackupVaultEvents")
            for event in values.items(events):
                if not event.known:
                    continue
                name = str(event.text)
                if name in DEPRECATED:
                    yield problem(
                        event,
                        f"BackupVaultEvents {event} is deprecated, and AWS Backup never sends it: "
                        f"use {DEPRECATED[name]}",
                    )
                elif name not in EVENTS and not name.startswith(OTHERS):
                    yield problem(
                        event,
                        f"BackupVaultEvents {event} is not an event of AWS Backup, which refuses "
                        "it: use one that exists, for example BACKUP_JOB_COMPLETED",
                    )
