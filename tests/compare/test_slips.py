"""Single slips in our own template: each is caught, by `compare` against the template or by lint.

`compare` catches a slip when it names the slipped resource, parameter, output or rule with the
gravity that the slip has; that the template differs, and so needs another version, is not enough.
"""

import json
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from generator import templates_folder
from generator.cloudformation import read
from generator.cloudformation.read import UnreadableError
from generator.compare.comparison import compare
from generator.lint import findings
from tests.support.slips import Document, Path, Slip, drop, put, slips

PLAN: Path = ("Resources", "SOCABackupPlan", "Properties", "BackupPlan")
SELECTION: Path = ("Resources", "SOCABackupSelection", "Properties", "BackupSelection")
CONDITION: Path = (*SELECTION, "Conditions", "StringEquals", 0)

# What neither sees, and why it may pass.
ESCAPED: dict[str, str] = {}


@cache
def ours() -> dict[str, Any]:
    return read.document("ours", templates_folder.generate()["Backup.template"])


@cache
def all_slips() -> tuple[Slip, ...]:
    return tuple(slips(ours()))


def text(slip: Slip) -> str:
    return json.dumps(slip.made_in(ours()))


def seen_by_compare(slip: Slip) -> bool:
    try:
        found = compare(ours(), slip.made_in(ours()))
    except UnreadableError:
        return True
    return any(
        change.level >= slip.least and (not slip.about or change.name == slip.about)
        for change in found.changes
    )


def test_there_are_enough_slips_of_every_kind_and_none_twice() -> None:
    names = Counter(slip.name for slip in all_slips())
    assert [name for name, times in names.items() if times > 1] == []
    assert len(names) > 300
    for section in ("Resources", "Parameters", "Outputs", "Rules"):
        missed = [
            name for name in ours()[section] if not any(slip.about == name for slip in all_slips())
        ]
        assert missed == []


def test_every_slip_changes_the_template() -> None:
    assert [slip.name for slip in all_slips() if slip.made_in(ours()) == ours()] == []


def test_every_slip_is_caught(capsys: pytest.CaptureFixture[str]) -> None:
    by_compare = {slip.name for slip in all_slips() if seen_by_compare(slip)}
    rest = [slip for slip in all_slips() if slip.name not in by_compare]
    escaped = [slip.name for slip in rest if not findings(text(slip))]
    with capsys.disabled():
        print(  # noqa: T201 - what escapes has to be read
            f"\n{len(all_slips())} slips: {len(by_compare)} seen by compare, "
            f"{len(rest) - len(escaped)} by lint only, {len(escaped)} by neither",
            *(f"  {name}: {ESCAPED.get(name, 'no reason known')}" for name in escaped),
            sep="\n",
        )
    assert escaped == list(ESCAPED)


VAULT: Path = ("Resources", "SOCABackupVault")
RULE: Path = (*PLAN, "BackupPlanRule", 0)
ROLE: Path = ("Resources", "SOCAAWSBackupRole")
TRUST: Path = (*ROLE, "Properties", "AssumeRolePolicyDocument", "Statement", 0)
POLICIES: Path = (*ROLE, "Properties", "Policies")
PASSING = next(
    index
    for index, policy in enumerate(ours()["Resources"][ROLE[1]]["Properties"]["Policies"])
    if "PassSchedulerRole" in str(policy)
)
PASS: Path = (*POLICIES, PASSING, "Fn::If", 1, "PolicyDocument", "Statement", 0)

# Deploys, looks right, and backs up nothing or cannot restore: lint has to see these by itself,
# because the first release of a template has nothing that it could be compared with.
SILENT: dict[str, Callable[[Document], None]] = {
    "kept for ever": drop((*RULE, "Lifecycle")),
    "a schedule of five fields": put((*RULE, "ScheduleExpression"), "cron(0 5 * * *)"),
    "a window that AWS Backup cannot keep": put((*RULE, "StartWindowMinutes"), 30),
    "a tag key as ListOfTags has it": put((*CONDITION, "ConditionKey"), "soca:BackupPlan"),
    "a tag alone": drop((*SELECTION, "Resources")),
    "any role to any service": put((*PASS, "Resource"), ["*"]),
    "a role to any service": drop((*PASS, "Condition")),
    "a principal that China has not": put(
        (*TRUST, "Principal", "Service"), {"Fn::Sub": "backup.${AWS::URLSuffix}"}
    ),
    "a condition that is not sent": put(
        (*TRUST, "Condition"), {"StringEquals": {"aws:SourceArn": "arn:aws:backup:*"}}
    ),
    "an ARN that matches no vault": put(
        (*POLICIES, 0, "PolicyDocument", "Statement", 1, "Resource"),
        [{"Fn::Sub": "arn:${AWS::Partition}:backup:*:${AWS::AccountId}:backup-vault/*"}],
    ),
    "a backup of EFS that is denied": drop(
        (*POLICIES, 2, "PolicyDocument", "Statement", 0, "Action", 0)
    ),
    "a vault that goes with the stack": drop((*VAULT, "DeletionPolicy")),
    "a role that goes with the stack": drop((*ROLE, "DeletionPolicy")),
    "an alias for a key": put(
        (*VAULT, "Properties", "EncryptionKeyArn"),
        {"Fn::Sub": "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:alias/backup"},
    ),
}


@pytest.mark.parametrize("slip", SILENT.values(), ids=SILENT)
def test_lint_alone_sees_what_fails_silently(slip: Callable[[Document], None]) -> None:
    assert findings(text(Slip("", slip, "")))
