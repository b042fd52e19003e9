"""The lines of the page about time: what they say, and why something is not known."""

import json
import re
from datetime import date, datetime, timezone

import pytest

from generator.cloudformation.read import parse
from generator.protection import derived, page
from generator.protection.document import as_json
from generator.protection.explain import explain
from generator.protection.gap import Gap
from generator.protection.gaps import gaps
from tests.protection.pages import DATE, OTHERS, by_heading, explained, of_others, ours
from tests.support.parameter_values import CLUSTER


def test_the_table_is_by_age_and_by_what_is_in_cold_storage() -> None:
    weekly_and_monthly = {"WeeklyRetention": "3-months", "MonthlyRetention": "7-years"}
    assert by_heading(explained(**weekly_and_monthly))["Restore from"] == [
        "EC2 instances and EBS volumes:",
        "age                 a backup at least  how many",
        "up to 30 days       every day          30",
        "30 to 90 days       every 7 days       11",
        "90 days to 7 years  every 31 days      81",
        "EFS file systems:",
        "age                 a backup at least  how many",
        "up to 30 days       every day          30",
        "30 to 90 days       every 7 days       11        SOCAMonthlyBackup in cold storage",
        "90 days to 7 years  every 31 days      81        in cold storage",
    ]


@pytest.mark.parametrize(("arn", "told"), [("rds:*:*:db:*", True), ("ec2:*:*:volume/*", False)])
def test_continuous_backups_are_told_of_types_that_have_them(arn: str, told: bool) -> None:
    source = re.sub(r"ListOfTags:\n.*", f"Resources: ['arn:aws:{arn}']", OTHERS)
    source = source.replace("TargetB", "EnableContinuousBackup: true\n            TargetB")
    line = "continuous: RDS databases can be restored to any second, where AWS supports it\n"
    assert (line in of_others(source, Days="30")) == told


def test_an_hour_of_summer_time_does_not_count_in_a_week() -> None:
    paris = explained(WeeklyRetention="1-year", BackupScheduleTimezone="Europe/Paris")
    assert "30 days to 1 year  every 7 days       48" in by_heading(paris)["Restore from"]


def test_the_next_starts_leave_out_what_another_rule_stands_in_for() -> None:
    explanation = explained(WeeklyRetention="3-months")
    daily, weekly = explanation.protection.rules
    days = [start.at.day for start in explanation.next_starts(daily, 5) or []]
    assert days == [25, 26, 27, 28, 30]
    assert [start.at.day for start in explanation.next_starts(weekly, 2) or []] == [29, 6]


def test_the_day_begins_in_the_time_zone_of_the_rule() -> None:
    far = {"BackupScheduleTimezone": "Pacific/Auckland", "BackupSchedule": "cron(30 0 * * ? *)"}
    assert "next: Wed 2026-11-25 00:30, " in page.as_text(explained(**far))


@pytest.mark.parametrize(
    ("minute", "at", "first"), [(0, "05:00", "2026-11-25 05:00"), (1, "05:01", "2026-11-26 05:00")]
)
def test_a_start_that_is_past_is_not_the_next(minute: int, at: str, first: str) -> None:
    now = datetime(2026, 11, 25, 5, minute, tzinfo=timezone.utc)
    told = page.as_text(explain(ours(), {"ClusterId": CLUSTER}, now.date(), now))
    assert f", on 2026-11-25 {at} UTC\n" in told
    assert re.search(r"next: ... (\S+ \S+),", told)[1] == first  # type: ignore[index]


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


SUNDAYS, FIRST = "cron(0 5 ? * SUN *)", "cron(0 5 1 * ? *)"


@pytest.mark.parametrize(
    ("schedule", "days", "weekly", "time"),
    [
        (SUNDAYS, "3", "none", "4 days 1 hour"),
        (SUNDAYS, "7", "none", "1 hour"),  # the start window
        (SUNDAYS, "8", "none", ""),
        (FIRST, "30", "none", "1 day 1 hour"),
        (FIRST, "32", "none", ""),
        ("cron(0 5 31 * ? *)", "30", "none", "31 days 1 hour"),  # 31 March to 31 May
        ("cron(0 5 29 2 ? *)", "1", "none", "1460 days 1 hour"),
        ("cron(0 5 * * ? *)", "1", "none", "1 hour"),
        ("cron(0 5 * * ? *)", "1", "3-months", ""),  # those of weeks are there
        ("cron(0 5,17 * * ? *)", "1", "none", ""),
    ],
)
def test_everything_is_lost_while_there_is_no_backup(
    schedule: str, days: str, weekly: str, time: str
) -> None:
    explanation = explained(BackupSchedule=schedule, RetentionDays=days, WeeklyRetention=weekly)
    told = by_heading(explanation)
    [worst] = told["Lost at worst"]
    everything = f"everything: for up to {time} there is no backup at all"
    assert (worst == everything) if time else ("one backup to the next" in worst)
    assert (" 0 or 1" in told["Restore from"][1]) is bool(time)
    text = f"For up to {time} there is no backup of EC2 instances, EBS volumes and EFS file systems"
    assert (Gap(text, ("RetentionDays",)) in gaps(explanation)) is bool(time)
    [types] = {
        (each["worst_loss_minutes"] is None, each["without_backup_minutes"] > 0)
        for each in json.loads(as_json(explanation))["types"]
    }
    assert types == (bool(time), bool(time))


def test_a_rule_that_makes_no_backup_says_why() -> None:
    told = by_heading(explained(BackupSchedule="cron(0 5 31 2 ? *)", WeeklyRetention="3-months"))
    assert told["When"][1] == "  next: never: the schedule names no such day"
    daily = explained(WeeklySchedule="cron(0 5 ? * * *)", WeeklyRetention="3-months")
    assert by_heading(daily)["When"][1] == "  next: never: another rule stands in each time"
    assert by_heading(daily)["Restore from"][1:] == ["up to 90 days  every day          90"]


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
    missing = told.partition("Not protected, or not heard of ")[2]
    refused = why.startswith(("AWS Backup refuses", "there is no"))
    assert missing.startswith(f"- The stack cannot be created: {why}") is refused


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
    assert ("  no backups: refused (see below)\n" in told) is refused
    gap = "The stack cannot be created: daily\\x1b[31m has 89 days in cold storage, and AWS Backup"
    assert (f"\n- {gap}" in told) is refused
    assert ("\nRestore from " in told) is not refused


def two_plans(*selections: str) -> str:
    """Return a template with a plan for a day, and one for a week, and a selection of each."""
    lines = ["Resources:"]
    schedules = (("Day", "cron(0 5 * * ? *)", 30), ("Week", "cron(0 9 ? * SUN *)", 90))
    for (name, schedule, days), its in zip(schedules, selections, strict=True):
        rule = f"ScheduleExpression: {schedule}, Lifecycle: {{DeleteAfterDays: {days}}}"
        rules = f"[{{RuleName: {name}, TargetBackupVault: v, {rule}}}]"
        plan = f"{{BackupPlan: {{BackupPlanName: p, BackupPlanRule: {rules}}}}}"
        role = "IamRoleArn: arn:aws:iam::111122223333:role/backup"
        selection = f"BackupSelection: {{SelectionName: s, {role}, {its}}}"
        taken = f"{{BackupPlanId: !Ref {name}, {selection}}}"
        lines += [
            f"  {name}: {{Type: AWS::Backup::BackupPlan, Properties: {plan}}}",
            f"  Of{name}: {{Type: AWS::Backup::BackupSelection, Properties: {taken}}}",
        ]
    return "\n".join(lines)


def of_volumes(tag: str) -> str:
    test = f"{{ConditionKey: aws:ResourceTag/{tag}, ConditionValue: yes}}"
    return f"Resources: ['arn:aws:ec2:*:*:volume/*'], Conditions: {{StringEquals: [{test}]}}"


VOLUMES = "Resources: ['arn:aws:ec2:*:*:volume/*']"
DAILY = ["up to 30 days  every day  30"]
WEEKLY = ["up to 90 days  every 7 days  13"]
BOTH = ["up to 30 days   every day    34", "30 to 90 days   every 7 days  9"]
SEVERAL = ["What is in several of these has the backups of each."]


@pytest.mark.parametrize(
    ("selections", "tables", "losses"),
    [
        ((VOLUMES, VOLUMES), BOTH, ["1 day 8 hours"]),
        ((VOLUMES, "Resources: ['arn:aws:fsx:*:*:volume/*']"), [
            "EBS volumes:", *DAILY, "FSx volumes:", *WEEKLY,
        ], ["EBS volumes: 1 day 8 hours", "FSx volumes: 7 days 8 hours"]),
        # Nothing says that a volume carries both.
        ((of_volumes("a"), of_volumes("b")), [
            "EBS volumes with the tag a=true:", *DAILY,
            "EBS volumes with the tag b=true:", *WEEKLY, *SEVERAL,
        ], [
            "EBS volumes with the tag a=true: 1 day 8 hours",
            "EBS volumes with the tag b=true: 7 days 8 hours",
        ]),
        # What carries the tag is a volume.
        ((of_volumes("a"), VOLUMES), [
            "EBS volumes with the tag a=true:", *BOTH, "other EBS volumes:", *WEEKLY, *SEVERAL,
        ], ["EBS volumes with the tag a=true: 1 day 8 hours", "other EBS volumes: 7 days 8 hours"]),
        ((of_volumes("a"), of_volumes("a")), BOTH, ["1 day 8 hours"]),
    ],
)  # fmt: skip
def test_what_several_plans_take_in_part_is_told_by_part(
    selections: tuple[str, str], tables: list[str], losses: list[str]
) -> None:
    told = by_heading(explain(parse("t", two_plans(*selections)), {}, DATE))
    found = [line for line in told["Restore from"] if not line.startswith("age ")]
    assert [" ".join(line.split()) for line in found] == [" ".join(t.split()) for t in tables]
    longest = ": the longest time from one backup to the next"
    assert " ".join(told["Lost at worst"]) == " ".join(f"{loss}{longest}" for loss in losses)


def test_a_long_list_of_types_is_short_where_it_stands_again() -> None:
    taken = f"Resources: {[f'arn:aws:{each}:*' for each in ('dynamodb', 'ec2', 'fsx', 's3')]}"
    source = two_plans("Resources: ['*']", taken)
    told = by_heading(explain(parse("t", source), {}, DATE))
    names = "DynamoDB tables, EC2 instances, EBS volumes"
    whole, short = f"{names}, FSx file systems, FSx volumes and S3 buckets", f"{names} and 3 more"
    tables, worst = (
        " ".join(" ".join(told[each]).split()) for each in ("Restore from", "Lost at worst")
    )
    assert f"everything else but {whole}, of the types that the region has opted in to:" in tables
    assert f"other {whole}, if the region has opted in to them:" in tables
    assert f"other {whole}:" in tables
    assert f"other {short}: 7 days 8 hours" in worst


def test_of_very_many_selections_only_the_same_are_put_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(derived, "MOST_PAIRS", 3)
    told = by_heading(explain(parse("t", two_plans(of_volumes("a"), VOLUMES)), {}, DATE))
    assert "up to 30 days  every day          30" in told["Restore from"]
    told = by_heading(explain(parse("t", two_plans(VOLUMES, VOLUMES)), {}, DATE))
    assert "up to 30 days  every day          34" in told["Restore from"]
