"""What is protected: for each family of resources, what is selected and what the role may do.

One table for both, so that nothing is selected that the role cannot back up and restore. Databases
(RDS, DynamoDB) are not part of a SOCA cluster.
"""

from collections.abc import Callable
from dataclasses import dataclass

from awacs.aws import PolicyDocument
from troposphere.iam import Policy

from generator.stacks.policies import role


@dataclass(frozen=True)
class Family:
    """Resources that are backed up alike."""

    what: str
    when: str
    """Which choice of the administrator protects them."""
    policy_name: str
    """The inline policy of the role."""
    policy: Callable[[], PolicyDocument]
    arns: tuple[str, ...]
    """What a selection names: ARN patterns, with CloudFormation's ${AWS::Partition}."""

    def inline_policy(self) -> Policy:
        """Return the role's policy for the family."""
        return Policy(PolicyName=self.policy_name, PolicyDocument=self.policy())


# Explicit types, because a selection by tag alone skips a type that the region has not opted in.
ALWAYS = (
    Family(
        "EC2 instances, EBS volumes",
        "always",
        "ProtectEC2AndEBS",
        role.protect_ec2_and_ebs,
        (
            "arn:${AWS::Partition}:ec2:*:*:instance/*",
            "arn:${AWS::Partition}:ec2:*:*:volume/*",
        ),
    ),
    Family(
        "EFS file systems",
        "always",
        "ProtectEFS",
        role.protect_efs,
        ("arn:${AWS::Partition}:elasticfilesystem:*:*:file-system/*",),
    ),
)

FSX = Family(
    "FSx file systems and volumes",
    "ProtectFSx is yes",
    "ProtectFSx",
    role.protect_fsx,
    (
        "arn:${AWS::Partition}:fsx:*:*:file-system/*",
        "arn:${AWS::Partition}:fsx:*:*:volume/*",
    ),
)

EVERY = (*ALWAYS, FSX)
