"""The role with which AWS Backup backs up, restores, and deletes expired recovery points."""

from collections.abc import Sequence

from awacs.aws import PolicyDocument
from troposphere import And, Equals, If, Ref, Sub
from troposphere.iam import Policy, Role

from generator.stacks.cluster import tags
from generator.stacks.declarations import (
    ROLE_ARN,
    EachMemberEquals,
    Flag,
    Optional,
    Refusal,
    Switch,
)
from generator.stacks.policies import role

GROUP = "Restore role"

_ROLE_EXAMPLE = "arn:aws:iam::111122223333:role/soca-"


_KEEPS = (
    (
        "ARN of the IAM role of {} (not the instance profile), so that restored instances can keep "
        "it; empty: they cannot"
    ),
    "ARNs of other IAM roles that restored instances may keep",
)
_MAY_HAVE = (
    (
        "ARN of a role of this account (not an instance profile) that restored instances may have "
        "in place of that of {}; empty: none"
    ),
    "ARNs of other roles of this account that restored instances may have",
)


def instance_roles(one: str, others: str) -> tuple[Optional, Optional, Optional]:
    """Return the parameters for the roles that restored instances may have.

    ``one`` describes the role of one kind of instance, ``others`` begins the description of more.
    """

    def role_of(title: str, label: str, what: str, example: str) -> Optional:
        return Optional(
            title,
            group=GROUP,
            label=label,
            Description=one.format(what),
            pattern=ROLE_ARN,
            ConstraintDescription=(
                "Leave empty or type a role ARN (not an instance profile): "
                f"{_ROLE_EXAMPLE}{example}"
            ),
        )

    return (
        role_of("SchedulerIAMRoleArn", "Scheduler role (ARN)", "the scheduler", "scheduler"),
        role_of("ComputeNodeIAMRoleArn", "Compute node role (ARN)", "the compute nodes", "compute"),
        Optional(
            "AdditionalInstanceRoleArns",
            group=GROUP,
            label="Other instance roles (ARNs)",
            Description=(
                f"{others}, separated by commas, such as those of login nodes and virtual "
                "desktops; empty: none. Up to 25 fit, fewer if the ARNs contain paths"
            ),
            Type="CommaDelimitedList",
            pattern=ROLE_ARN,
            ConstraintDescription=(
                "Leave empty or type role ARNs (not instance profiles), with commas only between "
                f"them: {_ROLE_EXAMPLE}login"
            ),
        ),
    )


SCHEDULER_IAM_ROLE_ARN, COMPUTE_NODE_IAM_ROLE_ARN, ADDITIONAL_INSTANCE_ROLE_ARNS = instance_roles(
    *_KEEPS
)

PERMISSIONS_BOUNDARY_ARN = Optional(
    "PermissionsBoundaryArn",
    group=GROUP,
    label="Permissions boundary (ARN)",
    Description=(
        "ARN of the policy that limits what the role may do, if your account requires one; empty: "
        "none. Whatever it does not allow fails, perhaps only during a restore"
    ),
    pattern="arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+",
    ConstraintDescription=(
        "Leave empty or type the ARN of an IAM policy: arn:aws:iam::111122223333:policy/boundary"
    ),
)

CREATE_RESTORE_ROLE = Switch(
    "CreateRestoreRole",
    group=GROUP,
    label="Create a role for restores",
    Description=(
        "yes: create a role that restores the copies in this account; no: do not. In the account "
        "of the cluster, the role of its backup stack restores in every region"
    ),
)

# The name of the backup template's, so that both stacks get the same values.
RESTORE_FSX = Switch(
    "ProtectFSx",
    group=GROUP,
    label="Restore FSx",
    Description=(
        "yes: the role for restores may also restore FSx file systems and volumes; no: it may not. "
        "Only with a role for restores: choose what the backup stack of the cluster has"
    ),
)

HAS_SCHEDULER_ROLE = Flag("HasSchedulerRole", SCHEDULER_IAM_ROLE_ARN.is_given)
HAS_COMPUTE_NODE_ROLE = Flag("HasComputeNodeRole", COMPUTE_NODE_IAM_ROLE_ARN.is_given)
HAS_ADDITIONAL_ROLES = Flag("HasAdditionalRoles", ADDITIONAL_INSTANCE_ROLE_ARNS.is_given)
HAS_PERMISSIONS_BOUNDARY = Flag("HasPermissionsBoundary", PERMISSIONS_BOUNDARY_ARN.is_given)

CREATES_RESTORE_ROLE = Flag("CreatesRestoreRole", CREATE_RESTORE_ROLE.is_on)

# Where rules are not evaluated, no role is created; the output RestoreRoleArn says none.
RESTORE_ROLE_IS_CREATED = Refusal(
    "RestoreRoleIsCreated",
    when=Equals(Ref(CREATE_RESTORE_ROLE), "no"),
    demand=And(
        SCHEDULER_IAM_ROLE_ARN.is_empty,
        COMPUTE_NODE_IAM_ROLE_ARN.is_empty,
        EachMemberEquals(Ref(ADDITIONAL_INSTANCE_ROLE_ARNS), ""),
        PERMISSIONS_BOUNDARY_ARN.is_empty,
        Equals(Ref(RESTORE_FSX), "no"),
    ),
    otherwise=(
        "Without a role for restores nothing uses SchedulerIAMRoleArn, ComputeNodeIAMRoleArn, "
        "AdditionalInstanceRoleArns, PermissionsBoundaryArn and ProtectFSx: set CreateRestoreRole "
        "to yes, or leave the ARNs empty and ProtectFSx at no"
    ),
)

_SHARED = (
    PERMISSIONS_BOUNDARY_ARN,
    HAS_SCHEDULER_ROLE,
    HAS_COMPUTE_NODE_ROLE,
    HAS_ADDITIONAL_ROLES,
    HAS_PERMISSIONS_BOUNDARY,
)

DECLARED = (
    SCHEDULER_IAM_ROLE_ARN,
    COMPUTE_NODE_IAM_ROLE_ARN,
    ADDITIONAL_INSTANCE_ROLE_ARNS,
    *_SHARED,
)

OF_RESTORE_ROLE = (
    CREATE_RESTORE_ROLE,
    *instance_roles(*_MAY_HAVE),
    *_SHARED,
    RESTORE_FSX,
    CREATES_RESTORE_ROLE,
    RESTORE_ROLE_IS_CREATED,
)
"""What a template declares whose role only restores."""


def backup_role(protections: Sequence[Policy | If]) -> Role:
    """Return the role, which is retained with the vault: without it recovery points never expire.

    ``protections`` are the policies for what is protected, and how.

    The policies are inline, so they are retained with the role. It has no RoleName: a retained role
    with that name would block the next stack. AWS's policies for backup operators allow passing
    only roles with AWSBackup in the name; CloudFormation makes the name from this logical ID.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html
    """
    return Role(
        "SOCAAWSBackupRole",
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
        Description=Sub("AWS Backup backs up and restores the cluster ${ClusterId} with this role"),
        AssumeRolePolicyDocument=role.backup_trust(),
        PermissionsBoundary=HAS_PERMISSIONS_BOUNDARY.then(Ref(PERMISSIONS_BOUNDARY_ARN)),
        Policies=[
            _policy("UseVaultsAndKeys", role.whole(role.vaults_and_keys())),
            *protections,
            *_pass_instance_roles(),
        ],
        Tags=tags(Sub("SOCA-Backup-${ClusterId}")),
    )


def restore_role(protections: Sequence[Policy | If]) -> Role:
    """Return the role that only restores; it goes with the stack, and can be made again.

    ``protections`` are the policies for what may be restored. AWS Backup deletes expired copies
    with a role of its own.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html
    """
    return Role(
        "SOCAAWSBackupRestoreRole",
        Condition=CREATES_RESTORE_ROLE.name,
        Description=Sub("AWS Backup restores copies of the cluster ${ClusterId} with this role"),
        AssumeRolePolicyDocument=role.backup_trust(),
        PermissionsBoundary=HAS_PERMISSIONS_BOUNDARY.then(Ref(PERMISSIONS_BOUNDARY_ARN)),
        Policies=[
            _policy("UseKeys", role.restore_half(role.vaults_and_keys())),
            *protections,
            *_pass_instance_roles(),
        ],
        Tags=tags(Sub("SOCA-Restore-${ClusterId}")),
    )


def _pass_instance_roles() -> list[If]:
    return [
        flag.then(_policy(name, role.pass_instance_roles(arns)))
        for flag, name, arns in (
            (HAS_SCHEDULER_ROLE, "PassSchedulerRole", [Ref(SCHEDULER_IAM_ROLE_ARN)]),
            (HAS_COMPUTE_NODE_ROLE, "PassComputeNodeRole", [Ref(COMPUTE_NODE_IAM_ROLE_ARN)]),
            (HAS_ADDITIONAL_ROLES, "PassAdditionalRoles", Ref(ADDITIONAL_INSTANCE_ROLE_ARNS)),
        )
    ]


def _policy(name: str, document: PolicyDocument) -> Policy:
    return Policy(PolicyName=name, PolicyDocument=document)
