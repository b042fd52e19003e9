"""Where copies come from: which account, and which role in it, may fill the vault."""

from awacs.aws import PolicyDocument
from troposphere import And, Equals, If, Not, Ref

from generator.iam_language import document
from generator.stacks.declarations import ROLE_ARN, Flag, Optional, Refusal, Switch
from generator.stacks.policies import resources

GROUP = "Source of the copies"

SOURCE_ACCOUNT_ID = Optional(
    "SourceAccountId",
    group=GROUP,
    label="Account of the cluster",
    Description=(
        "ID of the account of the cluster, if it is not this one; the account may then copy into "
        "the vault. Both have to be in one AWS Organization. Empty: the cluster is in this account"
    ),
    pattern="[0-9]{12}",
    ConstraintDescription="Leave empty or type the 12 digits of an account ID: 111122223333",
)

SOURCE_ROLE_ARN = Optional(
    "SourceRoleArn",
    group=GROUP,
    label="Only this role may copy (ARN)",
    Description=(
        "ARN of the role, of the account above, that alone may copy into the vault: the output "
        "BackupRoleArn of the cluster's backup stack. Leave empty at first; set it after a copy "
        "has arrived, and see that the next one arrives, too. Empty: any role of the account that "
        "is allowed to"
    ),
    pattern=ROLE_ARN,
    ConstraintDescription=(
        "Leave empty or type the ARN of a role: "
        "arn:aws:iam::111122223333:role/soca-SOCAAWSBackupRole-1A2B3C4D5E6F"
    ),
)

ALLOW_COPY_BACK = Switch(
    "AllowCopyBack",
    group=GROUP,
    label="Let the account use the key to copy back",
    Description=(
        "yes: the account above may use the key of the vault, which copies back to it need; no: "
        "it may not. You can switch it on when you need it"
    ),
)

HAS_SOURCE_ACCOUNT = Flag(
    "HasSourceAccount",
    And(SOURCE_ACCOUNT_ID.is_given, Not(Equals(Ref(SOURCE_ACCOUNT_ID), Ref("AWS::AccountId")))),
)
HAS_SOURCE_ROLE = Flag("HasSourceRole", SOURCE_ROLE_ARN.is_given)
COPIES_BACK = Flag("CopiesBack", And(HAS_SOURCE_ACCOUNT.holds, ALLOW_COPY_BACK.is_on))

# Where rules are not evaluated, nobody else gets access to the vault or its key.
SOURCE_HAS_AN_ACCOUNT = Refusal(
    "SourceHasAnAccount",
    when=SOURCE_ACCOUNT_ID.is_empty,
    demand=And(SOURCE_ROLE_ARN.is_empty, Equals(Ref(ALLOW_COPY_BACK), "no")),
    otherwise=(
        "SourceRoleArn and AllowCopyBack are for a cluster in another account: type "
        "SourceAccountId, or leave SourceRoleArn empty and set AllowCopyBack to no"
    ),
)

DECLARED = (
    SOURCE_ACCOUNT_ID,
    SOURCE_ROLE_ARN,
    ALLOW_COPY_BACK,
    HAS_SOURCE_ACCOUNT,
    HAS_SOURCE_ROLE,
    COPIES_BACK,
    SOURCE_HAS_AN_ACCOUNT,
)


def access_policy(denial: If) -> PolicyDocument:
    """Return the access policy of the vault: copies from another account, and the denial.

    Within an account, IAM alone decides who copies. ``denial`` is a statement that may be there.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
    """
    policy = document()
    accept = resources.accept_copies(
        Ref(SOURCE_ACCOUNT_ID), HAS_SOURCE_ROLE.then(resources.only_by(Ref(SOURCE_ROLE_ARN)))
    )
    # awacs 2.6.1 refuses an Fn::If among the statements that it is given, not one added later.
    policy.Statement.extend([HAS_SOURCE_ACCOUNT.then(accept), denial])
    return policy


def key_statements() -> list[If]:
    """Return what the policy of the key needs for copies back to the account of the cluster."""
    return [
        COPIES_BACK.then(statement)
        for statement in resources.use_key_for_copies(Ref(SOURCE_ACCOUNT_ID))
    ]
