"""Who may copy into the vault of the copies: asked of its policy, for everybody and every action.

Whoever is of another account also needs to be allowed there; that the cluster's role is, a test of
the role says. Each test's docstring names a slip of one line that makes it fail.
"""

from typing import Any

import pytest
from _backup.iam import allows

from tests.deployer_policy.needs import iam_table
from tests.support.generated import COPIES, resolved, without_rules
from tests.support.parameter_values import ACCOUNT, ON, REGIONS, SOURCE_ACCOUNT, SOURCE_ROLE

THIRD = "777788889999"
ADMIN = ON["RecoveryPointAdminRoleArn"]
OF_SOURCE = {
    SOURCE_ROLE,
    f"{SOURCE_ROLE}2",
    SOURCE_ROLE.replace("SOCAAWSBackupRole", "SocaAwsBackupRole"),
    SOURCE_ROLE.replace("role/", "role/path/"),
    SOURCE_ROLE.replace("role/", "user/"),
    f"arn:aws:iam::{SOURCE_ACCOUNT}:role/aws-service-role/backup.amazonaws.com/X",
    f"arn:aws:iam::{SOURCE_ACCOUNT}:root",
}
STRANGERS = {
    SOURCE_ROLE.replace(SOURCE_ACCOUNT, THIRD),
    f"arn:aws:iam::{THIRD}:root",
    f"arn:aws:iam::{ACCOUNT}:role/admin",
}
EVERYBODY = OF_SOURCE | STRANGERS
FROM_ANOTHER = {"SourceAccountId": SOURCE_ACCOUNT}
ONLY_THE_ROLE = {**FROM_ANOTHER, "SourceRoleArn": SOURCE_ROLE}
DENYING = {"DenyRecoveryPointDeletion": "yes", "RecoveryPointAdminRoleArn": ADMIN}
KEPT = {"deleterecoverypoint", "disassociaterecoverypoint", "updaterecoverypointlifecycle"}


def _policy(**given: str) -> dict[str, Any]:
    vault = resolved(of=COPIES, **given).resources["SOCABackupVault"]
    policy: dict[str, Any] = vault.get("AccessPolicy", {})
    return policy


def _may(policy: dict[str, Any], who: str, action: str, *others: dict[str, Any]) -> bool:
    vault = f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:Copies-x"
    return allows(
        [policy, *others],
        f"backup:{action}",
        vault,
        {"aws:PrincipalArn": who},
        principal={"AWS": who},
    )


@pytest.mark.parametrize("more", [{}, {"AllowCopyBack": "yes"}, DENYING])
@pytest.mark.parametrize(
    ("given", "expected"), [(FROM_ANOTHER, OF_SOURCE), (ONLY_THE_ROLE, {SOURCE_ROLE})]
)
def test_the_account_or_its_role_copies_and_nobody_does_anything_else(
    given: dict[str, str], expected: set[str], more: dict[str, str]
) -> None:
    """Slip: ``Principal("*")``, or one more action, in accept_copies of policies/resources.py."""
    policy = _policy(**given, **more)
    actions = set(iam_table()["backup"]["Actions"])
    assert "copyintobackupvault" in actions
    allowed = {
        (who, action) for who in EVERYBODY for action in actions if _may(policy, who, action)
    }
    assert allowed == {(who, "copyintobackupvault") for who in expected}


def test_a_role_of_another_account_than_the_named_one_may_nothing() -> None:
    """Slip: ``Principal("*")`` in accept_copies, beside the condition on the role."""
    role = SOURCE_ROLE.replace(SOURCE_ACCOUNT, THIRD)
    policy = _policy(SourceAccountId=SOURCE_ACCOUNT, SourceRoleArn=role)
    assert not [who for who in EVERYBODY if _may(policy, who, "CopyIntoBackupVault")]


@pytest.mark.parametrize("given", [FROM_ANOTHER, ONLY_THE_ROLE, {}])
def test_the_denial_of_deletion_stands_beside_it(given: dict[str, str]) -> None:
    """Slip: drop ``policy.Statement.append(denial)`` in parts/copy_source.py.

    Whatever else allows the deletion, only the admin role deletes.
    """
    policy = _policy(**given, **DENYING)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "backup:*", "Resource": "*"}
    everything = {"Version": "2012-10-17", "Statement": [statement]}
    for action in iam_table()["backup"]["Actions"]:
        for who in EVERYBODY:
            assert _may(policy, who, action, everything) is (action not in KEPT)
        assert _may(policy, ADMIN, action, everything)


@pytest.mark.parametrize("account", ["", ACCOUNT])
def test_within_the_account_the_policies_of_iam_alone_decide(account: str) -> None:
    """Slip: drop ``SOURCE_ACCOUNT_ID.is_given`` of HasSourceAccount in parts/copy_source.py.

    Whatever is said of a role or of copies back; and where rules are not evaluated, too.
    """
    for more in ({}, {"SourceRoleArn": SOURCE_ROLE}, {"AllowCopyBack": "yes"}):
        given = {"SourceAccountId": account, **more}
        made = without_rules(of=COPIES, **given)
        assert "AccessPolicy" not in made.resources["SOCABackupVault"]
        assert made.resources == without_rules(of=COPIES).resources
        denied = without_rules(of=COPIES, **given, **DENYING).resources["SOCABackupVault"]
        effects = [one["Effect"] for one in denied["AccessPolicy"]["Statement"]]
        assert effects == ["Deny"]


@pytest.mark.parametrize("partition", REGIONS)
def test_the_account_is_named_as_every_partition_takes_it(partition: str) -> None:
    """Slip: ``Sub("arn:aws:iam::${SourceAccountId}:root")`` as the principal."""
    made = resolved(REGIONS[partition], of=COPIES, **FROM_ANOTHER)
    [accepts] = made.resources["SOCABackupVault"]["AccessPolicy"]["Statement"]
    assert accepts["Principal"] == {"AWS": SOURCE_ACCOUNT}
