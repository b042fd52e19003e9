"""The page for an administrator: which lines each option changes, and what closes each gap."""

import re
from typing import NamedTuple

import pytest

from generator.cloudformation.read import parse
from generator.protection import page
from generator.protection.explain import explain
from generator.protection.gaps import gaps
from tests.protection.pages import DATE, OTHERS, by_heading, explained, of_others, with_role
from tests.support.parameter_values import ON, VALUES, everything


class Changes(NamedTuple):
    """What an option changes: headings of answers, and gaps by a word of them."""

    headings: set[str]
    closes: set[str] = set()  # noqa: RUF012 - nobody changes it
    opens: set[str] = set()  # noqa: RUF012 - nobody changes it
    beside: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    value: str = ""
    also: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    """What is refused without the option."""


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
    "CopyDestinationVaultArn": Changes({"Copies"}, {"No copies", KEY}, {"Copies to the account"}),
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
CENTRAL = "arn:aws:backup:eu-central-1:444455556666:backup-vault:Copies-soca-mycluster"
WITH_GAPS: dict[str, dict[str, str]] = {
    "copies to another account": {"CopyDestinationVaultArn": CENTRAL},
    "the defaults": {},
    "no silence is heard of": {**EMAIL, "SilenceAlarmFor": "none"},
}


@pytest.mark.parametrize("given", WITH_GAPS.values(), ids=WITH_GAPS)
def test_each_parameter_that_a_gap_names_closes_it_and_no_other(given: dict[str, str]) -> None:
    before = gaps(explained(**given))
    tried = 0
    for gap in before:
        # These open another gap, or make one longer: see CHANGES.
        for name in {*gap.parameters} - {"CopyDestinationVaultArn", "ProtectFSx"}:
            value = {"SilenceAlarmFor": {"SilenceAlarmFor": "any-job"}}.get(name, CLOSED_BY[name])
            after = gaps(explained(**{**given, **value}))
            assert after == [each for each in before if each != gap], name
            tried += 1
    assert tried >= len(before) - 2


def test_copies_depend_on_keys() -> None:
    explanation = explained(CopyDestinationVaultArn=CENTRAL)
    told = " ".join(by_heading(explanation)["Copies"])
    assert "account 444455556666" in told
    assert (
        "EC2 instances and EBS volumes: to another region only if the key there is not aws/backup, "
        "to another account only if AWS does not manage their key"
    ) in told
    texts = [gap.text for gap in gaps(explanation)]
    assert texts[0] == (
        "Copies to the account 444455556666 fail if that is not the stack's: AWS manages the key "
        "of the vault"
    )
    vault = "  V: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: Default}}\n"
    where = f"DestinationBackupVaultArn: !Sub '{CENTRAL}'"
    copied = (
        OTHERS.replace("Lifecycle", f"CopyActions: [{{{where}}}]\n            Lifecycle") + vault
    )
    assert "- Copies to the account 444455556666" in of_others(copied)
    assert "- Copies to" not in of_others(copied.replace("444455556666", "${AWS::AccountId}"))
    assert "- Copies to" not in of_others(copied.replace(vault, ""))


def test_a_stack_with_everything_on_has_one_gap() -> None:
    silent = "Nobody hears if FSx file systems and FSx volumes are not backed up"
    assert [gap.text for gap in gaps(explained(**everything()))] == [silent]


@pytest.mark.parametrize(
    ("schedule", "given", "apart"),
    [
        ("cron(0 5 * * ? *)", {"SilenceAlarmHours": "26"}, ""),
        ("cron(0 5 ? * MON-FRI *)", {"SilenceAlarmHours": "50"}, "3 days 1 hour"),
        ("cron(0 5 ? * MON-FRI *)", {"SilenceAlarmHours": "74"}, ""),
        ("cron(0 5 ? * SUN *)", {"SilenceAlarmHours": "168"}, "7 days 1 hour"),
        ("cron(0 5 ? * SUN *)", {"SilenceAlarmFor": "any-job"}, "7 days 1 hour"),
        ("cron(0 5 ? * SUN *)", {"SilenceAlarmFor": "none"}, ""),
    ],
)
def test_an_alarm_that_rings_between_two_backups_is_a_gap(
    schedule: str, given: dict[str, str], apart: str
) -> None:
    found = [
        gap
        for gap in gaps(explained(**EMAIL, **given, BackupSchedule=schedule))
        if gap.text.startswith("The alarm on missing backups")
    ]
    assert {gap.parameters for gap in found} == ({_ALARM} if apart else set())
    assert all(
        gap.text.endswith(f"between two backups that are up to {apart} apart") for gap in found
    )


_ALARM = ("SilenceAlarmHours", "SilenceAlarmFor")


def test_nobody_hears_of_missing_volumes_that_are_selected_alone() -> None:
    topic = """
  Topic: {Type: AWS::SNS::Topic}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/Backup
      MetricName: NumberOfBackupJobsFailed
      Dimensions: [{Name: BackupVaultName, Value: Default}]
      ComparisonOperator: GreaterThanThreshold
      Threshold: 0
      EvaluationPeriods: 1
      AlarmActions: [!Ref Topic]
"""
    volumes = "arn:aws:ec2:*:*:volume/*"
    source = with_role("backup.amazonaws.com", f"['{volumes}']") + topic
    told = "- Nobody hears if {} are not backed up\n"
    assert told.format("EBS volumes") in of_others(source)
    both = source.replace(f"['{volumes}']", f"['{volumes}', 'arn:aws:ec2:*:*:instance/*']")
    assert told.format("EC2 instances") in of_others(both)


@pytest.mark.parametrize("given", [{}, everything()], ids=["the defaults", "everything on"])
def test_no_line_is_wider_than_a_page(given: dict[str, str]) -> None:
    lines = page.as_text(explained(**given)).splitlines()
    assert max(map(len, lines)) <= page.WIDTH


def test_the_page_of_the_defaults_is_a_page() -> None:
    lines = page.as_text(explained()).splitlines()
    assert len(lines) <= 36
    assert "- FSx file systems and volumes are not backed up: ProtectFSx is no" in lines


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


def test_all_types_but_one_with_a_tag() -> None:
    taken = """['*']
        NotResources: ['arn:aws:s3:::*']
        Conditions: {StringEquals: [{ConditionKey: "aws:ResourceTag/a", ConditionValue: b}]}"""
    told = of_others(with_role("backup.amazonaws.com", taken))
    assert "What            everything but S3 buckets, with the tag a=b, of the types that" in told


def test_a_name_cannot_write_to_the_terminal() -> None:
    assert "daily\\x1b[31m: " in of_others(OTHERS)


def test_resources_that_only_a_deployment_knows_are_told() -> None:
    told = of_others(with_role("backup.amazonaws.com", "[!Ref Days]"))
    assert "What            the resources that ${Days} names\n" in told
    cold = "MoveToColdStorageAfterDays: 30, DeleteAfterDays: 200}}"
    told = of_others(
        with_role("backup.amazonaws.com", "[!ImportValue x]").replace(
            "DeleteAfterDays: !Ref Days}", cold[:-1]
        )
    )
    assert "in cold storage, if their type has it\n" in told


def test_a_plan_that_is_elsewhere_is_not_none() -> None:
    told = of_others(OTHERS.replace("BackupPlanId: !Ref Plan", "BackupPlanId: !Ref Days"))
    assert "are selected, but no rule of their plan is in the template" in " ".join(told.split())
    told = of_others(re.sub(r"  Plan:\n(    .*\n)+", "", OTHERS.replace("!Ref Plan", "!Ref Days")))
    assert "When            not known: no rule of the plan ${Days} is in the template\n" in told


def test_what_is_made_from_other_templates_is_not_read_and_told() -> None:
    itself = "in this template itself"
    nested = "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: x}}"
    told = of_others(f"Resources: {{A: {nested}, B: {nested.replace('Stack', 'StackSet')}}}")
    assert told.partition("\n\n")[2].splitlines() == [
        f"What            nothing: no selection of a backup plan {itself} takes anything",
        f"When            never: no backup plan {itself} has a rule",
        "Not read        the nested stack A and the stack set B: explain their templates, too",
    ]


def test_what_stays_when_the_stack_goes() -> None:
    assert by_heading(explained(ExistingVaultName="Old"))["Stays"] == [
        "the vault Old (not of this stack), its backups and the role"
    ]
    vault = "  V: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: Default}}\n"
    told = of_others(OTHERS + vault)
    assert (
        "Stays           nothing is kept\n"
        "                a deletion of the stack fails while there are backups in Default\n"
    ) in told


@pytest.mark.parametrize(
    ("long", "days"),
    [("x" * 100_000, "9" * 400), ("x " * 50_000, "30")],
    ids=["a word", "many words"],
)
def test_long_texts_are_shortened_and_their_end_is_told(long: str, days: str) -> None:
    zone = f"ScheduleExpressionTimezone: '{long}'\n            TargetBackupVault"
    told = of_others(OTHERS.replace("TargetBackupVault", zone), Days=days)
    assert max(map(len, told.splitlines())) <= page.WIDTH
    assert len(told) < 12_000
    end = f"x, within 8 hours, kept for {days[:20]}"
    assert end in " ".join(told.replace("x ,", "x,").split())


@pytest.mark.parametrize(
    ("lock", "days", "told"),
    [
        ("{MinRetentionDays: 30}", "30", []),
        ("{MinRetentionDays: 31}", "30", ["for 30 days: it asks for at least 31 days"]),
        ("{MaxRetentionDays: 30}", "30", []),
        ("{MaxRetentionDays: 29}", "30", ["for 30 days: it asks for at most 29 days"]),
        ("{MaxRetentionDays: 365}", "-1", ["for ever: it asks for at most 1 year"]),
    ],
)
def test_what_the_lock_refuses_is_told(lock: str, days: str, told: list[str]) -> None:
    source = f"""{OTHERS.replace("TargetBackupVault: Default", "TargetBackupVault: v")}
  Vault:
    Type: AWS::Backup::BackupVault
    Properties: {{BackupVaultName: v, LockConfiguration: {lock}}}
"""
    assert re.findall("- The lock refuses .*, kept (.*)", of_others(source, Days=days)) == told


def test_what_keeps_the_stack_from_being_created_is_told_first() -> None:
    source = OTHERS.replace("TargetBackupVault: Default", "TargetBackupVault: v")
    [rule] = re.findall("          - RuleName(?:.*\n){4}", source)
    cold = rule.replace("daily", "cold").replace(
        "DeleteA", "MoveToColdStorageAfterDays: 1, DeleteA"
    )
    lock = "LockConfiguration: {MinRetentionDays: 31}"
    vault = f"{{Type: AWS::Backup::BackupVault, Properties: {{BackupVaultName: v, {lock}}}}}"
    told = of_others(f"{source.replace(rule, rule + cold)}  Vault: {vault}\n", Days="30")
    assert re.findall("^- (The .*?): ", told, re.MULTILINE)[:3] == [
        "The stack cannot be created",
        "The lock refuses the backups of daily\\x1b[31m, kept for 30 days",
    ]


@pytest.mark.parametrize(
    ("lock", "told"),
    [
        ({"VaultLock": "governance"}, "by nobody until an administrator lifts the lock"),
        (
            {"VaultLock": "compliance", "VaultLockGraceDays": "5", **CONFIRMED},
            "by nobody until a backup expires; for 5 days, an administrator can lift the lock",
        ),
    ],
)
def test_who_deletes_depends_on_the_lock(lock: dict[str, str], told: str) -> None:
    for denial, then in (("no", "by whomever IAM allows"), ("yes", "denied to everybody")):
        where = by_heading(explained(**lock, DenyRecoveryPointDeletion=denial))["Where"]
        assert f"deletion: {told}, then {then}" in " ".join(where)


def test_of_many_missing_actions_the_page_names_three() -> None:
    volumes = "['arn:aws:elasticfilesystem:*:*:file-system/*']"
    source = with_role("backup.amazonaws.com", volumes)
    [short] = re.findall("- The role lacks what restores of EFS .* need: (.*)\n", _flat(source))
    assert short == (
        "elasticfilesystem:CreateFileSystem, elasticfilesystem:Restore, "
        "elasticfilesystem:DescribeFileSystems and 9 more"
    )
    found = gaps(explain(parse("t", source), {}, DATE))
    [whole] = [gap.text for gap in found if "restores of EFS" in gap.text]
    assert len(re.findall("[a-z]+:[A-Z]", whole)) == 12


def _flat(source: str) -> str:
    """Return the page with a line for each gap."""
    return of_others(source).replace("\n  ", " ")


def test_a_template_without_a_plan_protects_nothing() -> None:
    told = of_others("Resources: {A: {Type: AWS::SNS::Topic}}")
    assert re.findall(r"^(?:What|When) +(.*)$", told, re.MULTILINE) == [
        "nothing: no selection of a backup plan takes anything",
        "never: no backup plan has a rule",
    ]
    assert "Not protected" not in told
