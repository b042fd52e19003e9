"""Which jobs and changes are reported, what the message says, and who hears of them."""

import json
from typing import Any

import pytest

from generator.stacks import MAIN
from tests.local_aws.evaluation import Resolved
from tests.local_aws.events import matches, sent
from tests.support.generated import COPIES, all_on, resolved, template, with_names
from tests.support.parameter_values import ACCOUNT, CLUSTER, ON, REGIONS, on

EMAIL, TOPIC = ON["NotificationEmail"], ON["NotificationTopicArn"]
VAULT = f"Vault-{CLUSTER}"
REGION = "us-east-1"
HERE = f"arn:aws:backup:{REGION}:{ACCOUNT}"
VAULT_ARN = f"{HERE}:backup-vault:{VAULT}"
PLAN = "bde0f455-4e24-4668-aeaa-4932a97f5cc5"
PLAN_ARN = f"{HERE}:backup-plan:{PLAN}"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/stack-SOCAAWSBackupRole-1A2B3C"
FILE_SYSTEM = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/fs-0e48"
RECOVERY_POINT = f"{HERE}:recovery-point:f1d966fe"
IMAGE = f"arn:aws:ec2:{REGION}::image/ami-0a1b"
KNOWN = {
    "SOCABackupVault": VAULT,
    "SOCABackupVault.BackupVaultArn": VAULT_ARN,
    "SOCABackupPlan": PLAN,
    "SOCAAWSBackupRole.Arn": ROLE_ARN,
}
COPIES_VAULT = f"Copies-{CLUSTER}"
RESTORE_ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/stack-SOCAAWSBackupRestoreRole-1A2B3C"
KNOWN_OF_COPIES = {
    "SOCABackupVault": COPIES_VAULT,
    "SOCAAWSBackupRestoreRole.Arn": RESTORE_ROLE_ARN,
}
TEST = {"restoreTestingPlanArn": f"{HERE}:restore-testing-plan:Test_soca_mycluster-0e1f"}
"""What the event of a restore test says beside.

https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-validation.html
"""
RULE = "SOCABackupJobAlert"
NO_VAULT = f'"Backup job failed because backup vault {VAULT_ARN} does not exist."'


def _made(**given: str) -> Resolved:
    return with_names(KNOWN, **on("NotificationEmail"), **given)


def _made_of_copies(**given: str) -> Resolved:
    given = {"CreateRestoreRole": "yes", **on("NotificationEmail"), **given}
    return with_names(KNOWN_OF_COPIES, of=COPIES, **given)


def _event(kind: str, detail: dict[str, Any], *resources: str) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "b6b0-1",
        "detail-type": f"{kind} State Change",
        "source": "aws.backup",
        "account": ACCOUNT,
        "time": "2026-11-23T05:31:07Z",
        "region": REGION,
        "resources": list(resources),
        "detail": detail,
    }


# The events have the fields of AWS's samples.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
def backup_job(state: str, **detail: Any) -> dict[str, Any]:
    if state == "CREATED":  # the one state that does not say which vault
        created = {"backupJobId": "4A1F", "state": state, "creationDate": "2026-11-23T05:00:00Z"}
        return _event("Backup Job", created)
    return _event(
        "Backup Job",
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
            "createdBy": {"backupPlanId": PLAN, "backupPlanArn": PLAN_ARN},
            **detail,
        },
        *([RECOVERY_POINT] if state == "COMPLETED" else []),
    )


def copy_job(state: str, **detail: Any) -> dict[str, Any]:
    return _event(
        "Copy Job",
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
        RECOVERY_POINT,
    )


def restore_job(status: str, **detail: Any) -> dict[str, Any]:
    if status == "CREATED":  # in this one, the status is called state
        return _event("Restore Job", {"restoreJobId": "9AD2", "state": status}, IMAGE)
    return _event(
        "Restore Job",
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


def plan(state: str, plan_id: str = PLAN) -> dict[str, Any]:
    detail = {"backupPlanId": plan_id, "versionId": "N2Q4", "state": state}
    return _event("Backup Plan", detail, f"{HERE}:backup-plan:{plan_id}")


def vault(state: str, name: str = VAULT, **detail: str) -> dict[str, Any]:
    detail = {"backupVaultName": name, "state": state, **detail}
    return _event("Backup Vault", detail, f"{HERE}:backup-vault:{name}")


REPORTED = [
    backup_job("COMPLETED", statusMessage="Windows VSS backup attempt failed"),
    backup_job("FAILED", statusMessage=NO_VAULT),
    backup_job("FAILED", statusMessage=""),
    backup_job("FAILED", statusMessage=None),
    backup_job("FAILED"),
    backup_job("EXPIRED", statusMessage="Backup job expired before completion."),
    backup_job("ABORTED"),
    backup_job("PARTIAL"),
    copy_job("FAILED", statusMessage='Access denied to "arn"'),
    copy_job("FAILED"),
    copy_job("PARTIAL"),
    restore_job("FAILED", statusMessage='You are not "authorized"'),
    restore_job("ABORTED"),
    restore_job("FAILED", **TEST, statusMessage="No default subnet"),
    restore_job("ABORTED", **TEST),
    plan("MODIFIED"),
    plan("DELETED"),
    vault("DELETED"),
]
NOT_REPORTED = [
    backup_job("CREATED"),
    backup_job("PENDING", statusMessage=""),
    backup_job("RUNNING"),
    backup_job("COMPLETED"),
    backup_job("COMPLETED", statusMessage=""),
    backup_job("COMPLETED", statusMessage=None),
    copy_job("CREATED"),
    copy_job("RUNNING"),
    copy_job("COMPLETED", statusMessage="The copy is done"),
    restore_job("CREATED"),
    restore_job("PENDING"),
    restore_job("RUNNING"),
    restore_job("COMPLETED", statusMessage="The restore is done"),
    restore_job("COMPLETED", **TEST),
    plan("CREATED"),
    vault("CREATED"),
    # Whether every backup modifies the vault is not documented.
    vault("MODIFIED", isLocked="false"),
    # Of somebody else: the vault, the role, the plan.
    backup_job("FAILED", backupVaultName=f"{VAULT}2"),
    backup_job("COMPLETED", statusMessage="with issues", backupVaultName=f"{VAULT}2"),
    copy_job("FAILED", sourceBackupVaultArn=f"{VAULT_ARN}2"),
    restore_job("FAILED", iamRoleArn=f"{ROLE_ARN}2"),
    restore_job("FAILED", iamRoleArn=f"{ROLE_ARN}2", **TEST),
    plan("DELETED", f"{PLAN}2"),
    vault("DELETED", f"{VAULT}2"),
]


def _name(event: dict[str, Any]) -> str:
    detail = event["detail"]
    state = detail.get("state") or detail["status"]
    return f"{event['detail-type'].removesuffix(' State Change')}-{state}".replace(" ", "")


@pytest.mark.parametrize("event", REPORTED, ids=_name)
def test_what_is_reported(event: dict[str, Any]) -> None:
    pattern = _made().resources[RULE]["EventPattern"]
    assert matches(pattern, event)
    assert not matches(pattern, {**event, "source": "my.application"})
    # Scans, for example, have the fields of backup jobs.
    assert not matches(pattern, {**event, "detail-type": "Scan Job State Change"})


@pytest.mark.parametrize("event", NOT_REPORTED, ids=_name)
def test_what_is_not_reported(event: dict[str, Any]) -> None:
    assert not matches(_made().resources[RULE]["EventPattern"], event)


def test_an_adopted_vault_is_reported_on() -> None:
    pattern = _made(ExistingVaultName="Vault_of_old").resources[RULE]["EventPattern"]
    assert matches(pattern, backup_job("FAILED", backupVaultName="Vault_of_old"))
    arn = f"{HERE}:backup-vault:Vault_of_old"
    assert matches(pattern, copy_job("FAILED", sourceBackupVaultArn=arn))
    assert matches(pattern, vault("DELETED", "Vault_of_old"))


def _of_copies(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event as if it were about the vault of the copies and the role for restores."""
    text = json.dumps(event).replace(VAULT, COPIES_VAULT).replace(ROLE_ARN, RESTORE_ROLE_ARN)
    moved: dict[str, Any] = json.loads(text)
    return moved


HEARD_OF_COPIES = [
    _of_copies(event)
    for event in REPORTED
    if event["detail-type"].startswith("Restore") or event == vault("DELETED")
]


@pytest.mark.parametrize("event", [*REPORTED, *NOT_REPORTED], ids=_name)
def test_where_copies_are_only_the_vaults_end_and_failed_restores_are_reported(
    event: dict[str, Any],
) -> None:
    pattern = _made_of_copies().resources[RULE]["EventPattern"]
    moved = _of_copies(event)
    assert matches(pattern, moved) == (moved in HEARD_OF_COPIES)
    assert not matches(pattern, event)  # of the cluster's vault and role
    assert not matches(pattern, {**moved, "source": "my.application"})
    assert not matches(pattern, {**moved, "detail-type": "Scan Job State Change"})
    without_role = _made_of_copies(CreateRestoreRole="no").resources[RULE]["EventPattern"]
    assert matches(without_role, moved) == (moved == _of_copies(vault("DELETED")))
    adopted = _made_of_copies(ExistingVaultName="Vault_of_old").resources[RULE]["EventPattern"]
    assert matches(adopted, vault("DELETED", "Vault_of_old"))


@pytest.mark.parametrize("of", [MAIN, COPIES])
def test_a_pattern_always_has_two_alternatives_or_more(of: str) -> None:
    """EventBridge reads an $or of one as a field of that name, which no event has."""
    for given in (
        on("NotificationEmail"),
        on("NotificationEmail", "ExistingVaultName"),
        all_on(of),
    ):
        detail = resolved(of=of, **given).resources[RULE]["EventPattern"]["detail"]
        assert [*detail] == ["$or"]
        assert len([each for each in detail["$or"] if each]) >= 2


def message(event: dict[str, Any], made: Resolved | None = None) -> dict[str, Any]:
    """Return what the subscriber reads; json.loads is the check that EventBridge makes."""
    [target] = (made or _made()).resources[RULE]["Targets"]
    assert set(target) == {"Id", "Arn", "InputTransformer"}
    read: dict[str, Any] = json.loads(sent(target["InputTransformer"], event))
    return read


@pytest.mark.parametrize(
    ("event", "made", "note"),
    [
        *((event, _made(), "when the stack is created or updated") for event in REPORTED),
        *(
            (event, _made_of_copies(), "The stack of the cluster reports copies that fail")
            for event in HEARD_OF_COPIES
        ),
    ],
)
def test_the_message_says_what_which_resource_where_to_look_and_everything_else(
    event: dict[str, Any], made: Resolved, note: str
) -> None:
    read = message(event, made)
    detail = event["detail"]
    state = detail.get("state") or detail["status"]
    assert read["what"] == f"{event['detail-type']} in the cluster {CLUSTER}: {state}"
    named = [detail["resourceArn"]] if "resourceArn" in detail else []
    assert read["resource"].split() == [*named, *event["resources"]]
    assert read["console"] == (
        f"https://{REGION}.console.aws.amazon.com/backup/home?region={REGION}#/jobs"
    )
    assert note in read["note"]
    # In it the reason: as it is, empty, with quotes, or not there at all.
    assert read["event"] == event
    assert list(read) == ["what", "resource", "console", "note", "event"]


def test_a_reason_within_a_string_would_break_the_message() -> None:
    """Why the event goes in bare: EventBridge escapes nothing that it puts into a string."""
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


@pytest.mark.parametrize(
    ("partition", "host"),
    [("aws-cn", "console.amazonaws.cn"), ("aws-us-gov", "console.amazonaws-us-gov.com")],
)
def test_the_link_leads_to_the_console_of_the_partition(partition: str, host: str) -> None:
    region = REGIONS[partition]
    made = resolved(region, NotificationEmail=EMAIL)
    link = message(backup_job("FAILED"), made)["console"]
    assert link == f"https://{region}.{host}/backup/home?region={region}#/jobs"


# The topic

SILENCE = {"SOCABackupSilenceEFSAlarm", "SOCABackupSilenceEC2Alarm"}
ALERTING = {
    MAIN: {RULE, "SOCABackupExpired"} | SILENCE,
    COPIES: {RULE, "SOCABackupExpired"},
}
OF_OUR_OWN = {"SOCABackupAlertsTopic", "SOCABackupAlertsTopicPolicy"}
SUBSCRIPTION = {"SOCABackupAlertsSubscription"}


@pytest.mark.parametrize("of", ALERTING)
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
    of: str, given: dict[str, str], topic: str, more: set[str]
) -> None:
    made = resolved(of=of, **given)
    assert set(made.types) - set(resolved(of=of).types) == ALERTING[of] | more
    for name in ALERTING[of]:
        resource = made.resources[name]
        if made.types[name] == "AWS::Events::Rule":
            assert [target["Arn"] for target in resource["Targets"]] == [topic]
            assert resource.get("State", "ENABLED") == "ENABLED"
        else:
            assert resource["AlarmActions"] == [topic]
            # That no recovery point expires any more is not known: the metric may count attempts.
            assert resource.get("OKActions", []) == ([topic] if name in SILENCE else [])
    for name in more & SUBSCRIPTION:
        assert made.resources[name] == {"TopicArn": topic, "Protocol": "email", "Endpoint": EMAIL}
    assert made.outputs["AlertTopicArn"] == topic


@pytest.mark.parametrize("of", ALERTING)
def test_a_given_topic_is_in_the_account_and_region_of_the_stack(of: str) -> None:
    described = template(of)["Parameters"]["NotificationTopicArn"]["Description"]
    assert "in the account and region of the stack" in described


CHOICES = ["EFS-and-EC2", "EFS", "EC2", "any-job", "none"]


@pytest.mark.parametrize(
    ("of", "given"), [*((MAIN, {"SilenceAlarmFor": one}) for one in CHOICES), (COPIES, {})]
)
def test_the_new_topics_policy_names_exactly_the_rule_and_the_alarms_that_exist(
    of: str, given: dict[str, str]
) -> None:
    made = resolved(of=of, NotificationEmail=EMAIL, **given)
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
