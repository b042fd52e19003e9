"""W9511: vaults that are deleted with their stack."""

from typing import Any

import pytest

from tests.rules.support import VAULT, agree, found, template


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}, []),
        ({"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}, []),
        ({"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Retain"}, ["add DeletionPolicy: Re"]),
        ({"DeletionPolicy": "Retain"}, ["add UpdateReplacePolicy: Retain"]),
        ({}, ["add DeletionPolicy: RetainExceptOnCreate and UpdateReplacePolicy: Retain"]),
        ({"DeletionPolicy": {"Ref": "Keep"}, "UpdateReplacePolicy": "Retain"}, []),
    ],
)
@pytest.mark.parametrize("kind", ["BackupVault", "LogicallyAirGappedBackupVault"])
def test_attributes(kind: str, attributes: dict[str, Any], expected: list[str]) -> None:
    vault = {"Type": f"AWS::Backup::{kind}", "Properties": VAULT["Properties"], **attributes}
    agree(found("W9511", template(Vault=vault)), expected)


def test_a_vault_that_is_never_there_is_not_reported() -> None:
    vault = {"Type": "AWS::Backup::BackupVault", "Condition": "Never", "Properties": {}}
    never = {"Never": {"Fn::Equals": ["a", "b"]}}
    assert found("W9511", template(Vault=vault, Conditions=never)) == []
