"""The page for an administrator: which lines each option changes, and what closes each gap."""

import re
from datetime import date
from functools import cache
from typing import NamedTuple

import pytest

from generator.cloudformation.read import Template, parse
from generator.protection import page
from generator.protection.explain import Explanation, explain
from generator.protection.gaps import gaps
from tests.support.generated import text
from tests.support.parameter_values import CLUSTER, ON, VALUES, everything

DATE = date(2026, 11, 25)


@cache
def ours() -> Template:
    return parse("t", text())


def explained(**given: str) -> Explanation:
    return explain(ours(), {"ClusterId": CLUSTER, **given}, DATE)


def of_others(source: str, **given: str) -> str:
    return page.as_text(explain(parse("t", source), given, DATE))


def by_heading(explanation: Explanation) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    for line in page.answers(explanation):
        heading = line[:16].strip()
        if heading:
            sections[heading] = []
        [*sections.values()][-1].append(line[16:])
    return sections


class Changes(NamedTuple):
    """What an option changes: headings of answers, and gaps by a word of them."""

    headings: set[str]
    closes: set[str] = set()  # noqa: RUF012 - nobody changes it
    opens: set[str] = set()  # noqa: RUF012 - nobody changes it
    beside: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    value: str = ""


EMAIL = {"NotificationEmail": "admin@example.com"}
CONFIRMED = {"VaultLockConfirmation": "permanent"}
KEY, LOCK, DENIAL = "AWS manages the key", "No lock", "policy denies nobody"
CHANGES = {
    "ClusterId": Changes({"What", "Where", "Stays"}, value="soca-other"),
    "BackupTagKey": Changes({"What"}),
    "BackupSchedule": Changes({"When", "Restore from", "Lost at worst"}),
    "BackupScheduleTimezone": Changes({"When", "Lost at worst"}),
    "StartWindowMinutes": Changes({"When", "Lost at worst"}),
    "RetentionDays": Changes({"When", "Restore from"}, {"kept longer"}),
    "WeeklyRetention": Changes({"When", "Restore from"}, {"kept longer"}),
    "WeeklySchedule": Changes({"When", "Restore from"}, beside={"WeeklyRetention": "3-months"}),
    "MonthlyRetention": Changes({"When", "Restore from"}, {"kept longer"}),
    # At 04:15 it stands in for the daily backup of that day, and the next one is at 05:00.
    "MonthlySchedule": Changes(
        {"When", "Restore from", "Lost at worst"}, beside={"MonthlyRetention": "7-years"}
    ),
    "NotificationEmail": Changes({"Alerts"}, {"Nobody hears of"}),
    "NotificationTopicArn": Changes({"Alerts"}, {"Nobody hears of"}),
    "SilenceAlarmFor": Changes({"Alerts"}, set(), {"if EC2 instances are not"}, EMAIL, "EFS"),
    "SilenceAlarmHours": Changes({"Alerts"}, beside=EMAIL),
    "ExistingVaultName": Changes({"Where", "Stays"}, {KEY, LOCK, DENIAL}),
    "VaultKmsKeyArn": Changes({"Where"}, {KEY}),
    "CreateVaultKmsKey": Changes({"Where", "Stays"}, {KEY}),
    "VaultLock": Changes({"Where"}, {LOCK}, beside=CONFIRMED),
    "VaultLockGraceDays": Changes({"Where"}, beside={**CONFIRMED, "VaultLock": "compliance"}),
    "VaultLockConfirmation": Changes(set()),
    "DenyRecoveryPointDeletion": Changes({"Where"}, {DENIAL}),
    "RecoveryPointAdminRoleArn": Changes({"Where"}, beside={"DenyRecoveryPointDeletion": "yes"}),
    "SchedulerIAMRoleArn": Changes({"Restore"}, {"restored scheduler"}),
    "ComputeNodeIAMRoleArn": Changes({"Restore"}, {"role of compute nodes"}),
    "AdditionalInstanceRoleArns": Changes({"Restore"}, {"login node or desktop"}),
    "PermissionsBoundaryArn": Changes({"What", "Restore"}),
    "ProtectFSx": Changes({"What", "Restore"}, {"FSx"}),
    "WindowsVSS": Changes({"What"}, {"Windows"}),
    "CopyDestinationVaultArn": Changes({"Copies"}, {"No copies"}),
}
"""Option -> what it changes, alone or beside others."""


def test_every_option_is_in_the_table() -> None:
    assert CHANGES.keys() == VALUES.keys()


@pytest.mark.parametrize(("name", "changes"), CHANGES.items(), ids=CHANGES)
def test_an_option_changes_these_lines_and_no_others(name: str, changes: Changes) -> None:
    before = explained(**changes.beside)
    after = explained(**changes.beside, **{name: changes.value or ON[name]})
    old, new = by_heading(before), by_heading(after)
    assert {each for each in {*old, *new} if old.get(each) != new.get(each)} == changes.headings
    missing, still = ({gap.text for gap in gaps(each)} for each in (before, after))
    assert one_each(missing - still, changes.closes)
    assert one_each(still - missing, changes.opens)


def one_each(texts: set[str], words: set[str]) -> bool:
    return len(texts) == len(words) and all(any(word in text for text in texts) for word in words)


CLOSED_BY = {
    **{name: {name: ON[name]} for name in VALUES},
    "VaultLock": {"VaultLock": "governance"},
}
WITH_GAPS: dict[str, dict[str, str]] = {
    "the defaults": {},
    "no silence is heard of": {**EMAIL, "SilenceAlarmFor": "none"},
}


@pytest.mark.parametrize("given", WITH_GAPS.values(), ids=WITH_GAPS)
def test_each_parameter_that_a_gap_names_closes_it_and_no_other(given: dict[str, str]) -> None:
    before = gaps(explained(**given))
    tried = 0
    for gap in before:
        for name in gap.parameters:
            value = {"SilenceAlarmFor": {"SilenceAlarmFor": "any-job"}}.get(name, CLOSED_BY[name])
            after = gaps(explained(**{**given, **value}))
            assert after == [each for each in before if each != gap], name
            tried += 1
    assert tried >= len(before) - 1


def test_a_stack_with_everything_on_has_no_gap() -> None:
    assert gaps(explained(**everything())) == []


@pytest.mark.parametrize("given", [{}, everything()], ids=["the defaults", "everything on"])
def test_no_line_is_wider_than_a_page(given: dict[str, str]) -> None:
    lines = page.as_text(explained(**given)).splitlines()
    assert max(map(len, lines)) <= page.WIDTH


def test_the_page_of_the_defaults_is_a_page() -> None:
    lines = page.as_text(explained()).splitlines()
    assert len(lines) <= 36
    assert "- FSx file systems and volumes are not backed up: ProtectFSx is no" in lines


def test_the_table_is_by_age_and_by_what_is_in_cold_storage() -> None:
    weekly_and_monthly = {"WeeklyRetention": "3-months", "MonthlyRetention": "7-years"}
    assert by_heading(explained(**weekly_and_monthly))["Restore from"] == [
        "EC2 instances and EBS volumes:",
        "age                 a backup       how many",
        "up to 30 days       every day      30",
        "30 to 90 days       every 7 days   11",
        "90 days to 7 years  every 31 days  81",
        "EFS file systems:",
        "age                 a backup       how many",
        "up to 30 days       every day      30",
        "30 to 90 days       every 7 days   11        SOCAMonthlyBackup in cold storage",
        "90 days to 7 years  every 31 days  81        in cold storage",
    ]


def test_an_hour_of_summer_time_does_not_count_in_a_week() -> None:
    paris = explained(WeeklyRetention="1-year", BackupScheduleTimezone="Europe/Paris")
    assert "30 days to 1 year  every 7 days  48" in by_heading(paris)["Restore from"]


def test_the_next_starts_leave_out_what_another_rule_stands_in_for() -> None:
    explanation = explained(WeeklyRetention="3-months")
    daily, weekly = explanation.protection.rules
    days = [start.at.day for start in explanation.next_starts(daily, 5) or []]
    assert days == [25, 26, 27, 28, 30]
    assert [start.at.day for start in explanation.next_starts(weekly, 2) or []] == [29, 6]


def test_the_day_begins_in_the_time_zone_of_the_rule() -> None:
    far = {"BackupScheduleTimezone": "Pacific/Auckland", "BackupSchedule": "cron(30 0 * * ? *)"}
    assert "next: Wed 2026-11-25 00:30, " in page.as_text(explained(**far))


def test_a_start_in_the_hour_that_the_clocks_leave_out_is_unsure() -> None:
    early = {"BackupScheduleTimezone": "Europe/Paris", "BackupSchedule": "cron(30 2 * * ? *)"}
    told = page.as_text(explain(ours(), {"ClusterId": CLUSTER, **early}, date(2027, 3, 27)))
    assert "2027-03-27 02:30, Sun 2027-03-28 03:30 (unsure: the clocks change)," in told


@pytest.mark.parametrize(
    ("given", "loss"),
    [
        ({"BackupSchedule": "cron(30 5 * * ? *)"}, "1 day 2 hours: {}, when the clocks change"),
        (
            {"BackupSchedule": "cron(30 2 * * ? *)"},
            "2 days 2 hours: {}, if none starts in the hour that the clocks leave out or repeat",
        ),
        ({"BackupSchedule": "cron(0 5 31 2 ? *)"}, "everything: there is never a backup"),
    ],
)
def test_what_is_lost_at_worst_and_why(given: dict[str, str], loss: str) -> None:
    sections = by_heading(explained(**given, BackupScheduleTimezone="Europe/Paris"))
    longest = "the longest time from one backup to the next"
    assert " ".join(sections["Lost at worst"]) == loss.format(longest)


def test_a_rule_that_makes_no_backup_says_why() -> None:
    told = by_heading(explained(BackupSchedule="cron(0 5 31 2 ? *)", WeeklyRetention="3-months"))
    assert told["When"][1] == "  next: never: the schedule names no such day"
    daily = explained(WeeklySchedule="cron(0 5 ? * * *)", WeeklyRetention="3-months")
    assert by_heading(daily)["When"][1] == "  next: never: another rule stands in each time"
    assert by_heading(daily)["Restore from"][1:] == ["up to 90 days  every day  90"]


OTHERS = """\
Parameters:
  Days: {Type: Number}
  Secret: {Type: String, NoEcho: true, Default: hush}
Conditions:
  InParis: !Equals [!Ref AWS::Region, eu-west-3]
  Idle: !Equals [!Ref AWS::Region, us-east-1]
  InChina: !Equals [!Ref AWS::Partition, aws-cn]
Resources:
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: p
        BackupPlanRule:
          - RuleName: "daily\\e[31m"
            TargetBackupVault: Default
            ScheduleExpression: !If [InParis, cron(0 1 * * ? *), cron(0 5 1 JAN ? *)]
            Lifecycle: {DeleteAfterDays: !Ref Days}
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection:
        SelectionName: s
        IamRoleArn: arn:aws:iam::111122223333:role/backup
        ListOfTags:
          - {ConditionType: STRINGEQUALS, ConditionKey: backup, ConditionValue: !Ref Secret}
"""


def test_what_only_a_deployment_knows_is_told() -> None:
    told = of_others(OTHERS, Secret="hash")
    assert told.startswith("t with Secret=****, on 2026-11-25\n")
    assert "Not known       Days: no default; give NAME=VALUE\n" in told
    assert "\nAssumed         condition InParis is false: AWS::Region decides it\n" in told
    assert "Idle" not in told
    assert "InChina" not in told
    assert "kept for ${Days} days\n" in told
    assert "Restore from    not known: daily\\x1b[31m: the retention is ${Days} days\n" in told
    assert "Lost at worst   not known: see above\n" in told
    # Even so, the starts are known.
    assert "next: Fri 2027-01-01 05:00, Sat 2028-01-01 05:00, Mon 2029-01-01 05:00\n" in told


def test_a_given_value_makes_it_known() -> None:
    told = of_others(OTHERS, Days="40")
    assert "Not known" not in told
    assert "up to 40 days" in told


def test_a_name_cannot_write_to_the_terminal() -> None:
    assert "daily\\x1b[31m: " in of_others(OTHERS)


ROLE = """\
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Service: SERVICE}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: [{Effect: Allow, Action: "ec2:*", Resource: "*"}]}
"""


@pytest.mark.parametrize(
    ("service", "arns", "told"),
    [
        (
            "backup.amazonaws.com",
            "arn:aws:ec2:*:*:volume/*",
            "- EBS volumes are selected, but the role lacks what backups of them need: ",
        ),
        (
            "backup.amazonaws.com",
            "arn:aws:ec2:*:*:volume/*",
            "- The role lacks what restores of EBS volumes need: ",
        ),
        (
            "backup.amazonaws.com",
            "arn:aws:fsx:*:*:volume/*",
            "- The role lacks what deletes expired backups of FSx volumes: ",
        ),
        (
            "ec2.amazonaws.com",
            "arn:aws:ec2:*:*:volume/*",
            "- EBS volumes are selected, but AWS Backup may not assume the role ",
        ),
        (
            "backup.amazonaws.com",
            "arn:aws:ec2:*:*:volume/*",
            "- The role goes with the stack: then backups do not expire by themselves ",
        ),
    ],
)
def test_what_is_selected_and_not_protected_is_told(service: str, arns: str, told: str) -> None:
    source = OTHERS + ROLE.replace("SERVICE", service)
    source = source.replace("arn:aws:iam::111122223333:role/backup", "!GetAtt Role.Arn")
    source = re.sub(r"ListOfTags:\n.*", f"Resources: ['{arns}']", source)
    assert told in " ".join(of_others(source, Days="30").split())


def test_a_template_without_a_plan_protects_nothing() -> None:
    told = of_others("Resources: {A: {Type: AWS::SNS::Topic}}")
    assert re.findall(r"^(?:What|When) +(.*)$", told, re.MULTILINE) == [
        "nothing: no selection of a backup plan takes anything",
        "never: no backup plan has a rule",
    ]
    assert "Not protected" not in told


SCHEDULE = "!If [InParis, cron(0 1 * * ? *), cron(0 5 1 JAN ? *)]"
MINUTES = "StartWindowMinutes: {}\n            TargetBackupVault"
NO_ZONE = "Mars/Olympus\n            TargetBackupVault"


@pytest.mark.parametrize(
    ("usual", "odd", "why", "starts"),
    [
        (
            SCHEDULE,
            "cron(* * * * ? *)",
            "AWS Backup refuses a schedule of more than one backup an hour",
            False,
        ),
        (
            SCHEDULE,
            "rate(1 day)",
            "AWS Backup refuses the schedule rate(1 day): it accepts only cron(...): use that, ",
            False,
        ),
        (SCHEDULE, "!ImportValue when", "the schedule is ${Fn::ImportValue when}", False),
        (
            "TargetBackupVault",
            f"ScheduleExpressionTimezone: {NO_ZONE}",
            "there is no time zone Mars/Olympus",
            False,
        ),
        (
            "TargetBackupVault",
            "ScheduleExpressionTimezone: !Ref Zone\n            TargetBackupVault",
            "the time zone is ${Zone}",
            False,
        ),
        (
            "!Ref Days",
            "3650000",
            "AWS Backup refuses a retention of 3650000 days",
            True,
        ),
        ("!Ref Days", "-7", "AWS Backup refuses a retention of -7 days", True),
        ("!Ref Days", "0", "AWS Backup refuses a retention of 0 days", True),
        ("!Ref Days", "1.5", "AWS Backup refuses a retention of 1.5 days", True),
        (
            "TargetBackupVault",
            MINUTES.format(10**20),
            f"AWS Backup refuses a start window of {10**20} minutes",
            True,
        ),
        (
            "TargetBackupVault",
            MINUTES.format(-3),
            "AWS Backup refuses a start window of -3 minutes",
            True,
        ),
        (
            "DeleteAfterDays",
            "MoveToColdStorageAfterDays: -3, DeleteAfterDays",
            "AWS Backup refuses a time before cold storage of -3 days",
            True,
        ),
    ],
)
def test_what_cannot_be_counted_says_why(usual: str, odd: str, why: str, starts: bool) -> None:
    assert usual in OTHERS
    source = OTHERS.replace("Secret:", "Zone: {Type: String}\n  Secret:", 1).replace(usual, odd)
    told = " ".join(of_others(source, Days="30").split())
    assert f"Restore from not known: daily\\x1b[31m: {why}" in told
    assert (f"next: not known: {why}" not in told) is starts


def test_backups_without_end_say_why_they_are_not_counted() -> None:
    rule = re.search("          - RuleName(?:.*\n){4}", OTHERS)
    assert rule
    hourly = rule[0].replace(SCHEDULE, "cron(0 * * * ? *)")
    told = of_others(OTHERS.replace(rule[0], hourly * 3), Days="36500")
    assert "Restore from    not known: there are too many backups to count\n" in told


@pytest.mark.parametrize(("days", "refused"), [("119", True), ("120", False)])
def test_too_short_a_time_in_cold_storage_is_refused(days: str, refused: bool) -> None:
    cold = OTHERS.replace("DeleteAfterDays", "MoveToColdStorageAfterDays: 30, DeleteAfterDays")
    told = of_others(cold, Days=days)
    assert ("  AWS Backup refuses this: less than 90 days in cold storage\n" in told) is refused
