"""For which parameters a change of a template costs protection, and what is read to find out."""

import copy
import re
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from generator.cloudformation.read import Template, parse
from generator.compare import protection_changes
from generator.compare.change import ProtectionLoss
from generator.compare.protection_changes import protection_losses
from generator.paths import ROOT
from tests.compare import companion_slips
from tests.compare.companion_slips import companion
from tests.compare.harmless_changes import HARMLESS
from tests.compare.protection_slips import (
    DAILY,
    FSX_TAG,
    LOCK,
    NO_VALUE,
    POLICIES,
    SLIPS,
    TAG,
    WEEK,
    Edit,
    add,
    forbid,
    invert,
    swap,
)
from tests.support.compared import Document, all_of, drop, put
from tests.support.generated import template

ALL = "EC2 instances, EBS volumes, EFS file systems, FSx file systems and FSx volumes"


def lost(edit: Edit, before: Edit | None = None) -> list[ProtectionLoss]:
    """Return what an update of our template by a change costs; ``before`` is in the old one."""
    old, new = copy.deepcopy(template()), copy.deepcopy(template())
    if before:
        before(old)
    edit(new)
    return protection_losses(Template("old", old), Template("new", new))


def told(losses: list[ProtectionLoss]) -> list[tuple[str, dict[str, str]]]:
    return [(loss.sentence, loss.where) for loss in losses]


def test_a_stack_that_passes_the_tag_is_not_affected_by_its_default() -> None:
    (loss,) = lost(put("Parameters/BackupTagKey/Default", "edh:BackupPlan"))
    assert loss.sentence == (
        "the tag is now edh:BackupPlan: what carries soca:BackupPlan is no longer selected"
    )
    assert loss.where == {"BackupTagKey": "not passed by the parent"}
    assert loss.text == "stacks that pass BackupTagKey are not affected"
    assert loss.told.startswith("if BackupTagKey is not passed by the parent: the tag is now")


def test_a_new_parameter_has_its_own_default() -> None:
    shorter = all_of(
        put("Parameters/More", {"Type": "Number", "Default": 7}),
        put(f"{DAILY}/Lifecycle/DeleteAfterDays", {"Ref": "More"}),
    )
    assert told(lost(shorter))[0] == (f"{ALL} are kept 7 days instead of 30", {})


def test_a_new_parameter_without_default_is_unknown() -> None:
    unknown = all_of(
        put("Parameters/More", {"Type": "Number"}),
        put(f"{DAILY}/Lifecycle/DeleteAfterDays", {"Ref": "More"}),
    )
    sentence, where = told(lost(unknown))[0]
    assert sentence == (
        f"{ALL} are backed up by SOCADailyBackup in another way: kept ${{More}} days instead of 30 "
        "days: a part is known only to the deployment"
    )
    assert where == {}


def test_a_value_that_nobody_knows_is_the_same_as_itself() -> None:
    parameter = {"Type": "Number"}
    rule = put(f"{DAILY}/Lifecycle/DeleteAfterDays", {"Ref": "More"})
    given = all_of(put("Parameters/More", parameter), rule)
    window = put(f"{DAILY}/StartWindowMinutes", 60)
    assert lost(all_of(given, window), before=given) == []


@pytest.mark.parametrize(
    ("edit", "name", "sentence"),
    [
        (
            put(f"{DAILY}/ScheduleExpression", "cron(0 5 * * ? *)"),
            "BackupSchedule",
            (
                "EC2 instances, EBS volumes and EFS file systems are backed up by SOCADailyBackup "
                "in another way: cron(0 5 * * ? *) instead of ${BackupSchedule}: a part is known "
                "only to the deployment"
            ),
        ),
        (
            put(f"{TAG}/ConditionKey", "aws:ResourceTag/soca:BackupPlan"),
            "BackupTagKey",
            "the tag is now soca:BackupPlan: what carries ${BackupTagKey} is no longer selected",
        ),
    ],
)
def test_a_value_of_a_stack_that_is_no_longer_used_is_lost(
    edit: Edit, name: str, sentence: str
) -> None:
    assert told(lost(edit)) == [(sentence, {name: "any other value"})]


def test_a_loss_is_told_with_the_fewest_parameters() -> None:
    assert told(lost(forbid("fsx:CopyBackup"))) == [
        (
            "the role may no longer copy FSx file systems and FSx volumes: fsx:CopyBackup",
            {"CopyDestinationVaultArn": "given", "ProtectFSx": "'yes'"},
        )
    ]


ALLOWED = {
    "PolicyName": "More",
    "PolicyDocument": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "fsx:CopyBackup", "Resource": "*"}],
    },
}


@pytest.mark.parametrize(
    ("policy", "where"),
    [
        (ALLOWED, {}),
        ({"Fn::If": ["KeepsWeekly", ALLOWED, NO_VALUE]}, {"WeeklyRetention": "'3-months'"}),
        ({"Fn::If": ["KeepsWeekly", NO_VALUE, ALLOWED]}, {}),
    ],
)
def test_what_is_lost_with_two_options_alone(policy: Any, where: dict[str, str]) -> None:
    less = forbid("fsx:CopyBackup")
    # No condition says that FSx needs it only if there are copies.
    assert told(lost(less, before=all_of(less, add(POLICIES, policy)))) == [
        (
            "the role may no longer copy FSx file systems and FSx volumes: fsx:CopyBackup",
            {"CopyDestinationVaultArn": "given", "ProtectFSx": "'yes'", **where},
        )
    ]


# What is told first, and with which parameters.
CONDITIONS: dict[str, tuple[Edit, str]] = {
    "one of several values": (
        put(f"{WEEK}/ScheduleExpression", {"Ref": "MonthlySchedule"}),
        "for example if WeeklyRetention is '3-months': ",
    ),
    "one of several parameters": (
        invert("Alerts"), "for example if NotificationTopicArn is given: ",
    ),
    "the only value": (
        put(f"{DAILY}/CopyActions/Fn::If/1/0/Lifecycle/DeleteAfterDays", 20),
        "if CopyDestinationVaultArn is given: ",
    ),
    "the usual values": (put(f"{TAG}/ConditionValue", "x"), ""),
}  # fmt: skip


@pytest.mark.parametrize(("edit", "start"), CONDITIONS.values(), ids=CONDITIONS)
def test_what_is_told_for_one_example_is_told_as_one(edit: Edit, start: str) -> None:
    first, *_ = lost(edit)
    assert first.told == start + first.sentence


def test_all_that_a_value_costs_is_told_together() -> None:
    kept = [each for each in lost(invert("KeepsWeekly")) if " volumes are kept" in each.sentence]
    assert told(kept) == [
        (f"{ALL} are kept 30 days instead of {days}", {"WeeklyRetention": f"'{value}'"})
        for value, days in (("3-months", 90), ("6-months", 183), ("1-year", 365))
    ]


EXTREMES: dict[str, tuple[Edit, list[dict[str, str]]]] = {
    "a map's greatest row, beside an option": (
        put(f"{LOCK}/Fn::If/1/MaxRetentionDays", 3000),
        [
            {"VaultLock": "'governance'", "RetentionDays": "'36500'"},
            {"MonthlyRetention": "'10-years'", "VaultLock": "'governance'"},
        ],
    ),
    "a least number, beside an option": (
        put(f"{LOCK}/Fn::If/1/MinRetentionDays", 7),
        [{"VaultLock": "'governance'", "RetentionDays": "'1'"}],
    ),
    "a greatest number, alone": (
        put(f"{DAILY}/Lifecycle/DeleteAfterDays", 30), [{"RetentionDays": "'36500'"}],
    ),
    # What is told for the default is not told for each number again.
    "any number": (put(f"{DAILY}/Lifecycle/DeleteAfterDays", 7), [{}]),
}  # fmt: skip


@pytest.mark.parametrize(("edit", "where"), EXTREMES.values(), ids=EXTREMES)
def test_what_is_lost_with_an_extreme_value(edit: Edit, where: list[dict[str, str]]) -> None:
    refused_or_kept = [each for each in lost(edit) if re.search("refuses| are kept", each.sentence)]
    assert [each.where for each in refused_or_kept] == where


def test_what_more_lose_with_an_option_is_told_with_the_others() -> None:
    assert told(lost(put(f"{DAILY}/StartWindowMinutes", 1440))) == [
        (f"{ALL} lose up to 2 days at worst instead of 1 day 1 hour", {})
    ]


NO_MORE = "what carries soca:BackupPlan=${ClusterId} is no longer selected"


def test_what_all_lose_is_not_told_again_where_only_some_do() -> None:
    assert told(lost(put(f"{TAG}/ConditionValue", "x"))) == [
        (f"the tag is now soca:BackupPlan=x: {NO_MORE}", {})
    ]


def test_what_all_lose_with_an_option_is_told_of_some_without() -> None:
    always = put("Resources/SOCAFSxBackupSelection/Condition", "CreatesVault")
    with_option = all_of(
        put("Conditions/CreatesVault", {"Fn::Equals": ["a", "a"]}),
        put(f"{TAG}/ConditionValue", "x"),
        put(f"{FSX_TAG}/ConditionValue", {"Fn::If": ["PausesWindows", "x", {"Ref": "ClusterId"}]}),
    )
    first = "the tag of EC2 instances, EBS volumes and EFS file systems is now soca:BackupPlan=x"
    assert told(lost(all_of(always, with_option), before=always))[:2] == [
        (f"{first}: {NO_MORE}", {}),
        (f"the tag is now soca:BackupPlan=x: {NO_MORE}", {"WindowsVSS": "'yes'"}),
    ]


def test_another_partition_is_a_case_of_its_own() -> None:
    key = {"Fn::If": ["IsChina", "aws:ResourceTag/x", "aws:ResourceTag/soca:BackupPlan"]}
    plain = put(f"{TAG}/ConditionKey", "aws:ResourceTag/soca:BackupPlan")
    loss, *_ = lost(put(f"{TAG}/ConditionKey", key), before=plain)
    assert loss.where == {"AWS::Partition": "'aws-cn'"}
    assert "the tag is now x: what carries soca:BackupPlan is no longer selected" in loss.sentence


def test_the_partition_is_aws_if_nothing_asks_for_it() -> None:
    assert lost(swap(f"{POLICIES}/2", "${AWS::Partition}", "aws")) == []


def test_a_condition_of_a_condition() -> None:
    wanted = {"Fn::Not": [{"Fn::Equals": [{"Ref": "WeeklyRetention"}, "none"]}]}
    chain = all_of(
        put("Conditions/Weekly", wanted), put("Conditions/KeepsWeekly", {"Condition": "Weekly"})
    )
    loss, *_ = lost(all_of(chain, invert("Weekly")), before=chain)
    assert loss.sentence == f"{ALL} are kept 30 days instead of 90"
    assert loss.where == {"WeeklyRetention": "'3-months'"}


@pytest.mark.parametrize(
    "edit",
    [
        put("Outputs/More", {"Value": "x"}),
        put("Parameters/RetentionDays/MaxValue", 100000),
        put("Resources/More", {"Type": "AWS::SQS::Queue"}),
        HARMLESS["a description of the role"],
        HARMLESS["more tags"],
    ],
)
def test_what_protects_nothing_is_not_read(edit: Edit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protection_changes, "protection_of", lambda _: pytest.fail("read"))
    assert lost(edit) == []


# A name, conditions and maps mean something where they are used.
ELSEWHERE: dict[str, tuple[Edit, str]] = {
    "a condition": (SLIPS["copies when nobody wants them"].edit, "have no copies any more"),
    "a row of a map": (SLIPS["weekly backups kept for less"].edit, "are kept 60 days instead of"),
    "a name": (SLIPS["a vault of another name"].edit, "backups go into Safe-${ClusterId} instead"),
    "a default": (put("Parameters/RetentionDays/Default", 7), "are kept 7 days instead of 30"),
    "a default of an option": (
        put("Parameters/DenyRecoveryPointDeletion/Default", "yes"), "",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("edit", "sentence"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_changes_elsewhere(edit: Edit, sentence: str) -> None:
    found = [loss.sentence for loss in lost(edit)]
    assert any(sentence in each for each in found) if sentence else found == []


TWO_PLANS = """
Resources:
  Hourly:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: hourly
        BackupPlanRule:
        - {RuleName: Often, TargetBackupVault: Default, ScheduleExpression: cron(0 * * * ? *),
           StartWindowMinutes: 60, Lifecycle: {DeleteAfterDays: 9}}
  Weekly:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: weekly
        BackupPlanRule:
        - {RuleName: Seldom, TargetBackupVault: Default, ScheduleExpression: cron(0 5 ? * SUN *),
           StartWindowMinutes: 60, Lifecycle: {DeleteAfterDays: 9}}
  Gold:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Hourly
      BackupSelection:
        SelectionName: gold
        IamRoleArn: arn:aws:iam::111122223333:role/backup
        Resources: ["arn:aws:ec2:*:*:volume/*"]
        Conditions:
          StringEquals: [{ConditionKey: "aws:ResourceTag/class", ConditionValue: gold}]
  Silver:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Weekly
      BackupSelection:
        SelectionName: silver
        IamRoleArn: arn:aws:iam::111122223333:role/backup
        Resources: ["arn:aws:ec2:*:*:volume/*"]
        Conditions:
          StringEquals: [{ConditionKey: "aws:ResourceTag/class", ConditionValue: silver}]
"""


def of_two_plans(edit: Callable[[Document], None]) -> list[str]:
    old, new = parse("old", TWO_PLANS), parse("new", TWO_PLANS)
    edit(new.document)
    return [loss.sentence for loss in protection_losses(old, new)]


def plan(name: str) -> dict[str, Any]:
    return {"Ref": name}


def test_two_selections_that_change_their_plans() -> None:
    swapped = all_of(
        put("Resources/Gold/Properties/BackupPlanId", plan("Weekly")),
        put("Resources/Silver/Properties/BackupPlanId", plan("Hourly")),
    )
    assert of_two_plans(swapped) == [
        "EBS volumes with class=gold are backed up every 7 days instead of every hour"
    ]


def test_what_is_no_longer_selected_is_not_compared_with_what_still_is() -> None:
    (sentence,) = of_two_plans(drop("Resources/Gold"))
    assert sentence == "the tag is now class=silver: what carries class=gold is no longer selected"


def test_a_rule_that_moves_to_another_plan_goes_on_for_its_selection() -> None:
    def move(document: Document) -> None:
        resources = document["Resources"]
        hourly, weekly = (
            resources[name]["Properties"]["BackupPlan"]["BackupPlanRule"]
            for name in ("Hourly", "Weekly")
        )
        weekly.append(hourly.pop())
        resources["Gold"]["Properties"]["BackupPlanId"] = plan("Weekly")

    assert of_two_plans(move) == []


VAULT_OF_ITS_OWN = """
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: far
      AccessPolicy: {Version: "2012-10-17", Statement: [{%s, Resource: "*"}]}
"""
COPY = "Effect: Allow, Action: backup:CopyIntoBackupVault"
STOP = "Effect: Deny, Action: backup:DeleteRecoveryPoint"
NEAR = "Principal: {AWS: '111122223333'}"
ROLE = "Principal: {AWS: 'arn:aws:iam::111122223333:role/x'}"
IN_ORG = "Condition: {StringEquals: {aws:PrincipalOrgID: o-1}}"
COPIES = "the vault's policy no longer lets 111122223333 copy backups into it"
WIDER = (
    "the vault's policy now lets all of 111122223333, not only "
    "arn:aws:iam::111122223333:role/x, copy backups into it"
)
ANYBODY = "the vault's policy now lets anybody, not only 111122223333, copy backups into it"
STOPS = "the vault's policy no longer stops 111122223333: it may delete recovery points"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (f"{COPY}, {NEAR}", f"{COPY}, {NEAR}, Sid: a", []),
        (f"{COPY}, {NEAR}", f"{COPY}, Principal: '*'", [ANYBODY]),
        (f"{COPY}, {ROLE}", f"{COPY}, {NEAR}", [WIDER]),
        (f"{COPY}, {ROLE}, {IN_ORG}", f"{COPY}, {ROLE}", []),
        (f"{COPY}, {NEAR}", f"{COPY}, {NEAR}, {IN_ORG}", [COPIES]),
        (f"{COPY}, {NEAR}", f"{COPY}, Principal: {{AWS: '444455556666'}}", [COPIES]),
        (f"{STOP}, {NEAR}", f"{STOP}, {NEAR}, Sid: a", []),
        (f"{STOP}, {NEAR}", f"{STOP}, Principal: '*'", []),
        (f"{STOP}, {NEAR}", f"{STOP}, {NEAR}, {IN_ORG}", [STOPS]),
        (f"{STOP}, {NEAR}", f"{COPY}, {NEAR}", [STOPS]),
    ],
)
def test_whom_a_vault_lets_and_stops(before: str, after: str, expected: list[str]) -> None:
    old, new = (parse("x", VAULT_OF_ITS_OWN % statement) for statement in (before, after))
    assert [loss.sentence for loss in protection_losses(old, new)] == expected


def test_a_template_without_backups_loses_none() -> None:
    old = parse("old", "Resources: {A: {Type: AWS::SQS::Queue}}")
    new = parse("new", "Resources: {B: {Type: AWS::SQS::Queue}}")
    assert protection_losses(old, new) == []


IF_EC2 = {"TestEC2": "'yes'", "TestSubnetId": "given", "TestVpcId": "given"}
FROM = {"SourceAccountId": "given"}


@pytest.mark.parametrize(
    ("name", "what", "where"),
    [
        ("BackupRestoreTesting.template", "EFS is not tested", {}),
        ("BackupRestoreTesting.template", "a profile", IF_EC2),
        ("BackupRestoreTesting.template", "a rule of its own", IF_EC2),
        ("BackupCopyDestination.template", "copies from another account", FROM),
        ("BackupCopyDestination.template", "no lock", {"VaultLock": "'governance'"}),
        (
            "BackupCopyDestination.template",
            "a role without fsx:CreateVolumeFromBackup",
            {"CreateRestoreRole": "'yes'", "ProtectFSx": "'yes'"},
        ),
        (
            "BackupCopyDestination.template",
            "news of another role",
            {"CreateRestoreRole": "'yes'", "NotificationEmail": "given"},
        ),
    ],
)
def test_for_which_parameters_a_companion_loses(
    name: str, what: str, where: dict[str, str]
) -> None:
    slip = companion_slips.SLIPS[name][what]
    new = copy.deepcopy(companion(name))
    slip.edit(new)
    [found] = protection_losses(Template("old", companion(name)), Template("new", new))
    assert found.where == where


@pytest.mark.parametrize(
    ("name", "edit"),
    [(name, edit) for name, edits in companion_slips.HARMLESS.items() for edit in edits.values()],
    ids=[f"{name}: {what}" for name, edits in companion_slips.HARMLESS.items() for what in edits],
)
def test_a_companion_loses_nothing_for_any_parameters(name: str, edit: Edit) -> None:
    new = copy.deepcopy(companion(name))
    edit(new)
    assert protection_losses(Template("old", companion(name)), Template("new", new)) == []


def test_what_protects_less_than_1_1_0_is_in_the_changelog() -> None:
    """It needs the history, which a release has, and a shallow clone has not."""
    git = ("git", "-C", str(ROOT), "show", "d8e50a4:templates/Backup.template")
    shown = subprocess.run(git, capture_output=True, text=True, check=False)
    if shown.returncode:
        pytest.skip("the commit of 1.1.0 is not here")
    losses = protection_losses(parse("1.1.0", shown.stdout), Template("new", template()))
    changes = " ".join((ROOT / "CHANGELOG.md").read_text().split())
    assert [loss.told for loss in losses if loss.sentence not in changes] == []
