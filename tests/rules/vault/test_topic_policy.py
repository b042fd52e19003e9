"""E9522: topics that services can publish to."""

from typing import Any

import pytest

from tests.rules.support import ROLE_ARN, agree, found, role, template, vault

BACKUP, EVENTS, ALARMS = (
    {"Service": f"{name}.amazonaws.com"} for name in ("backup", "events", "cloudwatch")
)
TOPIC = {"Ref": "Topic"}
HERE = {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}
ACCOUNT = {"Ref": "AWS::AccountId"}
OWNED = {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}
NOT_BACKUP = "no policy in this template allows backup.amazonaws.com to publish"
NOT_EVENTS = "no policy in this template allows events.amazonaws.com to publish"
NOT_ALARMS = "no policy in this template allows cloudwatch.amazonaws.com to publish"
ARN = "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:"


def statement(principal: Any, **more: Any) -> dict[str, Any]:
    whole = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sns:Publish",
        "Resource": TOPIC,
        **more,
    }
    return {key: value for key, value in whole.items() if value is not None}


def allowing(*principals: Any, topics: Any = TOPIC, **more: Any) -> dict[str, Any]:
    """Return a policy of the topic that lets each of these publish."""
    document = {
        "Version": "2012-10-17",
        "Statement": [statement(principal, **more) for principal in principals],
    }
    return {
        "Type": "AWS::SNS::TopicPolicy",
        "Properties": {"Topics": [topics], "PolicyDocument": document},
    }


NOTIFIED = vault(Notifications={"SNSTopicArn": TOPIC, "BackupVaultEvents": []})


def event_rule(source: str = "aws.backup", **target: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "EventPattern": {"source": [source]},
            "Targets": [{"Id": "t", "Arn": TOPIC, **target}],
        },
    }


def alarm(**properties: Any) -> dict[str, Any]:
    whole = {"Namespace": "AWS/Backup", "AlarmActions": [TOPIC], **properties}
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": whole}


def told(topic: dict[str, Any] | None = None, **resources: Any) -> list[str]:
    """Return the findings in a template with a topic that publishes to nobody."""
    return found(
        "E9522",
        template(
            **{
                "Topic": {"Type": "AWS::SNS::Topic", "Properties": topic or {}},
                "Other": {"Type": "AWS::SNS::Topic"},
                "Far": event_rule("aws.ec2", Arn={"Ref": "Nobody"}),
                "Parameters": {"Given": {"Type": "String"}},
                "Conditions": {"Here": HERE},
                **resources,
            }
        ),
    )


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (allowing(BACKUP), []),
        (allowing({"Service": ["events.amazonaws.com", "backup.amazonaws.com"]}), []),
        (allowing(BACKUP, Action=["SNS:Subscribe", "SNS:Publish"]), []),
        (allowing(BACKUP, Action="sns:*"), []),
        (allowing(BACKUP, Action=None, NotAction="sns:Subscribe"), []),
        (allowing("*"), []),
        (allowing({"AWS": "*"}), []),
        (allowing({"Ref": "Given"}), []),
        (allowing({"Fn::If": ["Here", BACKUP, EVENTS]}), [NOT_BACKUP]),
        (allowing(EVENTS), [NOT_BACKUP]),
        (allowing({"AWS": ACCOUNT}), [NOT_BACKUP]),
        (allowing(BACKUP, Action="sns:Subscribe"), [NOT_BACKUP]),
        (allowing(BACKUP, Action=None, NotAction="sns:*"), [NOT_BACKUP]),
        (allowing(BACKUP, Effect="Deny"), [NOT_BACKUP]),
        # Which topics the statement is about.
        (allowing(BACKUP, Resource="*"), []),
        (allowing(BACKUP, Resource={"Fn::GetAtt": ["Topic", "TopicArn"]}), []),
        (allowing(BACKUP, Resource={"Fn::Sub": ARN + "${Topic.TopicName}"}), []),
        (allowing(BACKUP, Resource={"Fn::Sub": "arn:aws:sns:eu-west-1:111122223333:*"}), []),
        (allowing(BACKUP, Resource={"Ref": "Given"}), []),
        (allowing(BACKUP, Resource={"Ref": "Other"}), [NOT_BACKUP]),
        (allowing(BACKUP, Resource={"Fn::Sub": ARN + "${Other.TopicName}"}), [NOT_BACKUP]),
        (allowing(BACKUP, Resource="arn:aws:sns:eu-west-1:111122223333:other"), [NOT_BACKUP]),
        # Which topics the policy is of.
        (allowing(BACKUP, topics={"Ref": "Given"}), []),
        (allowing(BACKUP, topics={"Fn::Sub": ARN + "${Given}"}), []),
        (allowing(BACKUP, topics={"Ref": "Other"}), [NOT_BACKUP]),
        # Conditions.
        (allowing({"AWS": "*"}, Condition=OWNED), ["'Policy' asks for AWS:SourceOwner, which"]),
        (allowing({"AWS": "*"}, Condition={"StringLike": {"aws:sourceowner": "*"}}), [NOT_BACKUP]),
        (allowing(BACKUP, Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}), []),
        (
            allowing(BACKUP, Condition={"ArnEquals": {"aws:SourceArn": {"Ref": "Given"}}}),
            [],
        ),
        (
            allowing(
                BACKUP,
                Condition={"ArnLike": {"aws:SourceArn": {"Fn::GetAtt": "Vault.BackupVaultArn"}}},
            ),
            [],
        ),
        (
            allowing(BACKUP, Condition={"ArnLike": {"aws:SourceArn": {"Fn::GetAtt": "Far.Arn"}}}),
            [NOT_BACKUP],
        ),
    ],
)
def test_policies_of_a_vault_s_topic(policy: dict[str, Any], expected: list[str]) -> None:
    agree(told(Vault=NOTIFIED, Policy=policy), expected)


def test_one_policy_that_allows_it_is_enough() -> None:
    its = {"TopicArn": TOPIC, "PolicyDocument": allowing(BACKUP)["Properties"]["PolicyDocument"]}
    inline = {"Type": "AWS::SNS::TopicInlinePolicy", "Properties": its}
    assert told(Vault=NOTIFIED, First=allowing(EVENTS), Second=inline) == []
    assert told(Vault=NOTIFIED, First=allowing(EVENTS), Second=allowing(BACKUP)) == []


def test_a_policy_that_denies_it_to_the_service() -> None:
    policy = allowing(BACKUP)
    statements = policy["Properties"]["PolicyDocument"]["Statement"]
    statements.append(statement({"AWS": "*"}, Effect="Deny", Condition=OWNED))
    assert told(Vault=NOTIFIED, Policy=policy) == []
    statements.append(statement("*", Effect="Deny"))
    agree(told(Vault=NOTIFIED, Policy=policy), [NOT_BACKUP])


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (TOPIC, [f"{NOT_BACKUP} to it, so its messages are lost: add an AWS::SNS::TopicPolicy"]),
        ({"Fn::GetAtt": ["Topic", "TopicArn"]}, [NOT_BACKUP]),
        ({"Fn::Sub": ARN + "${Topic.TopicName}"}, [NOT_BACKUP]),
        ({"Fn::Sub": ARN + "alerts"}, [NOT_BACKUP]),
        # A topic of somebody else is not ours to judge.
        ({"Fn::Sub": ARN + "others"}, []),
        ({"Ref": "Given"}, []),
        ({"Fn::ImportValue": "topic"}, []),
        ("arn:aws:sns:::t", []),
    ],
)
def test_topics_without_a_policy(arn: Any, expected: list[str]) -> None:
    its = vault(Notifications={"SNSTopicArn": arn, "BackupVaultEvents": []})
    agree(told({"TopicName": "alerts"}, Vault=its), expected)


@pytest.mark.parametrize(
    "name", ["alerts", {"Fn::Sub": "${Vault}-alerts"}, {"Ref": "Far"}, {"Ref": "Given"}, {}, 7]
)
def test_a_topic_with_a_name(name: Any) -> None:
    topic = {"TopicName": name}
    assert told(topic, Vault=NOTIFIED, Policy=allowing(BACKUP)) == []
    by_name = allowing(BACKUP, Resource={"Fn::Join": ["", [{"Fn::Sub": ARN}, name]]})
    assert told(topic, Vault=NOTIFIED, Policy=by_name) == []
    agree(told(topic, Vault=NOTIFIED, Policy=allowing(EVENTS)), [NOT_BACKUP])


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (allowing(EVENTS), []),
        (
            allowing(
                EVENTS, Condition={"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": "Rule.Arn"}}}
            ),
            [],
        ),
        (allowing(BACKUP), [NOT_EVENTS]),
        (allowing({"AWS": "*"}, Condition=OWNED), [NOT_EVENTS]),
        (
            allowing(EVENTS, Condition={"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": "Far.Arn"}}}),
            [NOT_EVENTS],
        ),
        (None, [NOT_EVENTS]),
    ],
)
def test_rules(policy: Any, expected: list[str]) -> None:
    more = {"Policy": policy} if policy else {}
    agree(told(Rule=event_rule(), **more), expected)


def test_a_rule_of_another_bus_has_another_arn() -> None:
    rule = event_rule()
    rule["Properties"] |= {"Name": "failed", "EventBusName": "central"}
    arn = "arn:aws:events:eu-west-1:111122223333:rule/central/failed"
    policy = allowing(EVENTS, Condition={"ArnEquals": {"aws:SourceArn": arn}})
    assert told(Rule=rule, Policy=policy) == []


def test_conditions_of_other_topics_make_nothing_unknown() -> None:
    numbers = range(8)
    conditions = {f"C{n}": {"Fn::Equals": [{"Ref": "Given"}, str(n)]} for n in numbers}
    others = {
        f"Of{n}": {**allowing(EVENTS, topics={"Ref": "Other"}), "Condition": f"C{n}"}
        for n in numbers
    }
    agree(told(Vault=NOTIFIED, Conditions=conditions, **others), [NOT_BACKUP])


def events_role(*statements: Any, **properties: Any) -> dict[str, Any]:
    """Return a role that EventBridge can assume."""
    trust = role()["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    trusted = {"Version": "2012-10-17", "Statement": [{**trust, "Principal": EVENTS}]}
    return role(*statements, AssumeRolePolicyDocument=trusted, **properties)


PUBLISH = {"Effect": "Allow", "Action": "sns:Publish", "Resource": TOPIC}
NEITHER = f"{NOT_EVENTS} to it, and the role in RoleArn may not either"


@pytest.mark.parametrize(
    ("its", "expected"),
    [
        (PUBLISH, []),
        ({**PUBLISH, "Resource": "*"}, []),
        ({**PUBLISH, "Action": "sns:*"}, []),
        ({**PUBLISH, "Resource": {"Ref": "Given"}}, []),
        ({**PUBLISH, "Action": "sns:Subscribe"}, [NEITHER]),
        ({**PUBLISH, "Resource": {"Ref": "Other"}}, [NEITHER]),
        ({**PUBLISH, "Effect": "Deny"}, [NEITHER]),
        (None, [NEITHER]),
    ],
)
def test_execution_roles(its: Any, expected: list[str]) -> None:
    rule, its_role = event_rule(RoleArn=ROLE_ARN), events_role(*([its] if its else []))
    agree(told(Rule=rule, Role=its_role), expected)
    assert told(Rule=rule, Role=its_role, Policy=allowing(EVENTS)) == []


def test_an_execution_role_that_the_topic_s_policy_names() -> None:
    rule, policy = event_rule(RoleArn=ROLE_ARN), allowing({"AWS": ROLE_ARN})
    assert told(Rule=rule, Role=events_role(), Policy=policy) == []
    policy = allowing({"AWS": {"Fn::GetAtt": ["Second", "Arn"]}})
    whole = {"Rule": rule, "Role": events_role(), "Second": events_role(), "Policy": policy}
    agree(told(**whole), [NEITHER])


S3_ONLY = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("properties", "statements", "expected"),
    [
        ({"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonSNSFullAccess"]}, [S3_ONLY], []),
        ({"PermissionsBoundary": {"Ref": "Given"}}, [PUBLISH], []),
        ({"PermissionsBoundary": {"Ref": "Boundary"}}, [PUBLISH], [NEITHER]),
    ],
)
def test_policies_beside_the_role_s_own(
    properties: dict[str, Any], statements: list[Any], expected: list[str]
) -> None:
    document = {"Version": "2012-10-17", "Statement": [S3_ONLY]}
    boundary = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
    its_role = events_role(*statements, **properties)
    agree(
        told(Rule=event_rule(RoleArn=ROLE_ARN), Role=its_role, Boundary=boundary),
        expected,
    )


def test_an_execution_role_that_eventbridge_cannot_assume() -> None:
    agree(told(Rule=event_rule(RoleArn=ROLE_ARN), Role=role(PUBLISH)), [NEITHER])


@pytest.mark.parametrize("arn", [{"Ref": "Given"}, {"Fn::ImportValue": "role"}])
def test_an_execution_role_that_nobody_knows(arn: Any) -> None:
    assert told(Rule=event_rule(RoleArn=arn)) == []


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (allowing(EVENTS, ALARMS), []),
        (
            allowing(ALARMS, Condition={"ArnLike": {"aws:SourceArn": {"Fn::GetAtt": "Alarm.Arn"}}}),
            [],
        ),
        # SNS's default policy lets alarms publish, and another policy replaces it.
        (None, []),
        (allowing({"AWS": "*"}, Condition=OWNED), []),
        (allowing(EVENTS), ["'Policy' replaces SNS's default policy, which lets alarms publish"]),
        (allowing(BACKUP, EVENTS), [NOT_ALARMS]),
        (allowing(EVENTS, topics={"Ref": "Other"}), []),
        (allowing(EVENTS, topics={"Ref": "Given"}), []),
        (
            allowing(ALARMS, Condition={"ArnLike": {"aws:SourceArn": {"Fn::GetAtt": "Far.Arn"}}}),
            [NOT_ALARMS],
        ),
    ],
)
def test_alarms(policy: Any, expected: list[str]) -> None:
    more = {"Policy": policy} if policy else {}
    agree(told(Alarm=alarm(), **more), expected)


METRIC = {"MetricStat": {"Metric": {"Namespace": "AWS/Backup", "MetricName": "x"}, "Period": 60}}
COMPOSITE = {
    "Type": "AWS::CloudWatch::CompositeAlarm",
    "Properties": {"AlarmRule": {"Fn::Sub": "ALARM(${Alarm})"}, "AlarmActions": [TOPIC]},
}


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({"Alarm": alarm()}, ["AlarmActions names topic 'Topic'"]),
        ({"Alarm": alarm(AlarmActions=[], OKActions=[TOPIC])}, ["OKActions names topic 'Topic'"]),
        ({"Alarm": alarm(AlarmActions=[], InsufficientDataActions=[TOPIC])}, ["Insufficient"]),
        ({"Alarm": alarm(Namespace=None, Metrics=[METRIC])}, [NOT_ALARMS]),
        (
            {"Alarm": alarm(Namespace=None, Metrics=[{"Expression": "SEARCH('{AWS/Backup,x}')"}])},
            [NOT_ALARMS],
        ),
        ({"Alarm": alarm(AlarmActions=[]), "All": COMPOSITE}, [NOT_ALARMS]),
        ({"Rule": event_rule("aws.backup")}, [NOT_EVENTS]),
        # One finding per cause.
        ({"Alarm": alarm(OKActions=[TOPIC]), "Second": alarm()}, [NOT_ALARMS]),
        (
            {"Rule": event_rule(), "Second": event_rule(), "Alarm": alarm()},
            [NOT_EVENTS, NOT_ALARMS],
        ),
        # Neither is about backups.
        ({"Alarm": alarm(Namespace="AWS/EC2"), "All": COMPOSITE}, []),
        ({"Rule": event_rule("aws.ec2")}, []),
        ({"Alarm": alarm(AlarmActions=["arn:aws:sns:eu-west-1:111122223333:theirs"])}, []),
    ],
)
def test_what_is_about_backups(resources: dict[str, Any], expected: list[str]) -> None:
    nobody = allowing({"Service": "s3.amazonaws.com"})
    agree(told(Policy=nobody, **resources), expected)


ROOT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
ALL_THREE = allowing(BACKUP, EVENTS, ALARMS)


def key(*statements: Any) -> dict[str, Any]:
    own = statement(ROOT, Action="kms:*", Resource="*")
    document = {"Version": "2012-10-17", "Statement": [own, *statements]}
    return {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": document}}


def using(principal: Any, *actions: str, **more: Any) -> dict[str, Any]:
    wanted = list(actions) or ["kms:GenerateDataKey*", "kms:Decrypt"]
    return statement(principal, Action=wanted, Resource="*", **more)


SILENT = "is key 'Key', whose policy does not allow backup.amazonaws.com to use it"


@pytest.mark.parametrize(
    ("its_key", "expected"),
    [
        (key(using(BACKUP)), []),
        (key(using({"Service": ["backup.amazonaws.com", "events.amazonaws.com"]})), []),
        (key(using(BACKUP, "kms:GenerateDataKey", "kms:Decrypt")), []),
        (key(using(BACKUP, "kms:*")), []),
        (key(using({"AWS": "*"})), []),
        (key(using({"Ref": "Given"})), []),
        (key(using(BACKUP, Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}})), []),
        ({"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Ref": "Given"}}}, []),
        (key(), [SILENT]),
        (key(using(EVENTS)), [SILENT]),
        (key(using(BACKUP, "kms:Decrypt")), [SILENT]),
        (key(using(BACKUP, "kms:GenerateDataKey*")), [SILENT]),
        (key(using(BACKUP), using(BACKUP, Effect="Deny")), [SILENT]),
        ({"Type": "AWS::KMS::Key", "Properties": {}}, [SILENT]),
    ],
)
def test_policies_of_the_topic_s_key(its_key: dict[str, Any], expected: list[str]) -> None:
    whole = {"Vault": NOTIFIED, "Policy": ALL_THREE, "Key": its_key}
    agree(told({"KmsMasterKeyId": {"Ref": "Key"}}, **whole), expected)


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        ({"Ref": "Key"}, [SILENT]),
        ({"Fn::GetAtt": ["Key", "Arn"]}, [SILENT]),
        ({"Fn::GetAtt": ["Key", "KeyId"]}, [SILENT]),
        ({"Fn::Sub": "arn:${AWS::Partition}:kms:${AWS::Region}:1:key/${Key}"}, [SILENT]),
        ({"Ref": "Alias"}, [SILENT]),
        ("alias/ours", [SILENT]),
        ("alias/aws/sns", ["is a key that AWS manages, which backup.amazonaws.com cannot use"]),
        ({"Fn::Sub": "arn:${AWS::Partition}:kms:x:y:alias/aws/sns"}, ["a key that AWS manages"]),
        ("alias/theirs", []),
        ({"Ref": "Given"}, []),
        ({"Fn::ImportValue": "key"}, []),
    ],
)
def test_which_key_the_topic_has(used: Any, expected: list[str]) -> None:
    alias = {"AliasName": "alias/ours", "TargetKeyId": {"Ref": "Key"}}
    whole = {
        "Vault": NOTIFIED,
        "Policy": ALL_THREE,
        "Key": key(),
        "Alias": {"Type": "AWS::KMS::Alias", "Properties": alias},
    }
    agree(told({"KmsMasterKeyId": used}, **whole), expected)


@pytest.mark.parametrize(
    ("publisher", "service"),
    [(NOTIFIED, "backup"), (event_rule(), "events"), (alarm(), "cloudwatch")],
)
@pytest.mark.parametrize("used", ["alias/aws/sns", {"Ref": "Key"}])
def test_every_service_needs_the_key(publisher: Any, service: str, used: Any) -> None:
    whole = {"Publisher": publisher, "Policy": ALL_THREE, "Key": key()}
    [message] = told({"KmsMasterKeyId": used}, **whole)
    assert f"{service}.amazonaws.com kms:GenerateDataKey* and kms:Decrypt" in message


def test_one_finding_names_all_services_that_cannot_use_the_key() -> None:
    whole = {"Vault": NOTIFIED, "Rule": event_rule(), "Alarm": alarm(), "Policy": ALL_THREE}
    [message] = told({"KmsMasterKeyId": {"Ref": "Key"}}, Key=key(using(EVENTS)), **whole)
    assert "allow backup.amazonaws.com and cloudwatch.amazonaws.com kms:Generate" in message
    with_role = event_rule(RoleArn={"Ref": "Given"})  # which uses the key itself
    assert told({"KmsMasterKeyId": "alias/aws/sns"}, Rule=with_role, Policy=ALL_THREE) == []


@pytest.mark.parametrize(
    ("of_the_vault", "of_the_policy", "expected"),
    [
        ("Here", "Here", []),
        ("Here", None, []),
        (None, "Here", [NOT_BACKUP]),
        ("Here", "There", [NOT_BACKUP]),
    ],
)
@pytest.mark.parametrize("what", ["resource", "statement"])
def test_a_policy_that_is_there_when_the_vault_is(
    what: str, of_the_vault: str | None, of_the_policy: str | None, expected: list[str]
) -> None:
    policy, conditions = allowing(BACKUP), {"Here": HERE, "There": {"Fn::Not": [HERE]}}
    if what == "resource" and of_the_policy:
        policy["Condition"] = of_the_policy
    elif of_the_policy:
        document = policy["Properties"]["PolicyDocument"]
        nothing = {"Ref": "AWS::NoValue"}
        document["Statement"] = [{"Fn::If": [of_the_policy, statement(BACKUP), nothing]}]
    its = {**NOTIFIED, **({"Condition": of_the_vault} if of_the_vault else {})}
    agree(told(Vault=its, Policy=policy, Conditions=conditions), expected)


@pytest.mark.parametrize("beside", ["Type", "Properties"])
def test_a_macro_may_name_the_topic(beside: str) -> None:
    macro = {"Fn::Transform": {"Name": "AWS::Include"}}
    inside = macro if beside == "Properties" else {}
    topic = {"Type": "AWS::SNS::Topic", "Properties": inside, **(macro if not inside else {})}
    policy = allowing(EVENTS, Resource={"Fn::Sub": f"{ARN}named-by-the-macro"})
    whole = template(Topic=topic, Rule=event_rule(), Policy=policy)
    assert found("E9522", whole) == []
