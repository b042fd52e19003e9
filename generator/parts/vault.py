"""The vault that holds the recovery points: a new one, or one that an earlier stack left behind."""

from troposphere import Equals, GetAtt, If, Not, Ref, Sub
from troposphere.backup import BackupVault

from generator.cluster import tag_map
from generator.elements import Flag, Input, Refusal

GROUP = "Vault"

VAULT_KMS_KEY_ARN = Input(
    "VaultKmsKeyArn",
    group=GROUP,
    label="KMS key of the vault (ARN)",
    Description=(
        "ARN of the KMS key (not of an alias) that encrypts the recovery points of EFS; empty: "
        "the AWS managed key aws/backup. It cannot be changed later. Recovery points of EC2 and "
        "EBS keep the key of their volumes: those of an unencrypted volume stay unencrypted"
    ),
    Type="String",
    Default="",
    AllowedPattern="^$|^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$",
    ConstraintDescription=(
        "Leave it empty, or type the ARN of a key (an alias cannot be used): "
        "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    ),
)

EXISTING_VAULT_NAME = Input(
    "ExistingVaultName",
    group=GROUP,
    label="Existing vault",
    Description=(
        "Name of a vault that an earlier stack of this cluster left behind, 2 to 50 characters; "
        "it goes on being used as it is, with its key. Empty: a new vault, Vault-<ClusterId>"
    ),
    Type="String",
    Default="",
    AllowedPattern="^$|^[A-Za-z0-9_-]{2,50}$",
    ConstraintDescription=(
        "Leave it empty, or type the name of an existing vault, 2 to 50 letters, digits, '-' or "
        "'_': Vault-soca-mycluster"
    ),
)

CREATES_VAULT = Flag("CreatesVault", Equals(Ref(EXISTING_VAULT_NAME), ""))
HAS_VAULT_KMS_KEY = Flag("HasVaultKmsKey", Not(Equals(Ref(VAULT_KMS_KEY_ARN), "")))

# Where rules are not evaluated, the adopted vault keeps its own key: nothing is lost, the
# parameter is.
ADOPTED_VAULT_KEEPS_ITS_KEY = Refusal(
    "AdoptedVaultKeepsItsKey",
    when=Not(Equals(Ref(EXISTING_VAULT_NAME), "")),
    demand=Equals(Ref(VAULT_KMS_KEY_ARN), ""),
    otherwise=(
        "ExistingVaultName names a vault that has its key already: leave VaultKmsKeyArn empty, or "
        "leave ExistingVaultName empty for a new vault with this key"
    ),
)

DECLARED = (
    VAULT_KMS_KEY_ARN,
    EXISTING_VAULT_NAME,
    CREATES_VAULT,
    HAS_VAULT_KMS_KEY,
    ADOPTED_VAULT_KEEPS_ITS_KEY,
)


def backup_vault() -> BackupVault:
    """Return the vault; CloudFormation keeps it, and the backups, when the stack goes.

    A creation that rolls back removes it, so that the next attempt does not find the name taken.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-backupvault.html
    """
    name = Sub("Vault-${ClusterId}")
    return BackupVault(
        "SOCABackupVault",
        Condition=CREATES_VAULT.name,
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
        BackupVaultName=name,
        BackupVaultTags=tag_map(name),
        EncryptionKeyArn=HAS_VAULT_KMS_KEY.then(Ref(VAULT_KMS_KEY_ARN)),
    )


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
