"""The vault that holds the recovery points, new or adopted; its key, lock and access policy."""

from collections.abc import Sequence

from awacs.aws import Statement
from troposphere import And, AWSHelperFn, Equals, GetAtt, If, Not, NoValue, Ref, Sub
from troposphere.backup import BackupVault, LockConfigurationType
from troposphere.kms import Alias, Key

from generator.iam_language import document
from generator.stacks.cluster import tag_map, tags
from generator.stacks.declarations import ROLE_ARN, Flag, Input, Optional, Refusal, Switch
from generator.stacks.policies import resources

GROUP = "Vault"

VAULT_KMS_KEY_ARN = Optional(
    "VaultKmsKeyArn",
    group=GROUP,
    label="KMS key for the vault (ARN)",
    Description=(
        "ARN of the KMS key (not an alias) that encrypts recovery points of EFS; empty: the AWS "
        "managed key aws/backup. It cannot be changed later. Recovery points of EC2 and EBS keep "
        "the key of their volumes, or stay unencrypted"
    ),
    pattern="arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+",
    ConstraintDescription=(
        "Leave empty or type the ARN of a key (not an alias): "
        "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    ),
)

CREATE_VAULT_KMS_KEY = Switch(
    "CreateVaultKmsKey",
    group=GROUP,
    label="Create a KMS key for the vault",
    Description=(
        "yes: create a KMS key for the vault, alias/<ClusterId>-backup, and keep it with the "
        "vault; no: use the key above. It cannot be changed later"
    ),
)

VAULT_LOCK = Input(
    "VaultLock",
    group=GROUP,
    label="Lock the vault",
    Description=(
        "none: recovery points can be deleted by hand; governance: not before they expire, unless "
        "an administrator lifts the lock; compliance: after the grace period nobody, not even AWS, "
        "can ever lift it"
    ),
    Type="String",
    Default="none",
    AllowedValues=["none", "governance", "compliance"],
)

VAULT_LOCK_GRACE_DAYS = Input(
    "VaultLockGraceDays",
    group=GROUP,
    label="Compliance lock final after (days)",
    Description=(
        "Days, 3 to 36500, until a compliance lock becomes final; ignored in the other modes"
    ),
    Type="Number",
    Default=30,
    MinValue=3,
    MaxValue=36500,
    ConstraintDescription="Type a whole number of days, 3 to 36500: 30",
)

VAULT_LOCK_CONFIRMATION = Optional(
    "VaultLockConfirmation",
    group=GROUP,
    label="Confirm the compliance lock",
    Description=(
        "Type permanent to confirm that a compliance lock can never be lifted once it is final; "
        "empty: not confirmed"
    ),
    # Not AllowedValues: the console would offer the word in a list, but it has to be typed.
    pattern="permanent",
    ConstraintDescription="Leave empty or type: permanent",
)

DENY_RECOVERY_POINT_DELETION = Switch(
    "DenyRecoveryPointDeletion",
    group=GROUP,
    label="Deny deletion of recovery points",
    Description=(
        "yes: the vault's access policy lets only the role below delete recovery points, which "
        "prevents accidents but does not stop anyone who can change the policy; no: IAM alone "
        "decides"
    ),
)

RECOVERY_POINT_ADMIN_ROLE_ARN = Optional(
    "RecoveryPointAdminRoleArn",
    group=GROUP,
    label="Role that may delete recovery points (ARN)",
    Description=(
        "ARN of the role that may delete recovery points when deletion is denied; empty: nobody"
    ),
    pattern=ROLE_ARN,
    ConstraintDescription=(
        "Leave empty or type the ARN of a role: arn:aws:iam::111122223333:role/backup-admin"
    ),
)


def existing_vault_name(prefix: str, which: str) -> Optional:
    """Return the parameter for a vault to adopt: which one it may be.

    A new one has the prefix and the cluster's ID.
    """
    return Optional(
        "ExistingVaultName",
        group=GROUP,
        label="Existing vault",
        Description=(
            f"Name (2 to 50 characters) of a vault {which}; it stays unchanged, with its key, lock "
            f"and access policy. Empty: a new vault, {prefix}<ClusterId>"
        ),
        pattern="[A-Za-z0-9_-]{2,50}",
        ConstraintDescription=(
            "Leave empty or type the name of a vault, 2 to 50 letters, digits, '-' or '_': "
            f"{prefix}soca-mycluster"
        ),
    )


EXISTING_VAULT_NAME = existing_vault_name(
    "Vault-", "that an earlier stack of this cluster left in this region"
)

CREATES_VAULT = Flag("CreatesVault", EXISTING_VAULT_NAME.is_empty)
HAS_VAULT_KMS_KEY = Flag("HasVaultKmsKey", VAULT_KMS_KEY_ARN.is_given)
CREATES_KEY = Flag(
    "CreatesKey",
    And(CREATE_VAULT_KMS_KEY.is_on, Not(HAS_VAULT_KMS_KEY.holds), CREATES_VAULT.holds),
)
LOCKS_VAULT = Flag("LocksVault", Not(Equals(Ref(VAULT_LOCK), "none")))
LOCKS_FOR_COMPLIANCE = Flag(
    "LocksForCompliance",
    And(Equals(Ref(VAULT_LOCK), "compliance"), Equals(Ref(VAULT_LOCK_CONFIRMATION), "permanent")),
)
DENIES_DELETION = Flag("DeniesDeletion", DENY_RECOVERY_POINT_DELETION.is_on)
HAS_RECOVERY_POINT_ADMIN = Flag("HasRecoveryPointAdmin", RECOVERY_POINT_ADMIN_ROLE_ARN.is_given)

# Where rules are not evaluated, the given key is used and no key is created.
ONE_KEY_FOR_THE_VAULT = Refusal(
    "OneKeyForTheVault",
    when=CREATE_VAULT_KMS_KEY.is_on,
    demand=VAULT_KMS_KEY_ARN.is_empty,
    otherwise="The vault has one key: leave VaultKmsKeyArn empty, or set CreateVaultKmsKey to no",
)

# Where rules are not evaluated, the lock is in governance mode and can be lifted.
COMPLIANCE_IS_CONFIRMED = Refusal(
    "ComplianceIsConfirmed",
    when=Equals(Ref(VAULT_LOCK), "compliance"),
    demand=Equals(Ref(VAULT_LOCK_CONFIRMATION), "permanent"),
    otherwise=(
        "A compliance lock can never be lifted: type permanent into VaultLockConfirmation, or set "
        "VaultLock to governance"
    ),
)


def adopted_vault_stays_as_it_is(
    empty: Sequence[Optional], off: Sequence[Switch], otherwise: str
) -> Refusal:
    """Refuse to change an adopted vault; besides lock and denial, these have to be empty or no.

    Where rules are not evaluated, the vault is unchanged; the output VaultManagedByStack says no.
    """
    return Refusal(
        "AdoptedVaultStaysAsItIs",
        when=EXISTING_VAULT_NAME.is_given,
        demand=And(
            *(each.is_empty for each in empty),
            *(Equals(Ref(each), "no") for each in off),
            Equals(Ref(VAULT_LOCK), "none"),
            Equals(Ref(DENY_RECOVERY_POINT_DELETION), "no"),
        ),
        otherwise=(
            f"With ExistingVaultName the vault stays as it is: {otherwise}, and protect the vault "
            "with the AWS CLI"
        ),
    )


PROTECTIONS = (
    VAULT_LOCK,
    VAULT_LOCK_GRACE_DAYS,
    VAULT_LOCK_CONFIRMATION,
    DENY_RECOVERY_POINT_DELETION,
    RECOVERY_POINT_ADMIN_ROLE_ARN,
    LOCKS_VAULT,
    LOCKS_FOR_COMPLIANCE,
    DENIES_DELETION,
    HAS_RECOVERY_POINT_ADMIN,
    COMPLIANCE_IS_CONFIRMED,
)
"""Lock and denial of deletion, of any vault of ours."""

DECLARED = (
    EXISTING_VAULT_NAME,
    VAULT_KMS_KEY_ARN,
    CREATE_VAULT_KMS_KEY,
    CREATES_VAULT,
    HAS_VAULT_KMS_KEY,
    CREATES_KEY,
    ONE_KEY_FOR_THE_VAULT,
    *PROTECTIONS,
    adopted_vault_stays_as_it_is(
        [VAULT_KMS_KEY_ARN],
        [CREATE_VAULT_KMS_KEY],
        "leave VaultKmsKeyArn empty, set CreateVaultKmsKey and DenyRecoveryPointDeletion to no and "
        "VaultLock to none",
    ),
)


def vault_key(flag: Flag, name: str, what: str, statements: Sequence[If]) -> Key:
    """Return the key, which is retained with the vault: it encrypts backups of EFS.

    It exists if the flag holds, is named after ``name`` and encrypts ``what``; ``statements`` are
    those of its policy for copies.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
    """
    return Key(
        "SOCABackupVaultKey",
        Condition=flag.name,
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
        Description=Sub(f"Encrypts {what} of the cluster ${{ClusterId}}"),
        EnableKeyRotation=True,
        PendingWindowInDays=30,  # the maximum: time to notice that someone deleted the key
        KeyPolicy=resources.vault_key(statements),
        Tags=tags(Sub(name)),
    )


def vault_key_alias(key: Key, flag: Flag, name: str) -> Alias:
    """Return the alias of the key; it is deleted with the stack, the key is not."""
    return Alias(
        "SOCABackupVaultKeyAlias",
        Condition=flag.name,
        AliasName=Sub(f"alias/{name}"),
        TargetKeyId=Ref(key),
    )


def backup_vault(prefix: str, key_arn: AWSHelperFn, access_policy: If) -> BackupVault:
    """Return the vault; CloudFormation retains it, and the backups, when the stack is deleted.

    If creating the stack fails, the vault is deleted, so that the name is free for another try.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-backupvault.html
    """
    name = Sub(f"{prefix}${{ClusterId}}")
    return BackupVault(
        "SOCABackupVault",
        Condition=CREATES_VAULT.name,
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
        BackupVaultName=name,
        BackupVaultTags=tag_map(name),
        EncryptionKeyArn=key_arn,
        # At least 1 day and no maximum, so the retention of every rule fits the lock.
        LockConfiguration=LOCKS_VAULT.then(
            LockConfigurationType(
                MinRetentionDays=1,
                ChangeableForDays=LOCKS_FOR_COMPLIANCE.then(Ref(VAULT_LOCK_GRACE_DAYS)),
            )
        ),
        AccessPolicy=access_policy,
    )


def denial_of_deletion() -> Statement:
    """Return the statement of a vault's access policy that keeps its recovery points."""
    return resources.keep_recovery_points(
        unless=HAS_RECOVERY_POINT_ADMIN.then(resources.not_by(Ref(RECOVERY_POINT_ADMIN_ROLE_ARN)))
    )


def denial_if_chosen() -> If:
    """Return that statement, if deletion is denied, for a policy with others."""
    return DENIES_DELETION.then(denial_of_deletion())


def access_policy() -> If:
    """Return the policy of the cluster's own vault, if deletion is denied."""
    return DENIES_DELETION.then(document(denial_of_deletion()))


def name_of(vault: BackupVault) -> If:
    """Return the name of the vault in use, new or adopted."""
    return CREATES_VAULT.then(Ref(vault), Ref(EXISTING_VAULT_NAME))


def arn_of(vault: BackupVault) -> If:
    """Return the ARN of the vault in use, new or adopted."""
    return CREATES_VAULT.then(
        GetAtt(vault, "BackupVaultArn"),
        Sub(
            "arn:${AWS::Partition}:backup:${AWS::Region}:${AWS::AccountId}"
            ":backup-vault:${ExistingVaultName}"
        ),
    )


def key_of(key_arn: AWSHelperFn) -> If:
    """Return the ARN of the vault's key, or what the output says instead."""
    return CREATES_VAULT.then(key_arn, "unknown: adopted vault")


def lock_mode() -> If:
    """Return the mode of the vault's lock, or what the output says instead."""
    return CREATES_VAULT.then(
        LOCKS_FOR_COMPLIANCE.then("compliance", LOCKS_VAULT.then("governance", "none")),
        "unknown: adopted vault",
    )


def managed_by_stack() -> If:
    """Return yes if the stack manages key, lock and access policy, else no."""
    return CREATES_VAULT.then("yes", "no")


def key_arn(key: Key, *, otherwise: AWSHelperFn | str = NoValue) -> If:
    """Return the key of the cluster's own vault, given or created, or what stands for AWS's."""
    return HAS_VAULT_KMS_KEY.then(
        Ref(VAULT_KMS_KEY_ARN), CREATES_KEY.then(GetAtt(key, "Arn"), otherwise)
    )
