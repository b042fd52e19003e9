"""Changes to our own template that cost no protection."""

import copy
import json

from tests.compare.protection_slips import (
    DAILY,
    EFS_ALARM,
    KEY,
    LOCK,
    MONTH,
    PATTERN,
    POLICIES,
    ROLE,
    RULES,
    SELECTION,
    STATEMENT,
    SUBSCRIPTION,
    TAG,
    TOPIC,
    TRUST,
    VAULT,
    Edit,
    add,
    arn,
    swap,
    turn,
)
from tests.support.compared import Document, put

DAILY_RULE = {"RuleName": "More", "ScheduleExpression": "cron(0 17 * * ? *)"}
INLINE = {"PolicyName": "More", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "rds:*", "Resource": "*"}]}}  # fmt: skip
IN_FULL = {"Fn::Join": ["", ["Vault-", {"Ref": "ClusterId"}]]}


def _as_yaml_or_json(template: Document) -> None:
    """Change nothing: the template is written in the other language."""


def _two_selections(template: Document) -> None:
    resources = template["Resources"]
    more = copy.deepcopy(resources["SOCABackupSelection"])
    resources["More"] = more
    moved = resources["SOCABackupSelection"]["Properties"]["BackupSelection"]["Resources"].pop()
    more["Properties"]["BackupSelection"]["Resources"] = [moved]


def _policy_of_its_own(template: Document) -> None:
    resources = template["Resources"]
    moved = resources["SOCAAWSBackupRole"]["Properties"]["Policies"].pop(2)
    roles = [{"Ref": "SOCAAWSBackupRole"}]
    resources["More"] = {
        "Type": "AWS::IAM::Policy",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {**moved, "Roles": roles},
    }


def _renamed_condition(template: Document) -> None:
    text = json.dumps(template)
    template.update(json.loads(text.replace('"KeepsWeekly"', '"HasWeekly"')))


HARMLESS: dict[str, Edit] = {
    "another language": _as_yaml_or_json,
    "a description": put("Description", "Something else"),
    "a description of the role": put(f"{ROLE}/Properties/Description", "Something else"),
    "a name of the topic": put(f"{TOPIC}/Properties/DisplayName", "Something else"),
    "parameters in another order": turn("Parameters"),
    "resources in another order": turn("Resources"),
    "types in another order": turn(f"{SELECTION}/Resources"),
    "policies in another order": turn(POLICIES),
    "actions in another order": turn(f"{POLICIES}/2/PolicyDocument/Statement/0/Action"),
    "rules in another order": turn(RULES),
    "Join for Sub": put(f"{VAULT}/Properties/BackupVaultName", IN_FULL),
    "a literal for a Ref": put(f"{DAILY}/StartWindowMinutes", 60),
    "a text for a number": put(f"{LOCK}/Fn::If/1/MinRetentionDays", "1"),
    "one action, not a list": put(f"{TRUST}/Action", "sts:AssumeRole"),
    "the tag by Join": put(
        f"{TAG}/ConditionKey", {"Fn::Join": ["/", ["aws:ResourceTag", {"Ref": "BackupTagKey"}]]}
    ),
    "the same schedule": put("Parameters/BackupSchedule/Default", "cron(0 5 ? * * *)"),
    "UTC by name": put(f"{DAILY}/ScheduleExpressionTimezone", "UTC"),
    "another name of a condition": _renamed_condition,
    "another name of a rule": put(f"{DAILY}/RuleName", "Daily"),
    "more tags": put(f"{VAULT}/Properties/BackupVaultTags/Owner", "me"),
    "a wider constraint": put("Parameters/RetentionDays/MaxValue", 100000),
    "one more value": add("Parameters/WeeklyRetention/AllowedValues", "2-years"),
    "longer retention": put(f"{DAILY}/Lifecycle/DeleteAfterDays", 60),
    "longer retention of weekly backups": put("Mappings/WeeklyRetentionDays/3-months/Days", 100),
    "warm for longer": put(f"{MONTH}/Lifecycle/MoveToColdStorageAfterDays", 60),
    "one more rule": add(
        RULES, {**DAILY_RULE, "TargetBackupVault": {"Ref": "SOCABackupVault"},
                "StartWindowMinutes": 60, "Lifecycle": {"DeleteAfterDays": 9}},
    ),
    "one more type": add(f"{SELECTION}/Resources", arn("rds:*:*:db:*")),
    "every volume by a wider pattern": swap(SELECTION, "ec2:*:*:volume/*", "ec2:*:*:vol*/*"),
    "two selections": _two_selections,
    "a policy more": add(POLICIES, INLINE),
    "a policy of its own": _policy_of_its_own,
    "all of EFS": put(
        f"{POLICIES}/2/PolicyDocument/Statement/0/Action", ["elasticfilesystem:*"]
    ),
    "an admin without a name": put(
        f"{STATEMENT}/Condition", {"ArnNotEquals": {"aws:PrincipalArn": [""]}}
    ),
    "more is denied": add(f"{STATEMENT}/Action", "backup:DeleteBackupVault"),
    "a stronger lock": put(f"{LOCK}/Fn::If/1/MinRetentionDays", 7),
    "all of KMS": put(f"{KEY}/Properties/KeyPolicy/Statement/0/Action", ["kms:*"]),
    "all of KMS for copies": put(
        f"{KEY}/Properties/KeyPolicy/Statement/2/Fn::If/1/Action", ["kms:*"]
    ),
    "an account as the ARN of its root": put(
        f"{KEY}/Properties/KeyPolicy/Statement/0/Principal/AWS", arn("iam::${AWS::AccountId}:root")
    ),
    "an alarm sooner": put(f"{EFS_ALARM}/Properties/EvaluationPeriods", 26),
    "news of more": add(f"{PATTERN}/detail/$or/0/state", "RUNNING"),
    "news by email as JSON": put(f"{SUBSCRIPTION}/Properties/Protocol", "email-json"),
    "one more subscription": put(
        "Resources/More",
        {"Type": "AWS::SNS::Subscription", "Properties": {
            "TopicArn": {"Ref": "SOCABackupAlertsTopic"}, "Protocol": "sms", "Endpoint": "+1"}},
    ),
    "one more output": put("Outputs/More", {"Value": "x"}),
}  # fmt: skip
"""Changes that cost nothing, with every option on."""
