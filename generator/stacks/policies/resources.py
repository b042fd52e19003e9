"""The documents that stand at a resource, not at a role: the key's, the vault's and the topic's."""

from awacs import backup, kms, sns
from awacs.aws import (
    Allow,
    ArnEquals,
    ArnNotEquals,
    Bool,
    Condition,
    Deny,
    PolicyDocument,
    Principal,
    Statement,
)
from troposphere import GetAtt, If, Ref

from generator.iam_language import document


def vault_key() -> PolicyDocument:
    """Let the account's own IAM policies decide who manages and who uses the key, and no one else.

    Use is what AWS asks for a vault's key and what its policy for restores has; grants are for AWS
    services only. It is not narrowed to kms:ViaService: what a restore calls the key through is not
    documented for every case, and a key that refuses shows on the day of the disaster.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
    """
    account = Principal("AWS", Ref("AWS::AccountId"))
    return document(
        Statement(
            Sid="ManageAndUseByIAM",
            Effect=Allow,
            Principal=account,
            Action=[
                kms.CancelKeyDeletion,
                kms.CreateAlias,
                kms.Decrypt,
                kms.DeleteAlias,
                kms.DescribeKey,
                kms.DisableKey,
                kms.DisableKeyRotation,
                kms.EnableKey,
                kms.EnableKeyRotation,
                kms.Encrypt,
                kms.GenerateDataKey,
                kms.GenerateDataKeyWithoutPlaintext,
                kms.GetKeyPolicy,
                kms.GetKeyRotationStatus,
                kms.ListGrants,
                kms.ListKeyPolicies,
                kms.ListKeyRotations,
                kms.ListResourceTags,
                kms.PutKeyPolicy,
                kms.ReEncryptFrom,
                kms.ReEncryptTo,
                kms.RetireGrant,
                kms.RevokeGrant,
                kms.RotateKeyOnDemand,
                kms.ScheduleKeyDeletion,
                kms.TagResource,
                kms.UntagResource,
                kms.UpdateAlias,
                kms.UpdateKeyDescription,
            ],
            Resource=["*"],
        ),
        Statement(
            Sid="GrantToServices",
            Effect=Allow,
            Principal=account,
            Action=[kms.CreateGrant],
            Resource=["*"],
            Condition=Condition(Bool("kms:GrantIsForAWSResource", "true")),
        ),
    )


def keep_recovery_points(unless: If) -> PolicyDocument:
    """Deny everyone to delete recovery points and to change how long they live.

    ``unless`` is the condition that exempts the admin role, where there is one: ``not_by``.

    Vault policies take no wildcard in an action, so each is spelled out. What CloudFormation needs
    for the vault itself, its deletion and this policy included, is not denied.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
    """
    statement = Statement(
        Sid="KeepRecoveryPoints",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[
            backup.DeleteRecoveryPoint,
            backup.DisassociateRecoveryPoint,
            backup.UpdateRecoveryPointLifecycle,
        ],
        Resource=["*"],
        Condition=unless,
    )
    return document(statement)


def not_by(role_arn: Ref) -> Condition:
    """Return the condition that somebody else than the role asks."""
    return Condition(ArnNotEquals("aws:PrincipalArn", [role_arn]))


def alerts_topic(topic: Ref, rules: list[GetAtt], alarms: list[If | GetAtt]) -> PolicyDocument:
    """Let exactly these rules and alarms publish.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    return document(
        *(
            Statement(
                Sid=sid,
                Effect=Allow,
                Principal=Principal("Service", service),
                Action=[sns.Publish],
                Resource=[topic],
                Condition=Condition(ArnEquals("aws:SourceArn", arns)),
            )
            for sid, service, arns in (
                ("PublishEvents", "events.amazonaws.com", rules),
                ("PublishAlarms", "cloudwatch.amazonaws.com", alarms),
            )
        )
    )
