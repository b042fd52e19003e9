"""Values for each parameter of our templates: the tables from which the tests take them.

A new parameter of the Backup template is added to ``VALUES``, and what ``explain`` says of it to
``CHANGES`` in tests/protection/test_page.py; one that only another template has to ``COMPANIONS``.
"""

from collections.abc import Iterable
from typing import NamedTuple

CLUSTER = "soca-mycluster"
ACCOUNT = "123456789012"
"""The account of the stacks, here and in moto."""

REGIONS = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-eusc": "eusc-de-east-1",
}
"""A region of each partition that has SOCA clusters."""


class Values(NamedTuple):
    """What a parameter takes, what it refuses, and the value that shows most in the stack."""

    on: str
    """The longest one where IAM limits the length."""
    good: list[str]
    bad: list[str]
    protects: bool = False
    """The parameter switches a protection on, which is off by default."""


def longest_role(name: str) -> str:
    """Return the ARN of a role whose name has the 64 characters that IAM allows."""
    return f"arn:aws:iam::{ACCOUNT}:role/{name:r<64}"


KEY = "key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::111122223333:role/soca-mycluster-Scheduler"

ROLES = (
    [
        "",
        ROLE,
        "arn:aws-cn:iam::111122223333:role/soca",
        "arn:aws-us-gov:iam::111122223333:role/soca",
        "arn:aws-iso-b:iam::111122223333:role/soca",
        "arn:aws:iam::111122223333:role/path/to/soca",
        "arn:aws:iam::111122223333:role/a+b=c,d.e@f-g_h".replace(",", ""),
        "arn:aws:iam::111122223333:role/" + "r" * 64,
    ],
    [
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
)

VALUES: dict[str, Values] = {
    "ClusterId": Values(
        CLUSTER,
        ["ab", "Prod", "soca_x", "soca-mycluster", "1x", "a-", "a_", "x" * 43, "12"],
        [
            "", "a", "x" * 44, "-ab", "_ab", "a.b", "a b", "a/b", "a:b", " ab", "ab ", "ab\n",
            "\u00e4b", "a\u00e4", "${x}", "*", "ab*",
        ],
    ),
    "BackupTagKey": Values(
        "edh:BackupPlan",
        [
            "soca:BackupPlan", "edh:BackupPlan", "a", "x" * 128, "a b", "a_.:/=+-@b", "1", ":",
            "awsome", "aws", "aws-x", "xaws:", "My Key 2", "a" + " " * 126 + "b",
        ],
        [
            "", "x" * 129, "aws:x", "AWS:x", "Aws:x", "aWs:", " a", "a ", " ", "a\n", "a*b", "a,b",
            "a#b", "a$b", "${x}", "a?b", "\u00e4", "a\tb", "a" + " " * 127 + "b",
        ],
    ),
    "BackupSchedule": Values(
        "cron(30 22 ? * MON-FRI *)",
        [
            "cron(0 5 * * ? *)", "cron(0 5 ? * * *)", "cron(59 23 * * ? *)", "cron(5 5 * * ? *)",
            "cron(05 5 * * ? *)", "cron(0 5 ? * MON-FRI *)", "cron(0 5 ? * 2,4,6 *)",
            "cron(0 5 ? * 6L *)", "cron(0 5 ? * 2#1 *)", "cron(0 5 L * ? *)", "cron(0 5 1W * ? *)",
            "cron(0 5 1 JAN,JUL ? *)", "cron(0 */6 * * ? *)", "cron(0 * * * ? *)",
            "cron(0 1,13 * * ? *)", "cron(0 5 1/7 * ? *)", "cron(0 5 1-7 * ? *)",
        ],
        [
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
    ),
    "BackupScheduleTimezone": Values(
        "Europe/Paris",
        [
            "", "UTC", "Etc/UTC", "Europe/Paris", "America/Argentina/Buenos_Aires",
            "America/North_Dakota/New_Salem", "America/Port-au-Prince", "Etc/GMT+12", "Etc/GMT-14",
            "GMT0", "EST5EDT", "NZ-CHAT", "W-SU", "Asia/Ho_Chi_Minh", "Antarctica/DumontDUrville",
            "US/East-Indiana",
        ],
        [
            " ", "Europe/", "/Paris", "Europe/Paris ", " Europe/Paris", "Europe/Paris\n",
            "Europe//Paris", "Europe Paris", "+01:00", "UTC+01:00", "America/New York", "a/b/c/d",
            "1/2", "${x}",
        ],
    ),
    "StartWindowMinutes": Values(
        "480",
        ["60", "61", "480", "1440"],
        ["59", "0", "-60", "1441", "52560000", "", "an hour", "60 ", "60m"],
    ),
    "RetentionDays": Values(
        "90",
        ["1", "30", "35", "36500"],
        ["0", "-1", "36501", "", "for ever", "30d", "30 days"],
    ),
    "VaultKmsKeyArn": Values(
        f"arn:aws:kms:us-east-1:{ACCOUNT}:{KEY}",
        [
            "",
            f"arn:aws:kms:us-east-1:111122223333:{KEY}",
            f"arn:aws-cn:kms:cn-north-1:111122223333:{KEY}",
            f"arn:aws-us-gov:kms:us-gov-west-1:111122223333:{KEY}",
            f"arn:aws-iso-b:kms:us-isob-east-1:111122223333:{KEY}",
            "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab",
        ],
        [
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
    ),
    "ExistingVaultName": Values(
        "Vault_of_old",
        ["", "ab", "Vault-soca-mycluster", "a_b", "x" * 50, "Default", "-a"],
        [
            "a", "x" * 51, "a.b", "a b", " ab", "ab ", "ab\n",
            "arn:aws:backup:us-east-1:111122223333:backup-vault:Vault-soca",
        ],
    ),
    "SchedulerIAMRoleArn": Values(longest_role("scheduler"), *ROLES),
    "ComputeNodeIAMRoleArn": Values(longest_role("compute"), *ROLES),
    "AdditionalInstanceRoleArns": Values(
        ",".join(longest_role(f"login{number}") for number in range(25)),
        ["", ROLE, f"{ROLE},{ROLE}2", f"{ROLE}, {ROLE}2", f"{ROLE} ,{ROLE}2"],
        [
            f"{ROLE};{ROLE}2",
            f"{ROLE},soca",
            f"soca,{ROLE}",
            f"{ROLE},arn:aws:iam::111122223333:instance-profile/soca",
            f"{ROLE} {ROLE}2",
            "arn:aws:iam::111122223333:role/*",
            f"{ROLE},*",
            "*",
        ],
    ),
    "PermissionsBoundaryArn": Values(
        f"arn:aws:iam::{ACCOUNT}:policy/boundary",
        [
            "",
            "arn:aws:iam::111122223333:policy/boundary",
            "arn:aws:iam::111122223333:policy/path/boundary",
            "arn:aws:iam::aws:policy/PowerUserAccess",
            "arn:aws-cn:iam::111122223333:policy/boundary",
            "arn:aws-us-gov:iam::aws:policy/PowerUserAccess",
        ],
        [
            "boundary",
            ROLE,
            "arn:aws:iam::111122223333:policy/",
            "arn:aws:iam::1111:policy/boundary",
            "arn:aws:iam:::policy/boundary",
            "arn:aws:iam::111122223333:policy/*",
            "arn:aws:iam::111122223333:policy/boundary ",
            "arn:aws:iam::111122223333:policy/boundary\n",
        ],
    ),
    "WeeklyRetention": Values(
        "6-months",
        ["none", "3-months", "6-months", "1-year"],
        ["", "None", "90", "3-years", "3 months", "1-year "],
        protects=True,
    ),
    "WeeklySchedule": Values(
        "cron(0 3 ? * 2 *)",
        ["cron(0 5 ? * SUN *)", "cron(30 3 ? * 7 *)", "cron(0 5 ? * SAT#1 *)"],
        ["", "cron(0 5 * * SUN *)", "cron(0/15 5 ? * SUN *)", "weekly", "cron(0 5 ? * SUN)"],
    ),
    "MonthlyRetention": Values(
        "7-years",
        ["none", "1-year", "3-years", "5-years", "7-years", "10-years"],
        ["", "none ", "3-months", "365", "100-years", "1-Year"],
        protects=True,
    ),
    "MonthlySchedule": Values(
        "cron(15 4 L * ? *)",
        ["cron(0 5 1 * ? *)", "cron(15 4 L * ? *)", "cron(0 5 1 JAN,JUL ? *)"],
        ["", "cron(0 5 1 * * *)", "cron(* 5 1 * ? *)", "cron(0 5 1 * ? 2030)"],
    ),
    "NotificationEmail": Values(
        "admin@example.com",
        ["", "admin@example.com", "a.b+soca@mail.example.co.uk", "o'hara@example.com"],
        [
            "admin", "admin@", "@example.com", "admin@example", "a b@example.com",
            "a@b@example.com", " admin@example.com", "admin@example.com ",
        ],
        protects=True,
    ),
    "NotificationTopicArn": Values(
        f"arn:aws:sns:us-east-1:{ACCOUNT}:alerts",
        [
            "",
            "arn:aws:sns:us-east-1:111122223333:alerts",
            "arn:aws-cn:sns:cn-north-1:111122223333:alerts",
            "arn:aws-us-gov:sns:us-gov-west-1:111122223333:my_alerts-2",
            "arn:aws:sns:us-east-1:111122223333:" + "x" * 256,
        ],
        [
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
        protects=True,
    ),
    "SilenceAlarmFor": Values(
        "EFS-and-EC2",
        ["EFS-and-EC2", "EFS", "EC2", "any-job", "none"],
        ["", "efs", "EBS", "EC2-and-EFS", "any"],
    ),
    "SilenceAlarmHours": Values(
        "74",
        ["26", "50", "74", "98", "168"],
        ["0", "24", "25", "169", "192", "", "50h", "fifty"],
    ),
    "CreateVaultKmsKey": Values("yes", ["no", "yes"], ["", "Yes", "true", "1"], protects=True),
    "VaultLock": Values(
        "compliance",
        ["none", "governance", "compliance"],
        ["", "yes", "Compliance", "legal-hold"],
        protects=True,
    ),
    "VaultLockGraceDays": Values(
        "60",
        ["3", "30", "36500"],
        ["0", "2", "-3", "36501", "", "3 days"],
    ),
    "VaultLockConfirmation": Values(
        "permanent",
        ["", "permanent"],
        ["Permanent", "permanent ", " permanent", "permanently", "yes", "permanent\n"],
    ),
    "DenyRecoveryPointDeletion": Values("yes", ["no", "yes"], ["", "YES", "true"], protects=True),
    "RecoveryPointAdminRoleArn": Values(f"arn:aws:iam::{ACCOUNT}:role/backup-admin", *ROLES),
    "ProtectFSx": Values("yes", ["no", "yes"], ["", "Yes", "FSx"], protects=True),
    "WindowsVSS": Values("yes", ["no", "yes"], ["", "enabled", "true"], protects=True),
    "CopyDestinationVaultArn": Values(
        "arn:aws:backup:us-east-1:111122223333:backup-vault:" + "v" * 50,
        [
            "",
            "arn:aws:backup:us-west-2:111122223333:backup-vault:Vault-soca",
            "arn:aws:backup:us-west-2:111122223333:backup-vault:vault_of_copies",
            "arn:aws-cn:backup:cn-northwest-1:111122223333:backup-vault:ab",
            "arn:aws-us-gov:backup:us-gov-east-1:111122223333:backup-vault:" + "x" * 50,
        ],
        [
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
        protects=True,
    ),
}  # fmt: skip

SOURCE_ACCOUNT = "111122223333"
SOURCE_ROLE = f"arn:aws:iam::{SOURCE_ACCOUNT}:role/soca-SOCAAWSBackupRole-1A2B3C4D5E6F"
_EFS = f"arn:aws:elasticfilesystem:us-east-1:{ACCOUNT}:file-system/fs-0123456789abcdef"
_VAULT = VALUES["CopyDestinationVaultArn"]


def _switch(on: str = "yes") -> Values:
    return Values(on, ["no", "yes"], ["", "Yes", "true"])


def _identifier(kind: str) -> Values:
    return Values(
        f"{kind}-0123456789abcdef0",
        ["", f"{kind}-0123456789abcdef0", f"{kind}-1a2b3c4d"],
        [
            f"{kind}-", f"{kind}-x1a2b3c4d", f"{kind}-1A2B3C4D", f"{kind}-0123456789abcdef01",
            "sg-1a2b3c4d", f"{kind}-1a2b3c4d ", f"{kind}-1a2b3c4d\n", "1a2b3c4d", "*",
            f"arn:aws:ec2:us-east-1:{ACCOUNT}:{kind}/{kind}-1a2b3c4d",
        ],
    )  # fmt: skip


COMPANIONS: dict[str, Values] = {
    "SourceAccountId": Values(
        SOURCE_ACCOUNT,
        ["", SOURCE_ACCOUNT, ACCOUNT],
        ["1111222233334", "11112222333", "1111-2222-3333", "*", "soca", f"{SOURCE_ACCOUNT} ",
         f"{SOURCE_ACCOUNT}\n", f"{SOURCE_ACCOUNT},{ACCOUNT}", f"arn:aws:iam::{ACCOUNT}:root"],
    ),
    "SourceRoleArn": Values(SOURCE_ROLE, *ROLES),
    "AllowCopyBack": _switch(),
    "CreateRestoreRole": _switch(),
    "BackupVaultArn": Values(
        f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:Vault-{CLUSTER}",
        _VAULT.good[1:],
        ["", *_VAULT.bad],
    ),
    "BackupRoleArn": Values(
        f"arn:aws:iam::{ACCOUNT}:role/soca-SOCAAWSBackupRole-1A2B3C4D5E6F",
        ROLES[0][1:],
        ["", *ROLES[1]],
    ),
    "TestSchedule": VALUES["BackupSchedule"],
    "TestScheduleTimezone": VALUES["BackupScheduleTimezone"],
    "StartWindowHours": Values("24", ["1", "8", "168"], ["0", "-1", "169", "", "8h", "8 hours"]),
    "SelectionWindowDays": Values("14", ["1", "7", "29"], ["0", "-1", "30", "365", "", "7 days"]),
    "RecoveryPoint": Values("random", ["newest", "random"], ["", "Newest", "latest", "oldest"]),
    "TestEFS": _switch(),
    "EFSFileSystemArns": Values(
        _EFS,
        [
            "", _EFS, f"{_EFS},{_EFS}1", f"{_EFS}, {_EFS}1",
            _EFS.replace("arn:aws:", "arn:aws-eusc:"),
        ],
        [
            "*", "fs-0123456789abcdef", f"{_EFS};{_EFS}1", f"{_EFS},*", f"{_EFS} {_EFS}1",
            _EFS.replace("fs-0123456789abcdef", "*"), _EFS.replace(ACCOUNT, ""),
            _EFS.replace("file-system/fs", "access-point/fsap"), _EFS.replace("us-east-1", "*"),
        ],
    ),
    "TestEBS": _switch(),
    "TestEC2": _switch(),
    "TestVpcId": _identifier("vpc"),
    "TestSubnetId": _identifier("subnet"),
    "ValidationWindowHours": Values("24", ["0", "1", "168"], ["-1", "169", "", "1h", "an hour"]),
}  # fmt: skip
"""The same for the parameters that only other templates have."""

ON = {name: values.on for name, values in {**VALUES, **COMPANIONS}.items()}
"""Parameter to the value that shows most in the stack."""

PROTECTIONS = [name for name, values in VALUES.items() if values.protects]

OPTIONAL_TYPES = [
    name.removeprefix("Protect") for name in PROTECTIONS if name.startswith("Protect")
]
"""The types that are protected on demand; each names its parameter, policy and selection."""

INSTEAD = ("ExistingVaultName", "VaultKmsKeyArn", "NotificationTopicArn")
"""What takes the place of something that the stack would make: of the vault, its key, the topic."""


def on(*names: str) -> dict[str, str]:
    """Return the parameters with the values that show most in the stack."""
    return {name: ON[name] for name in names}


def everything(partition: str = "aws", names: Iterable[str] = VALUES) -> dict[str, str]:
    """Return every parameter with the value that shows most, but for those in ``INSTEAD``.

    ``names`` are the template's parameters; by default those of the Backup template.
    """
    region = REGIONS[partition]
    return {
        name: ON[name].replace("arn:aws:", f"arn:{partition}:").replace("us-east-1", region)
        for name in names
        if name not in INSTEAD
    }
