"""Nothing gets past the lint: each slip is found, at its line, and no switch turns a rule off."""

from pathlib import Path

import pytest
import yaml

from generator.cloudformation.finding import Finding
from generator.docs import lint_regions
from generator.lint import MAX_BYTES, findings, regions
from generator.paths import ROOT
from generator.stacks import TEMPLATES, templates
from tests.rules.support import cfn_lint
from tests.support.generated import text

SMALL = """\
AWSTemplateFormatVersion: '2010-09-09'
Description: x
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Retain
    Properties:
      BackupVaultName: vault
"""
ROOM = MAX_BYTES - len(SMALL)


VAULT = """\
  SOCABackupVault:
    Type: AWS::Backup::BackupVault
    Condition: CreatesVault
    DeletionPolicy: RetainExceptOnCreate
"""

SLIPS = {
    "E1020": ("!Ref BackupSchedule\n", "!Ref BackupSchedul\n"),
    "E1010": ("SOCAAWSBackupRole.Arn", "SOCAAWSBackupRole.Ar"),
    "W2001": ("Parameters:\n  ClusterId", "Parameters:\n  Idle: {Type: String}\n  ClusterId"),
    "I3042": ("arn:${AWS::Partition}:ec2:*:*:instance/*", "arn:aws:ec2:*:*:instance/*"),
    "W3011": (f"{VAULT}    UpdateReplacePolicy: Retain\n", VAULT),
    "E3002": ("StartWindowMinutes: !Ref", "StartWindow: !Ref"),
    "W3037": ("kms:CreateGrant", "kms:CreateGrants"),
    "E9505": ("RuleName: SOCADailyBackup", "RuleName: SOCA daily backup"),
    "E3006": ("\nResources:\n", "\nResources:\n  Framework:\n    Type: AWS::Backup::Framework\n"),
}  # fmt: skip
"""Rule -> what stands in the template, and a slip in its place."""

SWITCHES = (
    "\nMetadata:\n  cfn-lint:\n    config:\n      ignore_checks: [E, W, I]\n"
    "      regions: [us-east-1]\n"  # which has the type that E3006 misses elsewhere
)

TESTED = """\
AWSTemplateFormatVersion: '2010-09-09'
Description: x
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {TopicName: x}
  Plan:
    Type: AWS::Backup::RestoreTestingPlan
    Properties:
      RestoreTestingPlanName: monthly
      ScheduleExpression: cron(0 7 2 * ? *)
      ScheduleExpressionTimezone: Etc/UTC
      StartWindowHours: 8
      RecoveryPointSelection:
        Algorithm: LATEST_WITHIN_WINDOW
        IncludeVaults: ['*']
        RecoveryPointTypes: [SNAPSHOT]
        SelectionWindowDays: 7
"""

OFF = "Metadata: {cfn-lint: {config: {ignore_checks: [W9511]}}}\n"


@pytest.fixture(scope="module")
def slips() -> tuple[str, dict[str, Finding]]:
    """Give a template with every slip, which tries to switch all rules off, and its findings."""
    bad = text().replace("\nMetadata:\n", SWITCHES, 1)
    for right, wrong in SLIPS.values():
        assert right in bad
        bad = bad.replace(right, wrong, 1)
    return bad, {finding.rule: finding for finding in reversed(findings(bad))}


@pytest.mark.parametrize("rule", SLIPS)
def test_a_slip_is_found_at_its_line_and_cannot_be_switched_off(
    slips: tuple[str, dict[str, Finding]], rule: str
) -> None:
    bad, found = slips
    assert rule in found
    wrong = SLIPS[rule][1]
    first = bad[: bad.index(wrong)].count("\n") + 1
    assert first - 1 <= found[rule].line <= first + wrong.count("\n")
    assert 1 <= found[rule].column <= len(bad.splitlines()[found[rule].line - 1]) + 1


EVERYWHERE = {*regions([])}


def regions_of(name: str) -> set[str]:
    """Return the regions that a template of ours is for."""
    resources = TEMPLATES[name]().to_dict()["Resources"].values()
    return {*regions({resource["Type"] for resource in resources})}


def test_the_regions_are_those_that_a_template_is_for() -> None:
    *everywhere, tests = TEMPLATES
    assert {"us-east-1", "cn-north-1", "us-gov-west-1"} <= EVERYWHERE
    assert [regions_of(name) for name in everywhere] == [EVERYWHERE] * len(everywhere)
    assert "us-east-1" in regions_of(tests)
    assert {"cn-north-1", "cn-northwest-1"} <= EVERYWHERE - regions_of(tests)


def test_a_type_is_looked_for_in_the_regions_of_its_template_alone() -> None:
    assert findings(TESTED) == []
    misspelled = TESTED.replace("AWS::SNS::Topic", "AWS::SNS::Topics")
    assert {finding.rule for finding in findings(misspelled)} == {"E3006"}


def test_by_hand_every_template_is_linted_where_all_of_them_can_be_used() -> None:
    """cfn-lint takes one list of regions for all the templates that it is given."""
    described = {name: template.to_dict() for name, template in templates().items()}
    text = lint_regions.PATH.read_text(encoding="utf-8")
    assert lint_regions.configuration(described) == text, "run `python build.py docs`"
    listed = {*yaml.safe_load(text)["regions"]}
    assert listed == set.intersection(*map(regions_of, TEMPLATES))


def test_another_configuration_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".cfnlintrc").write_text("ignore_checks: [E, W, I]\nregions: [us-east-1]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    bad = SMALL.replace("RetainExceptOnCreate", "Keep")
    assert "E3035" in {finding.rule for finding in findings(bad)}


@pytest.mark.parametrize(
    ("in_the_template", "in_the_resource", "found"),
    [("", "", {"W9511"}), (OFF, "", set()), ("", f"    {OFF}", set())],
)
def test_others_can_switch_a_rule_off_when_they_lint_from_here(
    tmp_path: Path, in_the_template: str, in_the_resource: str, found: set[str]
) -> None:
    """As docs/rules.md says; our own .cfnlintrc counts there."""
    resource = f"Resources:\n  Vault:\n{in_the_resource}"
    bad = SMALL.replace("Resources:\n  Vault:\n", f"{in_the_template}{resource}")
    (tmp_path / "bad.yaml").write_text(bad.replace("DeletionPolicy: RetainExceptOnCreate", ""))
    reported = {match["Rule"]["Id"] for match in cfn_lint([tmp_path / "bad.yaml"], cwd=ROOT)}
    assert {rule for rule in reported if rule[1:3] == "95"} == found


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param("Resources: [", id="no-yaml"),
        pytest.param("Resources:\n  A:\n    Type: x\n  A:\n    Type: x\n", id="key-twice"),
        pytest.param("just words", id="no-template"),
        pytest.param("", id="empty"),
    ],
)
def test_what_is_no_template_is_a_finding(bad: str) -> None:
    assert findings(bad)


@pytest.mark.parametrize(
    ("padding", "rules"),
    [
        pytest.param("#" * ROOM, [], id="as-large-as-it-may-be"),
        pytest.param("#" * (ROOM + 1), ["size"], id="one-byte-more"),
        pytest.param("#" + "\u00e4" * 26_000, ["size"], id="letters-of-two-bytes"),
    ],
)
def test_a_template_that_is_too_large_is_a_finding(padding: str, rules: list[str]) -> None:
    found = findings(SMALL + padding)
    assert [finding.rule for finding in found] == rules
    assert all(str(len((SMALL + padding).encode())) in finding.message for finding in found)
    assert all("51200 in --template-body" in finding.message for finding in found)


def test_a_finding_is_shown_as_linters_show_it() -> None:
    shown = Finding(3, 14, "E1020", "no such thing").at("templates/Backup.template")
    assert shown == "templates/Backup.template:3:14: E1020: no such thing"
