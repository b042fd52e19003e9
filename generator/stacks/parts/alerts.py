"""Alerts about failed backups, and about missing ones."""

from collections.abc import Sequence
from typing import Any

from troposphere import (
    And,
    AWSHelperFn,
    Equals,
    GetAtt,
    If,
    Not,
    Or,
    Ref,
    Sub,
)
from troposphere.cloudwatch import Alarm, MetricDimension
from troposphere.events import InputTransformer, Rule, Target
from troposphere.sns import SubscriptionResource, Topic, TopicPolicy

from generator.stacks import console_urls
from generator.stacks.cluster import owner_tag, tags
from generator.stacks.declarations import Flag, Input, Optional
from generator.stacks.policies import resources

GROUP = "Alerts"

NOTIFICATION_EMAIL = Optional(
    "NotificationEmail",
    group=GROUP,
    label="E-mail address for alerts",
    Description=(
        "E-mail address for alerts about failed or missing backups. Alerts arrive only after you "
        "confirm the subscription in the first e-mail. Empty: no e-mail"
    ),
    pattern="[^@ ]+@[^@ ]+[.][^@ ]+",
    ConstraintDescription="Leave empty or type an e-mail address: admin@example.com",
)

NOTIFICATION_TOPIC_ARN = Optional(
    "NotificationTopicArn",
    group=GROUP,
    label="SNS topic for alerts (ARN)",
    Description=(
        "ARN of your own SNS topic in this region. Its policy must let EventBridge and CloudWatch "
        "publish; the stack does not change it. Empty: a topic is created if there is an e-mail "
        "address"
    ),
    # No dot: FIFO topics end in .fifo, and work neither with EventBridge nor with e-mail.
    pattern="arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}",
    ConstraintDescription=(
        "Leave empty or type the ARN of a standard topic (not FIFO): "
        "arn:aws:sns:us-east-1:111122223333:alerts"
    ),
)

SILENCE_ALARM_FOR = Input(
    "SilenceAlarmFor",
    group=GROUP,
    label="Alarm on missing backups of",
    Description=(
        "Which missing backups raise an alarm, if there is an e-mail address or a topic. "
        "EFS-and-EC2: each of the two; EFS or EC2: only that one; any-job: any completed backup is "
        "enough; none: no alarm. An alarm for a service that the cluster does not use never clears"
    ),
    Type="String",
    Default="EFS-and-EC2",
    AllowedValues=["EFS-and-EC2", "EFS", "EC2", "any-job", "none"],
)

SILENCE_ALARM_HOURS = Input(
    "SilenceAlarmHours",
    group=GROUP,
    label="Alarm after (hours)",
    Description=(
        "Hours without a backup before the alarm: 26, 50, 74, 98 or 168. 50 tolerates one late "
        "daily backup. CloudWatch looks back seven days at most: for rarer backups choose none "
        "above"
    ),
    Type="Number",
    Default=50,
    AllowedValues=[26, 50, 74, 98, 168],
)

HAS_EMAIL = Flag("HasEmail", NOTIFICATION_EMAIL.is_given)
HAS_TOPIC = Flag("HasTopic", NOTIFICATION_TOPIC_ARN.is_given)
ALERTS = Flag("Alerts", Or(HAS_EMAIL.holds, HAS_TOPIC.holds))
CREATES_TOPIC = Flag("CreatesTopic", And(HAS_EMAIL.holds, Not(HAS_TOPIC.holds)))


def _watches(name: str, *choices: str) -> Flag:
    chosen = [Equals(Ref(SILENCE_ALARM_FOR), choice) for choice in choices]
    return Flag(name, And(ALERTS.holds, Or(*chosen) if len(chosen) > 1 else chosen[0]))


WATCHES_EFS = _watches("WatchesEFS", "EFS-and-EC2", "EFS")
WATCHES_EC2 = _watches("WatchesEC2", "EFS-and-EC2", "EC2")
WATCHES_ANY_JOB = _watches("WatchesAnyJob", "any-job")

DECLARED = (
    NOTIFICATION_EMAIL,
    NOTIFICATION_TOPIC_ARN,
    SILENCE_ALARM_FOR,
    SILENCE_ALARM_HOURS,
    HAS_EMAIL,
    HAS_TOPIC,
    ALERTS,
    CREATES_TOPIC,
    WATCHES_EFS,
    WATCHES_EC2,
    WATCHES_ANY_JOB,
)


def alerts_topic() -> Topic:
    """Return the topic that is created for an e-mail address if no topic is given.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html
    """
    return Topic(
        "SOCABackupAlertsTopic",
        Condition=CREATES_TOPIC.name,
        DisplayName=Sub("Backup ${ClusterId}"),
        Tags=tags(Sub("${ClusterId}-backup-alerts")),
    )


def arn_of(topic: Topic) -> If:
    """Return the topic in use, given or created, if there are alerts."""
    return HAS_TOPIC.then(Ref(NOTIFICATION_TOPIC_ARN), Ref(topic))


def subscription(topic: Topic) -> SubscriptionResource:
    """Return the subscription of the e-mail address to the topic in use."""
    return SubscriptionResource(
        "SOCABackupAlertsSubscription",
        Condition=HAS_EMAIL.name,
        TopicArn=arn_of(topic),
        Protocol="email",
        Endpoint=Ref(NOTIFICATION_EMAIL),
    )


def topic_policy(
    topic: Topic,
    rules: Sequence[Rule],
    silence: Sequence[tuple[Flag, Alarm]],
    expired: Alarm,
) -> TopicPolicy:
    """Return the policy of the created topic; the policy of a given one is up to its owner."""
    return TopicPolicy(
        "SOCABackupAlertsTopicPolicy",
        Condition=CREATES_TOPIC.name,
        Topics=[Ref(topic)],
        PolicyDocument=resources.alerts_topic(
            Ref(topic),
            [GetAtt(rule, "Arn") for rule in rules],
            # Only alarms that exist; the one on expired recovery points exists with the topic.
            [*(flag.then(GetAtt(alarm, "Arn")) for flag, alarm in silence), GetAtt(expired, "Arn")],
        ),
    )


def job_rules(topic_arn: If, vault_name: If, vault_arn: If, role_arn: GetAtt) -> list[Rule]:
    """Return the rules that report jobs that did not end well, one for each form of event.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """

    def rule(kind: str, detail: dict[str, Any], state: str, resource: str) -> Rule:
        return Rule(
            f"SOCA{kind}JobAlert",
            Condition=ALERTS.name,
            Description=Sub(f"{kind} jobs of the cluster ${{ClusterId}} that did not end well"),
            EventPattern={
                "source": ["aws.backup"],
                "detail-type": [f"{kind} Job State Change"],
                "detail": detail,
            },
            Targets=[
                Target(
                    Id="Alerts",
                    Arn=topic_arn,
                    # The reason may contain quotes, be empty or be missing, and EventBridge does
                    # not escape values in strings. So the message contains the job as an object.
                    InputTransformer=InputTransformer(
                        InputPathsMap={"state": state, "resource": resource, "job": "$.detail"},
                        InputTemplate=Sub(
                            f'{{"what": "{kind} job of cluster ${{ClusterId}}: <state>", '
                            '"resource": "<resource>", '
                            f'"console": "{console_urls.JOBS_ADDRESS}", "why": <job>}}',
                            Host=console_urls.HOST,
                        ),
                    ),
                )
            ],
            Tags=owner_tag(),
        )

    return [
        rule(
            "Backup",
            {
                "backupVaultName": [vault_name],
                "$or": [
                    {"state": ["FAILED", "EXPIRED", "ABORTED", "PARTIAL"]},
                    # The console's "Completed with issues".
                    {"state": ["COMPLETED"], "statusMessage": [{"anything-but": ""}]},
                ],
            },
            state="$.detail.state",
            resource="$.detail.resourceArn",
        ),
        rule(
            "Copy",
            {"sourceBackupVaultArn": [vault_arn], "state": ["FAILED", "PARTIAL"]},
            state="$.detail.state",
            resource="$.detail.resourceArn",
        ),
        rule(
            "Restore",
            {"iamRoleArn": [role_arn], "status": ["FAILED", "ABORTED"]},
            state="$.detail.status",
            resource="$.resources[0]",  # the recovery point; what was restored is not named
        ),
    ]


def silence_alarms(topic_arn: If, vault_name: If) -> list[tuple[Flag, Alarm]]:
    """Return the alarms on missing backups, each with its condition.

    AWS Backup sends the metric only when it is not zero, so missing data counts as a breach. EFS
    and EC2 each have an alarm: backups of a file system with a mistyped tag would be missing, while
    those of instances are not.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html
    """

    def alarm(title: str, flag: Flag, what: str, *resource_type: str) -> tuple[Flag, Alarm]:
        return flag, _alarm(
            f"SOCABackupSilence{title}",
            flag,
            topic_arn,
            AlarmDescription=Sub(
                f"No backup of {what} in the cluster ${{ClusterId}} for ${{SilenceAlarmHours}} "
                f"hours: check the tag ${{BackupTagKey}}=${{ClusterId}} on its resources, then the "
                "backup jobs"
            ),
            MetricName="NumberOfBackupJobsCompleted",
            Dimensions=_dimensions(vault_name, *resource_type),
            ComparisonOperator="LessThanThreshold",
            EvaluationPeriods=Ref(SILENCE_ALARM_HOURS),
            TreatMissingData="breaching",
        )

    return [
        alarm("EFS", WATCHES_EFS, "EFS", "EFS"),
        alarm("EC2", WATCHES_EC2, "EC2", "EC2"),
        alarm("AnyJob", WATCHES_ANY_JOB, "anything"),
    ]


def expired_alarm(topic_arn: If, vault_name: If) -> Alarm:
    """Return the alarm on expired recovery points that could not be deleted."""
    return _alarm(
        "SOCABackupExpired",
        ALERTS,
        topic_arn,
        AlarmDescription=Sub(
            "Recovery points of the cluster ${ClusterId} expired and could not be deleted, and go "
            "on costing: check that the backup role still exists"
        ),
        MetricName="NumberOfRecoveryPointsExpired",
        Dimensions=_dimensions(vault_name),
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        EvaluationPeriods=1,
        TreatMissingData="notBreaching",
    )


def _alarm(title: str, flag: Flag, topic_arn: If, **properties: Any) -> Alarm:
    return Alarm(
        title,
        Condition=flag.name,
        Namespace="AWS/Backup",
        Period=3600,
        Statistic="Sum",
        Threshold=1,
        AlarmActions=[topic_arn],
        OKActions=[topic_arn],
        Tags=owner_tag(),
        **properties,
    )


def _dimensions(vault_name: AWSHelperFn, *resource_type: str) -> list[MetricDimension]:
    return [
        MetricDimension(Name="BackupVaultName", Value=vault_name),
        *(MetricDimension(Name="ResourceType", Value=value) for value in resource_type),
    ]
