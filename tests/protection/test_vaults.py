"""What becomes of a vault: its key, its lock, and what its policy denies and allows."""

from typing import Any

import pytest

from generator.protection.model import Lock, Vault, shown
from generator.protection.vaults import GUARDED, NEEDED
from tests.protection.support import Resource, allow, document, of_type, protected

DELETE, LIFECYCLE = "backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"
ADMIN, OTHER = (f"arn:aws:iam::123456789012:role/{name}" for name in ("admin", "other"))
STAYS = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}


def vault(*statements: Any, **properties: Any) -> Resource:
    its = {"BackupVaultName": "v", **properties}
    if statements:
        its["AccessPolicy"] = document(*statements)
    return of_type("Backup::BackupVault", its)


def of(resource: Resource, **beside: Resource) -> Vault:
    """Return the only vault."""
    (found,) = protected({"Vault": resource, **beside}).vaults.values()
    return found


def deny(actions: Any = DELETE, **elements: Any) -> dict[str, Any]:
    return {**allow(actions), "Effect": "Deny", "Principal": "*", **elements}


def unless(operator: str, key: str, *values: Any) -> dict[str, Any]:
    return {"Condition": {operator: {key: [*values]}}}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], {}),
        ([deny()], {DELETE: []}),
        ([deny([DELETE, LIFECYCLE])], {DELETE: [], LIFECYCLE: []}),
        ([deny([*GUARDED, *NEEDED])], {action: [] for action in (*GUARDED, *NEEDED)}),
        ([deny(["backup:Delete*", LIFECYCLE])], {LIFECYCLE: []}),
        ([deny(Principal={"AWS": "*"})], {DELETE: []}),
        ([deny(Principal={"AWS": ADMIN})], {}),
        ([deny(Effect="Allow")], {}),
        (
            [{"Effect": "Deny", "NotPrincipal": {"AWS": ADMIN}, "Action": DELETE, "Resource": "*"}],
            {DELETE: [ADMIN]},
        ),
        ([deny(**unless("ArnNotEquals", "aws:PrincipalArn", ADMIN))], {DELETE: [ADMIN]}),
        (
            [deny(**unless("ArnNotEquals", "aws:PrincipalArn", {"Fn::GetAtt": ["Admin", "Arn"]}))],
            {DELETE: ["${Admin.Arn}"]},
        ),
        ([deny(**unless("ArnNotEquals", "aws:PrincipalArn", "*"))], {}),
        ([deny(**unless("StringNotLike", "aws:userId", "AROA:*"))], {DELETE: ["AROA:*"]}),
        # One of the two denies it to whom the other one leaves out.
        (
            [
                deny(**unless("ArnNotEquals", "aws:PrincipalArn", ADMIN, OTHER)),
                deny(**unless("ArnNotLike", "aws:PrincipalArn", ADMIN)),
            ],
            {DELETE: [ADMIN]},
        ),
        ([deny(), deny(**unless("ArnNotEquals", "aws:PrincipalArn", ADMIN))], {DELETE: []}),
        # A denial to some, or to nobody knows whom, is none to everybody.
        ([deny(**unless("ArnEquals", "aws:PrincipalArn", ADMIN))], {}),
        ([deny(**unless("StringNotEquals", "aws:PrincipalOrgID", "o-1"))], {}),
        ([deny("backup:DeleteBackupVault", Resource="*")], {"backup:DeleteBackupVault": []}),
        (
            [
                deny(
                    "backup:DeleteBackupVault",
                    Resource={"Fn::GetAtt": ["Vault", "BackupVaultArn"]},
                )
            ],
            {"backup:DeleteBackupVault": []},
        ),
        (
            [deny("backup:DeleteBackupVault", Resource="arn:aws:backup:*:*:backup-vault:other")],
            {},
        ),
    ],
)
def test_what_is_denied_to_everybody_but_some(
    statements: list[Any], expected: dict[str, list[str]]
) -> None:
    found = of(vault(*statements)).denied
    assert {action: sorted(map(shown, who)) for action, who in found.items()} == expected


INTO = "backup:CopyIntoBackupVault"
IN_ORG = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow(INTO, Principal="*"), {(INTO, "*")}),
        (
            allow(INTO, Principal={"AWS": ["1", "2"]}),
            {(INTO, "1"), (INTO, "2")},
        ),
        (
            allow(INTO, Principal="*", Condition=IN_ORG),
            {(INTO, '* if {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}')},
        ),
        (deny(), set()),
    ],
)
def test_whom_it_is_open_to(statement: Any, expected: set[tuple[str, str]]) -> None:
    assert of(vault(statement)).open_to == expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (vault(), None),
        (vault(LockConfiguration={"MinRetentionDays": 7}), Lock(7, None, None)),
        (
            vault(
                LockConfiguration={
                    "MinRetentionDays": 7,
                    "MaxRetentionDays": "365",
                    "ChangeableForDays": 3,
                }
            ),
            Lock(7, 365, 3),
        ),
        (vault(LockConfiguration={"Ref": "AWS::NoValue"}), None),
        (
            of_type(
                "Backup::LogicallyAirGappedBackupVault",
                {"BackupVaultName": "v", "MinRetentionDays": 7, "MaxRetentionDays": 35},
            ),
            Lock(7, 35, 0),
        ),
    ],
)
def test_its_lock(resource: Resource, expected: Lock | None) -> None:
    assert of(resource).lock == expected


def test_a_limit_that_only_a_deployment_knows() -> None:
    lock = of(vault(LockConfiguration={"MinRetentionDays": {"Ref": "Given"}})).lock
    assert lock
    assert shown(lock.minimum) == "${Given}"


KEY_ARN = {"Fn::GetAtt": ["Key", "Arn"]}
ROOT = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}


OF_ACCOUNT = {"StringEquals": {"kms:CallerAccount": {"Ref": "AWS::AccountId"}}}


def key(*statements: Any, **properties: Any) -> Resource:
    return of_type("KMS::Key", {"KeyPolicy": document(*statements), **properties})


def test_keys_of_aws_given_and_made() -> None:
    none = of(vault())
    assert (none.key, none.key_made, none.key_kept) == ("", False, True)
    given = of(vault(EncryptionKeyArn={"Ref": "Given"}))
    assert (shown(given.key), given.key_made, given.key_kept) == ("${Given}", False, True)
    made = of(vault(EncryptionKeyArn=KEY_ARN), Key=key(allow("kms:*", Principal=ROOT)))
    assert (shown(made.key), made.key_made, made.key_kept) == ("${Key.Arn}", True, False)
    assert of(vault(EncryptionKeyArn=KEY_ARN), Key={**key(), **STAYS}).key_kept


@pytest.mark.parametrize(
    ("its_key", "expected"),
    [
        (key(allow("kms:*", Principal=ROOT)), []),
        (key(allow("kms:*", Principal={"AWS": {"Ref": "AWS::AccountId"}})), []),
        (
            key(
                allow("kms:*", Principal=ROOT),
                {**allow("kms:Decrypt"), "Effect": "Deny", "Principal": "*"},
            ),
            ["kms:Decrypt"],
        ),
        (
            key(deny("kms:CreateGrant"), allow("kms:*", Principal=ROOT)),
            ["kms:CreateGrant"],
        ),
        (key(allow("kms:*", Principal="*", Condition=OF_ACCOUNT)), []),
        (key(allow("kms:Describe*", Principal=ROOT)), 7),
        (key(allow("kms:*", Principal={"AWS": "arn:aws:iam::999999999999:root"})), 8),
        # Whether it holds is not visible.
        (key(allow("kms:*", Principal=ROOT, Condition=IN_ORG)), 8),
        (key(allow("kms:*", Principal=ROOT), Enabled=False), 8),
        (key(allow("kms:*", Principal=ROOT), KeyUsage="ENCRYPT_DECRYPT"), 0),
        (key(allow("kms:*", Principal=ROOT), KeyUsage="SIGN_VERIFY"), 8),
        (of_type("KMS::Key", {"KeyPolicy": {"Ref": "Given"}}), 8),
    ],
)  # fmt: skip
def test_what_the_policy_of_its_key_refuses(its_key: Resource, expected: Any) -> None:
    found = [*of(vault(EncryptionKeyArn=KEY_ARN), Key=its_key).key_refuses]
    assert (len(found) if isinstance(expected, int) else found) == expected


FAR, DECRYPT = "222233334444", "kms:Decrypt"


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow(DECRYPT, Principal={"AWS": FAR})], {FAR}),
        ([allow(DECRYPT, Principal={"AWS": f"arn:aws:iam::{FAR}:root"})], {FAR}),
        ([allow("kms:*", Principal={"AWS": [FAR, ADMIN]})], {FAR, ADMIN}),
        ([allow("kms:De*", Principal={"AWS": FAR}), deny(DECRYPT)], set()),
        ([allow("kms:Encrypt", Principal={"AWS": FAR})], set()),
        ([allow(DECRYPT, Principal={"Service": "s3.amazonaws.com"})], set()),
        ([allow(DECRYPT, Principal="*", Condition=OF_ACCOUNT)], 2),  # and the account
        (
            [allow(DECRYPT, Principal="*", Condition=IN_ORG)],
            {'* if {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}'},
        ),
        (
            [
                allow(DECRYPT, Principal={"AWS": FAR}, Condition=IN_ORG),
                allow(DECRYPT, Principal={"AWS": FAR}),
            ],
            {FAR},
        ),
        (
            [
                allow(DECRYPT, Principal={"AWS": FAR}, Condition={
                    "StringEquals": {"kms:CallerAccount": FAR}
                })
            ],
            {FAR},
        ),
    ],
)  # fmt: skip
def test_whom_the_policy_of_its_key_lets_use_it(statements: list[Any], expected: Any) -> None:
    lets = of(vault(EncryptionKeyArn=KEY_ARN), Key=key(*statements)).key_lets
    found = {who for who, action in lets if action == DECRYPT}
    assert (len(found) if isinstance(expected, int) else found) == expected


def test_what_stays() -> None:
    assert of({**vault(), **STAYS}).kept
    assert not of(vault()).kept
    assert not of({**vault(), "DeletionPolicy": "Retain"}).kept
    assert not of({**vault(), "UpdateReplacePolicy": "Retain"}).kept
