"""The permissions that it takes to deploy each type of resource.

CloudFormation runs the handlers of a type with the permissions of whoever deploys, and the type's
schema lists the actions of its handlers. They stand here in a table of our own, so that the same
source gives the same policy with every version of cfn-lint. A test compares the two.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from awacs import backup, backup_storage, cloudformation, cloudwatch, events, iam, kms, s3, sns
from awacs.aws import Action, Bool, ConditionElement, ForAnyValueStringEquals, StringEquals

# People get the policy before there is a stack, so it leaves open the partition, the region, the
# account and everything that the stack's parameters decide.
_ANYWHERE = "arn:*:{service}:*:*:{resource}"
_ROLES = "arn:*:iam::*:role/{name}"
_KEYS = "arn:*:kms:*:*:key/*"
_PLANS = _ANYWHERE.format(service="backup", resource="backup-plan:*")
_BACKUP_SERVICE = "backup.amazonaws.com"


@dataclass(frozen=True)
class Grant:
    """Actions on one kind of ARN, in which ``{name}`` stands for the name of the resource."""

    sid: str
    actions: Sequence[Action]
    arn: str = "*"
    when: tuple[ConditionElement, ...] = ()
    named_after: str = ""
    """The type whose names go into the ARN, if it is not the row's own."""


@dataclass(frozen=True)
class Row:
    """What a type of resource needs, and the property that sets its name, if it has one."""

    name_property: str
    grants: tuple[Grant, ...]


def rows() -> dict[str, Row]:
    """Return the table: the permissions of the schemas' handlers, limited to our names.

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
            _ANYWHERE.format(service="cloudformation", resource="stack/*"),
        ),
        # These are asked before there is a stack, so there is no ARN.
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
        # The conditions of AWS's own policy AWSBackupFullAccess, but for the name of the service
        # that calls, which is not documented for China.
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
            "CreateBackupServiceLinkedRole",
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
        # KMS requires the permission on both the alias and its key.
        Grant("NameKey", actions, _ANYWHERE.format(service="kms", resource="{name}")),
        Grant("AttachAliasToKey", actions, _KEYS),
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
        # Any topic: the address may subscribe to a topic that is not the stack's.
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
        # CloudFormation asks for several alarms at a time.
        Grant("ReadAlarms", [cloudwatch.DescribeAlarms]),
    )
