"""Stacks in the local AWS, and what AWS says of them."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

from generator import hosts
from generator.cloudformation.read import Template
from generator.live.answers import Answers
from generator.live.model import Deployed, deployed
from generator.protection.texts import Place
from generator.stacks import MAIN
from tests.deployed.support import asked, create, key_policy, role_policies
from tests.local_aws.deployer import Stack
from tests.local_aws.local_aws import LocalAws
from tests.support.generated import template


def deploy(aws: LocalAws, **given: str) -> tuple[Deployed, Answers]:
    """Return a stack with the parameters that are given, and what AWS says of it."""
    if vault := given.get("ExistingVaultName"):
        aws.client("backup").create_backup_vault(BackupVaultName=vault)
    if topic := given.get("NotificationTopicArn"):
        _create_topic(aws, topic)
    stack = create(aws, **given)
    parameters = [
        {"ParameterKey": name, "ParameterValue": value}
        for name, value in stack.evaluation.parameters.items()
    ]
    place = Place(hosts.partition(aws.region), aws.region, aws.account)
    stack_id = stack.evaluation.place.stack_id
    its = deployed(Template(MAIN, template()), parameters, stack.resources, place, stack_id)
    return its, answers(aws, stack)


def _create_topic(aws: LocalAws, arn: str) -> None:
    """Create a topic to which EventBridge and CloudWatch may publish."""
    sns = aws.client("sns")
    sns.create_topic(Name=arn.rpartition(":")[2])
    services = [f"{name}.amazonaws.com" for name in ("events", "cloudwatch")]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": services},
        "Action": "sns:Publish",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)


def answers(aws: LocalAws, stack: Stack) -> Answers:
    """Return what AWS says of a stack of ours. moto 5.2.5 has no selections, locks and policies."""
    backup, iam, events, sns = map(aws.client, ("backup", "iam", "events", "sns"))
    vault, plan = (stack.outputs[name] for name in ("BackupVaultName", "BackupPlanId"))
    role, topic = (stack.outputs[name] for name in ("BackupRoleName", "AlertTopicArn"))
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    rules = _named(stack, "AWS::Events::Rule")
    alarms = _named(stack, "AWS::CloudWatch::Alarm")
    key = stack.resources.get("SOCABackupVaultKey")
    policies = [each["Policy"] for each in asked(stack, "PutBackupVaultAccessPolicy")]
    return Answers(
        plan=backup.get_backup_plan(BackupPlanId=plan),
        selections=[*aws.selections[plan].values()],
        vault={**backup.describe_backup_vault(BackupVaultName=vault), **_lock(stack)},
        vault_policy="".join(policies),
        key_policy=key and json.dumps(key_policy(aws, key)),
        role=iam.get_role(RoleName=role)["Role"],
        inline=role_policies(aws, role),
        attached=[each["PolicyArn"] for each in attached],
        rules={name: events.describe_rule(Name=name) for name in rules},
        targets={name: events.list_targets_by_rule(Rule=name)["Targets"] for name in rules},
        alarms=aws.client("cloudwatch").describe_alarms(AlarmNames=alarms)["MetricAlarms"]
        if alarms
        else [],
        topics={
            arn: sns.get_topic_attributes(TopicArn=arn)["Attributes"] for arn in {topic} - {"none"}
        },
    )


def _named(stack: Stack, kind: str) -> list[str]:
    existing = stack.evaluation.existing
    return [stack.ref(name) for name, resource in existing.items() if resource["Type"] == kind]


def _lock(stack: Stack) -> dict[str, Any]:
    """Return what DescribeBackupVault says of the lock."""
    lock = next(iter(asked(stack, "PutBackupVaultLockConfiguration")), None)
    if lock is None:
        return {"Locked": False}
    found = {"Locked": True, **lock}
    if found.pop("ChangeableForDays", None):
        found["LockDate"] = datetime(2027, 1, 1, tzinfo=timezone.utc)
    return found


def as_aws_may_write(its: Answers) -> Answers:
    """Return the same with everything as AWS may write it, too."""
    assert its.plan
    assert its.role
    assert its.vault
    plan = its.plan["BackupPlan"]
    partition = its.role["Arn"].split(":")[1]
    trust = quote(json.dumps(_terse(its.role["AssumeRolePolicyDocument"])))
    return replace(
        its,
        plan={
            **its.plan,
            "BackupPlan": {
                "AdvancedBackupSettings": [],
                **plan,
                "Rules": [
                    {
                        "RuleId": f"{number}",
                        "CompletionWindowMinutes": 10_080,
                        "ScheduleExpressionTimezone": "Etc/UTC",
                        "CopyActions": [],
                        **rule,
                    }
                    for number, rule in enumerate(reversed(plan["Rules"]))
                ],
            },
        },
        selections=[
            {
                **each,
                "Resources": [*reversed(each["Resources"])],
                "NotResources": [],
                "ListOfTags": [],
                "Conditions": {"StringLike": [], "StringNotEquals": [], **each["Conditions"]},
            }
            for each in reversed(its.selections or [])
        ],
        vault={"EncryptionKeyArn": "arn:aws:kms:us-east-1:123456789012:key/aws", **its.vault},
        vault_policy=_in_text(its.vault_policy or "", _terse),
        key_policy=its.key_policy and _in_text(_with_roots(its.key_policy, partition), _terse),
        role={**its.role, "AssumeRolePolicyDocument": trust, "Description": "${x}"},
        inline={name: _terse(policy) for name, policy in reversed([*(its.inline or {}).items()])},
        rules={
            name: {
                "EventBusName": "default",
                **rule,
                "EventPattern": _in_text(rule["EventPattern"], _backwards),
            }
            for name, rule in its.rules.items()
            if rule
        },
        topics={
            arn: {**topic, "KmsMasterKeyId": "", "Policy": _in_text(topic["Policy"], _terse)}
            for arn, topic in its.topics.items()
            if topic
        },
    )


def _with_roots(policy: str, partition: str) -> str:
    """Return a policy with accounts as KMS writes them."""
    return re.sub(r'"(\d{12})"', rf'"arn:{partition}:iam::\1:root"', policy)


def _in_text(policy: str, change: Callable[[Any], Any]) -> str:
    return json.dumps(change(json.loads(policy)), indent=2) if policy else ""


def _terse(policy: Any) -> Any:
    """Return a policy in which what may stand alone does, in another order."""
    if isinstance(policy, Mapping):
        found = {key: _terse(policy[key]) for key in reversed([*policy])}
        return {**found, "Principal": {"AWS": "*"}} if found.get("Principal") == "*" else found
    if isinstance(policy, list):
        return _terse(policy[0]) if len(policy) == 1 else [*map(_terse, reversed(policy))]
    return {"true": True, "false": False}.get(policy, policy)


def _backwards(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _backwards(node[key]) for key in reversed([*node])}
    return [*map(_backwards, reversed(node))] if isinstance(node, list) else node
