"""The policies as IAM reads them."""

import json
from functools import cache
from typing import Any

from generator.deployer_policy import policy
from generator.deployer_policy.bounds import OPEN, Bounds
from generator.stacks import MAIN, TEMPLATES

# What a handler asks for and the policy does not give, with the reason.
NOT_GIVEN = {
    ("AWS::Backup::BackupVault", "backup-storage:Mount"): "IAM knows no such action",
    ("AWS::IAM::Role", "iam:AttachRolePolicy"): "the role's policies are inline",
    ("AWS::IAM::Role", "iam:DetachRolePolicy"): "same",
    ("AWS::SNS::Topic", "iam:PassRole"): "for delivery logs, which no topic of ours writes",
    ("AWS::SNS::Topic", "iam:GetRole"): "same",
    ("AWS::SNS::Subscription", "iam:PassRole"): "for Firehose, which no subscription of ours uses",
    ("AWS::SNS::Subscription", "iam:GetRole"): "same",
    ("AWS::Events::Rule", "iam:PassRole"): "for targets with a role; ours are topics, without",
    ("AWS::EC2::SecurityGroup", "ec2:AuthorizeSecurityGroupIngress"): "ours lets nothing in",
    ("AWS::EC2::SecurityGroup", "ec2:RevokeSecurityGroupIngress"): "same",
    ("AWS::EC2::SecurityGroup", "ec2:UpdateSecurityGroupRuleDescriptionsIngress"): "same",
}


@cache
def document(bounds: Bounds = OPEN, name: str = MAIN) -> dict[str, Any]:
    """Return the policy of a template within the bounds."""
    made: dict[str, Any] = json.loads(policy.text(name, TEMPLATES[name](), bounds))
    return made
