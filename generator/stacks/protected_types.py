"""What is protected: for each type of resource, what is selected and what the role may do.

One table for both, so that the plan never selects what the role cannot back up and restore.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from awacs.aws import PolicyDocument
from troposphere import If
from troposphere.iam import Policy

from generator.stacks.declarations import Flag, Switch
from generator.stacks.policies import role

GROUP = "Protected resources"


@dataclass(frozen=True)
class ProtectedType:
    """Resources that are backed up alike."""

    name: str
    """Part of the names of its policy, parameter, condition and selection."""
    what: str
    """What people call it."""
    grants: Callable[[], list[role.Grant]]
    """What the role may do to it."""
    arns: tuple[str, ...]
    """What a selection names: ARN patterns, with CloudFormation's ${AWS::Partition}."""
    parameter: Switch | None = None
    """The switch that protects it; None: it is always protected."""

    @property
    def policy_name(self) -> str:
        """Return the name of the role's policy."""
        return f"Protect{self.name}"

    @property
    def flag(self) -> Flag | None:
        """Return the condition that it is protected; None: always."""
        return Flag(f"Protects{self.name}", self.parameter.is_on) if self.parameter else None

    def inline_policy(
        self, part: Callable[[Sequence[role.Grant]], PolicyDocument] = role.whole
    ) -> Policy | If:
        """Return the role's policy, or a part of it, if the type is protected."""
        policy = Policy(PolicyName=self.policy_name, PolicyDocument=part(self.grants()))
        return self.flag.then(policy) if self.flag else policy


# Explicit types, because a selection by tag alone skips types that are not opted in to AWS Backup.
EVERY = (
    ProtectedType(
        "EC2AndEBS",
        "EC2 instances, EBS volumes",
        role.ec2_and_ebs,
        (
            "arn:${AWS::Partition}:ec2:*:*:instance/*",
            "arn:${AWS::Partition}:ec2:*:*:volume/*",
        ),
    ),
    ProtectedType(
        "EFS",
        "EFS file systems",
        role.efs,
        ("arn:${AWS::Partition}:elasticfilesystem:*:*:file-system/*",),
    ),
    ProtectedType(
        "FSx",
        "FSx file systems and volumes",
        role.fsx_file_systems_and_volumes,
        (
            "arn:${AWS::Partition}:fsx:*:*:file-system/*",
            "arn:${AWS::Partition}:fsx:*:*:volume/*",
        ),
        Switch(
            "ProtectFSx",
            group=GROUP,
            label="Protect FSx",
            Description=(
                "yes: also back up FSx file systems and volumes with the tag; no: do not. For "
                "ONTAP and OpenZFS, tag the volumes; OpenZFS also needs the FSx service opt-in. "
                "Lustre file systems that are scratch or linked to a data repository cannot be "
                "backed up"
            ),
        ),
    ),
)

DECLARED = tuple(
    element for each in EVERY for element in (each.parameter, each.flag) if element is not None
)
