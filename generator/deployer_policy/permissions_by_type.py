"""What CloudFormation calls for each type of resource with the permissions of whoever deploys it.

The actions are those of the handlers of the type's schema, and a table of ours holds them, so that
the same source gives the same policy, whichever cfn-lint is installed. A test holds the one against
the other.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from awacs import backup, backup_storage, cloudformation, cloudwatch, events, iam, kms, s3, sns
from awacs.aws import Action, Bool, ConditionElement, ForAnyValueStringEquals, StringEquals

# The policy is given to somebody before there is a stack: partition, region, account and
# everything that the stack's parameters decide are open.
_ANYWHERE = "arn:*:{service}:*:*:{resource}"
_ROLES = "arn:*:iam::*:role/{name}"
_KEYS = "arn:*:kms:*:*:key/*"
_PLANS = _ANYWHERE.format(service="backup", resource="backup-plan:*")
_BACKUP_SERVICE = "backup.amazonaws.com"


@dataclass(frozen=True)
class Grant:
    """Actions on one kind of ARN. ``{name}`` in it stands for what the resource is called."""

    sid: str
    actions: Sequence[Action]
    arn: str = "*"
    when: tuple[ConditionElement, ...] = ()
    named_after: str = ""
    """The type whose names go into the ARN, where it is not the row's own."""


@dataclass(frozen=True)
class Row:
    """What a type of resource needs, and which of its properties names it, if one can."""

    name_property: str
    grants: tuple[Grant, ...]


def rows() -> dict[str, Row]:
    """Return the table: the permissions of the schemas' handlers, narrowed to the names we make.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault.html
    """
    return {
        "AWS::Backup::BackupVault": Row("BackupVaultName", _vault()),
        "AWS::Backup::BackupPlan": Row("", _plan()),
        "AWS::Backup::BackupSelection": Row("", _selection()),
        "AWS::IAM::Role": Row("RoleName", _role()),
        "AWS::KMS::Key": Row("", _key()),
        "AWS::KMS::Alias": Row("AliasName", _alias()),
        "AWS::SNS::Topic": Row("TopicName", _topic()),
        "AWS::SNS::TopicPolicy": Row("", _topic_policy()),
        "AWS::SNS::Subscription": Row("", _subscription()),
        "AWS::Events::Rule": Row("Name", _event_rule()),
        "AWS::CloudWatch::Alarm": Row("AlarmName", _alarm()),
    }


def stack_grants() -> tuple[Grant, ...]:
    """Return what it takes to operate a stack, whatever is in it.

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
            _ANYWHERE.format(service="cloudformation", resource="stack/*"),
        ),
        # Before there is a stack, there is no ARN to ask with.
        Grant(
            "ReadTemplates", [cloudformation.GetTemplateSummary, cloudformation.ValidateTemplate]
        ),
        Grant("FetchTheTemplate", [s3.GetObject], "arn:*:s3:::*/{name}"),
    )


def _vault() -> tuple[Grant, ...]:
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
            _ANYWHERE.format(service="backup", resource="backup-vault:{name}"),
        ),
        Grant("StoreRecoveryPoints", [backup_storage.MountCapsule]),
        Grant(
            "UseVaultKey",
            [kms.Decrypt, kms.DescribeKey, kms.GenerateDataKey, kms.RetireGrant],
            _KEYS,
        ),
        # The conditions of AWS's own policy AWSBackupFullAccess, but for the name under which the
        # service calls, which is not documented for China.
        Grant(
            "GrantVaultKeyToBackup",
            [kms.CreateGrant],
            _KEYS,
            (
                Bool("kms:GrantIsForAWSResource", "true"),
                ForAnyValueStringEquals("kms:EncryptionContextKeys", ["aws:backup:backup-vault"]),
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
            _PLANS,
        ),
    )


def _selection() -> tuple[Grant, ...]:
    return (
        Grant(
            "AssignResources",
            [
                backup.CreateBackupSelection,
                backup.DeleteBackupSelection,
                backup.GetBackupSelection,
            ],
            _PLANS,
        ),
        Grant(
            "PassRoleToBackup",
            [iam.PassRole],
            _ROLES,
            (StringEquals("iam:PassedToService", _BACKUP_SERVICE),),
            named_after="AWS::IAM::Role",
        ),
        Grant(
            "MakeRoleOfBackupItself",
            [iam.CreateServiceLinkedRole],
            _ROLES.format(name=f"aws-service-role/{_BACKUP_SERVICE}/*"),
            (StringEquals("iam:AWSServiceName", _BACKUP_SERVICE),),
        ),
    )


def _role() -> tuple[Grant, ...]:
    return (
        Grant(
            "ManageRole",
            [
                iam.AttachRolePolicy,
                iam.CreateRole,
                iam.DeleteRole,
                iam.DeleteRolePermissionsBoundary,
                iam.DeleteRolePolicy,
                iam.DetachRolePolicy,
                iam.GetRole,
                iam.GetRolePolicy,
                iam.ListAttachedRolePolicies,
                iam.ListRolePolicies,
                iam.ListRoleTags,
                iam.PutRolePermissionsBoundary,
                iam.PutRolePolicy,
                iam.TagRole,
                iam.UntagRole,
                iam.UpdateAssumeRolePolicy,
                iam.UpdateRole,
                iam.UpdateRoleDescription,
            ],
            _ROLES,
        ),
    )


def _key() -> tuple[Grant, ...]:
    return (
        Grant("MakeKey", [kms.CreateKey]),
        Grant(
            "ManageKey",
            [
                kms.DescribeKey,
                kms.DisableKey,
                kms.DisableKeyRotation,
                kms.EnableKey,
                kms.EnableKeyRotation,
                kms.GetKeyPolicy,
                kms.GetKeyRotationStatus,
                kms.ListResourceTags,
                kms.PutKeyPolicy,
                kms.ScheduleKeyDeletion,
                kms.TagResource,
                kms.UntagResource,
                kms.UpdateKeyDescription,
            ],
            _KEYS,
        ),
    )


def _alias() -> tuple[Grant, ...]:
    actions = [kms.CreateAlias, kms.DeleteAlias, kms.UpdateAlias]
    return (
        # KMS asks for the permission on both, the alias and its key.
        Grant("NameKey", actions, _ANYWHERE.format(service="kms", resource="{name}")),
        Grant("NameKeyOnItsSide", actions, _KEYS),
        Grant("FindAlias", [kms.ListAliases]),
    )


def _topic() -> tuple[Grant, ...]:
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
                sns.Subscribe,
                sns.TagResource,
                sns.Unsubscribe,
                sns.UntagResource,
            ],
            _ANYWHERE.format(service="sns", resource="{name}"),
        ),
    )


def _topic_policy() -> tuple[Grant, ...]:
    return (
        Grant(
            "LetServicesPublish",
            [sns.SetTopicAttributes],
            _ANYWHERE.format(service="sns", resource="{name}"),
            named_after="AWS::SNS::Topic",
        ),
    )


def _subscription() -> tuple[Grant, ...]:
    return (
        # Any topic: the address may subscribe to one that the stack is given.
        Grant(
            "SubscribeAddress",
            [
                sns.GetSubscriptionAttributes,
                sns.SetSubscriptionAttributes,
                sns.Subscribe,
                sns.Unsubscribe,
            ],
            _ANYWHERE.format(service="sns", resource="*"),
        ),
    )


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
            _ANYWHERE.format(service="events", resource="rule/{name}"),
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
            _ANYWHERE.format(service="cloudwatch", resource="alarm:{name}"),
        ),
        # CloudFormation asks for more than one name at a time.
        Grant("ReadAlarms", [cloudwatch.DescribeAlarms]),
    )
