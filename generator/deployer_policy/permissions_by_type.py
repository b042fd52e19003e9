"""The permissions that it takes to deploy each type of resource.

CloudFormation runs the handlers of a type with the permissions of whoever deploys, and the type's
schema lists the actions of its handlers. They stand here in a table of our own, so that the same
source gives the same policy with every version of cfn-lint. A test compares the two.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from awacs import (
    backup,
    backup_storage,
    cloudformation,
    cloudwatch,
    ec2,
    events,
    iam,
    kms,
    s3,
    sns,
)
from awacs.aws import (
    Action,
    Bool,
    Condition,
    ForAllValuesStringEquals,
    ForAnyValueStringEquals,
    StringEquals,
    StringLike,
    StringLikeIfExists,
)

from generator.deployer_policy.bounds import OPEN, Bounds

# People get the policy before there is a stack, so it leaves open the partition, the region and
# everything that the stack's parameters decide.
_ROLES = "arn:*:iam::{account}:role/{name}"
_KEYS = "arn:*:kms:*:{account}:key/*"
_PLANS = "arn:*:backup:*:{account}:backup-plan:*"
_TOPICS = "arn:*:sns:*:{account}:{name}"
_RESTORE_TESTS = "arn:*:backup:*:{account}:restore-testing-plan:*"
_BACKUP_SERVICE = "backup.amazonaws.com"
_TESTING_SERVICE = "restore-testing.backup.amazonaws.com"
_OWNER_TAG = "soca:ClusterId"

# For actions that IAM cannot limit to an ARN.
_WITHOUT_ARN = "ActWithoutARN"

# CloudFormation sends this with every call that it makes for somebody, with or without a service
# role.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/fas-requests-and-permission-evaluation.html
_BY_STACK = Condition(Bool("aws:ViaAWSService", "true"))

FORMER_NAMES = {
    "AWS::Events::Rule": ["*SOCA*JobAlert*"],
    "AWS::CloudWatch::Alarm": ["*SOCABackupSilence*"],
}
"""Patterns of what stacks of 1.x have under other logical ids, which an update removes."""


@dataclass(frozen=True)
class Grant:
    """Actions on ARNs, in which ``{name}`` stands for the names of the resources.

    Grants of the same name, ARNs and conditions become one statement.
    """

    sid: str
    actions: Sequence[Action]
    arns: tuple[str, ...] = ("*",)
    when: Condition | None = None
    named_after: str = ""
    """The type whose names go into the ARN, if it is not the row's own."""


@dataclass(frozen=True)
class Row:
    """What a type of resource needs, and the property that sets its name, if it has one."""

    name_property: str
    grants: tuple[Grant, ...]


def rows(bounds: Bounds = OPEN) -> dict[str, Row]:
    """Return the table: the permissions of the schemas' handlers, limited to our names.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault.html
    """
    return {
        "AWS::Backup::BackupVault": Row("BackupVaultName", _vault()),
        "AWS::Backup::BackupPlan": Row("", _plan()),
        "AWS::Backup::BackupSelection": Row("", _selection()),
        "AWS::IAM::Role": Row("RoleName", _role(bounds)),
        "AWS::KMS::Key": Row("", _key(bounds)),
        "AWS::KMS::Alias": Row("AliasName", _alias()),
        "AWS::SNS::Topic": Row("TopicName", _topic(bounds)),
        "AWS::SNS::TopicPolicy": Row("", _topic_policy()),
        "AWS::SNS::Subscription": Row("", _subscription(bounds)),
        "AWS::Events::Rule": Row("Name", _event_rule()),
        "AWS::CloudWatch::Alarm": Row("AlarmName", _alarm()),
        "AWS::Backup::RestoreTestingPlan": Row("", _restore_testing_plan()),
        "AWS::Backup::RestoreTestingSelection": Row("", _restore_testing_selection()),
        "AWS::EC2::SecurityGroup": Row("", _security_group(bounds)),
    }


def stack_grants(bounds: Bounds = OPEN) -> tuple[Grant, ...]:
    """Return the permissions to operate a stack, whatever is in it.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-template.html
    """
    return (
        Grant(
            "OperateStacks",
            [
                cloudformation.CancelUpdateStack,
                cloudformation.ContinueUpdateRollback,
                cloudformation.CreateChangeSet,
                cloudformation.CreateStack,
                cloudformation.DeleteChangeSet,
                cloudformation.DeleteStack,
                cloudformation.DescribeChangeSet,
                cloudformation.DescribeStackEvents,
                cloudformation.DescribeStackResource,
                cloudformation.DescribeStackResources,
                cloudformation.DescribeStacks,
                cloudformation.ExecuteChangeSet,
                cloudformation.GetTemplate,
                cloudformation.ListStackResources,
                cloudformation.RollbackStack,
                cloudformation.TagResource,
                cloudformation.UntagResource,
                cloudformation.UpdateStack,
            ],
            tuple(
                f"arn:*:cloudformation:*:{{account}}:stack/{name}/*" for name in bounds.stack_names
            ),
            # A stack must not import a key, nor a security group: see _key. A request that imports
            # nothing fulfils the condition, because it lacks the condition key.
            # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security_iam_id-based-policy-examples.html
            Condition(
                ForAllValuesStringEquals(
                    "cloudformation:ImportResourceTypes", ["AWS::Backup::BackupVault"]
                )
            ),
        ),
        # These are asked before there is a stack, so there is no ARN.
        Grant(_WITHOUT_ARN, [cloudformation.GetTemplateSummary, cloudformation.ValidateTemplate]),
        Grant("FetchTheTemplate", [s3.GetObject], ("arn:*:s3:::*/{name}",)),
    )


def _vault() -> tuple[Grant, ...]:
    # AWS Backup calls KMS for whoever creates a vault. The policy of aws/backup, the key of vaults
    # that name none, has the same condition, so the service sends this.
    through_backup = StringLike("kms:ViaService", "backup.*.amazonaws.*")
    return (
        Grant(
            "ManageVault",
            [
                backup.CreateBackupVault,
                backup.DeleteBackupVault,
                backup.DeleteBackupVaultAccessPolicy,
                backup.DeleteBackupVaultLockConfiguration,
                backup.DeleteBackupVaultNotifications,
                backup.DescribeBackupVault,
                backup.GetBackupVaultAccessPolicy,
                backup.GetBackupVaultNotifications,
                backup.ListTags,
                backup.PutBackupVaultAccessPolicy,
                backup.PutBackupVaultLockConfiguration,
                backup.PutBackupVaultNotifications,
                backup.TagResource,
                backup.UntagResource,
            ],
            ("arn:*:backup:*:{account}:backup-vault:{name}",),
        ),
        Grant(_WITHOUT_ARN, [backup_storage.MountCapsule]),
        # The grant itself says who may retire it; a policy cannot add anybody.
        Grant("SetUpKey", [kms.DescribeKey, kms.RetireGrant], (_KEYS,)),
        Grant(
            "UseVaultKey", [kms.Decrypt, kms.GenerateDataKey], (_KEYS,), Condition(through_backup)
        ),
        # The conditions of AWS's own policy AWSBackupFullAccess.
        Grant(
            "GrantVaultKey",
            [kms.CreateGrant],
            (_KEYS,),
            Condition(
                [
                    Bool("kms:GrantIsForAWSResource", "true"),
                    ForAnyValueStringEquals(
                        "kms:EncryptionContextKeys", ["aws:backup:backup-vault"]
                    ),
                    through_backup,
                ]
            ),
        ),
    )


def _plan() -> tuple[Grant, ...]:
    return (
        Grant(
            "ManagePlan",
            [
                backup.CreateBackupPlan,
                backup.DeleteBackupPlan,
                backup.GetBackupPlan,
                backup.ListTags,
                backup.TagResource,
                backup.UntagResource,
                backup.UpdateBackupPlan,
            ],
            (_PLANS,),
        ),
    )


def _selection() -> tuple[Grant, ...]:
    return (
        Grant(
            "ManagePlan",
            [
                backup.CreateBackupSelection,
                backup.DeleteBackupSelection,
                backup.GetBackupSelection,
            ],
            (_PLANS,),
        ),
        Grant(
            "PassRoleToBackup",
            [iam.PassRole],
            (_ROLES,),
            Condition(StringEquals("iam:PassedToService", _BACKUP_SERVICE)),
            named_after="AWS::IAM::Role",
        ),
        _link_role("LinkBackupRole", _BACKUP_SERVICE),
    )


def _link_role(sid: str, service: str) -> Grant:
    """Return the permission to let IAM make the role that a service uses for itself."""
    return Grant(
        sid,
        [iam.CreateServiceLinkedRole],
        (_ROLES.replace("{name}", f"aws-service-role/{service}/*"),),
        Condition(StringEquals("iam:AWSServiceName", service)),
    )


def _role(bounds: Bounds) -> tuple[Grant, ...]:
    manage = [
        iam.DeleteRole,
        iam.DeleteRolePolicy,
        iam.GetRole,
        iam.GetRolePolicy,
        iam.ListAttachedRolePolicies,
        iam.ListRolePolicies,
        iam.ListRoleTags,
        iam.TagRole,
        iam.UntagRole,
        iam.UpdateRole,
        iam.UpdateRoleDescription,
    ]
    empower = [
        iam.CreateRole,
        iam.PutRolePermissionsBoundary,
        iam.PutRolePolicy,
        iam.UpdateAssumeRolePolicy,
    ]
    if not bounds.boundary:
        unbind = iam.DeleteRolePermissionsBoundary
        return (Grant("ManageRole", [*manage, *empower, unbind], (_ROLES,)),)
    # For CreateRole and PutRolePermissionsBoundary the key is the boundary in the request, for the
    # others that of the role.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    bound = Condition(StringEquals("iam:PermissionsBoundary", bounds.boundary))
    return (
        Grant("ManageRole", manage, (_ROLES,)),
        Grant("EmpowerBoundRole", empower, (_ROLES,), bound),
    )


def _key(bounds: Bounds) -> tuple[Grant, ...]:
    """Return the permissions for keys: what a stack may do to its key, and what people may do.

    KMS may take five minutes until a new tag counts, and a stack that creates a key, or rolls back,
    does not wait. So what CloudFormation calls then depends on no tag that the key has.

    TagResource would give its holder every key, because ChangeTaggedKey trusts the tag. KMS cannot
    tell the tags of a new key from those of another, so the permission is CloudFormation's alone:
    it changes the keys of its stacks, and OperateStacks lets none import a key. PutKeyPolicy is
    beside it because KMS demands it, too, when a key is created; by which tags is not documented.
    https://docs.aws.amazon.com/kms/latest/developerguide/abac.html
    """
    cluster = bounds.cluster_id or "*"
    return (
        Grant(
            "CreateKey",
            [kms.CreateKey, kms.PutKeyPolicy],
            when=Condition(StringLike(f"aws:RequestTag/{_OWNER_TAG}", cluster)),
        ),
        Grant(
            "SetUpKey",
            [
                kms.DescribeKey,
                kms.EnableKeyRotation,
                kms.GetKeyPolicy,
                kms.GetKeyRotationStatus,
                kms.ListResourceTags,
            ],
            (_KEYS,),
        ),
        Grant(
            "ChangeKeyByStack",
            [kms.PutKeyPolicy, kms.ScheduleKeyDeletion, kms.TagResource, kms.UntagResource],
            (_KEYS,),
            _BY_STACK,
        ),
        Grant(
            "ChangeTaggedKey",
            [
                kms.DisableKey,
                kms.DisableKeyRotation,
                kms.EnableKey,
                kms.PutKeyPolicy,
                kms.ScheduleKeyDeletion,
                kms.UpdateKeyDescription,
            ],
            (_KEYS,),
            Condition(StringLike(f"aws:ResourceTag/{_OWNER_TAG}", cluster)),
        ),
    )


def _alias() -> tuple[Grant, ...]:
    return (
        # KMS requires the permission on both the alias and its key.
        Grant(
            "NameKey",
            [kms.CreateAlias, kms.DeleteAlias, kms.UpdateAlias],
            ("arn:*:kms:*:{account}:{name}", _KEYS),
        ),
        Grant(_WITHOUT_ARN, [kms.ListAliases]),
    )


def _topic(bounds: Bounds) -> tuple[Grant, ...]:
    return (
        Grant(
            "ManageTopic",
            [
                sns.CreateTopic,
                sns.DeleteTopic,
                sns.GetDataProtectionPolicy,
                sns.GetTopicAttributes,
                sns.ListSubscriptionsByTopic,
                sns.ListTagsForResource,
                sns.PutDataProtectionPolicy,
                sns.SetTopicAttributes,
                sns.TagResource,
                sns.UntagResource,
            ],
            (_TOPICS,),
        ),
        _subscribe([sns.Subscribe, sns.Unsubscribe], bounds),
    )


def _topic_policy() -> tuple[Grant, ...]:
    return (
        Grant("ManageTopic", [sns.SetTopicAttributes], (_TOPICS,), named_after="AWS::SNS::Topic"),
    )


def _subscription(bounds: Bounds) -> tuple[Grant, ...]:
    return (
        _subscribe(
            [
                sns.GetSubscriptionAttributes,
                sns.SetSubscriptionAttributes,
                sns.Subscribe,
                sns.Unsubscribe,
            ],
            bounds,
        ),
    )


def _subscribe(actions: Sequence[Action], bounds: Bounds) -> Grant:
    """Return the permission to subscribe to the topics of stacks, and to the one that is given.

    SNS looks for it on the topic, even where a request names the subscription.
    """
    topics = (_TOPICS, bounds.topic) if bounds.topic else (_TOPICS,)
    sid = "Subscribe" if bounds.topic else "ManageTopic"
    return Grant(sid, actions, topics, named_after="AWS::SNS::Topic")


def _event_rule() -> tuple[Grant, ...]:
    return (
        Grant(
            "ManageEventRules",
            [
                events.DeleteRule,
                events.DescribeRule,
                events.ListTagsForResource,
                events.ListTargetsByRule,
                events.PutRule,
                events.PutTargets,
                events.RemoveTargets,
                events.TagResource,
                events.UntagResource,
            ],
            ("arn:*:events:*:{account}:rule/{name}",),
        ),
    )


def _alarm() -> tuple[Grant, ...]:
    return (
        Grant(
            "ManageAlarms",
            [
                cloudwatch.DeleteAlarms,
                cloudwatch.ListTagsForResource,
                cloudwatch.PutMetricAlarm,
                cloudwatch.TagResource,
                cloudwatch.UntagResource,
            ],
            ("arn:*:cloudwatch:*:{account}:alarm:{name}",),
        ),
        # CloudFormation asks for several alarms at a time.
        Grant(_WITHOUT_ARN, [cloudwatch.DescribeAlarms]),
    )


def _restore_testing_plan() -> tuple[Grant, ...]:
    return (
        Grant(
            "ManageRestoreTests",
            [
                backup.CreateRestoreTestingPlan,
                backup.DeleteRestoreTestingPlan,
                backup.GetRestoreTestingPlan,
                backup.ListTags,
                backup.TagResource,
                backup.UntagResource,
                backup.UpdateRestoreTestingPlan,
            ],
            (_RESTORE_TESTS,),
        ),
        _link_role("LinkRestoreTestingRole", _TESTING_SERVICE),
    )


def _restore_testing_selection() -> tuple[Grant, ...]:
    return (
        Grant(
            "ManageRestoreTests",
            [
                backup.CreateRestoreTestingSelection,
                backup.DeleteRestoreTestingSelection,
                backup.GetRestoreTestingSelection,
                backup.UpdateRestoreTestingSelection,
            ],
            (_RESTORE_TESTS,),
        ),
        # The role of the backup stack, or of the copies: a generated name contains the logical id.
        Grant(
            "PassRoleToRestoreTesting",
            [iam.PassRole],
            (_ROLES.replace("{name}", "*SOCAAWSBackup*"),),
            Condition(StringEquals("iam:PassedToService", [_BACKUP_SERVICE, _TESTING_SERVICE])),
        ),
    )


def _security_group(bounds: Bounds) -> tuple[Grant, ...]:
    """Return the permissions for a security group that lets nothing in.

    Nobody gets to open a way in, and to change anything takes a stack. A stack can also name a
    group that is not its own, so groups of other stacks are kept out by the tag that CloudFormation
    gives them. It may tag a group only after it has changed the ways out, so a group without that
    tag may be changed.
    https://github.com/aws/aws-cdk/issues/13204
    """
    groups = "arn:*:ec2:*:{account}:security-group/*"
    return (
        Grant(
            "CreateSecurityGroup",
            [ec2.CreateSecurityGroup],
            (groups, "arn:*:ec2:*:{account}:vpc/*"),
            _BY_STACK,
        ),
        Grant(
            "ChangeSecurityGroupByStack",
            [
                ec2.AuthorizeSecurityGroupEgress,
                ec2.CreateTags,
                ec2.DeleteSecurityGroup,
                ec2.DeleteTags,
                ec2.RevokeSecurityGroupEgress,
                ec2.UpdateSecurityGroupRuleDescriptionsEgress,
            ],
            (groups,),
            Condition(
                [
                    Bool("aws:ViaAWSService", "true"),
                    StringLikeIfExists(
                        "aws:ResourceTag/aws:cloudformation:stack-name", [*bounds.stack_names]
                    ),
                ]
            ),
        ),
        Grant(_WITHOUT_ARN, [ec2.DescribeInstances, ec2.DescribeSecurityGroups]),
    )
