"""What templates protect, worked out by hand: ours with each option, and shapes of others."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from generator.cloudformation.read import parse, read
from generator.paths import ROOT
from generator.protection.abilities import BACKUP
from generator.protection.model import Protection, is_known, shown
from tests.protection.support import (
    ROLE_ARN,
    Resource,
    allow,
    document,
    of_type,
    ours,
    protected,
    role,
    what_it_protects,
)
from tests.protection.told import told
from tests.support.parameter_values import CLUSTER, ON, VALUES, on
from tests.support.soca import soca_261

ABLE = "backup, restore, copy, expire"
TAGGED = f"with soca:BackupPlan StringEquals {CLUSTER}"
DAILY = "rule: SOCADailyBackup: cron(0 5 * * ? *) UTC +60, kept 30 in Vault-soca-mycluster"
SELECTED = f"selected: EC2, EBS, EFS {TAGGED}: {ABLE}"
ROLE = "role: trusted, kept"
VAULT = "vault: Vault-soca-mycluster, kept"


def test_ours_as_it_is() -> None:
    assert told(ours()) == [DAILY, SELECTED, ROLE, VAULT]


def passes(name: str) -> str:
    """Return the role that passes the roles of a parameter to EC2, in every partition."""
    arns = sorted(ON[name].split(","))
    services = ("ec2.amazonaws.com", "ec2.amazonaws.com.cn")
    return ROLE + "".join(f", passes {arn} to {to}" for arn in arns for to in services)


def heard(topic: str, *missing: str, certain: bool = True) -> list[str]:
    """Return what a topic hears of, with what is missing when there is silence."""
    whats = [
        "aborted backups", "aborted restores", "backups with issues", "changes of the plan",
        "expired backups", "failed backups", "failed copies", "failed restores", *missing,
        "partial backups", "partial copies", "recovery points that could not be deleted",
        "the deletion of the plan", "the deletion of the vault",
    ]  # fmt: skip
    lines = (what.partition(" after ") for what in whats)
    sign = "" if certain else "perhaps "
    return [f"{sign}heard: {what} by {topic}{after}{hours}" for what, after, hours in lines]


def silence(*types: str, hours: int = 50) -> list[str]:
    return [f"missing backups of {each} after {hours} hours" for each in types]


EMAIL, TOPIC, KEY, COPIES = (
    ON[name]
    for name in (
        "NotificationEmail", "NotificationTopicArn", "VaultKmsKeyArn", "CopyDestinationVaultArn",
    )
)  # fmt: skip
OWN = "${SOCABackupAlertsTopic}"
SUBSCRIBED = f"subscribed: {EMAIL} to {OWN}"
WEEKLY = "rule: SOCAWeeklyBackup: cron({}) UTC +60, kept {} in Vault-soca-mycluster"
MONTHLY = (
    "rule: SOCAMonthlyBackup: cron({}) UTC +60, kept {}, cold after 30 in Vault-soca-mycluster"
)
LOCKED = f"{VAULT}, locked from 1 to None"
DENIED = [
    f"denied: backup:{action} to all but {{}}"
    for action in (
        "DeleteRecoveryPoint", "DisassociateRecoveryPoint", "UpdateRecoveryPointLifecycle",
    )
]  # fmt: skip
ADMIN = ON["RecoveryPointAdminRoleArn"]

# Parameters: the lines that go, and those that come.
OPTIONS: dict[str, tuple[dict[str, str], list[str], list[str]]] = {
    "BackupTagKey": (
        on("BackupTagKey"),
        [SELECTED],
        [SELECTED.replace("soca:BackupPlan", "edh:BackupPlan")],
    ),
    "BackupSchedule": (
        on("BackupSchedule"),
        [DAILY],
        [DAILY.replace("0 5 * * ? *", "30 22 ? * MON-FRI *")],
    ),
    "BackupScheduleTimezone": (
        on("BackupScheduleTimezone"),
        [DAILY],
        [DAILY.replace("UTC", "Europe/Paris")],
    ),
    "StartWindowMinutes": (on("StartWindowMinutes"), [DAILY], [DAILY.replace("+60", "+480")]),
    "RetentionDays": (on("RetentionDays"), [DAILY], [DAILY.replace("30", "90")]),
    "VaultKmsKeyArn": (on("VaultKmsKeyArn"), [VAULT], [f"{VAULT}, key {KEY}"]),
    "CreateVaultKmsKey": (
        on("CreateVaultKmsKey"),
        [VAULT],
        [f"{VAULT}, key ${{SOCABackupVaultKey.Arn}} (kept)"],
    ),
    "ExistingVaultName": (
        on("ExistingVaultName"),
        [DAILY, VAULT],
        [
            DAILY.replace("Vault-soca-mycluster", "Vault_of_old"),
            "vault: Vault_of_old, not of the template",
        ],
    ),
    "SchedulerIAMRoleArn": (on("SchedulerIAMRoleArn"), [ROLE], [passes("SchedulerIAMRoleArn")]),
    "ComputeNodeIAMRoleArn": (
        on("ComputeNodeIAMRoleArn"),
        [ROLE],
        [passes("ComputeNodeIAMRoleArn")],
    ),
    "AdditionalInstanceRoleArns": (
        on("AdditionalInstanceRoleArns"),
        [ROLE],
        [passes("AdditionalInstanceRoleArns")],
    ),
    # What a boundary elsewhere leaves of the role is not visible. AWS Backup deletes EFS's itself.
    "PermissionsBoundaryArn": (
        on("PermissionsBoundaryArn"),
        [SELECTED],
        [
            f"selected: EC2, EBS {TAGGED}: backup?, restore?, copy?, expire?",
            f"selected: EFS {TAGGED}: backup?, restore?, copy?, expire",
        ],
    ),
    "WeeklyRetention": (on("WeeklyRetention"), [], [WEEKLY.format("0 5 ? * SUN *", 183)]),
    "WeeklySchedule": (
        on("WeeklyRetention", "WeeklySchedule"),
        [],
        [WEEKLY.format("0 3 ? * 2 *", 183)],
    ),
    "MonthlyRetention": (on("MonthlyRetention"), [], [MONTHLY.format("0 5 1 * ? *", 2555)]),
    "MonthlySchedule": (
        on("MonthlyRetention", "MonthlySchedule"),
        [],
        [MONTHLY.format("15 4 L * ? *", 2555)],
    ),
    "NotificationEmail": (
        on("NotificationEmail"),
        [],
        [*heard(OWN, *silence("EC2", "EFS")), SUBSCRIBED],
    ),
    # Whether a topic elsewhere takes it is not visible.
    "NotificationTopicArn": (
        on("NotificationTopicArn"),
        [],
        heard(TOPIC, *silence("EC2", "EFS"), certain=False),
    ),
    "SilenceAlarmFor": (
        {**on("NotificationEmail"), "SilenceAlarmFor": "any-job"},
        [],
        [*heard(OWN, "missing backups after 50 hours"), SUBSCRIBED],
    ),
    "SilenceAlarmHours": (
        on("NotificationEmail", "SilenceAlarmHours"),
        [],
        [*heard(OWN, *silence("EC2", "EFS", hours=74)), SUBSCRIBED],
    ),
    "VaultLock": ({"VaultLock": "governance"}, [VAULT], [LOCKED]),
    "VaultLockConfirmation": (
        on("VaultLock", "VaultLockConfirmation"),
        [VAULT],
        [f"{LOCKED}, final after 30"],
    ),
    "VaultLockGraceDays": (
        on("VaultLock", "VaultLockConfirmation", "VaultLockGraceDays"),
        [VAULT],
        [f"{LOCKED}, final after 60"],
    ),
    "DenyRecoveryPointDeletion": (
        on("DenyRecoveryPointDeletion"),
        [],
        [line.format("nobody") for line in DENIED],
    ),
    "RecoveryPointAdminRoleArn": (
        on("DenyRecoveryPointDeletion", "RecoveryPointAdminRoleArn"),
        [],
        [line.format(ADMIN) for line in DENIED],
    ),
    "ProtectFSx": (
        on("ProtectFSx"),
        [SELECTED],
        [SELECTED.replace("EFS", "EFS, FSx, FSx volumes")],
    ),
    "WindowsVSS": (on("WindowsVSS"), [DAILY], [f"{DAILY}, with VSS"]),
    "CopyDestinationVaultArn": (
        on("CopyDestinationVaultArn"),
        [DAILY],
        [f"{DAILY}, copied to {COPIES} for 30"],
    ),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_of_ours_changes_these_lines_and_no_other(name: str) -> None:
    parameters, gone, come = OPTIONS[name]
    before, after = told(ours()), told(ours(parameters))
    assert [line for line in before if line not in after] == gone
    assert [line for line in after if line not in before] == come


def test_every_option_has_a_row() -> None:
    assert set(OPTIONS) == set(VALUES) - {"ClusterId"}


# Sections of a file with lines as long as they are: the name of a template, what it protects. A
# number is one of types, or of actions that are missing.
SECTIONS = (ROOT / "tests/protection/shapes.txt").read_text("utf-8").strip().split("\n\n")
SHAPES = {name: lines for name, *lines in map(str.splitlines, SECTIONS)}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_of_others(name: str) -> None:
    assert told(what_it_protects(read(f"{ROOT}/tests/rules/wild/{name}"), {})) == SHAPES[name]


def test_a_member_account_that_copies() -> None:
    central = "arn:aws:backup:eu-west-1:111122223333:backup-vault:central"
    template = read(f"{ROOT}/tests/rules/wild/member_account.yaml")
    found = what_it_protects(template, {"CentralVaultArn": central, "ColdAfter": "30"})
    [rule] = (each.rule for each in found.refused)
    assert [(copy.vault, copy.kept) for copy in rule.copies] == [(central, 60)]
    assert rule.cold_after == 30


FIXTURES: dict[str, Callable[[Protection], bool]] = {
    "compliance_lock": lambda found: all(
        vault.lock and vault.lock.grace is None for vault in found.vaults.values()
    ),
    "everything": lambda found: all(reach.tags for reach in found.reaches),
    "kept_forever": lambda found: all(rule.kept is not None for rule in found.rules),
    "key_kept": lambda found: all(vault.key_kept for vault in found.vaults.values()),
    "missing_actions": lambda found: all(
        found.roles[reach.role].lacks[reach.type, BACKUP] == () for reach in found.reaches
    ),
    "nothing": lambda found: bool(found.reaches),
    "notifications": lambda found: bool(found.heard),
    "opt_in": lambda found: not any(reach.opted_in for reach in found.reaches),
    "pass_role": lambda found: all(
        service != "*" for each in found.roles.values() for _, service in each.passes
    ),
    "policy": lambda found: all(
        {*vault.denied}
        == {"backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"}
        for vault in found.vaults.values()
    ),
    "role_kept": lambda found: all(each.kept for each in found.roles.values()),
    "topic_policy": lambda found: bool(found.heard),
    "trust": lambda found: all(each.trusted for each in found.roles.values()),
    "vault_kept": lambda found: all(vault.kept for vault in found.vaults.values()),
}  # fmt: skip
"""What the model says of the good template of a rule, and not of the bad one."""


@pytest.mark.parametrize("name", FIXTURES)
def test_the_templates_of_our_rules(name: str) -> None:
    answers = [
        FIXTURES[name](what_it_protects(read(f"{ROOT}/tests/rules/{kind}/{name}.yaml"), {}))
        for kind in ("good", "bad")
    ]
    assert answers == [True, False]


def test_soca_261() -> None:
    by_tag = "with soca:BackupPlan StringEquals c if opted in:"
    of_fsx = "backup lacks 6, restore lacks 4, copy lacks 5, expire lacks 1"
    template = parse("soca", soca_261(retained=True))
    assert told(what_it_protects(template, {"ClusterId": "c"})) == [
        "rule: SOCADailyBackup: cron(0 5 * * ? *) UTC +60, kept 7 in Vault-c",
        f"selected: 13 {by_tag} backup?, restore?, copy?, expire?",
        # Of its two policies, one action each is left: Backup and Restore of EFS.
        f"selected: EC2 {by_tag} backup lacks 12, restore lacks 22, copy lacks 12, expire lacks 2",
        f"selected: EBS {by_tag} backup lacks 5, restore lacks 12, copy lacks 10, expire lacks 1",
        f"selected: EFS {by_tag} backup lacks 2, restore lacks 11, copy lacks 3, expire",
        f"selected: FSx, FSx volumes {by_tag} {of_fsx}",
        "role: trusted, kept",
        "vault: Vault-c, kept",
    ]
    assert "role: trusted" in told(
        what_it_protects(parse("soca", soca_261(retained=False)), {"ClusterId": "c"})
    )


# Plans and selections in few words.


def plan(name: str, **rule: Any) -> Resource:
    rules = [{"RuleName": name, "TargetBackupVault": "v", **rule}]
    return of_type("Backup::BackupPlan", {"BackupPlan": {"BackupPlanRule": rules}})


FOR_EVER = ", copied to c for None"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, "cron(0 5 ? * * *) UTC +480, kept None in v"),
        (
            {"Lifecycle": {"DeleteAfterDays": -1, "MoveToColdStorageAfterDays": -1}},
            "cron(0 5 ? * * *) UTC +480, kept None in v",
        ),
        (
            {"Lifecycle": {"DeleteAfterDays": {"Ref": "Given"}}, "StartWindowMinutes": "60"},
            "cron(0 5 ? * * *) UTC +60, kept ${Given} in v",
        ),
        (
            {
                "ScheduleExpression": {"Ref": "Given"},
                "ScheduleExpressionTimezone": "Asia/Tokyo",
                "Lifecycle": {"DeleteAfterDays": 30},
                "CopyActions": [
                    {"DestinationBackupVaultArn": "a"},
                    {"DestinationBackupVaultArn": "b", "Lifecycle": {"DeleteAfterDays": "7"}},
                    {
                        "DestinationBackupVaultArn": "c",
                        "Lifecycle": {"MoveToColdStorageAfterDays": 9},
                    },
                ],
            },
            "${Given} Asia/Tokyo +480, kept 30 in v, copied to a for 30, copied to b for 7"
            + FOR_EVER,
        ),
        (
            {
                "TargetLogicallyAirGappedBackupVaultArn": "gap",
                "Lifecycle": {"DeleteAfterDays": 9},
            },
            "cron(0 5 ? * * *) UTC +480, kept 9 in v, copied to gap for 9",
        ),
        (
            {"TargetBackupVault": {"Ref": "Given"}},
            "cron(0 5 ? * * *) UTC +480, kept None in ${Given}",
        ),
        (
            {"TargetBackupVault": "{{resolve:ssm:vault}}"},
            "cron(0 5 ? * * *) UTC +480, kept None in ${{{resolve:ssm:vault}}}",
        ),
    ],
)
def test_rules(rule: Any, expected: str) -> None:
    [line, *_] = told(protected({"Plan": plan("x", **rule)}))
    assert line == f"rule: x: {expected}"


def test_plans_and_vaults_are_known_by_every_name_that_they_have() -> None:
    by_name = {"Fn::GetAtt": ["Vault", "BackupVaultName"]}
    selection = {
        "BackupPlanId": {"Fn::GetAtt": ["Plan", "BackupPlanId"]},
        "BackupSelection": {
            "IamRoleArn": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/backups"},
            "Resources": ["arn:aws:ec2:*"],
        },
    }
    found = protected(
        {
            "Plan": plan("x", TargetBackupVault=by_name),
            "Vault": of_type("Backup::BackupVault", {"BackupVaultName": "v"}),
            "Role": role(RoleName="backups"),
            "Selection": of_type("Backup::BackupSelection", selection),
        }
    )
    assert {reach.plan for reach in found.reaches} == {found.rules[0].plan}
    assert {reach.role for reach in found.reaches} == {*found.roles}
    assert found.vaults[found.rules[0].vault].made


def test_a_path_is_a_part_of_an_arn_and_none_of_a_name() -> None:
    arn = "arn:aws:iam::${AWS::AccountId}:role/backups"
    policy = {"Roles": ["backups"], "PolicyDocument": document(allow("*"))}
    found = protected(
        {
            "Role": role(RoleName="backups", Path="/jobs/"),
            "Policy": of_type("IAM::Policy", policy),
        }
    )
    [its_role] = found.roles.values()
    assert shown(its_role.arn) == "${Role.Arn}" != arn
    assert {*its_role.lacks.values()} == {()}


def test_two_plans() -> None:
    selections = {
        f"Selection{number}": of_type(
            "Backup::BackupSelection",
            {
                "BackupPlanId": {"Ref": f"Plan{number}"},
                "BackupSelection": {"IamRoleArn": ROLE_ARN, "Resources": [arn]},
            },
        )
        for number, arn in enumerate(("arn:aws:ec2:*:*:volume/*", "arn:aws:s3:::*"))
    }
    plans = {f"Plan{number}": plan(f"r{number}") for number in range(2)}
    found = protected({**plans, **selections, "Role": role()})
    assert [(shown(each.plan), each.type) for each in found.reaches] == [
        ("${Plan0}", "EBS volumes"),
        ("${Plan1}", "S3 buckets"),
    ]
    assert [shown(rule.plan) for rule in found.rules] == ["${Plan0}", "${Plan1}"]


def test_what_a_condition_leaves_out_protects_nothing() -> None:
    text = """
    Parameters: {Env: {Type: String}}
    Conditions: {IsProduction: !Equals [!Ref Env, prod]}
    Resources:
      Vault:
        Type: AWS::Backup::BackupVault
        Condition: IsProduction
        Properties: {BackupVaultName: v}
    """
    template = parse("a test", text)
    assert [*what_it_protects(template, {"Env": "prod"}).vaults] == ["v"]
    assert [*what_it_protects(template, {"Env": "test"}).vaults] == []


def test_what_is_unknown_says_so() -> None:
    assert is_known(7)
    assert is_known(None)
    [rule] = protected({"Plan": plan("x", Lifecycle={"DeleteAfterDays": {"Ref": "Given"}})}).rules
    assert not is_known(rule.kept)
    assert shown(rule.plan) == "${Plan}"
    stored = "Parameters: {Days: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /days}}"
    lifecycle = {"DeleteAfterDays": {"Ref": "Days"}}
    resources = json.dumps({"Plan": plan("x", Lifecycle=lifecycle)})
    [rule] = what_it_protects(parse("t", f"{stored}\nResources: {resources}"), {}).rules
    assert shown(rule.kept) == "${Fn::SSM /days}"


@pytest.mark.parametrize(
    ("written", "days"),
    [
        (30, 30), ("30", 30), (30.0, 30), ("30.00", 30), ("3e1", 30), ("+3.E+1", 30), ("-1", None),
        # None of these is a whole number for AWS.
        *((odd, odd) for odd in ("1.5", "3e-1", "3_0", " 30", "\u0663", "9" * 21, "1e999", "x")),
    ],
)  # fmt: skip
def test_a_number_is_the_same_in_each_of_its_forms(written: object, days: object) -> None:
    [rule] = protected({"Plan": plan("x", Lifecycle={"DeleteAfterDays": written})}).rules
    assert rule.kept == days


def test_neither_the_model_nor_the_reader_needs_cfn_lint_or_boto3() -> None:
    code = (
        "import sys, generator.protection.reading, generator.cloudformation.read;"
        "print({'cfnlint', 'boto3', 'botocore', 'troposphere', 'moto'} & {*sys.modules})"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert run.stdout == "set()\n"
