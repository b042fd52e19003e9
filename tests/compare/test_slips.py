"""Single slips in our own template: lint sees what fails silently, compare what loses protection.

Lint has to see the first kind by itself: the first release of a template has nothing that it could
be compared with.
"""

import copy
import json
from functools import cache

import pytest

from generator import templates_folder
from generator.cloudformation.read import parse
from generator.lint import findings
from generator.stacks import MAIN
from tests.support.compared import Document, Slip, compare_documents, drop, put

VAULT = "Resources/SOCABackupVault"
KEY = "Resources/SOCABackupVaultKey"
ROLE = "Resources/SOCAAWSBackupRole"
TRUST = f"{ROLE}/Properties/AssumeRolePolicyDocument/Statement/0"
POLICIES = f"{ROLE}/Properties/Policies"
RULES = "Resources/SOCABackupPlan/Properties/BackupPlan/BackupPlanRule"
SELECTION = "Resources/SOCABackupSelection/Properties/BackupSelection"


@cache
def ours() -> Document:
    return parse("ours", templates_folder.generate()[MAIN]).document


def slipped(*slips: Slip) -> Document:
    made = copy.deepcopy(ours())
    for slip in slips:
        slip(made)
    return made


PASSING = next(
    index
    for index, policy in enumerate(
        ours()["Resources"]["SOCAAWSBackupRole"]["Properties"]["Policies"]
    )
    if "PassSchedulerRole" in str(policy)
)
PASS = f"{POLICIES}/{PASSING}/Fn::If/1/PolicyDocument/Statement/0"

# Deploys, looks right, and backs up nothing or cannot restore: the rule that sees it, and whether
# an update to it loses protection in the eyes of compare.
SILENT: dict[str, tuple[Slip, str, bool]] = {
    "kept for ever": (drop(f"{RULES}/0/Lifecycle"), "W9504", False),
    "a schedule of five fields": (
        put(f"{RULES}/0/ScheduleExpression", "cron(0 5 * * *)"), "E9501", False,
    ),
    "a window that AWS Backup cannot keep": (
        put(f"{RULES}/0/StartWindowMinutes", 30), "E9502", False,
    ),
    "a tag key as ListOfTags has it": (
        put(f"{SELECTION}/Conditions/StringEquals/0/ConditionKey", "soca:BackupPlan"),
        "E9531", False,
    ),
    "a tag alone": (drop(f"{SELECTION}/Resources"), "E9531", False),
    "any role to any service": (put(f"{PASS}/Resource", ["*"]), "W9544", False),
    "a role to any service": (drop(f"{PASS}/Condition"), "W9544", False),
    "a principal that China has not": (
        put(f"{TRUST}/Principal/Service", {"Fn::Sub": "backup.${AWS::URLSuffix}"}), "E9541", False,
    ),
    "a condition that is not sent": (
        put(f"{TRUST}/Condition", {"StringEquals": {"aws:SourceArn": "arn:aws:backup:*"}}),
        "E9541", False,
    ),
    "an ARN that matches no vault": (
        put(
            f"{POLICIES}/0/PolicyDocument/Statement/1/Resource",
            [{"Fn::Sub": "arn:${AWS::Partition}:backup:*:${AWS::AccountId}:backup-vault/*"}],
        ),
        "E9542", False,
    ),
    "a backup of EFS that is denied": (
        put(f"{POLICIES}/2/PolicyDocument/Statement/0/Action", ["elasticfilesystem:Restore"]),
        "E9543", False,
    ),
    "a vault that goes with the stack": (drop(f"{VAULT}/DeletionPolicy"), "W9511", True),
    "a role that goes with the stack": (drop(f"{ROLE}/DeletionPolicy"), "W9517", True),
    "an alias for a key": (
        put(
            f"{VAULT}/Properties/EncryptionKeyArn",
            {"Fn::Sub": "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:alias/backup"},
        ),
        "E9512", True,
    ),
}  # fmt: skip

# What only a comparison can see: nothing is wrong with the template that the slip leaves.
LOSES: dict[str, tuple[Slip, bool]] = {
    "a vault that goes when it is replaced": (put(f"{VAULT}/UpdateReplacePolicy", "Delete"), True),
    "a vault of another name": (
        put(f"{VAULT}/Properties/BackupVaultName", {"Fn::Sub": "Safe-${ClusterId}"}), True,
    ),
    "no lock": (drop(f"{VAULT}/Properties/LockConfiguration"), True),
    "no value for the lock": (
        put(f"{VAULT}/Properties/LockConfiguration", {"Ref": "AWS::NoValue"}), True,
    ),
    "no access policy": (drop(f"{VAULT}/Properties/AccessPolicy"), True),
    "a key that goes with the stack": (drop(f"{KEY}/DeletionPolicy"), True),
    "no key": (drop(KEY), False),  # its policy keeps the one that is there
    "no role": (drop(ROLE), False),  # same
    "a lock that is never final": (
        drop(f"{VAULT}/Properties/LockConfiguration/Fn::If/1/ChangeableForDays"), False,
    ),
    "no plan": (drop("Resources/SOCABackupPlan"), False),
    "no alerts": (drop("Resources/SOCABackupJobAlert"), False),
}  # fmt: skip


@cache
def rules_seen() -> dict[str, set[str]]:
    """Return for each silent slip the rules of its run: no two slips of one rule share a run."""
    runs: list[dict[str, str]] = []
    for name, (_, rule, _) in SILENT.items():
        run = next((run for run in runs if rule not in run.values()), {})
        if not run:
            runs.append(run)
        run[name] = rule
    seen = {}
    for run in runs:
        text = json.dumps(slipped(*(SILENT[name][0] for name in run)))
        rules = {finding.rule for finding in findings(text)}
        seen.update(dict.fromkeys(run, rules))
    return seen


@pytest.mark.parametrize("name", SILENT)
def test_lint_alone_sees_what_fails_silently(name: str) -> None:
    assert SILENT[name][1] in rules_seen()[name]


@pytest.mark.parametrize(
    ("slip", "loses"),
    [*((slip, loses) for slip, _, loses in SILENT.values()), *LOSES.values()],
    ids=[*SILENT, *LOSES],
)
def test_which_slips_compare_calls_a_loss_of_protection(slip: Slip, loses: bool) -> None:
    changes = compare_documents(ours(), slipped(slip)).changes
    assert any(change.danger for change in changes) is loses
    assert any(change.level for change in changes)  # and every slip it sees
