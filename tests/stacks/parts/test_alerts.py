"""Who hears of a job that did not end well, and what the message says."""

import json
from typing import Any

import pytest

from tests.local_aws.evaluation import Resolved
from tests.local_aws.events import matches, sent
from tests.support.generated import resolved, with_names
from tests.support.parameter_values import ACCOUNT, CLUSTER, ON, REGIONS, on

EMAIL, TOPIC = ON["NotificationEmail"], ON["NotificationTopicArn"]
VAULT = f"Vault-{CLUSTER}"
REGION = "us-east-1"
VAULT_ARN = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:{VAULT}"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/stack-SOCAAWSBackupRole-1A2B3C"
FILE_SYSTEM = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/fs-0e48"
IMAGE = f"arn:aws:ec2:{REGION}::image/ami-0a1b"
KNOWN = {
    "SOCABackupVault": VAULT,
    "SOCABackupVault.BackupVaultArn": VAULT_ARN,
    "SOCAAWSBackupRole.Arn": ROLE_ARN,
}
RULES = {
    "Backup": "SOCABackupJobAlert",
    "Copy": "SOCACopyJobAlert",
    "Restore": "SOCARestoreJobAlert",
}
NO_VAULT = f'"Backup job failed because backup vault {VAULT_ARN} does not exist."'


def _made(**given: str) -> Resolved:
    return with_names(KNOWN, **on("NotificationEmail"), **given)


def _event(kind: str, detail: dict[str, Any], *resources: str) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "b6b0-1",
        "detail-type": f"{kind} Job State Change",
        "source": "aws.backup",
        "account": ACCOUNT,
        "time": "2026-11-23T05:31:07Z",
        "region": REGION,
        "resources": list(resources),
        "detail": detail,
    }


# https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
def backup_job(state: str, **detail: Any) -> dict[str, Any]:
    if state == "CREATED":  # the one state that does not say which vault
        created = {"backupJobId": "4A1F", "state": state, "creationDate": "2026-11-23T05:00:00Z"}
        return _event("Backup", created)
    return _event(
        "Backup",
        {
            "backupJobId": "4A1F",
            "backupSizeInBytes": "3221225472",
            "backupVaultArn": VAULT_ARN,
            "backupVaultName": VAULT,
            "bytesTransferred": "0",
            "creationDate": "2026-11-23T05:00:00Z",
            "iamRoleArn": ROLE_ARN,
            "resourceArn": FILE_SYSTEM,
            "resourceType": "EFS",
            "state": state,
            "startBy": "2026-11-23T06:00:00Z",
            "percentDone": 0,
            "createdBy": {"backupPlanId": "bde0455c", "backupRuleId": "967a"},
            **detail,
        },
        FILE_SYSTEM,
    )


def copy_job(state: str, **detail: Any) -> dict[str, Any]:
    return _event(
        "Copy",
        {
            "copyJobId": "4701",
            "backupSizeInBytes": 22548578304,
            "creationDate": "2026-11-23T05:40:00Z",
            "iamRoleArn": ROLE_ARN,
            "resourceArn": FILE_SYSTEM,
            "resourceType": "EFS",
            "sourceBackupVaultArn": VAULT_ARN,
            "state": state,
            "completionDate": "2026-11-23T07:11:00Z",
            "destinationBackupVaultArn": "arn:aws:backup:us-west-2:111122223333:backup-vault:far",
            "destinationRecoveryPointArn": {},
            **detail,
        },
        FILE_SYSTEM,
    )


def restore_job(status: str, **detail: Any) -> dict[str, Any]:
    return _event(
        "Restore",
        {
            "restoreJobId": "9AD2",
            "backupSizeInBytes": "8589934592",
            "creationDate": "2026-11-23T09:00:00Z",
            "iamRoleArn": ROLE_ARN,
            "percentDone": 0,
            "resourceType": "EC2",
            "status": status,
            **detail,
        },
        IMAGE,
    )


HEARD: list[tuple[dict[str, Any], str | None]] = [
    (backup_job("CREATED"), None),
    (backup_job("PENDING", statusMessage=""), None),
    (backup_job("RUNNING"), None),
    (backup_job("COMPLETED"), None),
    (backup_job("COMPLETED", statusMessage=""), None),
    (backup_job("COMPLETED", statusMessage="Windows VSS backup attempt failed"), "Backup"),
    (backup_job("FAILED", statusMessage=NO_VAULT), "Backup"),
    (backup_job("FAILED", statusMessage=""), "Backup"),
    (backup_job("FAILED"), "Backup"),
    (backup_job("EXPIRED", statusMessage="Backup job expired before completion."), "Backup"),
    (backup_job("ABORTED"), "Backup"),
    (backup_job("PARTIAL"), "Backup"),
    (backup_job("FAILED", backupVaultName="Vault-other"), None),
    (backup_job("COMPLETED", statusMessage="issues", backupVaultName="Vault-other"), None),
    (copy_job("CREATED"), None),
    (copy_job("RUNNING"), None),
    (copy_job("COMPLETED", statusMessage="Copied"), None),
    (copy_job("FAILED", statusMessage='Access denied to "arn"'), "Copy"),
    (copy_job("FAILED"), "Copy"),
    (copy_job("PARTIAL"), "Copy"),
    (copy_job("FAILED", sourceBackupVaultArn=f"{VAULT_ARN}2"), None),
    (restore_job("PENDING"), None),
    (restore_job("RUNNING"), None),
    (restore_job("COMPLETED"), None),
    (restore_job("FAILED", statusMessage='You are not "authorized"'), "Restore"),
    (restore_job("ABORTED"), "Restore"),
    (restore_job("FAILED", iamRoleArn=f"{ROLE_ARN}2"), None),
    ({**backup_job("FAILED"), "source": "my.application"}, None),
    ({**backup_job("FAILED"), "detail-type": "Recovery Point State Change"}, None),
]
"""An event, and the kind of rule that reports it."""


@pytest.mark.parametrize(
    ("event", "heard"),
    HEARD,
    ids=[
        f"{n}-{one['detail-type'].split()[0]}-{one['detail'].get('state', 'status')}"
        for n, (one, _) in enumerate(HEARD)
    ],
)
def test_which_rule_reports_an_event(event: dict[str, Any], heard: str | None) -> None:
    made = _made()
    reports = [
        kind for kind, name in RULES.items() if matches(made.resources[name]["EventPattern"], event)
    ]
    assert reports == ([heard] if heard else [])


def test_the_jobs_of_an_adopted_vault_are_reported() -> None:
    made = _made(ExistingVaultName="Vault_of_old")
    arn = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:Vault_of_old"
    failed = backup_job("FAILED", backupVaultName="Vault_of_old")
    assert matches(made.resources[RULES["Backup"]]["EventPattern"], failed)
    copied = copy_job("FAILED", sourceBackupVaultArn=arn)
    assert matches(made.resources[RULES["Copy"]]["EventPattern"], copied)


def message(kind: str, event: dict[str, Any], made: Resolved | None = None) -> dict[str, Any]:
    """Return what the subscriber reads; json.loads is the check that EventBridge makes."""
    [target] = (made or _made()).resources[RULES[kind]]["Targets"]
    assert set(target) == {"Id", "Arn", "InputTransformer"}
    read: dict[str, Any] = json.loads(sent(target["InputTransformer"], event))
    return read


@pytest.mark.parametrize(("event", "kind"), [(event, kind) for event, kind in HEARD if kind])
def test_the_message_says_what_which_resource_why_and_where_to_look(
    event: dict[str, Any], kind: str
) -> None:
    read = message(kind, event)
    state = event["detail"].get("state") or event["detail"]["status"]
    assert read["what"] == f"{kind} job of cluster {CLUSTER}: {state}"
    assert read["resource"] == (IMAGE if kind == "Restore" else FILE_SYSTEM)
    assert read["console"] == (
        f"https://{REGION}.console.aws.amazon.com/backup/home?region={REGION}#/jobs"
    )
    # The whole job, and in it the reason: as it is, empty, with quotes, or not there at all.
    assert read["why"] == event["detail"]
    assert list(read) == ["what", "resource", "console", "why"]


def test_a_reason_within_a_string_would_break_the_message() -> None:
    """Why the job goes in bare: EventBridge escapes nothing that it puts into a string."""
    naive = {
        "InputPathsMap": {"why": "$.detail.statusMessage"},
        "InputTemplate": '{"why": "<why>"}',
    }
    assert json.loads(sent(naive, backup_job("FAILED", statusMessage="plain"))) == {"why": "plain"}
    with pytest.raises(json.JSONDecodeError):
        json.loads(sent(naive, backup_job("FAILED", statusMessage=NO_VAULT)))
    bare = {**naive, "InputTemplate": '{"why": <why>}'}
    with pytest.raises(json.JSONDecodeError):
        json.loads(sent(bare, backup_job("FAILED")))


def test_a_job_without_a_resource_still_makes_a_message() -> None:
    event = backup_job("FAILED")
    del event["detail"]["resourceArn"]
    assert message("Backup", event)["resource"] == ""
    assert message("Restore", {**restore_job("FAILED"), "resources": []})["resource"] == ""


@pytest.mark.parametrize(
    ("partition", "host"),
    [("aws-cn", "console.amazonaws.cn"), ("aws-us-gov", "console.amazonaws-us-gov.com")],
)
def test_the_link_leads_to_the_console_of_the_partition(partition: str, host: str) -> None:
    region = REGIONS[partition]
    made = resolved(region, NotificationEmail=EMAIL)
    link = message("Backup", backup_job("FAILED"), made)["console"]
    assert link == f"https://{region}.{host}/backup/home?region={region}#/jobs"


# The topic

ALERTING = {
    *RULES.values(), "SOCABackupExpired", "SOCABackupSilenceEFS", "SOCABackupSilenceEC2",
}  # fmt: skip
OF_OUR_OWN = {"SOCABackupAlertsTopic", "SOCABackupAlertsTopicPolicy"}
SUBSCRIPTION = {"SOCABackupAlertsSubscription"}


@pytest.mark.parametrize(
    ("given", "topic", "more"),
    [
        (on("NotificationEmail"), "<SOCABackupAlertsTopic>", OF_OUR_OWN | SUBSCRIPTION),
        (on("NotificationTopicArn"), TOPIC, set()),
        (on("NotificationEmail", "NotificationTopicArn"), TOPIC, SUBSCRIPTION),
    ],
    ids=["email", "topic", "both"],
)
def test_the_topic_is_the_given_one_or_a_new_one(
    given: dict[str, str], topic: str, more: set[str]
) -> None:
    made = resolved(**given)
    assert set(made.types) - set(resolved().types) == ALERTING | more
    for name in ALERTING:
        resource = made.resources[name]
        if made.types[name] == "AWS::Events::Rule":
            assert [target["Arn"] for target in resource["Targets"]] == [topic]
            assert resource.get("State", "ENABLED") == "ENABLED"
        else:
            assert resource["AlarmActions"] == resource["OKActions"] == [topic]
    for name in more & SUBSCRIPTION:
        assert made.resources[name] == {"TopicArn": topic, "Protocol": "email", "Endpoint": EMAIL}
    assert made.outputs["AlertTopicArn"] == topic


@pytest.mark.parametrize("chosen", ["EFS-and-EC2", "EFS", "EC2", "any-job", "none"])
def test_the_new_topics_policy_names_exactly_the_rules_and_alarms_that_exist(chosen: str) -> None:
    made = resolved(NotificationEmail=EMAIL, SilenceAlarmFor=chosen)
    policy = made.resources["SOCABackupAlertsTopicPolicy"]
    assert policy["Topics"] == ["<SOCABackupAlertsTopic>"]

    def named(kind: str) -> list[str]:
        return [f"<{name}.Arn>" for name, this in made.types.items() if this == kind]

    document = policy["PolicyDocument"]
    assert document["Version"] == "2012-10-17"
    for statement, service, kind in zip(
        document["Statement"],
        ("events.amazonaws.com", "cloudwatch.amazonaws.com"),
        ("AWS::Events::Rule", "AWS::CloudWatch::Alarm"),
        strict=True,
    ):
        sources = statement["Condition"]["ArnEquals"].pop("aws:SourceArn")
        assert sorted(sources) == sorted(named(kind))
        del statement["Sid"]
        assert statement == {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": ["sns:Publish"],
            "Resource": ["<SOCABackupAlertsTopic>"],
            "Condition": {"ArnEquals": {}},
        }
