"""What somebody hears of: events, alarms and notifications that reach a topic."""

from collections.abc import Iterator, Mapping
from typing import Any

from _backup.iam import Answer, decide
from _backup.matching import unknown

from generator.protection.events import sees
from generator.protection.model import Hearing, Value
from generator.protection.texts import Stack, number, plain, text, texts

MISSING = "missing backups"

# Notifications of vaults. What is not here is not about a failure, or is accepted and never sent.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-notifications.html
_NOTIFIED = {
    "BACKUP_JOB_COMPLETED": ("failed backups", "expired backups", "aborted backups"),
    "COPY_JOB_FAILED": ("failed copies",),
    "RESTORE_JOB_COMPLETED": ("failed restores",),
}
# Metrics of AWS Backup that are more than 0 when something is wrong.
_METRICS = {
    "NumberOfBackupJobsFailed": "failed backups",
    "NumberOfBackupJobsExpired": "expired backups",
    "NumberOfBackupJobsAborted": "aborted backups",
    "NumberOfCopyJobsFailed": "failed copies",
    "NumberOfRestoreJobsFailed": "failed restores",
    "NumberOfRecoveryPointsExpired": "recovery points that could not be deleted",
}


def heard(
    stack: Stack, vaults: Mapping[str, str], roles: frozenset[str], plans: frozenset[str]
) -> frozenset[Hearing]:
    """Return what is heard of in a stack; ``vaults`` are ARNs by name, ``roles`` ARNs."""
    found = [*_events(stack, vaults, roles, plans), *_alarms(stack, vaults)]
    return frozenset([*found, *_notifications(stack)])


def subscribers(stack: Stack) -> dict[str, frozenset[str]]:
    """Return the endpoints that the template subscribes to topics, by the ARN of the topic."""
    found: dict[str, set[str]] = {}
    for _, subscription in stack.of_type("AWS::SNS::Subscription"):
        topic = text(subscription.get("TopicArn"))
        found.setdefault(topic, set()).add(text(subscription.get("Endpoint")))
    for name, topic in stack.of_type("AWS::SNS::Topic"):
        listed = topic.get("Subscription")
        for each in listed if isinstance(listed, list) else []:
            if isinstance(each, dict):
                found.setdefault(stack.ref(name), set()).add(text(each.get("Endpoint")))
    return {topic: frozenset(endpoints) for topic, endpoints in found.items()}


def _events(
    stack: Stack, vaults: Mapping[str, str], roles: frozenset[str], plans: frozenset[str]
) -> Iterator[Hearing]:
    samples = {
        what: [
            _event(kind, detail)
            for vault, arn in vaults.items()
            for role in roles
            for plan in plans
            for kind, detail in _details(what, vault, arn, role, plan)
        ]
        for what in _STATES
    }
    for name, properties in stack.of_type("AWS::Events::Rule"):
        if text(properties.get("State")).upper() == "DISABLED":
            continue
        targets = properties.get("Targets")
        pattern = plain(properties.get("EventPattern"))
        for target in targets if isinstance(targets, list) else []:
            topic = text(target.get("Arn")) if isinstance(target, dict) else ""
            source = stack.attribute(name, "Arn")
            takes = _takes(stack, topic, "events.amazonaws.com", source)
            if text(target.get("RoleArn")) if isinstance(target, dict) else "":
                takes = None  # the role publishes
            for what, events in samples.items():
                answers = [sees(pattern, event) for event in events]
                if takes is not False and answers and False not in answers:
                    yield Hearing(what, topic, certain=bool(takes) and None not in answers)


# What is heard of: kind of event, and what it says besides whose it is.
_STATES = {
    "failed backups": ("Backup Job", {"state": "FAILED"}),
    "expired backups": ("Backup Job", {"state": "EXPIRED"}),
    "aborted backups": ("Backup Job", {"state": "ABORTED"}),
    "partial backups": ("Backup Job", {"state": "PARTIAL"}),
    "backups with issues": (
        "Backup Job",
        {"state": "COMPLETED", "statusMessage": "Completed with issues"},
    ),
    "failed copies": ("Copy Job", {"state": "FAILED"}),
    "partial copies": ("Copy Job", {"state": "PARTIAL"}),
    "failed restores": ("Restore Job", {"status": "FAILED"}),
    "aborted restores": ("Restore Job", {"status": "ABORTED"}),
    "changes of the plan": ("Backup Plan", {"state": "MODIFIED"}),
    "the deletion of the plan": ("Backup Plan", {"state": "DELETED"}),
    "the deletion of the vault": ("Backup Vault", {"state": "DELETED"}),
}


def _details(
    what: str, vault: str, arn: str, role: str, plan: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield events as AWS sends them.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
    """
    kind, state = _STATES[what]
    job = {"iamRoleArn": role, "resourceArn": unknown("a resource"), "resourceType": "EFS"}
    detail: dict[str, Any] = {
        "Backup Job": {**job, "backupVaultName": vault, "backupVaultArn": arn},
        "Copy Job": {**job, "sourceBackupVaultArn": arn},
        "Restore Job": job,
        "Backup Plan": {"backupPlanId": plan},
        "Backup Vault": {"backupVaultName": vault},
    }[kind]
    yield kind, {**detail, **state}


def _event(kind: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {
        "source": "aws.backup",
        "detail-type": f"{kind} State Change",
        "account": unknown("AWS::AccountId"),
        "region": unknown("AWS::Region"),
        "detail": detail,
    }


def _alarms(stack: Stack, vaults: Mapping[str, str]) -> Iterator[Hearing]:
    for name, alarm in stack.of_type("AWS::CloudWatch::Alarm"):
        metric = text(alarm.get("MetricName"))
        if text(alarm.get("Namespace")) != "AWS/Backup" or (
            text(alarm.get("ActionsEnabled")).lower() == "false"
        ):
            continue
        dimensions = {
            text(each.get("Name")): text(each.get("Value"))
            for each in alarm.get("Dimensions") or []
            if isinstance(each, dict)
        }
        if dimensions.get("BackupVaultName", next(iter(vaults), "")) not in vaults:
            continue
        what = _METRICS.get(metric)
        after: Value | None = None
        lower = text(alarm.get("ComparisonOperator")).startswith("LessThan")
        if metric == "NumberOfBackupJobsCompleted" and lower:
            if text(alarm.get("TreatMissingData")) != "breaching":
                continue
            kind = dimensions.get("ResourceType")
            what, after = f"{MISSING} of {kind}" if kind else MISSING, _hours(alarm)
        if not what or (lower and after is None):
            continue
        for topic in texts(alarm.get("AlarmActions")):
            source = stack.attribute(name, "Arn")
            takes = _takes(stack, topic, "cloudwatch.amazonaws.com", source)
            if takes is not False:
                yield Hearing(what, topic, after, certain=bool(takes))


def _hours(alarm: Mapping[str, Any]) -> Value:
    period = number(alarm.get("Period"))
    periods = number(alarm.get("DatapointsToAlarm")) or number(alarm.get("EvaluationPeriods"))
    if isinstance(period, int) and isinstance(periods, int):
        return -(-period * periods // 3600)
    return unknown("hours")


def _notifications(stack: Stack) -> Iterator[Hearing]:
    for _, vault in stack.of_type("AWS::Backup::BackupVault"):
        asked = vault.get("Notifications")
        if not isinstance(asked, dict):
            continue
        topic = text(asked.get("SNSTopicArn"))
        takes = _takes(stack, topic, "backup.amazonaws.com", unknown("the vault"))
        for event in texts(asked.get("BackupVaultEvents")):
            for what in _NOTIFIED.get(event, ()) if takes is not False else ():
                yield Hearing(what, topic, certain=bool(takes))


def _takes(stack: Stack, topic: str, service: str, source: str) -> bool | None:
    """Return whether the topic takes messages of the service; None: that is not in the template."""
    of_stack = {stack.ref(name): held for name, held in stack.of_type("AWS::SNS::Topic")}
    if topic not in of_stack:
        return None
    key = text(of_stack[topic].get("KmsMasterKeyId"))
    if key.endswith("alias/aws/sns"):  # its policy lets no service publish
        return False
    policies = [
        plain(policy.get("PolicyDocument"))
        for _, policy in stack.of_type("AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy")
        if topic in (*texts(policy.get("Topics")), *texts(policy.get("TopicArn")))
    ]
    context = {"aws:SourceArn": source, "aws:SourceAccount": unknown("AWS::AccountId")}
    principal = {"Service": service}
    answers = [decide(policies, "sns:Publish", topic, context, principal=principal)]
    for name, held in stack.of_type("AWS::KMS::Key"):
        if key and key in (stack.ref(name), stack.attribute(name, "Arn")):
            documents = [plain(held.get("KeyPolicy"))]
            answers += [
                decide(documents, f"kms:{action}", "*", context, principal=principal)
                for action in ("Decrypt", "GenerateDataKey")
            ]
    if Answer.DENIED in answers:
        return False
    return None if Answer.UNKNOWN in answers else True
