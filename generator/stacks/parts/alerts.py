"""Alerts about failed backups, about missing ones, and about changes to the plan and the vault."""

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
from troposphere.cloudwatch import Alarm, MetricDimension, WarmUpConfiguration
from troposphere.events import InputTransformer, Rule, Target
from troposphere.sns import SubscriptionResource, Topic, TopicPolicy

from generator.stacks import console_urls
from generator.stacks.cluster import owner_tag, tags
from generator.stacks.declarations import Flag, Input, Optional
from generator.stacks.policies import resources

GROUP = "Alerts"


def notification_email(about: str) -> Optional:
    """Return the parameter for the address that gets alerts ``about`` something."""
    return Optional(
        "NotificationEmail",
        group=GROUP,
        label="E-mail address for alerts",
        Description=(
            f"E-mail address for alerts about {about}. Alerts arrive only after you confirm the "
            "subscription in the first e-mail. Empty: no e-mail"
        ),
        pattern="[^@ ]+@[^@ ]+[.][^@ ]+",
        ConstraintDescription="Leave empty or type an e-mail address: admin@example.com",
    )


NOTIFICATION_EMAIL = notification_email("failed or missing backups")

NOTIFICATION_TOPIC_ARN = Optional(
    "NotificationTopicArn",
    group=GROUP,
    label="SNS topic for alerts (ARN)",
    Description=(
        "ARN of your own SNS topic, in the account and region of the stack. Its policy must let "
        "EventBridge and CloudWatch publish; the stack does not change it. Empty: a topic is "
        "created if there is an e-mail address"
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
        "About how many hours without a backup raise the alarm: 26, 50, 74, 98 or 168. 50 "
        "tolerates one late daily backup. In the partition aws a new alarm first waits about 48 "
        "hours. CloudWatch looks back seven days at most: for rarer backups choose none above"
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
# Whether other partitions know the property is not documented.
WARMS_UP = Flag("WarmsUp", Equals(Ref("AWS::Partition"), "aws"))

TOPIC = (NOTIFICATION_TOPIC_ARN, HAS_EMAIL, HAS_TOPIC, ALERTS, CREATES_TOPIC)
"""What any template with alerts declares, after the parameter for the address."""

DECLARED = (
    NOTIFICATION_EMAIL,
    *TOPIC,
    SILENCE_ALARM_FOR,
    SILENCE_ALARM_HOURS,
    WATCHES_EFS,
    WATCHES_EC2,
    WATCHES_ANY_JOB,
    WARMS_UP,
)


def alerts_topic(about: str) -> Topic:
    """Return the topic that is created for an e-mail address if no topic is given.

    ``about`` is a word for its name.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html
    """
    return Topic(
        "SOCABackupAlertsTopic",
        Condition=CREATES_TOPIC.name,
        DisplayName=Sub(f"{about} ${{ClusterId}}"),
        Tags=tags(Sub(f"${{ClusterId}}-{about.lower()}-alerts")),
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
    rule: Rule,
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
            GetAtt(rule, "Arn"),
            # Only alarms that exist; the one on expired recovery points exists with the topic.
            [*(flag.then(GetAtt(alarm, "Arn")) for flag, alarm in silence), GetAtt(expired, "Arn")],
        ),
    )


def alert_rule(
    topic_arn: If, vault_name: If, vault_arn: If, role_arn: GetAtt, plan_id: Ref
) -> Rule:
    """Return the rule for jobs that did not end well, and for changes to the plan and the vault.

    The kinds of events are listed, because others have the same fields: scans, for example. The
    state MODIFIED of a vault is left out: AWS does not say whether every backup raises it.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
    """
    detail: list[dict[str, Any]] = [
        # Of a job, or of the vault itself.
        {
            "backupVaultName": [vault_name],
            "state": ["FAILED", "EXPIRED", "ABORTED", "PARTIAL", "DELETED"],
        },
        # The console's "Completed with issues": with a message, which is a sentence. It may also be
        # empty or null, and null is "anything-but" every text.
        {
            "backupVaultName": [vault_name],
            "state": ["COMPLETED"],
            "statusMessage": [{"wildcard": "* *"}],
        },
        {"sourceBackupVaultArn": [vault_arn], "state": ["FAILED", "PARTIAL"]},
        {"iamRoleArn": [role_arn], "status": ["FAILED", "ABORTED"]},
        {"backupPlanId": [plan_id], "state": ["MODIFIED", "DELETED"]},
    ]
    return _rule(
        topic_arn,
        "Jobs of the cluster ${ClusterId} that did not end well, and changes to its backup plan "
        "and vault",
        ["Backup Job", "Copy Job", "Restore Job", "Backup Plan", "Backup Vault"],
        detail,
        "A plan or vault may also change when the stack is created or updated",
    )


def copies_rule(topic_arn: If, vault_name: If, restore_role_arn: If) -> Rule:
    """Return the rule for the vault of the copies and for restores by this stack's role.

    Copies that fail are reported where they come from: by the stack of the cluster.
    """
    detail: list[dict[str, Any]] = [
        {"backupVaultName": [vault_name], "state": ["DELETED"]},
        {"iamRoleArn": [restore_role_arn], "status": ["FAILED", "ABORTED"]},
    ]
    return _rule(
        topic_arn,
        "The vault with copies of the cluster ${ClusterId}, if it is deleted, and restores with "
        "the role of its stack that did not end well",
        ["Restore Job", "Backup Vault"],
        detail,
        "The stack of the cluster reports copies that fail",
    )


def _rule(
    topic_arn: If,
    description: str,
    kinds: Sequence[str],
    detail: Sequence[dict[str, Any]],
    note: str,
) -> Rule:
    """Return a rule for these kinds of events, each with one of these details.

    There have to be two or more: EventBridge reads an $or of one as a field of that name.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """
    return Rule(
        "SOCABackupJobAlert",
        Condition=ALERTS.name,
        Description=Sub(description),
        EventPattern={
            "source": ["aws.backup"],
            "detail-type": [f"{kind} State Change" for kind in kinds],
            "detail": {"$or": detail},
        },
        Targets=[
            Target(
                Id="Alerts",
                Arn=topic_arn,
                # What an event does not have becomes an empty text, so it has to stand in quotes.
                # The reason stands in the event, because EventBridge does not escape values.
                InputTransformer=InputTransformer(
                    InputPathsMap={
                        "kind": "$.detail-type",
                        "state": "$.detail.state",
                        "status": "$.detail.status",  # of a restore
                        "resource": "$.detail.resourceArn",
                        "about": "$.resources[0]",  # plan, vault or recovery point
                    },
                    InputTemplate=Sub(
                        '{"what": "<kind> in the cluster ${ClusterId}: <state><status>", '
                        '"resource": "<resource> <about>", '
                        f'"console": "{console_urls.JOBS_ADDRESS}", '
                        f'"note": "{note}", "event": <aws.events.event.json>}}',
                        Host=console_urls.HOST,
                    ),
                ),
            )
        ],
        Tags=owner_tag(),
    )


def silence_alarms(topic_arn: If, vault_name: If) -> list[tuple[Flag, Alarm]]:
    """Return the alarms on missing backups, each with its condition.

    AWS Backup sends the metric only when it is not zero, so missing data counts as a breach. EFS
    and EC2 each have an alarm: backups of a file system with a mistyped tag would be missing, while
    those of instances are not.

    An alarm acts only when its state changes, and a subscription that nobody has confirmed hears
    nothing. So the first evaluation waits until a confirmation can no longer be pending: 2 days.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html
    """

    def alarm(title: str, flag: Flag, what: str, *resource_type: str) -> tuple[Flag, Alarm]:
        return flag, _alarm(
            # The name of 1.1.0 and more: its deployer policy allows the update.
            f"SOCABackupSilence{title}Alarm",
            flag,
            topic_arn,
            AlarmDescription=Sub(
                f"No backup of {what} in the cluster ${{ClusterId}} for about "
                "${SilenceAlarmHours} hours: check the tag ${BackupTagKey}=${ClusterId} on its "
                "resources, then the backup jobs"
            ),
            MetricName="NumberOfBackupJobsCompleted",
            Dimensions=_dimensions(vault_name, *resource_type),
            ComparisonOperator="LessThanThreshold",
            EvaluationPeriods=Ref(SILENCE_ALARM_HOURS),
            TreatMissingData="breaching",
            OKActions=[topic_arn],
            WarmUpConfiguration=WARMS_UP.then(
                WarmUpConfiguration(
                    OnlyStartEvaluatingAfterWarmUpPeriodEnds=True,
                    WarmUpPeriodDurationInMinutes=2880,
                )
            ),
        )

    return [
        alarm("EFS", WATCHES_EFS, "EFS", "EFS"),
        alarm("EC2", WATCHES_EC2, "EC2", "EC2"),
        alarm("AnyJob", WATCHES_ANY_JOB, "anything"),
    ]


def expired_alarm(topic_arn: If, vault_name: If, what: str, check: str) -> Alarm:
    """Return the alarm on expired recovery points (``what``) that could not be deleted.

    It does not tell when it is over: the metric may count attempts, not recovery points.
    """
    return _alarm(
        "SOCABackupExpired",
        ALERTS,
        topic_arn,
        AlarmDescription=Sub(
            f"{what} of the cluster ${{ClusterId}} expired and could not be deleted, and go on "
            f"costing: {check}"
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
        Tags=owner_tag(),
        **properties,
    )


def _dimensions(vault_name: AWSHelperFn, *resource_type: str) -> list[MetricDimension]:
    return [
        MetricDimension(Name="BackupVaultName", Value=vault_name),
        *(MetricDimension(Name="ResourceType", Value=value) for value in resource_type),
    ]
