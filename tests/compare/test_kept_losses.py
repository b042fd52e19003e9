"""What no longer outlives the stack: told once, as a loss that a release may accept."""

import copy
from collections.abc import Iterator

import pytest

from generator.cloudformation.read import Template
from generator.compare.accepted_losses import AcceptedLoss
from generator.compare.comparison import compare
from tests.compare.protection_slips import (
    ALL,
    FSX_SELECTION,
    KEY,
    LOCK,
    POLICY,
    ROLE,
    SELECTION,
    TOPIC,
    VAULT,
    Edit,
)
from tests.support.compared import Document, all_of, drop, put
from tests.support.generated import template

OTHER_KEY = {**template()["Resources"]["SOCABackupVaultKey"], "Condition": "CreatesTopic"}
OTHER_VAULT = {
    "Type": "AWS::Backup::BackupVault",
    "DeletionPolicy": "Retain",
    "Properties": {"BackupVaultName": "other"},
}


def nothing(_: Document) -> None:
    """Change nothing."""


# What is in both templates, what goes, and what is told.
ROWS: dict[str, tuple[Edit, Edit, list[str]]] = {
    "the vault": (
        nothing, drop(f"{VAULT}/DeletionPolicy"),
        ["the vault Vault-${ClusterId} no longer outlives the stack"],
    ),
    "its key": (
        nothing, drop(f"{KEY}/DeletionPolicy"), ["the vault's key no longer outlives the stack"],
    ),
    "the role": (
        nothing, drop(f"{ROLE}/DeletionPolicy"), ["the role no longer outlives the stack"],
    ),
    "a topic": (
        put(f"{TOPIC}/DeletionPolicy", "Retain"), drop(f"{TOPIC}/DeletionPolicy"),
        ["SOCABackupAlertsTopic (AWS::SNS::Topic) no longer outlives the stack"],
    ),
    "another vault, which was kept in one case": (
        put("Resources/Other", OTHER_VAULT),
        all_of(drop(f"{VAULT}/DeletionPolicy"), drop("Resources/Other/DeletionPolicy")),
        [
            "the vault Vault-${ClusterId} no longer outlives the stack",
            "Other (AWS::Backup::BackupVault) no longer outlives the stack",
        ],
    ),
    "the role of selections that select nothing": (
        nothing,
        all_of(
            drop(f"{ROLE}/DeletionPolicy"),
            put(f"{SELECTION}/Resources", []),
            put(f"{FSX_SELECTION}/Properties/BackupSelection/Resources", []),
        ),
        [f"{ALL} are no longer selected",
         "SOCAAWSBackupRole (AWS::IAM::Role) no longer outlives the stack"],
    ),
    "another key": (
        put("Resources/Other", OTHER_KEY),
        all_of(drop(f"{KEY}/DeletionPolicy"), drop("Resources/Other/DeletionPolicy")),
        ["the vault's key no longer outlives the stack",
         "Other (AWS::KMS::Key) no longer outlives the stack"],
    ),
    "what holds nothing": (
        put("Resources/SOCABackupPlan/UpdateReplacePolicy", "Retain"),
        drop("Resources/SOCABackupPlan/UpdateReplacePolicy"), [],
    ),
    "the lock": (nothing, drop(LOCK), ["the vault is no longer locked"]),
    "the vault's policy": (
        nothing, drop(POLICY),
        [("whoever IAM allows may delete recovery points, disassociate recovery points and "
         "shorten how long recovery points are kept")],
    ),
}  # fmt: skip


def pair(before: Edit, edit: Edit) -> Iterator[Template]:
    document = copy.deepcopy(template())
    before(document)
    yield Template("old", copy.deepcopy(document))
    edit(document)
    yield Template("new", document)


@pytest.mark.parametrize(("before", "edit", "sentences"), ROWS.values(), ids=ROWS)
def test_what_goes_is_told_once_and_may_be_accepted(
    before: Edit, edit: Edit, sentences: list[str]
) -> None:
    old, new = pair(before, edit)
    found = compare(old, new)
    assert [loss.sentence for loss in found.losses] == sentences
    assert not any(change.danger for change in found.changes)
    assert found.verdict == "major"
    accepted = [AcceptedLoss("9.9.9", "new", sentence, "wanted") for sentence in sentences]
    (version,) = compare(old, new, accepted).failures
    assert version.endswith("raise VERSION")
