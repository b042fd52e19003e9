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
        # Written out, it is a decision; half of it is not.
        ({"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}, []),
        ({"DeletionPolicy": "Delete"}, ["and UpdateReplacePolicy: Retain"]),
        ({"UpdateReplacePolicy": "Delete"}, ["and UpdateReplacePolicy: Retain"]),
    ],
)
@pytest.mark.parametrize("kind", ["BackupVault", "LogicallyAirGappedBackupVault"])
def test_attributes(kind: str, attributes: dict[str, Any], expected: list[str]) -> None:
    vault = {"Type": f"AWS::Backup::{kind}", "Properties": VAULT["Properties"], **attributes}
    agree(found("W9511", template(Vault=vault)), expected)


EXTENSIONS = "AWS::LanguageExtensions"


@pytest.mark.parametrize(
    ("transform", "advice"),
    [
        (EXTENSIONS, "Retain"),
        ([EXTENSIONS], "Retain"),
        (["AWS::Serverless-2016-10-31", EXTENSIONS], "Retain"),
        ([{"Name": EXTENSIONS}], "Retain"),
        ("AWS::Serverless-2016-10-31", "RetainExceptOnCreate"),
    ],
)
def test_advice_that_the_transforms_take(transform: Any, advice: str) -> None:
    vault = {"Type": "AWS::Backup::BackupVault", "Properties": VAULT["Properties"]}
    whole = {"Transform": transform, **template(Vault=vault)}
    agree(found("W9511", whole), [f"add DeletionPolicy: {advice} and UpdateReplacePolicy: Retain"])


def test_a_vault_that_is_never_there_is_not_reported() -> None:
    vault = {"Type": "AWS::Backup::BackupVault", "Condition": "Never", "Properties": {}}
    never = {"Never": {"Fn::Equals": ["a", "b"]}}
    assert found("W9511", template(Vault=vault, Conditions=never)) == []
