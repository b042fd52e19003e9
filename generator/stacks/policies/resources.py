"""The policies of resources: the key, the vault and the topic."""

from collections.abc import Sequence

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
from troposphere import GetAtt, If, Ref, Select

from generator.iam_language import document


def vault_key(more: Sequence[If]) -> PolicyDocument:
    """Let the account's IAM policies alone decide who manages and who uses the key.

    ``more`` are statements that may be there or not.

    The actions for use are those that AWS asks for a vault's key and those of its policy for
    restores; grants are for AWS services only. There is no kms:ViaService: through which service a
    restore uses the key is not documented for every case, and a wrong guess fails on the worst day.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
    """
    account = Principal("AWS", Ref("AWS::AccountId"))
    policy = document(
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
        _grant_to_services("GrantToServices", account),
    )
    # awacs 2.6.1 refuses an Fn::If among the statements that it is given, not one added later.
    policy.Statement.extend(more)
    return policy


def use_key_for_copies(account: Ref | Select) -> list[Statement]:
    """Let another account, which gets copies, read what the vault's key encrypts.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
    """
    principal = Principal("AWS", account)
    return [
        Statement(
            Sid="UseForCopies",
            Effect=Allow,
            Principal=principal,
            Action=[
                kms.Decrypt,
                kms.DescribeKey,
                kms.Action("GenerateDataKey*"),
                kms.Action("ReEncrypt*"),
            ],
            Resource=["*"],
        ),
        _grant_to_services("GrantForCopies", principal),
    ]


def _grant_to_services(sid: str, principal: Principal) -> Statement:
    return Statement(
        Sid=sid,
        Effect=Allow,
        Principal=principal,
        Action=[kms.CreateGrant],
        Resource=["*"],
        Condition=Condition(Bool("kms:GrantIsForAWSResource", "true")),
    )


def accept_copies(account: Ref, only_by_role: If) -> Statement:
    """Let an account copy into the vault, and do nothing else.

    The account and not the role is the principal: a role that is deleted and made again would no
    longer be the same principal.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
    """
    return Statement(
        Sid="AcceptCopies",
        Effect=Allow,
        Principal=Principal("AWS", account),
        Action=[backup.CopyIntoBackupVault],
        Resource=["*"],
        Condition=only_by_role,
    )


def only_by(role_arn: Ref) -> Condition:
    """Return the condition that the caller is this role."""
    return Condition(ArnEquals("aws:PrincipalArn", [role_arn]))


def keep_recovery_points(unless: If) -> Statement:
    """Deny everyone the deletion of recovery points and changes to how long they are kept.

    ``unless`` exempts the admin role, if there is one: see ``not_by``.

    Vault policies do not support wildcards in actions, so each is spelled out. Nothing that
    CloudFormation needs for the vault itself is denied, not even its deletion or a new policy.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
    """
    return Statement(
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


def not_by(role_arn: Ref) -> Condition:
    """Return the condition that the caller is not this role."""
    return Condition(ArnNotEquals("aws:PrincipalArn", [role_arn]))


def alerts_topic(topic: Ref, rule: GetAtt, alarms: list[If | GetAtt]) -> PolicyDocument:
    """Let exactly this rule and these alarms publish.

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
                ("PublishEvents", "events.amazonaws.com", [rule]),
                ("PublishAlarms", "cloudwatch.amazonaws.com", alarms),
            )
        )
    )
