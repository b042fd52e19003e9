"""What AWS Backup remembers of resources that were backed up every night."""

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from tests.local_aws.local_aws import ACCOUNT

_POINTS = {
    "EC2": "arn:aws:ec2:{region}::image/ami-{id}",
    "EBS": "arn:aws:ec2:{region}::snapshot/snap-{id}",
    "EFS": "arn:aws:backup:{region}:{account}:recovery-point:{uuid}",
    "FSx": "arn:aws:fsx:{region}:{account}:backup/backup-{id}",
}
"""Type to the ARN of its recovery points."""


@dataclass(frozen=True)
class Tagged:
    """A resource of the cluster."""

    kind: str
    """As AWS Backup calls its type."""
    arn: str
    name: str

    @property
    def id(self) -> str:
        """Return its id."""
        return self.arn.rpartition("/")[2]


@dataclass(frozen=True)
class Maker:
    """Whoever makes recovery points: a plan, with its role and its vaults."""

    region: str
    vault: str
    key: str
    role: str
    created_by: dict[str, str]
    copies: str
    """ARN of the vault of copies; empty: there are none."""
    days: int
    """How long a recovery point is kept."""

    @property
    def vault_arn(self) -> str:
        """Return the ARN of the vault."""
        return f"arn:aws:backup:{self.region}:{ACCOUNT}:backup-vault:{self.vault}"

    def point(self, resource: Tagged, at: datetime) -> dict[str, Any]:
        """Return a complete recovery point that was begun then."""
        number = uuid.uuid4()
        arn = _POINTS[resource.kind].format(
            region=self.region, account=ACCOUNT, id=number.hex[:17], uuid=number
        )
        return {
            "RecoveryPointArn": arn,
            "BackupVaultName": self.vault,
            "BackupVaultArn": self.vault_arn,
            "ResourceArn": resource.arn,
            "ResourceType": resource.kind,
            "ResourceName": resource.name,
            "CreatedBy": self.created_by,
            "IamRoleArn": self.role,
            "Status": "COMPLETED",
            "CreationDate": at,
            "InitiationDate": at,
            "CompletionDate": at + timedelta(minutes=30),
            "BackupSizeInBytes": 8_589_934_592,
            "CalculatedLifecycle": {"DeleteAt": at + timedelta(days=self.days)},
            "Lifecycle": {"DeleteAfterDays": self.days},
            "EncryptionKeyArn": self.key,
            "IsEncrypted": True,
            "IsParent": False,
            "VaultType": "BACKUP_VAULT",
        }

    def job(self, point: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """Return the complete job that made a recovery point, or one that ended otherwise."""
        at = point["CreationDate"]
        return {
            "AccountId": ACCOUNT,
            "BackupJobId": str(uuid.uuid4()),
            "RecoveryPointArn": point["RecoveryPointArn"],
            "RecoveryPointLifecycle": point["Lifecycle"],
            "State": "COMPLETED",
            "MessageCategory": "SUCCESS",
            "PercentDone": "100.0",
            "StartBy": at + timedelta(hours=1),
            "BytesTransferred": 1_048_576,
            **_of(point, "BackupVaultName", "BackupVaultArn", "BackupSizeInBytes"),
            **_of(point, "CreationDate", "InitiationDate", "CompletionDate", "CreatedBy"),
            **_of(point, "ResourceArn", "ResourceType", "ResourceName", "IamRoleArn", "IsParent"),
            **changed,
        }

    def copy_job(self, point: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """Return the complete job that copied a recovery point, or one that ended otherwise."""
        return {
            "AccountId": ACCOUNT,
            "CopyJobId": str(uuid.uuid4()),
            "SourceBackupVaultArn": point["BackupVaultArn"],
            "SourceRecoveryPointArn": point["RecoveryPointArn"],
            "DestinationBackupVaultArn": self.copies,
            "DestinationRecoveryPointArn": point["RecoveryPointArn"],
            "CreationDate": point["CompletionDate"],
            "CompletionDate": point["CompletionDate"] + timedelta(minutes=20),
            "State": "COMPLETED",
            "MessageCategory": "SUCCESS",
            **_of(point, "ResourceArn", "ResourceType", "ResourceName", "IamRoleArn", "IsParent"),
            **_of(point, "CreatedBy", "BackupSizeInBytes"),
            **changed,
        }

    def restore_test(self, point: dict[str, Any], plan_arn: str, at: datetime) -> dict[str, Any]:
        """Return the job of a restore test that went well and cleaned up."""
        return {
            "AccountId": ACCOUNT,
            "RestoreJobId": str(uuid.uuid4()),
            "RecoveryPointArn": point["RecoveryPointArn"],
            "SourceResourceArn": point["ResourceArn"],
            "BackupVaultArn": point["BackupVaultArn"],
            "CreationDate": at,
            "CompletionDate": at + timedelta(minutes=50),
            "Status": "COMPLETED",
            "PercentDone": "100.0",
            "CreatedResourceArn": f"{point['ResourceArn'].rpartition('/')[0]}/fs-0dead",
            "RecoveryPointCreationDate": point["CreationDate"],
            "CreatedBy": {"RestoreTestingPlanArn": plan_arn},
            "ValidationStatus": "TIMED_OUT",
            "DeletionStatus": "SUCCESSFUL",
            **_of(point, "BackupSizeInBytes", "IamRoleArn", "ResourceType", "IsParent"),
        }


def _of(item: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: item[name] for name in names}


def starts(schedule: str, zone: str, since: datetime, until: datetime) -> list[datetime]:
    """Return the starts of a rule: at an hour each day, on a day of the week or of the month."""
    found = re.fullmatch(r"cron\((\d+) (\d+) (\d+|[*?]) \* ([A-Z]{3}|[*?]) \*\)", schedule)
    if not found:
        raise ValueError(f"{schedule} is not known here: make another plan, or teach it")
    minute, hour, day, weekday = found.groups()
    first = since.astimezone(ZoneInfo(zone)).replace(
        hour=int(hour), minute=int(minute), second=0, microsecond=0
    )
    every = (first + timedelta(days=number) for number in range((until - since).days + 2))
    return [
        at.astimezone(timezone.utc)
        for at in every
        if since <= at < until
        and day in ("*", "?", str(at.day))
        and weekday in ("*", "?", at.strftime("%a").upper())
    ]


def nights(
    resources: Iterable[Tagged], several: Iterable[datetime]
) -> Iterator[tuple[Tagged, datetime]]:
    """Yield each resource with each start, all within 40 minutes as AWS Backup spreads them."""
    all_of_them = list(resources)
    for start in several:
        for position, resource in enumerate(all_of_them):
            yield resource, start + timedelta(minutes=40 * position / len(all_of_them))
