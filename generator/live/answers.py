"""What AWS says of the resources of a stack, as properties that a template could have."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.cloudformation.read import entry
from generator.live.reading import document
from generator.protection.texts import maps, texts

Node = Mapping[str, Any]
Properties = dict[str, Any]
_RENAMED = {"TargetBackupVaultName": "TargetBackupVault"}
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
    key_policy: Any = None
    """``Policy`` of GetKeyPolicy, as it is or as text, of the key that encrypts the vault, unless
    it is AWS's own."""
    role: Node | None = None
    """``Role`` of GetRole."""
    inline: Mapping[str, Any] | None = None
    """``PolicyDocument`` of GetRolePolicy, of all inline policies of the role, by name."""
    attached: Sequence[str] | None = None
    """The ARNs of ListAttachedRolePolicies."""
    managed: Mapping[str, Any] = field(default_factory=dict)
    """``Document`` of GetPolicyVersion, of what is attached to the role and of its permissions
    boundary, by ARN."""
    rules: Mapping[str, Node | None] = field(default_factory=dict)
    """What DescribeRule answers, by the name of the rule; None: AWS has no such rule."""
    targets: Mapping[str, Sequence[Node]] = field(default_factory=dict)
    """``Targets`` of ListTargetsByRule, by the name of the rule."""
    alarms: Sequence[Node] | None = None
    """``MetricAlarms`` of DescribeAlarms for the alarms of the stack; AWS has no others of them."""
    topics: Mapping[str, Node | None] = field(default_factory=dict)
    """``Attributes`` of GetTopicAttributes, by ARN; None: AWS has no such topic."""


def plan(its: Properties, name: str, answers: Answers) -> Properties:
    """Return the properties of a plan."""
    found = entry(answers.plan, "BackupPlan")
    if not answers.plan or answers.plan.get("BackupPlanId") != name or not found:
        return its
    # Of two rules that keep backups for the same time, the first one counts where both start.
    order = [rule.get("RuleName") for rule in maps(entry(its, "BackupPlan").get("BackupPlanRule"))]
    rules = sorted(
        map(_rule_of_plan, found.get("Rules", [])),
        key=lambda each: (
            order.index(name) if (name := each.get("RuleName")) in order else len(order)
        ),
    )
    settings = found.get("AdvancedBackupSettings") or []
    return {**its, "BackupPlan": {"BackupPlanRule": rules, "AdvancedBackupSettings": settings}}


def _rule_of_plan(found: Node) -> Properties:
    renamed = {_RENAMED.get(key, key): value for key, value in found.items()}
    # Two names of one zone.
    zone = found.get("ScheduleExpressionTimezone")
    return {**renamed, "ScheduleExpressionTimezone": "UTC"} if zone == "Etc/UTC" else renamed


def selection(its: Properties, _: str, answers: Answers) -> Properties | None:
    """Return the properties of a selection of the template: those of AWS stand beside them."""
    return its if answers.selections is None else None


def vault(its: Properties, name: str, answers: Answers) -> Properties:
    """Return the properties of a vault; its key cannot change."""
    found = dict(its)
    if answers.vault is not None and answers.vault.get("BackupVaultName") == name:
        found.pop("LockConfiguration", None)
        limits = _only(answers.vault, ("MinRetentionDays", "MaxRetentionDays"))
        # Only a lock in compliance mode has a date. How many days it gave is not known any more.
        final = {"ChangeableForDays": "0"} if answers.vault.get("LockDate") else {}
        # Whether AWS calls a vault locked that it locks for good only later is not documented.
        if answers.vault.get("Locked") or final:
            found["LockConfiguration"] = {**limits, **final}
    if answers.vault_policy is not None:
        found.pop("AccessPolicy", None)
        if answers.vault_policy:
            found["AccessPolicy"] = document(answers.vault_policy)
    return found


def key(its: Properties, _: str, answers: Answers) -> Properties:
    """Return the properties of the key that encrypts the vault."""
    return its if answers.key_policy is None else {**its, "KeyPolicy": document(answers.key_policy)}


def role(its: Properties, name: str, answers: Answers) -> Properties:
    """Return the properties of a role."""
    found = dict(its)
    if answers.role is not None and answers.role.get("RoleName") == name:
        trust = answers.role.get("AssumeRolePolicyDocument", {})
        found["AssumeRolePolicyDocument"] = document(trust)
        boundary = answers.role.get("PermissionsBoundary") or {}
        found["PermissionsBoundary"] = boundary.get("PermissionsBoundaryArn", "")
    if answers.inline is not None:
        found["Policies"] = [
            {"PolicyName": policy, "PolicyDocument": document(its)}
            for policy, its in answers.inline.items()
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
    found = policies_of_topics(answers)
    left = [each for each in texts(its.get("Topics")) if each not in found]
    return {**its, "Topics": left} if left else None


def policies_of_topics(answers: Answers) -> dict[str, Properties]:
    """Return the properties of the policies of topics, by ARN.

    A topic that is gone takes nothing.
    """
    found = {}
    for arn, attributes in answers.topics.items():
        policy = "{}" if attributes is None else attributes.get("Policy")
        if policy:
            policy = {"Statement": [], **document(policy)}
            found[arn] = {"Topics": [arn], "PolicyDocument": policy}
    return found


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
    "AWS::KMS::Key": key,
    "AWS::SNS::Topic": topic,
    "AWS::SNS::TopicPolicy": topic_policy,
}
"""What takes the properties of a resource in the template, and what Ref gives for it, and returns
what AWS says they are; None: there is no such resource."""
