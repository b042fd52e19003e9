"""Who hears of what: events, alarms and notifications that reach a topic, or get lost."""

import copy
from typing import Any

import pytest

from generator.protection.model import Protection, shown
from tests.protection.support import ROLE_ARN, Resource, allow, document, of_type, protected, role

PLAN = of_type(
    "Backup::BackupPlan",
    {"BackupPlan": {"BackupPlanRule": [{"RuleName": "Daily", "TargetBackupVault": "v"}]}},
)
SELECTION = of_type(
    "Backup::BackupSelection",
    {"BackupPlanId": {"Ref": "Plan"}, "BackupSelection": {"IamRoleArn": ROLE_ARN}},
)
BACKUPS = {"Plan": PLAN, "Selection": SELECTION, "Role": role()}
TOPIC = {"Ref": "Topic"}
RULE_ARN = {"Fn::GetAtt": ["Rule", "Arn"]}
FAILED = {
    "source": ["aws.backup"],
    "detail-type": ["Backup Job State Change"],
    "detail": {"state": ["FAILED"], "backupVaultName": ["v"]},
}


def rule(topic: Any = TOPIC, **properties: Any) -> Resource:
    its = {"EventPattern": FAILED, "Targets": [{"Id": "x", "Arn": topic}], **properties}
    return of_type("Events::Rule", its)


def publish(service: str, **elements: Any) -> dict[str, Any]:
    return allow("sns:Publish", TOPIC, Principal={"Service": service}, **elements)


def policy(*statements: Any, topics: Any = None) -> Resource:
    properties = {"Topics": topics or [TOPIC], "PolicyDocument": document(*statements)}
    return of_type("SNS::TopicPolicy", properties)


EVENTS, ALARMS, BACKUP = (f"{name}.amazonaws.com" for name in ("events", "cloudwatch", "backup"))
REACHED = {"Topic": of_type("SNS::Topic", {}), "Policy": policy(publish(EVENTS), publish(ALARMS))}


def heard(**resources: Resource) -> list[str]:
    """Return what is heard of, and by whom; with a sign if that is not certain."""
    found: Protection = protected({**BACKUPS, **REACHED, **resources})
    return sorted(
        f"{each.what}{'' if each.after is None else f' after {shown(each.after)}'}"
        f"{'' if each.certain else '?'}: {shown(each.topic)}"
        for each in found.heard
    )


def pattern(**detail: Any) -> dict[str, Any]:
    return {"source": ["aws.backup"], "detail": detail}


HEARD, UNSURE = ["failed backups: ${Topic}"], ["failed backups?: ${Topic}"]
ONLY_RULE = {"ArnEquals": {"aws:SourceArn": RULE_ARN}}
ONLY_X = {"ArnEquals": {"aws:SourceArn": "arn:aws:events:us-east-1:123456789012:rule/x"}}
OWNER = {"StringEquals": {"AWS:SourceOwner": {"Ref": "AWS::AccountId"}}}
KEY_OF_TOPIC = of_type("SNS::Topic", {"KmsMasterKeyId": {"Ref": "Key"}})


def key(*actions: str, service: str = EVENTS) -> Resource:
    its = document(allow([*actions], Principal={"Service": service}))
    return of_type("KMS::Key", {"KeyPolicy": its})


OF_PLAN = {"backupPlanId": [{"Ref": "Plan"}]}

BY_EVENTS: dict[str, tuple[dict[str, Resource], list[str]]] = {
    "a rule and a topic that takes it": ({"Rule": rule()}, HEARD),
    "no rule": ({}, []),
    "a rule that is off": ({"Rule": rule(State="DISABLED")}, []),
    "a rule of a bus of one's own": ({"Rule": rule(EventBusName="mine")}, []),
    "a rule of the default bus": ({"Rule": rule(EventBusName="default")}, HEARD),
    "a rule of a given bus": ({"Rule": rule(EventBusName={"Ref": "Given"})}, UNSURE),
    "no target": ({"Rule": rule(Targets=[])}, []),
    "a given topic": ({"Rule": rule({"Ref": "Given"})}, ["failed backups?: ${Given}"]),
    "a role that publishes": (
        {"Rule": rule(Targets=[{"Id": "x", "Arn": TOPIC, "RoleArn": ROLE_ARN}])},
        UNSURE,
    ),
    "another vault": (
        {"Rule": rule(EventPattern=pattern(backupVaultName=["w"], state=["FAILED"]))},
        [],
    ),
    "another source": ({"Rule": rule(EventPattern={**FAILED, "source": ["aws.ec2"]})}, []),
    "a given vault": (
        {"Rule": rule(EventPattern=pattern(backupVaultName=[{"Ref": "Given"}], state=["FAILED"]))},
        UNSURE,
    ),
    "one type of resource": (
        {"Rule": rule(EventPattern=pattern(resourceType=["EFS"], state=["FAILED"]))},
        ["failed backups?: ${Topic}", "failed copies?: ${Topic}"],
    ),
    "its role and its plan": (
        {
            "Rule": rule(
                EventPattern=pattern(
                    **{"$or": [{"status": ["FAILED"]}, {"createdBy": OF_PLAN}]},
                    iamRoleArn=[ROLE_ARN],
                )
            )
        },
        [
            "aborted backups: ${Topic}", "backups with issues: ${Topic}",
            "expired backups: ${Topic}", "failed backups: ${Topic}", "failed restores: ${Topic}",
            "partial backups: ${Topic}",
        ],
    ),
    "no topic policy": ({"Rule": rule(), "Policy": policy(publish(EVENTS), topics=["x"])}, []),
    "a topic policy for another service": ({"Rule": rule(), "Policy": policy(publish(ALARMS))}, []),
    "a topic policy for the rule": (
        {"Rule": rule(), "Policy": policy(publish(EVENTS, Condition=ONLY_RULE))},
        HEARD,
    ),
    "a topic policy for a rule of another name": (
        {"Rule": rule(Name="y"), "Policy": policy(publish(EVENTS, Condition=ONLY_X))},
        [],
    ),
    "a topic policy for the rule of a name, which may be its": (
        {"Rule": rule(), "Policy": policy(publish(EVENTS, Condition=ONLY_X))},
        UNSURE,
    ),
    "a topic policy that asks for the owner": (
        {"Rule": rule(), "Policy": policy(publish(EVENTS, Condition=OWNER))},
        [],
    ),
    "a topic that AWS's key encrypts": (
        {"Rule": rule(), "Topic": of_type("SNS::Topic", {"KmsMasterKeyId": "alias/aws/sns"})},
        [],
    ),
    "a key that takes it": (
        {"Rule": rule(), "Topic": KEY_OF_TOPIC, "Key": key("kms:Decrypt", "kms:GenerateDataKey*")},
        HEARD,
    ),
    "a key that does not decrypt": (
        {"Rule": rule(), "Topic": KEY_OF_TOPIC, "Key": key("kms:GenerateDataKey*")},
        [],
    ),
    "a key for another service": (
        {"Rule": rule(), "Topic": KEY_OF_TOPIC, "Key": key("kms:*", service=BACKUP)},
        [],
    ),
    "a key by its alias": (
        {
            "Rule": rule(),
            "Topic": of_type("SNS::Topic", {"KmsMasterKeyId": "alias/topics"}),
            "Key": key("kms:Decrypt"),
            "Alias": of_type(
                "KMS::Alias", {"AliasName": "alias/topics", "TargetKeyId": {"Ref": "Key"}}
            ),
        },
        [],
    ),
    "a given key": (
        {"Rule": rule(), "Topic": of_type("SNS::Topic", {"KmsMasterKeyId": {"Ref": "Given"}})},
        UNSURE,
    ),
    "a topic by its name": (
        {
            "Rule": rule({"Fn::Sub": "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:mine"}),
            "Topic": of_type("SNS::Topic", {"TopicName": "mine"}),
        },
        ["failed backups: arn:aws:sns:${AWS::Region}:${AWS::AccountId}:mine"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_EVENTS)
def test_events(name: str) -> None:
    resources, expected = BY_EVENTS[name]
    assert heard(**resources) == expected


def test_rules_together_hear_of_all_vaults() -> None:
    two = copy.deepcopy(PLAN)
    rules = two["Properties"]["BackupPlan"]["BackupPlanRule"]
    rules.append({"RuleName": "Weekly", "TargetBackupVault": "w"})
    other = rule(EventPattern=pattern(backupVaultName=["w"], state=["FAILED"]))
    assert heard(Plan=two, Rule=rule()) == []
    assert heard(Plan=two, Rule=rule(), Other=other) == HEARD


def alarm(metric: str, **properties: Any) -> Resource:
    return of_type(
        "CloudWatch::Alarm",
        {
            "Namespace": "AWS/Backup",
            "MetricName": metric,
            "Dimensions": [{"Name": "BackupVaultName", "Value": "v"}],
            "Statistic": "Sum",
            "Period": 3600,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "AlarmActions": [TOPIC],
            **properties,
        },
    )


def silence(**properties: Any) -> Resource:
    its = {
        "ComparisonOperator": "LessThanThreshold",
        "EvaluationPeriods": 26,
        "TreatMissingData": "breaching",
        **properties,
    }
    return alarm("NumberOfBackupJobsCompleted", **its)


FAILURES = "NumberOfBackupJobsFailed"
SILENT = ["missing backups after 26: ${Topic}"]
OF_EFS = [{"Name": "BackupVaultName", "Value": "v"}, {"Name": "ResourceType", "Value": "EFS"}]
STAT = {"Metric": {"Namespace": "AWS/Backup", "MetricName": FAILURES, "Dimensions": OF_EFS}}

BY_ALARMS: dict[str, tuple[Resource, list[str]]] = {
    "failures": (alarm(FAILURES), HEARD),
    "one failure is not enough": (alarm(FAILURES, Threshold=2), []),
    "more than no failure": (
        alarm(FAILURES, Threshold=0, ComparisonOperator="GreaterThanThreshold"),
        HEARD,
    ),
    "no failure": (alarm(FAILURES, ComparisonOperator="LessThanThreshold"), []),
    "a given number of failures": (alarm(FAILURES, Threshold={"Ref": "Given"}), UNSURE),
    "failures in each of two hours": (alarm(FAILURES, EvaluationPeriods=2), UNSURE),
    "failures in one of two hours": (
        alarm(FAILURES, EvaluationPeriods=2, DatapointsToAlarm=1),
        HEARD,
    ),
    "of any vault": (alarm(FAILURES, Dimensions=[]), UNSURE),
    "of another vault": (
        alarm(FAILURES, Dimensions=[{"Name": "BackupVaultName", "Value": "w"}]),
        [],
    ),
    "of another service": (alarm(FAILURES, Namespace="Mine"), []),
    "another metric": (alarm("NumberOfBackupJobsCreated"), []),
    "without actions": (alarm(FAILURES, AlarmActions=[]), []),
    "with actions that are off": (alarm(FAILURES, ActionsEnabled=False), []),
    "only when it is over": (alarm(FAILURES, AlarmActions=[], OKActions=[TOPIC]), []),
    "an expression": (
        alarm("", Namespace="", Dimensions=[], Metrics=[{"Id": "m", "MetricStat": STAT}]),
        UNSURE,
    ),
    "silence": (silence(), SILENT),
    "silence of a type": (
        silence(Dimensions=OF_EFS),
        ["missing backups of EFS after 26: ${Topic}"],
    ),
    "silence, in periods that are no hours": (
        silence(Period=86_400, EvaluationPeriods=2),
        ["missing backups after 48: ${Topic}"],
    ),
    "silence of which nobody knows how long": (
        silence(EvaluationPeriods={"Ref": "Given"}),
        ["missing backups after ${hours}: ${Topic}"],
    ),
    "silence that is no alarm": (silence(TreatMissingData="notBreaching"), []),
    "silence without a word on missing data": (silence(TreatMissingData="missing"), []),
    "silence that never is below its threshold": (silence(Threshold=0), []),
    "the other way round": (silence(ComparisonOperator="GreaterThanThreshold"), []),
}


@pytest.mark.parametrize("name", BY_ALARMS)
def test_alarms(name: str) -> None:
    resource, expected = BY_ALARMS[name]
    assert heard(Alarm=resource) == expected


def test_an_alarm_of_alarms_may_follow_each_of_them() -> None:
    said = {"Fn::Sub": 'ALARM("${Alarm}") OR ALARM("x")'}
    composite = of_type("CloudWatch::CompositeAlarm", {"AlarmRule": said, "AlarmActions": [TOPIC]})
    silent = alarm(FAILURES, AlarmActions=[])
    assert heard(Alarm=silent, Both=composite) == UNSURE
    assert heard(Other=silent, Both=composite) == []


def test_alarms_reach_a_topic_without_a_policy() -> None:
    assert heard(Alarm=alarm(FAILURES), Policy=policy(topics=["x"])) == HEARD
    assert heard(Alarm=alarm(FAILURES), Policy=policy(publish(EVENTS))) == []
    owner = allow("sns:Publish", TOPIC, Principal={"AWS": "*"}, Condition=OWNER)
    assert heard(Alarm=alarm(FAILURES), Policy=policy(owner)) == HEARD


def notifies(*events: str, **properties: Any) -> Resource:
    asked = {"SNSTopicArn": TOPIC, "BackupVaultEvents": [*events], **properties}
    return of_type("Backup::BackupVault", {"BackupVaultName": "v", "Notifications": asked})


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (["BACKUP_JOB_COMPLETED"], ["aborted backups", "expired backups", "failed backups"]),
        (["COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED"], ["failed copies", "failed restores"]),
        # Accepted, and never sent.
        (["BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED", "RESTORE_JOB_FAILED"], []),
        (["BACKUP_JOB_STARTED", "COPY_JOB_SUCCESSFUL"], []),
    ],
)
def test_notifications_of_a_vault(events: list[str], expected: list[str]) -> None:
    takes = policy(publish(BACKUP))
    found = heard(Vault=notifies(*events), Policy=takes)
    assert found == [f"{what}: ${{Topic}}" for what in expected]
    assert heard(Vault=notifies(*events)) == []


def test_who_is_subscribed() -> None:
    inner = of_type("SNS::Topic", {"Subscription": [{"Endpoint": "a@b.cc", "Protocol": "email"}]})
    outer = of_type(
        "SNS::Subscription",
        {"TopicArn": TOPIC, "Endpoint": {"Ref": "Given"}, "Protocol": "email-json"},
    )
    by_phone = of_type(
        "SNS::Subscription", {"TopicArn": TOPIC, "Endpoint": "+1555", "Protocol": "sms"}
    )
    found = protected({"Topic": inner, "Subscription": outer, "Phone": by_phone}).subscribers
    assert {shown(t): sorted(map(shown, who)) for t, who in found.items()} == {
        "${Topic}": ["${Given}", "+1555 (sms)", "a@b.cc"]
    }
