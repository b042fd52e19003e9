"""What the rules know about the types of resources."""

import pytest

from generator.cloudformation.schemas import schema
from tests.rules.support import shared


@pytest.mark.parametrize(
    "kind",
    [
        *("AWS::Backup::BackupVault", "AWS::Backup::LogicallyAirGappedBackupVault"),
        *("AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::IAM::Role"),
        *("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy"),
    ],
)
def test_which_types_are_never_replaced(kind: str) -> None:
    known = schema(kind)
    assert known
    creates = bool(known.get("createOnlyProperties"))
    assert (kind in shared("_backup.template").NEVER_REPLACED) is not creates
