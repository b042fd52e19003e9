"""E9522: topics that services can publish to."""

from typing import Any

import pytest

from tests.rules.support import agree, found, template, vault

TOPIC = {"Ref": "Topic"}
NO_POLICY = "no policy in this template allows backup.amazonaws.com to publish"


def allowing(principal: Any, action: Any = "sns:Publish", **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": TOPIC}
    return {
        "Type": "AWS::SNS::TopicPolicy",
        "Properties": {
            "Topics": [TOPIC],
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [{**statement, **more}]},
        },
    }


def notified(arn: Any = TOPIC, key: Any = None, **resources: Any) -> list[str]:
    properties = {} if key is None else {"KmsMasterKeyId": key}
    return found(
        "E9522",
        template(
            Vault=vault(Notifications={"SNSTopicArn": arn, "BackupVaultEvents": []}),
            Topic={"Type": "AWS::SNS::Topic", "Properties": properties},
            Parameters={"Given": {"Type": "String"}},
            **resources,
        ),
    )


BACKUP = {"Service": "backup.amazonaws.com"}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (allowing(BACKUP), []),
        (allowing({"Service": ["events.amazonaws.com", "backup.amazonaws.com"]}), []),
        (allowing(BACKUP, ["SNS:Subscribe", "SNS:Publish"]), []),
        (allowing(BACKUP, "sns:*"), []),
        (allowing("*"), []),
        (allowing({"AWS": "*"}), []),
        (allowing({"Ref": "Given"}), []),
        (allowing({"Service": "events.amazonaws.com"}), [NO_POLICY]),
        (allowing(BACKUP, "sns:Subscribe"), [NO_POLICY]),
        (allowing(BACKUP, Effect="Deny"), [NO_POLICY]),
    ],
)
def test_policies_of_the_topic(policy: dict[str, Any], expected: list[str]) -> None:
    agree(notified(Policy=policy), expected)


def test_no_policy_at_all() -> None:
    agree(notified(), [NO_POLICY])
    agree(notified({"Fn::GetAtt": ["Topic", "TopicArn"]}), [NO_POLICY])


@pytest.mark.parametrize("arn", [{"Ref": "Given"}, {"Fn::ImportValue": "topic"}, "arn:aws:sns:::t"])
def test_a_topic_of_somebody_else_is_not_ours_to_judge(arn: Any) -> None:
    assert notified(arn) == []


def test_a_policy_of_another_topic_does_not_help() -> None:
    policy = allowing(BACKUP)
    policy["Properties"]["Topics"] = [{"Ref": "Other"}]
    other = {"Type": "AWS::SNS::Topic"}
    agree(notified(Policy=policy, Other=other), [NO_POLICY])


def test_a_policy_for_topics_that_only_the_deployment_knows_may_help() -> None:
    policy = allowing(BACKUP)
    policy["Properties"]["Topics"] = [{"Ref": "Given"}]
    assert notified(Policy=policy) == []


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("alias/aws/sns", ["'alias/aws/sns' of topic 'Topic'"]),
        ({"Fn::Sub": "arn:${AWS::Partition}:kms:x:y:alias/aws/sns"}, ["of topic 'Topic'"]),
        ({"Fn::GetAtt": ["Key", "Arn"]}, []),
        ("alias/ours", []),
    ],
)
def test_keys(key: Any, expected: list[str]) -> None:
    agree(notified(key=key, Policy=allowing(BACKUP)), expected)


@pytest.mark.parametrize(
    ("source", "principal", "expected"),
    [
        ("aws.backup", {"Service": "events.amazonaws.com"}, []),
        ("aws.backup", BACKUP, ["allows events.amazonaws.com to publish"]),
        ("aws.ec2", BACKUP, []),
    ],
)
def test_eventbridge(source: str, principal: Any, expected: list[str]) -> None:
    event_rule = {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "EventPattern": {"source": [source]},
            "Targets": [{"Id": "t", "Arn": TOPIC}],
        },
    }
    topic = {"Type": "AWS::SNS::Topic"}
    whole = template(Topic=topic, Rule=event_rule, Policy=allowing(principal))
    agree(found("E9522", whole), expected)
