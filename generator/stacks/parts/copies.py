"""Copies of every recovery point in a second vault, in another region or account."""

from troposphere import And, Equals, If, Not, Ref, Select, Split, Sub
from troposphere.backup import CopyActionResourceType, LifecycleResourceType
from troposphere.iam import Policy

from generator.stacks.declarations import VAULT_ARN, Flag, Optional
from generator.stacks.policies import resources, role

COPY_DESTINATION_VAULT_ARN = Optional(
    "CopyDestinationVaultArn",
    group="Copies",
    label="Copy to vault (ARN)",
    Description=(
        "ARN of a vault in another region or account that gets a copy of every backup, kept as "
        "long as the original; empty: no copies. Copies to another account need customer managed "
        "keys on both sides; copies of EC2 and EBS to another region need a key there that is not "
        "aws/backup"
    ),
    pattern=VAULT_ARN,
    ConstraintDescription=(
        "Leave empty or type the ARN of a vault: "
        "arn:aws:backup:us-west-2:111122223333:backup-vault:Vault-soca-mycluster"
    ),
)

# The fifth field of the ARN; the colons are for an empty one, which has no fields.
_DESTINATION_ACCOUNT = Select(4, Split(":", Sub("${CopyDestinationVaultArn}:::::")))

MAKES_COPIES = Flag("MakesCopies", COPY_DESTINATION_VAULT_ARN.is_given)
COPIES_TO_OTHER_ACCOUNT = Flag(
    "CopiesToOtherAccount",
    And(MAKES_COPIES.holds, Not(Equals(_DESTINATION_ACCOUNT, Ref("AWS::AccountId")))),
)

DECLARED = (COPY_DESTINATION_VAULT_ARN, MAKES_COPIES, COPIES_TO_OTHER_ACCOUNT)


def copy_actions(lifecycle: LifecycleResourceType) -> If:
    """Return the copies of one rule; without a lifecycle, a copy would be kept for ever.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html
    """
    return MAKES_COPIES.then(
        [
            CopyActionResourceType(
                DestinationBackupVaultArn=Ref(COPY_DESTINATION_VAULT_ARN), Lifecycle=lifecycle
            )
        ]
    )


def inline_policy() -> If:
    """Return the role's policy for the destination; copying from a vault is always allowed."""
    return MAKES_COPIES.then(
        Policy(
            PolicyName="CopyToDestinationVault",
            PolicyDocument=role.copy_into(Ref(COPY_DESTINATION_VAULT_ARN)),
        )
    )


def key_statements() -> list[If]:
    """Return what the policy of the vault's key needs for copies to another account."""
    return [
        COPIES_TO_OTHER_ACCOUNT.then(statement)
        for statement in resources.use_key_for_copies(_DESTINATION_ACCOUNT)
    ]
