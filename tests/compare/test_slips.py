"""Single slips in our own template: in which of them compare sees that what is there is lost.

What lint sees in them is in tests/rules/test_own_templates.py; what protects less is in
tests/compare/protection_slips.py.
"""

import copy
from functools import cache

import pytest

from generator import templates_folder
from generator.cloudformation.read import parse
from generator.stacks import MAIN
from tests.support.compared import Document, Slip, compare_documents, drop, put

VAULT = "Resources/SOCABackupVault"
KEY = "Resources/SOCABackupVaultKey"
ROLE = "Resources/SOCAAWSBackupRole"
TRUST = f"{ROLE}/Properties/AssumeRolePolicyDocument/Statement/0"
RULES = "Resources/SOCABackupPlan/Properties/BackupPlan/BackupPlanRule"
SELECTION = "Resources/SOCABackupSelection/Properties/BackupSelection"

LOSES: dict[str, tuple[Slip, bool]] = {
    "a vault of another name": (
        put(f"{VAULT}/Properties/BackupVaultName", {"Fn::Sub": "Safe-${ClusterId}"}), True,
    ),
    "an alias for a key": (put(f"{VAULT}/Properties/EncryptionKeyArn", "alias/backup"), True),
    "a vault of another type": (
        put(f"{VAULT}/Type", "AWS::Backup::LogicallyAirGappedBackupVault"), True,
    ),
    # What is there stays.
    "no key": (drop(KEY), False),
    "no role": (drop(ROLE), False),
    # Only the next backups are lost, or their protection.
    "a lock that is never final": (
        drop(f"{VAULT}/Properties/LockConfiguration/Fn::If/1/ChangeableForDays"), False,
    ),
    "no plan": (drop("Resources/SOCABackupPlan"), False),
    "no alerts": (drop("Resources/SOCABackupJobAlert"), False),
    "kept for ever": (drop(f"{RULES}/0/Lifecycle"), False),
    "a tag alone": (drop(f"{SELECTION}/Resources"), False),
    "a principal that China has not": (
        put(f"{TRUST}/Principal/Service", {"Fn::Sub": "backup.${AWS::URLSuffix}"}), False,
    ),
}  # fmt: skip


@cache
def ours() -> Document:
    return parse("ours", templates_folder.generate()[MAIN]).document


@pytest.mark.parametrize(("slip", "loses"), LOSES.values(), ids=LOSES)
def test_in_which_slips_what_is_there_is_lost(slip: Slip, loses: bool) -> None:
    slipped = copy.deepcopy(ours())
    slip(slipped)
    changes = compare_documents(ours(), slipped).changes
    assert any(change.danger for change in changes) is loses
    assert any(change.level for change in changes)  # and every slip it sees


def test_a_value_that_goes_with_its_row_is_narrowed() -> None:
    slipped = copy.deepcopy(ours())
    slipped["Parameters"]["WeeklyRetention"]["AllowedValues"].remove("1-year")
    del slipped["Mappings"]["WeeklyRetentionDays"]["1-year"]
    comparison = compare_documents(ours(), slipped)
    changes = [each for each in comparison.changes if each.change != "unchanged"]
    assert [(each.name, each.change) for each in changes] == [("WeeklyRetention", "narrowed")]
    assert comparison.verdict == "major"
