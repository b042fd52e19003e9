"""What IAM is asked when CloudFormation changes a stack: action, ARN and context of each call.

The context is what AWS documents for it. A key that is not documented is not given, so a policy
that depends on it fails here.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from _backup.iam import Context

from tests.deployer_policy.needs import handlers
from tests.local_aws.deployer import Stack
from tests.local_aws.local_aws import ACCOUNT
from tests.local_aws.requests import Request
from tests.support.parameter_values import CLUSTER

REGION = "us-east-1"
IN_REGION = f"{REGION}:{ACCOUNT}"

_ARNS = {
    "AlarmName": f"arn:aws:cloudwatch:{IN_REGION}:alarm:{{}}",
    "AliasName": f"arn:aws:kms:{IN_REGION}:{{}}",
    "BackupPlanId": f"arn:aws:backup:{IN_REGION}:backup-plan:{{}}",
    "BackupVaultName": f"arn:aws:backup:{IN_REGION}:backup-vault:{{}}",
    "GroupId": f"arn:aws:ec2:{IN_REGION}:security-group/{{}}",
    "KeyId": f"arn:aws:kms:{IN_REGION}:key/{{}}",
    "RestoreTestingPlanName": f"arn:aws:backup:{IN_REGION}:restore-testing-plan:{{}}",
    "RoleName": f"arn:aws:iam::{ACCOUNT}:role/{{}}",
    "Rule": f"arn:aws:events:{IN_REGION}:rule/{{}}",
    "TopicArn": "{}",
    "TopicName": f"arn:aws:sns:{IN_REGION}:{{}}",
    "VpcId": f"arn:aws:ec2:{IN_REGION}:vpc/{{}}",
}
_SAME = {
    ("cloudwatch", "AlarmNames"): "AlarmName",
    ("events", "Name"): "Rule",
    ("kms", "TargetKeyId"): "KeyId",
    ("sns", "Name"): "TopicName",
    ("sns", "SubscriptionArn"): "TopicArn",
}
_CREATED = {
    "CreateBackupPlan": "BackupPlanId",
    "CreateRestoreTestingPlan": "RestoreTestingPlanName",
    "CreateSecurityGroup": "GroupId",
}
_WITHOUT_ARN = {
    "kms:CreateKey",
    "kms:ListAliases",
    "cloudwatch:DescribeAlarms",
    "ec2:DescribeInstances",
    "ec2:DescribeSecurityGroups",
}
_TAGS = ("Tags", "BackupVaultTags", "BackupPlanTags")
_TO_TAG = {"ec2": "ec2:CreateTags", "iam": "iam:TagRole"}

THROUGH_BACKUP: Context = {
    "kms:ViaService": f"backup.{REGION}.amazonaws.com",
    "kms:GrantIsForAWSResource": "true",
    "kms:EncryptionContextKeys": ["aws:backup:backup-vault"],
}
"""What AWS Backup's own calls of KMS say."""

# Type to the parameter that say in a request which resource is meant.
_IDENTITY = {
    "AWS::Backup::BackupVault": "BackupVaultName",
    "AWS::Backup::BackupPlan": "BackupPlanId",
    "AWS::Backup::RestoreTestingPlan": "RestoreTestingPlanName",
    "AWS::EC2::SecurityGroup": "GroupId",
    "AWS::IAM::Role": "RoleName",
    "AWS::KMS::Key": "KeyId",
    "AWS::KMS::Alias": "AliasName",
    "AWS::SNS::Topic": "TopicArn",
    "AWS::SNS::Subscription": "SubscriptionArn",
    "AWS::Events::Rule": "Rule",
    "AWS::CloudWatch::Alarm": "AlarmName",
}


class Asked(NamedTuple):
    """One question to IAM."""

    action: str
    arn: str
    context: Context


@dataclass
class Account:
    """What IAM knows of a stack's role and key, from the requests so far."""

    tags_count: bool
    """KMS takes up to five minutes to let new tags count, and EC2 may get them late."""
    boundaries: dict[str, str] = field(default_factory=dict)
    key_tags: dict[str, str] = field(default_factory=dict)

    def asked(self, request: Request) -> Iterator[Asked]:
        """Yield what IAM is asked for one request of CloudFormation."""
        action = f"{request.service}:{request.operation}"
        given = request.parameters
        tags = _tags(given)
        context: dict[str, str | list[str]] = {"aws:ViaAWSService": "true"}
        context |= {f"aws:RequestTag/{key}": value for key, value in tags.items()}
        if action == "kms:CreateKey":
            self.key_tags = tags
        elif self.tags_count and request.service == "kms":
            context |= {f"aws:ResourceTag/{key}": value for key, value in self.key_tags.items()}
        elif self.tags_count and request.service == "ec2":
            name = f"{CLUSTER}-restore-testing"
            context["aws:ResourceTag/aws:cloudformation:stack-name"] = name
        role = given.get("RoleName", "")
        if boundary := given.get("PermissionsBoundary", self.boundaries.get(role)):
            self.boundaries[role] = context["iam:PermissionsBoundary"] = boundary
        arns = ["*"] if action in _WITHOUT_ARN else [*_arns(request)]
        if not arns:
            raise ValueError(f"{action} of {[*given]}: add to _ARNS what says which resource it is")
        yield from (Asked(action, arn, context) for arn in arns)
        if tags and "Tag" not in action:
            name = _TO_TAG.get(request.service, f"{request.service}:TagResource")
            if action == "kms:CreateKey":
                arns = [_ARNS["KeyId"].format("new")]
            if action == "ec2:CreateSecurityGroup":
                arns = [_ARNS["GroupId"].format("new")]  # not the VPC
            yield from (Asked(name, arn, context) for arn in arns)
        yield from _demanded_beside(action, given)


def updates(stack: Stack, boundary: str | None) -> Iterator[Request]:
    """Yield a request for every action with which CloudFormation reads or updates a resource."""
    for logical_id, made in stack.created.items():
        kind = stack.evaluation.existing[logical_id]["Type"]
        for action in sorted(handlers(kind, "read", "update")):
            service, operation = action.split(":")
            # Actions of other services are for the creation, or for what no stack of ours has.
            if kind in _IDENTITY and service == kind.split("::")[1].lower():
                more: dict[str, Any] = {}
                if operation in {"TagResource", "TagRole"}:
                    more = {"Tags": [{"Key": "team", "Value": "hpc"}]}
                if operation == "PutRolePermissionsBoundary":
                    more = {"PermissionsBoundary": boundary}
                yield Request(service, operation, {_IDENTITY[kind]: made.ref, **more})


def _tags(given: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags that a request brings, which each service writes in its own way."""
    given = {**given, **given.get("TagSpecifications", [{}])[0]}
    for tags in (given[name] for name in _TAGS if name in given):
        if isinstance(tags, dict):
            return tags
        return {tag[key]: tag[key.replace("Key", "Value")] for tag in tags for key in tag
                if key in {"Key", "TagKey"}}  # fmt: skip
    return {}


def _arns(request: Request) -> Iterator[str]:
    if kind := _CREATED.get(request.operation):
        yield _ARNS[kind].format("new")
    for name, value in request.parameters.items():
        kind = _SAME.get((request.service, name), name)
        if kind in _ARNS:
            for each in value if isinstance(value, list) else [value]:
                # SNS authorizes what is asked of a subscription on its topic.
                named = ":".join(each.split(":")[:6]) if name == "SubscriptionArn" else each
                yield _ARNS[kind].format(named)


def _demanded_beside(action: str, given: Mapping[str, Any]) -> Iterator[Asked]:
    """Yield what a service demands beside the permission to make the call."""
    if action == "kms:CreateKey":
        # Whether any tag counts in this question is not documented.
        # https://docs.aws.amazon.com/kms/latest/developerguide/customer-managed-policies.html
        new = _ARNS["KeyId"].format("new")
        yield Asked("kms:PutKeyPolicy", new, {"aws:ViaAWSService": "true"})
    if action == "backup:CreateBackupVault":
        # https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault.html
        yield Asked("backup-storage:MountCapsule", "*", {})
        if key := given.get("EncryptionKeyArn"):
            for name in ("CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKey", "RetireGrant"):
                yield Asked(f"kms:{name}", key, THROUGH_BACKUP)
    if action == "backup:CreateBackupSelection":
        yield _pass_role(given["BackupSelection"]["IamRoleArn"], _BACKUP)
        yield _link_role(_BACKUP, "AWSServiceRoleForBackup")
    if action == "backup:CreateRestoreTestingPlan":
        yield _link_role(_RESTORE_TESTING, "AWSServiceRoleForBackupRestoreTesting")
    if action == "backup:CreateRestoreTestingSelection":
        # AWS's own policy AWSBackupFullAccess passes it to both.
        for service in (_BACKUP, _RESTORE_TESTING):
            yield _pass_role(given["RestoreTestingSelection"]["IamRoleArn"], service)


_BACKUP, _RESTORE_TESTING = "backup.amazonaws.com", "restore-testing.backup.amazonaws.com"


def _pass_role(arn: str, service: str) -> Asked:
    return Asked("iam:PassRole", arn, {"iam:PassedToService": service})


def _link_role(service: str, name: str) -> Asked:
    arn = _ARNS["RoleName"].format(f"aws-service-role/{service}/{name}")
    return Asked("iam:CreateServiceLinkedRole", arn, {"iam:AWSServiceName": service})
