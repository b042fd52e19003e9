"""The role can be passed by those who restore, and has the boundary that the account demands."""

from tests.support.generated import resolved
from tests.support.parameter_values import ON, everything, on


def test_backup_operators_may_pass_the_role() -> None:
    """AWSBackupOperatorAccess passes *AwsBackup* and *AWSBackup* only; the generated name has it.

    A name of its own would block the next stack, because the role is kept.
    """
    [name] = [n for n, kind in resolved().types.items() if kind == "AWS::IAM::Role"]
    assert "AWSBackup" in name
    assert "RoleName" not in resolved(**everything()).resources[name]


def test_the_permissions_boundary_is_the_given_one_or_none() -> None:
    assert "PermissionsBoundary" not in resolved().resources["SOCAAWSBackupRole"]
    role = resolved(**on("PermissionsBoundaryArn")).resources["SOCAAWSBackupRole"]
    assert role["PermissionsBoundary"] == ON["PermissionsBoundaryArn"]
