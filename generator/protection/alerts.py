"""What somebody hears of: events, alarms and notifications that reach a topic."""

import operator
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from _backup.iam import Answer, decide
from _backup.matching import Known, equal, every, some, unknown

from generator.cloudformation.read import entry
from generator.protection.events import sees
from generator.protection.model import Hearing, Value
from generator.protection.texts import Stack, document_of, maps, number, plain, text, texts

MISSING = "missing backups"
_BACKUP, _EVENTS, _ALARMS = (f"{name}.amazonaws.com" for name in ("backup", "events", "cloudwatch"))

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
_DONE = "NumberOfBackupJobsCompleted"
# What is heard of by events: their kind, and what they say besides whose they are.
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


class Subjects(NamedTuple):
    """What events and alarms can be about."""

    vaults: Mapping[str, str]
    """The ARNs of the vaults that rules fill, by name."""
    roles: frozenset[str]
    """The ARNs of the roles of selections."""
    plans: frozenset[str]


def heard(stack: Stack, subjects: Subjects) -> frozenset[Hearing]:
    """Return what is heard of in a stack."""
    found = [*_by_events(stack, subjects), *_by_alarms(stack, subjects), *_by_vaults(stack)]
    return frozenset(found)


FILTERED = " (only what its filter lets through)"


def subscribers(stack: Stack) -> dict[str, frozenset[str]]:
    """Return the endpoints that the template subscribes to topics, by the ARN of the topic.

    What a filter lets through is not read, so it is said that there is one.
    """
    found: dict[str, set[str]] = {}
    for _, subscription in stack.of_type("AWS::SNS::Subscription"):
        topic = text(subscription.get("TopicArn"))
        its = FILTERED if subscription.get("FilterPolicy") else ""
        found.setdefault(topic, set()).add(_endpoint(subscription) + its)
    for name, topic_properties in stack.of_type("AWS::SNS::Topic"):
        for each in maps(topic_properties.get("Subscription")):
            found.setdefault(stack.ref(name), set()).add(_endpoint(each))
    return {topic: frozenset(endpoints) for topic, endpoints in found.items()}


def _endpoint(subscription: Mapping[str, Any]) -> str:
    """Return who is subscribed; an address that is not reached by mail is not the same one."""
    protocol = text(subscription.get("Protocol"))
    by = "" if protocol in ("email", "email-json") else f" ({protocol})"
    return text(subscription.get("Endpoint")) + by


# Events


def _by_events(stack: Stack, subjects: Subjects) -> Iterator[Hearing]:
    ways = [*_ways(stack)]
    for what, (kind, state) in _STATES.items() if ways else ():
        events = [_event(stack, kind, {**detail, **state}) for detail in _details(kind, subjects)]
        for topic in dict.fromkeys(topic for topic, _, _ in ways):
            answer = every(
                some(
                    every([takes, sees(pattern, event)])
                    for its, takes, pattern in ways
                    if its == topic
                )
                for event in events
            )
            if events and answer is not False:
                yield Hearing(what, topic, certain=bool(answer))


def _ways(stack: Stack) -> Iterator[tuple[str, Known, Any]]:
    """Yield topics or other targets, whether they take what is sent, and the pattern of events."""
    for name, rule in stack.of_type("AWS::Events::Rule"):
        # Services send their events to the default bus only.
        bus = text(rule.get("EventBusName")).rpartition("/")[2] or "default"
        is_on = every([equal("default", bus), text(rule.get("State")).upper() != "DISABLED"])
        for target in maps(rule.get("Targets")):
            topic = text(target.get("Arn"))
            takes = _takes(stack, topic, _EVENTS, stack.attribute(name, "Arn"))
            if text(target.get("RoleArn")):  # the role publishes
                takes = None
            yield topic, every([is_on, takes]), plain(rule.get("EventPattern"))


def _details(kind: str, subjects: Subjects) -> Iterator[dict[str, Any]]:
    """Yield the details of events, with the fields that AWS documents.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
    """
    for (vault, arn), role, plan in product(
        subjects.vaults.items(), subjects.roles, subjects.plans
    ):
        job = {
            "backupSizeInBytes": unknown("a size"),
            "creationDate": unknown("a time"),
            "iamRoleArn": role,
            "percentDone": unknown("a number"),
            "resourceType": unknown("a type"),
        }
        of_resource = {**job, "resourceArn": unknown("a resource")}
        of_kind: dict[str, dict[str, Any]] = {
            "Backup Job": {
                **of_resource,
                "backupJobId": unknown("an id"),
                "backupVaultArn": arn,
                "backupVaultName": vault,
                "bytesTransferred": unknown("a size"),
                "createdBy": {"backupPlanId": plan},
                "startBy": unknown("a time"),
            },
            "Copy Job": {
                **of_resource,
                "completionDate": unknown("a time"),
                "copyJobId": unknown("an id"),
                "destinationBackupVaultArn": unknown("a vault"),
                "sourceBackupVaultArn": arn,
            },
            "Restore Job": {**job, "restoreJobId": unknown("an id")},
            "Backup Plan": {"backupPlanId": plan, "versionId": unknown("an id")},
            "Backup Vault": {"backupVaultName": vault},
        }
        yield of_kind[kind]


def _event(stack: Stack, kind: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {
        "source": "aws.backup",
        "detail-type": f"{kind} State Change",
        "account": stack.place.account,
        "region": stack.place.region,
        "resources": [unknown("a resource")],
        "detail": detail,
    }


# Alarms

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}


def _by_alarms(stack: Stack, subjects: Subjects) -> Iterator[Hearing]:
    for name, alarm in stack.of_type("AWS::CloudWatch::Alarm"):
        acting = [(name, alarm, True), *((*each, None) for each in _composites(stack, name))]
        for (what, after, rings), (source, its, follows) in product(
            _rings(alarm, subjects), acting
        ):
            is_on = text(its.get("ActionsEnabled")).lower() != "false"
            for topic in texts(its.get("AlarmActions")):
                takes = _takes(stack, topic, _ALARMS, stack.attribute(source, "Arn"))
                answer = every([rings, follows, is_on, takes])
                if answer is not False:
                    yield Hearing(what, topic, after, certain=bool(answer))


def _composites(stack: Stack, alarm: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the alarms whose rule names an alarm; how they follow it is not read."""
    names = stack.ref(alarm), stack.attribute(alarm, "Arn")
    for name, composite in stack.of_type("AWS::CloudWatch::CompositeAlarm"):
        if any(each in text(composite.get("AlarmRule")) for each in names):
            yield name, composite


def _rings(
    alarm: Mapping[str, Any], subjects: Subjects
) -> Iterator[tuple[str, Value | None, Known]]:
    """Yield what an alarm is about, after how many hours, and whether it rings then."""
    inner = [entry(each.get("MetricStat")) for each in maps(alarm.get("Metrics"))]
    for stat in [{"Metric": alarm}, *inner]:
        metric = entry(stat.get("Metric"))
        # Nobody reads what an expression makes of a metric.
        known = True if metric is alarm else None
        measured = text(metric.get("MetricName"))
        dimensions = {
            text(each.get("Name")): text(each.get("Value"))
            for each in maps(metric.get("Dimensions"))
        }
        vault = dimensions.get("BackupVaultName")
        # Without a vault, AWS documents no metric.
        its = None if vault is None else some(equal(vault, each) for each in subjects.vaults)
        is_ours = every([known, its, equal("AWS/Backup", text(metric.get("Namespace")))])
        if measured == _DONE:
            kind = dimensions.get("ResourceType")
            # The metric is there only when a backup was completed.
            is_missed = equal("breaching", text(alarm.get("TreatMissingData")))
            what = f"{MISSING} of {kind}" if kind else MISSING
            yield what, _hours(alarm), every([is_ours, _compares(alarm, 0), is_missed])
        elif measured in _METRICS:
            at_once = _periods(alarm) == 1 or None
            yield _METRICS[measured], None, every([is_ours, _compares(alarm, 1), at_once])


def _compares(alarm: Mapping[str, Any], value: int) -> Known:
    """Return whether an alarm compares a value as one that breaches."""
    compare = _COMPARE.get(text(alarm.get("ComparisonOperator")))
    threshold = text(alarm.get("Threshold"))
    try:
        return compare(value, float(threshold)) if compare else None
    except ValueError:
        return None


def _periods(alarm: Mapping[str, Any]) -> Value | None:
    return number(alarm.get("DatapointsToAlarm")) or number(alarm.get("EvaluationPeriods"))


def _hours(alarm: Mapping[str, Any]) -> Value:
    period, periods = number(alarm.get("Period")), _periods(alarm)
    if isinstance(period, int) and isinstance(periods, int):
        return -(-period * periods // 3600)
    return unknown("hours")


# Vaults and topics


def _by_vaults(stack: Stack) -> Iterator[Hearing]:
    for name, vault in stack.of_type("AWS::Backup::BackupVault"):
        asked = entry(vault.get("Notifications"))
        topic = text(asked.get("SNSTopicArn"))
        takes = _takes(stack, topic, _BACKUP, stack.attribute(name, "BackupVaultArn"))
        for event in texts(asked.get("BackupVaultEvents")):
            for what in _NOTIFIED.get(event, ()) if takes is not False else ():
                yield Hearing(what, topic, certain=bool(takes))


def _takes(stack: Stack, topic: str, service: str, source: str) -> Known:
    """Return whether a topic takes messages of the service; None: that is not in the template."""
    of_stack = {stack.ref(name): held for name, held in stack.of_type("AWS::SNS::Topic")}
    if topic not in of_stack:
        return None
    if text(of_stack[topic].get("FifoTopic")) == "true":  # services publish to standard ones only
        return False
    # Of the services, only alarms send the owner, which SNS's default policy asks for.
    owner: str | list[str] = stack.place.account if service == _ALARMS else []
    context = {
        "aws:SourceArn": source,
        "aws:SourceAccount": stack.place.account,
        "aws:SourceOwner": owner,
    }
    principal = {"Service": service}
    policies = [
        document_of(policy.get("PolicyDocument"))
        for _, policy in stack.of_type("AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy")
        if topic in (*texts(policy.get("Topics")), *texts(policy.get("TopicArn")))
    ]
    by_default = Answer.ALLOWED if service == _ALARMS else Answer.DENIED
    answers = [
        decide(policies, "sns:Publish", topic, context, principal=principal)
        if policies
        else by_default
    ]
    reference = text(of_stack[topic].get("KmsMasterKeyId"))
    if reference.endswith("alias/aws/sns"):  # its policy lets no service publish
        return False
    key = stack.key_named(reference) if reference else None
    if key is None and reference:
        answers.append(Answer.UNKNOWN)
    if key is not None:
        answers += [
            decide(
                [stack.policy_of_key(key)],
                f"kms:{action}",
                stack.attribute(key, "Arn"),
                context,
                principal=principal,
            )
            for action in ("Decrypt", "GenerateDataKey")
        ]
    return every({Answer.ALLOWED: True, Answer.DENIED: False}.get(answer) for answer in answers)
