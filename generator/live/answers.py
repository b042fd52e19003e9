"""What AWS says of the resources of a stack, as properties that a template could have."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from generator.cloudformation.errors import UnreadableError

Node = Mapping[str, Any]
Properties = dict[str, Any]
_SHOWN = 40
"""So many letters of a text are shown that is not what it should be."""
RENAMED = {"TargetBackupVaultName": "TargetBackupVault"}
"""A key of a rule as the API has it, and as a template does."""


@dataclass(frozen=True)
class Answers:
    """What AWS says, as boto3 returns it. What it did not say counts as the template has it."""

    plan: Node | None = None
    """What GetBackupPlan answers."""
    selections: Sequence[Node] | None = None
    """``BackupSelection`` of GetBackupSelection, of all selections of the plan."""
    vault: Node | None = None
    """What DescribeBackupVault answers."""
    vault_policy: str | None = None
    """``Policy`` of GetBackupVaultAccessPolicy; empty: the vault has none."""
    role: Node | None = None
    """``Role`` of GetRole."""
    inline: Mapping[str, Any] | None = None
    """``PolicyDocument`` of GetRolePolicy, of all inline policies of the role, by name."""
    attached: Sequence[str] | None = None
    """The ARNs of ListAttachedRolePolicies."""
    rules: Mapping[str, Node | None] = field(default_factory=dict)
    """What DescribeRule answers, by the name of the rule; None: AWS has no such rule."""
    targets: Mapping[str, Sequence[Node]] = field(default_factory=dict)
    """``Targets`` of ListTargetsByRule, by the name of the rule."""
    alarms: Sequence[Node] | None = None
    """``MetricAlarms`` of DescribeAlarms for the alarms of the stack; AWS has no others of them."""
    topics: Mapping[str, Node | None] = field(default_factory=dict)
    """``Attributes`` of GetTopicAttributes, by ARN; None: AWS has no such topic."""
    subscriptions: Mapping[str, Sequence[Node]] = field(default_factory=dict)
    """``Subscriptions`` of ListSubscriptionsByTopic, by the ARN of the topic."""


def plan(its: Properties, name: str, answers: Answers) -> Properties:
    """Return the properties of a plan."""
    if answers.plan is None or answers.plan.get("BackupPlanId") != name:
        return its
    found = answers.plan["BackupPlan"]
    rules = [
        {RENAMED.get(key, key): value for key, value in rule.items()}
        for rule in found.get("Rules", [])
    ]
    settings = found.get("AdvancedBackupSettings") or []
    return {**its, "BackupPlan": {"BackupPlanRule": rules, "AdvancedBackupSettings": settings}}


def selection(its: Properties, _: str, answers: Answers) -> Properties | None:
    """Return the properties of a selection of the template: those of AWS stand beside them."""
    return its if answers.selections is None else None


def vault(its: Properties, name: str, answers: Answers) -> Properties:
    """Return the properties of a vault; its key cannot change."""
    found = dict(its)
    if answers.vault is not None and answers.vault.get("BackupVaultName") == name:
        found.pop("LockConfiguration", None)
        limits = {key: answers.vault.get(key) for key in ("MinRetentionDays", "MaxRetentionDays")}
        date = answers.vault.get("LockDate")
        lock = {key: value for key, value in limits.items() if value is not None}
        # Only a lock in compliance mode has a date. How many days it gave is not known any more.
        lock |= {} if date is None else {"ChangeableForDays": "0"}
        if lock or answers.vault.get("Locked"):
            found["LockConfiguration"] = lock
    if answers.vault_policy is not None:
        found.pop("AccessPolicy", None)
        if answers.vault_policy:
            found["AccessPolicy"] = document(answers.vault_policy)
    return found


def role(its: Properties, name: str, answers: Answers) -> Properties:
    """Return the properties of a role."""
    if answers.role is None or answers.role.get("RoleName") != name:
        return its
    found = _only(its, ("Policies", "ManagedPolicyArns"))
    found["AssumeRolePolicyDocument"] = document(answers.role["AssumeRolePolicyDocument"])
    boundary = answers.role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    if boundary:
        found["PermissionsBoundary"] = boundary
    if answers.inline is not None:
        found["Policies"] = [
            {"PolicyName": name, "PolicyDocument": document(policy)}
            for name, policy in answers.inline.items()
        ]
    if answers.attached is not None:
        found["ManagedPolicyArns"] = [*answers.attached]
    return found


def rule(its: Properties, name: str, answers: Answers) -> Properties | None:
    """Return the properties of a rule of EventBridge; None: there is no such rule."""
    found = dict(its)
    if name in answers.rules:
        described = answers.rules[name]
        if described is None:
            return None
        found |= _only(described, ("EventBusName", "State"))
        found["EventPattern"] = document(described.get("EventPattern") or "{}")
    if name in answers.targets:
        found["Targets"] = [_only(each, ("Id", "Arn", "RoleArn")) for each in answers.targets[name]]
    return found


def alarm(its: Properties, name: str, answers: Answers) -> Properties | None:
    """Return the properties of an alarm; None: there is no such alarm."""
    if answers.alarms is None:
        return its
    found = next((each for each in answers.alarms if each.get("AlarmName") == name), None)
    return None if found is None else _only(found, _OF_ALARMS)


def topic(its: Properties, arn: str, answers: Answers) -> Properties:
    """Return the properties of a topic."""
    attributes = answers.topics.get(arn)
    return its if attributes is None else _only(attributes, ("FifoTopic", "KmsMasterKeyId"))


def topic_policy(its: Properties, _: str, answers: Answers) -> Properties | None:
    """Return the properties of a topic's policy: that of AWS stands beside it."""
    left = [each for each in its.get("Topics", []) if each not in answers.topics]
    return {**its, "Topics": left} if left else None


def policy_of_topic(arn: str, attributes: Node | None) -> Properties:
    """Return the properties of the policy of a topic; a topic that is gone takes nothing."""
    text = "" if attributes is None else attributes.get("Policy")
    return {
        "Topics": [arn],
        "PolicyDocument": document(text) if text else {"Statement": []},
    }


def subscription(its: Properties, _: str, answers: Answers) -> Properties | None:
    """Return the properties of a subscription; None: nothing is sent to it."""
    if its.get("TopicArn") not in answers.subscriptions:
        return its
    found = answers.subscriptions[its["TopicArn"]]
    # One that waits, or is deleted, has a word instead of an ARN.
    confirmed = {_subscriber(e) for e in found if e.get("SubscriptionArn", "").startswith("arn:")}
    return its if _subscriber(its) in confirmed else None


def _subscriber(properties: Node) -> tuple[str, str]:
    protocol, endpoint = (str(properties.get(key, "")) for key in ("Protocol", "Endpoint"))
    # Mail servers make no difference between small and capital letters.
    return protocol, endpoint.lower() if protocol.startswith("email") else endpoint


def _only(node: Node, keys: Iterable[str]) -> Properties:
    return {key: node[key] for key in keys if key in node}


_OF_ALARMS = (
    *("ActionsEnabled", "AlarmActions", "ComparisonOperator", "DatapointsToAlarm", "Dimensions"),
    *("EvaluationPeriods", "MetricName", "Metrics", "Namespace", "Period", "Statistic"),
    *("Threshold", "TreatMissingData"),
)

AS_FOUND: dict[str, Callable[[Properties, str, Answers], Properties | None]] = {
    "AWS::Backup::BackupPlan": plan,
    "AWS::Backup::BackupSelection": selection,
    "AWS::Backup::BackupVault": vault,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::Events::Rule": rule,
    "AWS::IAM::Role": role,
    "AWS::SNS::Subscription": subscription,
    "AWS::SNS::Topic": topic,
    "AWS::SNS::TopicPolicy": topic_policy,
}
"""What takes the properties of a resource in the template, and what Ref gives for it, and returns
what AWS says they are; None: there is no such resource."""


def document(policy: Any) -> Any:
    """Return a policy, or a pattern of events, which AWS gives as it is or as text.

    Raises UnreadableError for a text that is none.
    """
    if not isinstance(policy, str):
        return policy
    text = policy if policy.lstrip().startswith("{") else unquote(policy)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableError(
            f"AWS answers with {policy[:_SHOWN]!r} where JSON was expected"
        ) from None
