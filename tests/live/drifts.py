"""What AWS has otherwise than the template of a stack, one thing at a time, and what is lost."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from generator.live.answers import Answers
from tests.local_aws.local_aws import ACCOUNT
from tests.support.parameter_values import CLUSTER, ON, everything

Edit = Callable[[Answers], Answers | None]
"""Changes what AWS says, or returns what it says instead."""


class Drift(NamedTuple):
    """What AWS has otherwise, and what is lost by it: the sentences."""

    edit: Edit
    drift: tuple[str, ...] = ()
    unheard: tuple[str, ...] = ()


GIVEN = {
    name: value
    for name, value in everything().items()
    if not name.endswith(("Schedule", "Timezone", "WindowMinutes", "BoundaryArn"))
}
"""Every protection, and one backup a day."""
ALL = "EC2 instances, EBS volumes, EFS file systems, FSx file systems and FSx volumes"
TAGGED = "EC2 instances, EBS volumes and EFS file systems"
FSX = "FSx file systems and FSx volumes"
OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/AWSBackupDefaultServiceRole"
OTHER_POLICY = f"arn:aws:iam::{ACCOUNT}:policy/other"
OTHER_VAULT = f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:other"
FREE = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "SNS:Publish", "Resource": "*"}


def lost(edit: Edit, *sentences: str) -> Drift:
    """Return a drift by which something is protected less."""
    return Drift(edit, drift=sentences)


def unheard(edit: Edit, *sentences: str) -> Drift:
    """Return a drift by which something is heard of less."""
    return Drift(edit, unheard=sentences)


# The plan


def _rules(answers: Answers) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = (answers.plan or {})["BackupPlan"]["Rules"]
    return rules


def _every_rule(**changed: Any) -> Edit:
    def edit(answers: Answers) -> None:
        for each in _rules(answers):
            each.update(changed)

    return edit


def _rule(number: int, **changed: Any) -> Edit:
    return lambda answers: _rules(answers)[number].update(changed)


def _only_rules(*numbers: int) -> Edit:
    def edit(answers: Answers) -> None:
        _rules(answers)[:] = [_rules(answers)[number] for number in numbers]

    return edit


def _settings(*settings: Any) -> Edit:
    def edit(answers: Answers) -> None:
        (answers.plan or {})["BackupPlan"]["AdvancedBackupSettings"] = [*settings]

    return edit


# The selections


def _first(*, others: bool = False, **changed: Any) -> Edit:
    """Return an edit of the selection of the tag, and of the others if they change, too."""

    def edit(answers: Answers) -> None:
        for number, each in enumerate(answers.selections or []):
            if others or number == 0:
                each.update(changed)  # type: ignore[attr-defined]

    return edit


def _selections(count: int, *more: dict[str, Any]) -> Edit:
    return lambda answers: replace(answers, selections=[*more, *(answers.selections or [])[:count]])


def _tags(*tags: tuple[str, str]) -> dict[str, Any]:
    named = [{"ConditionKey": key, "ConditionValue": value} for key, value in tags]
    return {"Conditions": {"StringEquals": named}}


_OWN_TAG = (f"aws:ResourceTag/{ON['BackupTagKey']}", CLUSTER)
_OTHER_TAG = (_OWN_TAG[0], "other")

# The role


def _role(**changed: Any) -> Edit:
    return lambda answers: replace(answers, role={**(answers.role or {}), **changed})


def _trust(**statement: Any) -> Edit:
    document = {"Version": "2012-10-17", "Statement": {"Action": "sts:AssumeRole", **statement}}
    return _role(AssumeRolePolicyDocument=document)


def _inline(*without: str, **added: Any) -> Edit:
    def edit(answers: Answers) -> Answers:
        kept = {name: its for name, its in (answers.inline or {}).items() if name not in without}
        return replace(answers, inline={**kept, **added})

    return edit


def _without_statement(policy: str, sid: str) -> Edit:
    def edit(answers: Answers) -> None:
        statements = (answers.inline or {})[policy]["Statement"]
        statements[:] = [each for each in statements if each["Sid"] != sid]

    return edit


def _attached(*arns: str) -> Edit:
    return lambda answers: replace(answers, attached=arns)


_DENIAL = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Deny", "Action": "elasticfilesystem:Back*", "Resource": "*"},
}

# The vault


def _vault(*without: str, **changed: Any) -> Edit:
    def edit(answers: Answers) -> Answers:
        kept = {key: its for key, its in (answers.vault or {}).items() if key not in without}
        return replace(answers, vault={**kept, **changed})

    return edit


def _keeps(*actions: str, **more: Any) -> Edit:
    denied = [f"backup:{name}" for name in (*_KEPT, *actions)]
    statement = {"Effect": "Deny", "Principal": "*", "Action": denied, "Resource": "*", **more}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return lambda answers: replace(answers, vault_policy=policy)


_KEPT = ("DeleteRecoveryPoint", "DisassociateRecoveryPoint", "UpdateRecoveryPointLifecycle")
_ADMIN = ON["RecoveryPointAdminRoleArn"]


def _but_for(*arns: str) -> dict[str, Any]:
    return {"Condition": {"ArnNotEquals": {"aws:PrincipalArn": [*arns]}}}


# Who hears


def _topic(**changed: Any) -> Edit:
    return lambda answers: replace(
        answers, topics={arn: {**(its or {}), **changed} for arn, its in answers.topics.items()}
    )


def _topic_policy(*sids: str) -> Edit:
    """Return an edit that leaves the topic's policy the statements with these names."""

    def edit(answers: Answers) -> Answers:
        [(arn, attributes)] = answers.topics.items()
        policy = json.loads((attributes or {})["Policy"])
        policy["Statement"] = [each for each in policy["Statement"] if each["Sid"] in sids]
        return replace(answers, topics={arn: {"Policy": json.dumps(policy)}})

    return edit


def _default_policy(answers: Answers) -> Answers:
    """SNS's own: the owner publishes, and CloudWatch names the owner."""
    owner = {"Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}}
    policy = json.dumps({"Version": "2008-10-17", "Statement": [{**FREE, **owner}]})
    return replace(answers, topics={arn: {"Policy": policy} for arn in answers.topics})


def _event_rule(**changed: Any) -> Edit:
    return lambda answers: replace(
        answers, rules={name: {**(its or {}), **changed} for name, its in answers.rules.items()}
    )


def _without_state(state: str) -> Edit:
    def edit(answers: Answers) -> Answers:
        [(name, rule)] = answers.rules.items()
        pattern = json.loads((rule or {})["EventPattern"])
        pattern["detail"]["$or"][0]["state"].remove(state)
        return replace(answers, rules={name: {**(rule or {}), "EventPattern": json.dumps(pattern)}})

    return edit


def _targets(*arns: str) -> Edit:
    targets = [{"Id": "Alerts", "Arn": arn} for arn in arns]
    return lambda answers: replace(answers, targets=dict.fromkeys(answers.targets, targets))


def _alarms(metric: str, **changed: Any) -> Edit:
    def edit(answers: Answers) -> None:
        for each in answers.alarms or []:
            if each["MetricName"] == f"Number{metric}":
                each.update(changed)  # type: ignore[attr-defined]

    return edit


_EVENTS = (
    "aborted backups, aborted restores, backups with issues, changes of the plan, expired backups, "
    "failed backups, failed copies, failed restores, partial backups and partial copies"
)
_DELETIONS = "the deletion of the plan and the deletion of the vault"
_NO_EVENT = (f"{_EVENTS} are no longer heard of", f"nobody hears any more of {_DELETIONS}")
_MISSING = "missing backups of EC2 and missing backups of EFS"
_ALARMS = _MISSING.replace(" and", ",") + " and recovery points that could not be deleted"
_NOTHING = (
    (
        f"{_EVENTS.partition(', partial')[0]}, {_MISSING.replace(' and', ',')}, partial backups, "
        "partial copies and recovery points that could not be deleted are no longer heard of"
    ),
    _NO_EVENT[1],
)
_EMAIL = ON["NotificationEmail"]

DRIFTS = {
    "the daily rule is gone": lost(
        _only_rules(1, 2),
        f"{ALL} are backed up every 7 days instead of every day",
        f"{ALL} are copied every 7 days instead of every day",
    ),
    "the monthly rule is gone": lost(
        _only_rules(0, 1),
        f"{ALL} are kept 183 days instead of 2555",
        f"{ALL} have copies that are kept 183 days instead of 2555",
    ),
    "all rules are gone": lost(
        _only_rules(), f"{ALL} are no longer backed up: no rule makes backups"
    ),
    "the schedule is rarer": lost(
        _rule(0, ScheduleExpression="cron(0 5 ? * SUN *)", CopyActions=[]),
        f"{ALL} are backed up every 7 days instead of every day",
        f"{ALL} are copied every 7 days instead of every day",
    ),
    "the retention is shorter": lost(
        _rule(2, Lifecycle={"DeleteAfterDays": 1000, "MoveToColdStorageAfterDays": 30}),
        f"{ALL} are kept 1000 days instead of 2555",
    ),
    "backups get cold": lost(
        _rule(1, Lifecycle={"DeleteAfterDays": 183, "MoveToColdStorageAfterDays": 7}),
        "EFS file systems have backups that are moved to cold storage after 7 days instead of "
        "never: SOCAWeeklyBackup",
    ),
    "the start window is longer": lost(
        _every_rule(StartWindowMinutes=600),
        f"{ALL} lose up to 1 day 10 hours at worst instead of 1 day 1 hour",
    ),
    "there is less time to complete": lost(
        _rule(0, CompletionWindowMinutes=720),
        f"{ALL} have backups that are cancelled after 12 hours instead of 7 days: SOCADailyBackup",
    ),
    "the copies are gone": lost(_every_rule(CopyActions=[]), f"{ALL} have no copies any more"),
    "copies go into another vault": lost(
        _every_rule(CopyActions=[{"DestinationBackupVaultArn": OTHER_VAULT}]),
        f"{ALL} are no longer copied to {ON['CopyDestinationVaultArn']}",
    ),
    "Windows is not paused": lost(
        _settings(), "Windows instances no longer write their data to disk before a backup"
    ),
    "pausing Windows is off": lost(
        _settings({"ResourceType": "EC2", "BackupOptions": {"WindowsVSS": "disabled"}}),
        "Windows instances no longer write their data to disk before a backup",
    ),
    "backups go into another vault": lost(
        _every_rule(TargetBackupVaultName="Default"),
        f"backups go into Default instead of Vault-{CLUSTER}",
    ),
    "backups of one rule go into another vault": lost(
        _rule(1, TargetBackupVaultName="Default"),
        f"backups of SOCAWeeklyBackup go into Default instead of Vault-{CLUSTER}",
    ),
    "all selections have another tag": lost(
        _first(others=True, **_tags(_OTHER_TAG)),
        f"the tag is now edh:BackupPlan=other: what carries edh:BackupPlan={CLUSTER} is no longer "
        "selected",
    ),
    "one selection has another tag": lost(
        _first(**_tags(_OTHER_TAG)),
        f"the tag of {TAGGED} is now edh:BackupPlan=other: what carries edh:BackupPlan={CLUSTER} "
        "is no longer selected",
    ),
    "the key has no prefix": lost(
        _first(**_tags(("edh:BackupPlan", CLUSTER))), f"{TAGGED} are no longer selected"
    ),
    "a selection asks for one more tag": lost(
        _first(**_tags(_OWN_TAG, ("aws:ResourceTag/more", "yes"))),
        f"only what also carries more=yes is still selected of {TAGGED}",
    ),
    "a selection has one ARN": lost(
        _first(Resources=["arn:aws:ec2:*:*:instance/*"]),
        "EBS volumes and EFS file systems are no longer selected",
    ),
    "a selection leaves something out": lost(
        _first(NotResources=["arn:aws:ec2:*:*:volume/*"]), "EBS volumes are no longer selected"
    ),
    "a selection has another role": lost(
        _first(IamRoleArn=OTHER_ROLE),
        f"{TAGGED} are backed up with the role {OTHER_ROLE} instead of <role>",
    ),
    "a selection is gone": lost(_selections(1), f"{FSX} are no longer selected"),
    "all selections are gone": lost(_selections(0), f"{ALL} are no longer selected"),
    "there is one more selection": lost(
        _selections(9, {"IamRoleArn": OTHER_ROLE, "Resources": ["*"], "SelectionName": "All"})
    ),
    "there is one more selection, and a policy denies": lost(
        lambda answers: replace(
            answers,
            inline={"Other": _DENIAL, **(answers.inline or {})},
            selections=[
                {"IamRoleArn": OTHER_ROLE, "Resources": ["arn:aws:elasticfilesystem:*"]},
                *(answers.selections or []),
            ],
        ),
        "the role may no longer back up EFS file systems: elasticfilesystem:Backup",
    ),
    "a statement is gone": lost(
        _without_statement("UseVaultsAndKeys", "GrantKeysToServices"),
        f"the role may no longer restore {TAGGED}: kms:CreateGrant",
        "the role may no longer copy EC2 instances and EBS volumes: kms:CreateGrant",
    ),
    "a policy is gone": lost(
        _inline("CopyToDestinationVault"),
        f"the role may no longer copy {ALL}: backup:CopyIntoBackupVault",
    ),
    "the policy for Windows is gone": lost(
        _inline("PauseWindows"),
        "the role may no longer back up EC2 instances: ssm:CancelCommand, "
        "ssm:GetCommandInvocation, ssm:SendCommand",
    ),
    "the role passes one role less": lost(
        _inline("PassSchedulerRole"),
        "an instance's role may no longer be passed to ec2.amazonaws.com and to "
        f"ec2.amazonaws.com.cn: {ON['SchedulerIAMRoleArn']}",
    ),
    "a policy denies": lost(
        _inline(Other=_DENIAL),
        "the role may no longer back up EFS file systems: elasticfilesystem:Backup",
    ),
    "one more policy is attached": lost(_attached(OTHER_POLICY)),
    "AWS's policies take the place of ours": lost(
        lambda answers: replace(
            answers,
            inline={
                name: its
                for name, its in (answers.inline or {}).items()
                if not name.startswith("Protect")
            },
            attached=[
                f"arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor{what}"
                for what in ("Backup", "Restores")
            ],
        )
    ),
    "another service is trusted, which is a question of its own": lost(
        _trust(Effect="Allow", Principal={"Service": "ec2.amazonaws.com"})
    ),
    "somebody else is trusted, too": lost(
        _trust(
            Effect="Allow",
            Principal={"Service": ["backup.amazonaws.com"], "AWS": "AIDACKCEVSQ6C2EXAMPLE"},
        )
    ),
    "the vault's policy is gone": lost(
        lambda answers: replace(answers, vault_policy=""),
        "whoever IAM allows may delete recovery points, disassociate recovery points and shorten "
        "how long recovery points are kept",
    ),
    "the vault's policy leaves out one more": lost(
        _keeps(**_but_for(_ADMIN, OTHER_ROLE)),
        f"{OTHER_ROLE} may delete recovery points, disassociate recovery points and shorten how "
        "long recovery points are kept",
    ),
    "the vault's policy denies everybody": lost(_keeps()),
    "the vault's policy denies backups": lost(
        _keeps("StartBackupJob", **_but_for(_ADMIN)),
        "the vault's policy denies backup:StartBackupJob",
    ),
    "the lock is lifted": lost(
        _vault("MinRetentionDays", "LockDate", Locked=False), "the vault is no longer locked"
    ),
    "the lock is in governance mode": lost(
        _vault("LockDate"), "the lock can be lifted: governance instead of compliance"
    ),
    "the lock has no minimum": lost(
        _vault("MinRetentionDays"), "the lock is weaker: no minimum instead of 1"
    ),
    "the lock refuses backups": lost(
        _vault(MinRetentionDays=184, MaxRetentionDays=2554),
        *(
            f"the lock refuses the backups of SOCA{name}Backup, kept {days} days: it asks for at "
            f"{least}"
            for name, days, least in (
                ("Daily", 90, "least 184 days"),
                ("Weekly", 183, "least 184 days"),
                ("Monthly", 2555, "most 2554 days"),
            )
        ),
    ),
    "the lock is not final yet": lost(_vault(Locked=False)),
    "the lock asks for more": lost(_vault(MinRetentionDays=90, MaxRetentionDays=36_500)),
    "the policy of the key lets nobody copy": lost(
        lambda answers: replace(
            answers, key_policy=(answers.key_policy or "").replace("111122223333", "444455556666")
        ),
        "the policy of the vault's key no longer lets 111122223333 use kms:CreateGrant, "
        "kms:Decrypt, kms:DescribeKey, kms:GenerateDataKey, kms:GenerateDataKeyWithoutPlaintext, "
        "kms:ReEncryptFrom and kms:ReEncryptTo",
    ),
    "the vault has another key": lost(
        _vault(EncryptionKeyArn=f"arn:aws:kms:us-east-1:{ACCOUNT}:key/other")
    ),
    "the topic refuses events": unheard(_topic_policy("PublishAlarms"), *_NO_EVENT),
    "the topic refuses alarms": unheard(
        _topic_policy("PublishEvents"), f"{_ALARMS} are no longer heard of"
    ),
    "the topic has SNS's own policy": unheard(_default_policy, *_NO_EVENT),
    "the topic has AWS's own key": unheard(_topic(KmsMasterKeyId="alias/aws/sns"), *_NOTHING),
    "the topic is gone": unheard(
        lambda answers: replace(answers, topics=dict.fromkeys(answers.topics)), *_NOTHING
    ),
    "the rule of events is disabled": unheard(_event_rule(State="DISABLED"), *_NO_EVENT),
    "the rule of events is gone": unheard(
        lambda answers: replace(answers, rules=dict.fromkeys(answers.rules)), *_NO_EVENT
    ),
    "the rule of events asks for less": unheard(
        _without_state("EXPIRED"), "expired backups are no longer heard of"
    ),
    "the rule of events has no target": unheard(_targets(), *_NO_EVENT),
    "the rule of events has another target": unheard(
        _targets("arn:aws:sns:us-east-1:111122223333:other"),
        f"{_EMAIL} no longer hears of {_EVENTS.replace(' and', ',')}, {_DELETIONS}",
    ),
    "the alarms are gone": unheard(
        lambda answers: replace(answers, alarms=[]), f"{_ALARMS} are no longer heard of"
    ),
    "the actions of the alarms are off": unheard(
        _alarms("OfBackupJobsCompleted", ActionsEnabled=False), f"{_MISSING} are no longer heard of"
    ),
    "the alarms wait longer": unheard(
        _alarms("OfBackupJobsCompleted", EvaluationPeriods=80),
        f"{_MISSING} are heard of after 80 hours instead of {ON['SilenceAlarmHours']}",
    ),
}
