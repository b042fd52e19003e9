"""W9518: keys that are deleted before the recovery points they encrypted."""

from typing import Any

import pytest

from tests.rules.support import agree, found, template, vault

ARN = {"Fn::GetAtt": ["Key", "Arn"]}
RETAIN = {"DeletionPolicy": "Retain"}
KEPT = {**RETAIN, "UpdateReplacePolicy": "Retain"}
DELETE = {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}
BOTH = "add DeletionPolicy: RetainExceptOnCreate and UpdateReplacePolicy: Retain"


@pytest.mark.parametrize(
    ("kind", "attributes", "expected"),
    [
        ("Key", RETAIN, []),  # a key cannot be replaced
        ("Key", {"DeletionPolicy": "RetainExceptOnCreate"}, []),
        ("Key", {**RETAIN, "UpdateReplacePolicy": "Delete"}, []),
        ("Key", {}, ["encrypted: add DeletionPolicy: RetainExceptOnCreate"]),
        ("Key", {"UpdateReplacePolicy": "Retain"}, ["add DeletionPolicy: RetainExceptOnCreate"]),
        ("Key", {"DeletionPolicy": {"Ref": "Keep"}}, []),
        ("ReplicaKey", KEPT, []),
        ("ReplicaKey", RETAIN, ["encrypted: add UpdateReplacePolicy: Retain"]),
        ("ReplicaKey", {}, [BOTH]),
    ],
)
def test_what_keeps_a_key(kind: str, attributes: dict[str, Any], expected: list[str]) -> None:
    arn = {"Fn::If": ["Here", ARN, {"Ref": "AWS::NoValue"}]}
    whole = template(
        Vault=vault(EncryptionKeyArn=arn),
        Key={"Type": f"AWS::KMS::{kind}", "Properties": {}, "Condition": "Here", **attributes},
        Conditions={"Here": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}},
    )
    agree(found("W9518", whole), expected)


@pytest.mark.parametrize(
    ("of_the_vault", "expected"),
    [(KEPT, ["Key 'Key' of vault 'Vault' is not kept"]), ({}, ["is not kept"]), (DELETE, [])],
)
@pytest.mark.parametrize("of_the_key", [DELETE, {"DeletionPolicy": "Delete"}])
def test_a_key_may_go_with_its_vault(
    of_the_vault: dict[str, Any], expected: list[str], of_the_key: dict[str, Any]
) -> None:
    """Delete is written for the key: that is a decision only if the vault goes as well."""
    its_vault = vault(EncryptionKeyArn=ARN)
    whole = template(
        Vault={"Type": its_vault["Type"], "Properties": its_vault["Properties"], **of_the_vault},
        Key={"Type": "AWS::KMS::Key", "Properties": {}, **of_the_key},
    )
    agree(found("W9518", whole), expected)


def test_keys_of_nothing_else_are_reported() -> None:
    other = {"Type": "AWS::KMS::Key", "Properties": {}}
    whole = template(Vault=vault(EncryptionKeyArn={"Ref": "Given"}), Key=other)
    assert found("W9518", whole) == []
