"""What publishes AWS Backup's messages to topics: vaults, EventBridge rules and alarms."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import ABSENT, Case, together
from _backup.template import VAULTS
from _backup.values import Values

BACKUP = "backup.amazonaws.com"
EVENTS = "events.amazonaws.com"
ALARMS = "cloudwatch.amazonaws.com"
ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


class Publisher(NamedTuple):
    """A resource that makes a service publish to a topic."""

    name: str
    service: str
    what: str  # the property that names the topic
    topic: Case
    role: Case | None = None  # the ARN of the role as which the service publishes


def publishers(values: Values) -> Iterator[Publisher]:
    """Yield what publishes messages about backups."""
    for name, properties in values.of_type(*VAULTS):
        for arn in values.at(properties, "Notifications", "SNSTopicArn"):
            yield Publisher(name, BACKUP, "SNSTopicArn", arn)
    for name, properties in values.of_type("AWS::Events::Rule"):
        sources = values.items(values.at(properties, "EventPattern", "source"))
        if any(source.text == "aws.backup" for source in sources):
            for target in values.items(values.at(properties, "Targets")):
                arns, roles = values.at(target, "Arn"), values.at(target, "RoleArn")
                for (arn, role), given in together(arns, roles):
                    topic = Case(arn.value, arn.path, given, arn.via)
                    its = None if role.value is ABSENT else role
                    yield Publisher(name, EVENTS, "Arn", topic, its)
    yield from _alarms(values)


def _alarms(values: Values) -> Iterator[Publisher]:
    alarms = list(values.of_type("AWS::CloudWatch::Alarm"))
    alarms = [(name, alarm) for name, alarm in alarms if _measures_backups(values, alarm)]
    names = {name for name, _ in alarms}
    for name, composite in values.of_type("AWS::CloudWatch::CompositeAlarm"):
        rules = values.at(composite, "AlarmRule")
        if any(f"${{{part}" in (rule.text or "") for rule in rules for part in names):
            alarms.append((name, composite))
    for name, alarm in alarms:
        for what in ACTIONS:
            for arn in values.items(values.at(alarm, what)):
                yield Publisher(name, ALARMS, what, arn)


def _measures_backups(values: Values, alarm: Case) -> bool:
    """Return whether the alarm is about a metric of AWS Backup."""
    spaces = values.at(alarm, "Namespace")
    for metric in values.items(values.at(alarm, "Metrics")):
        spaces += values.at(metric, "MetricStat", "Metric", "Namespace")
        spaces += values.at(metric, "Expression")  # a search, for example
    return any("AWS/Backup" in (space.text or "") for space in spaces)
