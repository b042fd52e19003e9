"""Which values each parameter takes and which it refuses, at every edge."""

import re
from typing import Any

import pytest

from tests.local_aws.errors import RefusedError
from tests.support.generated import every_option, resolved, template
from tests.support.protections import EVERYTHING

KEY = "key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::111122223333:role/soca-mycluster-Scheduler"

ROLES = {
    "good": [
        "",
        ROLE,
        "arn:aws-cn:iam::111122223333:role/soca",
        "arn:aws-us-gov:iam::111122223333:role/soca",
        "arn:aws-iso-b:iam::111122223333:role/soca",
        "arn:aws:iam::111122223333:role/path/to/soca",
        "arn:aws:iam::111122223333:role/a+b=c,d.e@f-g_h".replace(",", ""),
        "arn:aws:iam::111122223333:role/" + "r" * 64,
    ],
    "bad": [
        "arn:aws:iam::111122223333:instance-profile/soca-mycluster-Scheduler",
        "arn:aws:iam::111122223333:user/soca",
        "arn:aws:iam::111122223333:policy/soca",
        "arn:aws:sts::111122223333:assumed-role/soca/i-1",
        "arn:aws:iam::111122223333:role/*",
        "arn:aws:iam::111122223333:role/soca-?",
        "arn:aws:iam::*:role/soca",
        "arn:*:iam::111122223333:role/soca",
        "arn:aws:iam::111122223333:role/",
        "arn:aws:iam::11112222333:role/soca",
        "arn:aws:iam::1111222233334:role/soca",
        "arn:aws:iam:us-east-1:111122223333:role/soca",
        "arn:aws:iam::111122223333:role/two words",
        "arn:aws:iam::111122223333:role/${x}",
        f" {ROLE}",
        f"{ROLE}\n",
        f"x{ROLE}",
        "soca-mycluster-Scheduler",
        "*",
    ],
}

VALUES: dict[str, dict[str, list[str]]] = {
    "ClusterId": {
        "good": ["ab", "Prod", "soca_x", "soca-mycluster", "1x", "a-", "a_", "x" * 43, "12"],
        "bad": [
            "", "a", "x" * 44, "-ab", "_ab", "a.b", "a b", "a/b", "a:b", " ab", "ab ", "ab\n",
            "\u00e4b", "a\u00e4", "${x}", "*", "ab*",
        ],
    },
    "BackupTagKey": {
        "good": [
            "soca:BackupPlan", "edh:BackupPlan", "a", "x" * 128, "a b", "a_.:/=+-@b", "1", ":",
            "awsome", "aws", "aws-x", "xaws:", "My Key 2", "a" + " " * 126 + "b",
        ],
        "bad": [
            "", "x" * 129, "aws:x", "AWS:x", "Aws:x", "aWs:", " a", "a ", " ", "a\n", "a*b", "a,b",
            "a#b", "a$b", "${x}", "a?b", "\u00e4", "a\tb", "a" + " " * 127 + "b",
        ],
    },
    "BackupSchedule": {
        "good": [
            "cron(0 5 * * ? *)", "cron(0 5 ? * * *)", "cron(59 23 * * ? *)", "cron(5 5 * * ? *)",
            "cron(05 5 * * ? *)", "cron(0 5 ? * MON-FRI *)", "cron(0 5 ? * 2,4,6 *)",
            "cron(0 5 ? * 6L *)", "cron(0 5 ? * 2#1 *)", "cron(0 5 L * ? *)", "cron(0 5 1W * ? *)",
            "cron(0 5 1 JAN,JUL ? *)", "cron(0 */6 * * ? *)", "cron(0 * * * ? *)",
            "cron(0 1,13 * * ? *)", "cron(0 5 1/7 * ? *)", "cron(0 5 1-7 * ? *)",
        ],
        "bad": [
            "", "cron(0 5 * * * *)", "cron(0 5 ? * ? *)", "cron(* 5 * * ? *)", "cron(60 5 * * ? *)",
            "cron(0/30 5 * * ? *)", "cron(0,30 5 * * ? *)", "cron(0-5 5 * * ? *)",
            "cron(*/5 5 * * ? *)", "cron(? 5 * * ? *)", "cron(0 ? * * ? *)", "cron(0 5 * ? ? *)",
            "cron(0 5 * * ? ?)", "cron(0 5 * * ?)", "cron(0 5 * * ? * *)", "cron(0 5 * * ? 2026)",
            "cron(0 5 * * ? 2026-2030)", "cron(0 5 * * ? */2)", "cron(000 5 * * ? *)",
            "cron(-1 5 * * ? *)", "cron(0  5 * * ? *)", "cron( 0 5 * * ? *)", "cron(0 5 * * ? * )",
            "cron(0 5 * * ? *", "0 5 * * ? *", "CRON(0 5 * * ? *)", "cron(0 5 * * ? *)\n",
            " cron(0 5 * * ? *)", "rate(1 day)", "at(2026-01-01T00:00:00)", "cron(0 5 * * ?? *)",
            "cron(0 5 *? * ? *)", "cron(0 5 1,? * ? *)", "cron(0 5 ? * 2,? *)", "daily",
        ],
    },
    "BackupScheduleTimezone": {
        "good": [
            "", "UTC", "Etc/UTC", "Europe/Paris", "America/Argentina/Buenos_Aires",
            "America/North_Dakota/New_Salem", "America/Port-au-Prince", "Etc/GMT+12", "Etc/GMT-14",
            "GMT0", "EST5EDT", "NZ-CHAT", "W-SU", "Asia/Ho_Chi_Minh", "Antarctica/DumontDUrville",
            "US/East-Indiana",
        ],
        "bad": [
            " ", "Europe/", "/Paris", "Europe/Paris ", " Europe/Paris", "Europe/Paris\n",
            "Europe//Paris", "Europe Paris", "+01:00", "UTC+01:00", "America/New York", "a/b/c/d",
            "1/2", "${x}",
        ],
    },
    "StartWindowMinutes": {
        "good": ["60", "61", "480", "1440"],
        "bad": ["59", "0", "-60", "1441", "52560000", "", "an hour", "60 ", "6e1", "60m"],
    },
    "RetentionDays": {
        "good": ["1", "30", "35", "36500"],
        "bad": ["0", "-1", "36501", "", "for ever", "30d", "30 days"],
    },
    "VaultKmsKeyArn": {
        "good": [
            "",
            f"arn:aws:kms:us-east-1:111122223333:{KEY}",
            f"arn:aws-cn:kms:cn-north-1:111122223333:{KEY}",
            f"arn:aws-us-gov:kms:us-gov-west-1:111122223333:{KEY}",
            f"arn:aws-iso-b:kms:us-isob-east-1:111122223333:{KEY}",
            "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab",
        ],
        "bad": [
            "arn:aws:kms:us-east-1:111122223333:alias/soca",
            "arn:aws:kms:us-east-1:111122223333:alias/aws/backup",
            "alias/aws/backup",
            "aws/backup",
            KEY,
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            f"arn:aws:kms::111122223333:{KEY}",
            f"arn:aws:kms:us-east-1:11112222333:{KEY}",
            f"arn:aws:kms:us-east-1:1111222233334:{KEY}",
            f"arn:aws:kms:us-east-1::{KEY}",
            "arn:aws:kms:us-east-1:111122223333:key/",
            "arn:aws:kms:us-east-1:111122223333:key/*",
            f"arn:aws:kms:*:111122223333:{KEY}",
            f"arn:aws:iam:us-east-1:111122223333:{KEY}",
            f"arn:aws:kms:us-east-1:111122223333:{KEY} ",
            f" arn:aws:kms:us-east-1:111122223333:{KEY}",
            f"arn:aws:kms:us-east-1:111122223333:{KEY}\n",
        ],
    },
    "ExistingVaultName": {
        "good": ["", "ab", "Vault-soca-mycluster", "a_b", "x" * 50, "Default", "-a"],
        "bad": [
            "a", "x" * 51, "a.b", "a b", " ab", "ab ", "ab\n",
            "arn:aws:backup:us-east-1:111122223333:backup-vault:Vault-soca",
        ],
    },
    "SchedulerIAMRoleArn": ROLES,
    "ComputeNodeIAMRoleArn": ROLES,
    "AdditionalInstanceRoleArns": {
        "good": ["", ROLE, f"{ROLE},{ROLE}2", f"{ROLE}, {ROLE}2", f"{ROLE} ,{ROLE}2"],
        "bad": [
            f"{ROLE};{ROLE}2",
            f"{ROLE},soca",
            f"soca,{ROLE}",
            f"{ROLE},arn:aws:iam::111122223333:instance-profile/soca",
            f"{ROLE} {ROLE}2",
            "arn:aws:iam::111122223333:role/*",
            f"{ROLE},*",
            "*",
        ],
    },
    "PermissionsBoundaryArn": {
        "good": [
            "",
            "arn:aws:iam::111122223333:policy/boundary",
            "arn:aws:iam::111122223333:policy/path/boundary",
            "arn:aws:iam::aws:policy/PowerUserAccess",
            "arn:aws-cn:iam::111122223333:policy/boundary",
            "arn:aws-us-gov:iam::aws:policy/PowerUserAccess",
        ],
        "bad": [
            "boundary",
            ROLE,
            "arn:aws:iam::111122223333:policy/",
            "arn:aws:iam::1111:policy/boundary",
            "arn:aws:iam:::policy/boundary",
            "arn:aws:iam::111122223333:policy/*",
            "arn:aws:iam::111122223333:policy/boundary ",
            "arn:aws:iam::111122223333:policy/boundary\n",
        ],
    },
    "WeeklyRetention": {
        "good": ["none", "3-months", "6-months", "1-year"],
        "bad": ["", "None", "90", "3-years", "3 months", "1-year "],
    },
    "WeeklySchedule": {
        "good": ["cron(0 5 ? * SUN *)", "cron(30 3 ? * 7 *)", "cron(0 5 ? * SAT#1 *)"],
        "bad": ["", "cron(0 5 * * SUN *)", "cron(0/15 5 ? * SUN *)", "weekly", "cron(0 5 ? * SUN)"],
    },
    "MonthlyRetention": {
        "good": ["none", "1-year", "3-years", "5-years", "7-years", "10-years"],
        "bad": ["", "none ", "3-months", "365", "100-years", "1-Year"],
    },
    "MonthlySchedule": {
        "good": ["cron(0 5 1 * ? *)", "cron(15 4 L * ? *)", "cron(0 5 1 JAN,JUL ? *)"],
        "bad": ["", "cron(0 5 1 * * *)", "cron(* 5 1 * ? *)", "cron(0 5 1 * ? 2030)"],
    },
    "NotificationEmail": {
        "good": ["", "admin@example.com", "a.b+soca@mail.example.co.uk", "o'hara@example.com"],
        "bad": [
            "admin", "admin@", "@example.com", "admin@example", "a b@example.com",
            "a@b@example.com", " admin@example.com", "admin@example.com ",
        ],
    },
    "NotificationTopicArn": {
        "good": [
            "",
            "arn:aws:sns:us-east-1:111122223333:alerts",
            "arn:aws-cn:sns:cn-north-1:111122223333:alerts",
            "arn:aws-us-gov:sns:us-gov-west-1:111122223333:my_alerts-2",
            "arn:aws:sns:us-east-1:111122223333:" + "x" * 256,
        ],
        "bad": [
            "alerts",
            "arn:aws:sns:us-east-1:111122223333:alerts.fifo",
            "arn:aws:sns:us-east-1:111122223333:",
            "arn:aws:sns:us-east-1:111122223333:" + "x" * 257,
            "arn:aws:sns:us-east-1:111122223333:alerts:0f2c-subscription",
            "arn:aws:sqs:us-east-1:111122223333:alerts",
            "arn:aws:sns::111122223333:alerts",
            "arn:aws:sns:us-east-1:1111222233:alerts",
            "arn:aws:sns:us-east-1:111122223333:*",
            "arn:aws:sns:us-east-1:111122223333:alerts\n",
        ],
    },
    "SilenceAlarmFor": {
        "good": ["EFS-and-EC2", "EFS", "EC2", "any-job", "none"],
        "bad": ["", "efs", "EBS", "EC2-and-EFS", "any"],
    },
    "SilenceAlarmHours": {
        "good": ["26", "50", "74", "98", "168"],
        "bad": ["0", "24", "25", "169", "192", "", "50h", "fifty"],
    },
    "CreateVaultKmsKey": {"good": ["no", "yes"], "bad": ["", "Yes", "true", "1"]},
    "VaultLock": {
        "good": ["none", "governance", "compliance"],
        "bad": ["", "yes", "Compliance", "legal-hold"],
    },
    "VaultLockGraceDays": {
        "good": ["3", "30", "36500"],
        "bad": ["0", "2", "-3", "36501", "", "3 days"],
    },
    "VaultLockConfirmation": {
        "good": ["", "permanent"],
        "bad": ["Permanent", "permanent ", " permanent", "permanently", "yes", "permanent\n"],
    },
    "DenyRecoveryPointDeletion": {"good": ["no", "yes"], "bad": ["", "YES", "true"]},
    "RecoveryPointAdminRoleArn": ROLES,
    "ProtectFSx": {"good": ["no", "yes"], "bad": ["", "Yes", "FSx"]},
    "WindowsVSS": {"good": ["no", "yes"], "bad": ["", "enabled", "true"]},
    "CopyDestinationVaultArn": {
        "good": [
            "",
            "arn:aws:backup:us-west-2:111122223333:backup-vault:Vault-soca",
            "arn:aws:backup:us-west-2:111122223333:backup-vault:vault_of_copies",
            "arn:aws-cn:backup:cn-northwest-1:111122223333:backup-vault:ab",
            "arn:aws-us-gov:backup:us-gov-east-1:111122223333:backup-vault:" + "x" * 50,
        ],
        "bad": [
            "Vault-soca",
            "arn:aws:backup:us-west-2:111122223333:backup-vault/Vault-soca",
            "arn:aws:backup:us-west-2:111122223333:backup-vault:*",
            "arn:aws:backup:us-west-2:111122223333:backup-vault:a",
            "arn:aws:backup:us-west-2:111122223333:backup-vault:" + "x" * 51,
            "arn:aws:backup:us-west-2:111122223333:backup-vault:a.b",
            "arn:aws:backup:us-west-2:111122223333:recovery-point:1EB3",
            "arn:aws:backup::111122223333:backup-vault:Vault-soca",
            "arn:aws:backup:us-west-2:1111:backup-vault:Vault-soca",
            "arn:aws:backup:us-west-2:111122223333:backup-vault:Vault-soca\n",
        ],
    },
}  # fmt: skip


def _cases(kind: str) -> list[Any]:
    return [
        pytest.param(name, value, id=f"{name}-{number}")
        for name, table in VALUES.items()
        for number, value in enumerate(table[kind])
    ]


def test_every_parameter_has_its_values() -> None:
    assert set(VALUES) == set(template()["Parameters"])
    assert all(table["good"] and table["bad"] for table in VALUES.values())


@pytest.mark.parametrize(("name", "value"), _cases("good"))
def test_taken(name: str, value: str) -> None:
    # A rule, not the parameter, asks for the word beside a compliance lock.
    given = resolved(**{"VaultLockConfirmation": "permanent", name: value}).parameters[name]
    assert given == value or [part.strip() for part in value.split(",")] == given


@pytest.mark.parametrize(("name", "value"), _cases("bad"))
def test_refused(name: str, value: str) -> None:
    hint = template()["Parameters"][name]["ConstraintDescription"]
    with pytest.raises(RefusedError, match=re.escape(name)) as refusal:
        resolved(**{name: value})
    assert str(refusal.value).endswith(hint)


@pytest.mark.parametrize(("name", "value"), _cases("bad"))
def test_refused_too_by_a_reader_that_searches(name: str, value: str) -> None:
    """Whether AWS matches the whole value is not said in so many words; anchors make it equal."""
    declared = template()["Parameters"][name]
    if value.endswith("\n") or "AllowedPattern" not in declared:  # $ is before a last line end
        return
    if declared["Type"] != "String":  # of a list, each member is matched
        return
    shorter = len(value) < declared.get("MinLength", 0)
    longer = len(value) > declared.get("MaxLength", 4096)
    assert shorter or longer or not re.search(declared["AllowedPattern"], value)


def test_every_default_is_taken() -> None:
    made = resolved()
    declared = template()["Parameters"]
    assert {name for name in declared if "Default" not in declared[name]} == {"ClusterId"}
    assert made.parameters["BackupTagKey"] == "soca:BackupPlan"
    assert made.parameters["BackupSchedule"] == "cron(0 5 * * ? *)"
    assert made.parameters["StartWindowMinutes"] == "60"
    assert made.parameters["RetentionDays"] == "30"
    assert made.parameters["WeeklySchedule"] == "cron(0 5 ? * SUN *)"
    assert made.parameters["MonthlySchedule"] == "cron(0 5 1 * ? *)"
    assert made.parameters["SilenceAlarmFor"] == "EFS-and-EC2"
    assert made.parameters["SilenceAlarmHours"] == "50"
    assert made.parameters["VaultLockGraceDays"] == "30"
    others = set(declared) - {
        "ClusterId", "BackupTagKey", "BackupSchedule", "StartWindowMinutes", "RetentionDays",
        "WeeklySchedule", "MonthlySchedule", "SilenceAlarmFor", "SilenceAlarmHours",
        "VaultLockGraceDays",
    }  # fmt: skip
    off = {"", "no", "none"}
    assert {name for name in others if "".join(made.parameters[name]) not in off} == set()


def test_the_cluster_id_is_needed() -> None:
    from tests.support.resolver import resolve

    with pytest.raises(RefusedError, match="ClusterId must have a value"):
        resolve(template(), {})


@pytest.mark.parametrize(
    "name", [name for name, one in template()["Parameters"].items() if "AllowedValues" not in one]
)
def test_the_example_in_a_constraint_description_is_a_good_value(name: str) -> None:
    hint: str = template()["Parameters"][name]["ConstraintDescription"]
    example = hint.rpartition(": ")[2]
    resolved(**{name: example})


def test_every_option_at_once_is_taken() -> None:
    optional = {name for name, one in template()["Parameters"].items() if "Default" in one}
    # An adopted vault and a given key exclude a new key; a given topic excludes a new one.
    assert set(every_option()) | set(EVERYTHING) == optional - {
        "ExistingVaultName", "NotificationTopicArn", "SilenceAlarmFor",
    }  # fmt: skip
    resolved(**every_option())
    resolved(**EVERYTHING)


def test_a_key_for_an_adopted_vault_is_refused_with_the_way_out() -> None:
    key = every_option()["VaultKmsKeyArn"]
    with pytest.raises(RefusedError, match="leave VaultKmsKeyArn empty"):
        resolved(ExistingVaultName="Vault-soca-mycluster", VaultKmsKeyArn=key)
    resolved(ExistingVaultName="Vault-soca-mycluster")
    resolved(VaultKmsKeyArn=key)


_ATOM = r"""
      \\[][(){}.*+?|^$/\\-]                      # an escaped sign
    | \[\^?(?:[A-Za-z0-9 _.:/=+@,*\#%-]|\\[][\\^-])+\]   # a class: no [, no &&, no \w
    | \(\?[:=!] | \((?!\?) | \)                # groups and look-ahead
    | [*+?] (?![+?]) | \{\d+(?:,\d*)?\} (?![+?]) # greedy quantifiers
    | [|^$]
    | [A-Za-z0-9 _:/=,@-]                        # itself
"""
SHARED = re.compile(f"(?:{_ATOM})+", re.VERBOSE)


@pytest.mark.parametrize(
    "name", [name for name, one in template()["Parameters"].items() if "AllowedPattern" in one]
)
def test_a_pattern_uses_only_what_java_and_python_share(name: str) -> None:
    """CloudFormation's regular expressions are Java's; these tests judge with Python's.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-regexes.html
    """
    assert SHARED.fullmatch(template()["Parameters"][name]["AllowedPattern"])


@pytest.mark.parametrize(
    "pattern",
    [
        r"\w+", r"\d", "a++", "a*?", "[a&&b]", "[[a]b]", r"\Z", "(?i)a", "(?P<n>a)", "(?<=a)b",
        r"\p{L}", "a{,3}", r"[\w]", ".",
    ],
)  # fmt: skip
def test_what_java_and_python_do_not_share_is_known(pattern: str) -> None:
    assert not SHARED.fullmatch(pattern)
