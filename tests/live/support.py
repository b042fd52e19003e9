"""Inspections for the tests of what is said about them: of a healthy cluster, and with faults."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from generator.live.findings import (
    DAYS,
    HEARS,
    POINT,
    QUESTIONS,
    RESOURCES,
    RESTORE,
    SINCE,
    STACK,
    TONIGHT,
    VAULT,
    Answer,
    Finding,
    Inspection,
    Question,
    Resource,
    Start,
    Verdict,
)

NOW = datetime(2026, 11, 25, 16, 20, tzinfo=timezone.utc)
ACCOUNT = "111122223333"
SUMMARIES = {
    STACK: "complete, version 2.1.0; nothing that protects was changed",
    RESOURCES: "4 carry soca:BackupPlan=soca-mycluster",
    TONIGHT: "SOCADailyBackup at 2026-11-26 05:00 UTC",
    RESTORE: "the role may use all keys, and pass the roles of 1 instance",
    SINCE: "4 backups completed, none failed",
    VAULT: "Vault-soca-mycluster has 120 recovery points, the oldest of 2026-10-26",
    HEARS: "1 confirmed subscription, 2 alarms",
}


def instance(number: int = 1, **changes: Any) -> Resource:
    """Return an instance that is backed up every night."""
    its = f"i-{number:017x}"
    made = Resource(
        arn=f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/{its}",
        kind="EC2",
        id=its,
        name="soca-mycluster-Scheduler",
        verdict=Verdict.WELL,
        newest=NOW - timedelta(hours=11, minutes=20),
        strip=POINT * DAYS,
        points=DAYS,
        last_job="COMPLETED",
    )
    return replace(made, **changes)


def file_system(number: int = 1, **changes: Any) -> Resource:
    """Return a file system that is backed up every night."""
    its = f"fs-{number:017x}"
    arn = f"arn:aws:elasticfilesystem:eu-west-1:{ACCOUNT}:file-system/{its}"
    return instance(**{"arn": arn, "kind": "EFS", "id": its, "name": "EFSApps"} | changes)


def an_inspection(
    findings: Mapping[Question, Sequence[Finding]] | None = None, **changes: Any
) -> Inspection:
    """Return the inspection of a cluster that is healthy but for these findings."""
    made = Inspection(
        stack="soca-mycluster-backup",
        stack_id=f"arn:aws:cloudformation:eu-west-1:{ACCOUNT}:stack/soca-mycluster-backup/1",
        version="2.1.0",
        region="eu-west-1",
        account=ACCOUNT,
        at=NOW,
        hours=27,
        answers=[
            Answer(each, SUMMARIES[each], [*(findings or {}).get(each, ())]) for each in QUESTIONS
        ],
        resources=[instance(), file_system(1), file_system(2, name="EFSData"), fsx()],
        starts=[Start("SOCADailyBackup", datetime(2026, 11, 26, 5, tzinfo=timezone.utc))],
        conclusion="Tonight's backup will run for 4 of 4 resources.",
        calls=37,
    )
    return replace(made, **changes)


def fsx(**changes: Any) -> Resource:
    """Return a volume of FSx that is backed up every night."""
    arn = f"arn:aws:fsx:eu-west-1:{ACCOUNT}:volume/fs-1/fsvol-0123456789abcdef0"
    its = {"arn": arn, "kind": "FSx", "id": "fsvol-0123456789abcdef0", "name": ""}
    return instance(**its | changes)
