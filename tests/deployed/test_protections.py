"""Every protection at once, deployed: what AWS's own interfaces show afterwards."""

import json

import pytest

from generator.stacks import MAIN
from tests.deployed.support import asked, create, key_policy
from tests.local_aws.errors import DeploymentError, RefusedError
from tests.local_aws.local_aws import ACCOUNT, LocalAws, local_aws
from tests.support.generated import COPIES, all_on
from tests.support.parameter_values import CLUSTER, ON, OPTIONAL_TYPES, everything

VAULT = f"Vault-{CLUSTER}"


def test_the_key_encrypts_the_vault_and_rotates(aws: LocalAws) -> None:
    stack = create(aws, **everything())
    kms, key = aws.client("kms"), stack.resources["SOCABackupVaultKey"]
    vault = aws.client("backup").describe_backup_vault(BackupVaultName=VAULT)
    assert vault["EncryptionKeyArn"] == stack.outputs["VaultKmsKeyArn"]
    assert stack.outputs["VaultKmsKeyArn"].endswith(key)
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
    [alias] = kms.list_aliases(KeyId=key)["Aliases"]
    assert alias["AliasName"] == f"alias/{CLUSTER}-backup"
    policy = key_policy(aws, key)
    copies = ON["CopyDestinationVaultArn"].split(":")[4]
    assert [one["Principal"]["AWS"] for one in policy["Statement"]] == [ACCOUNT] * 2 + [copies] * 2


def test_the_vault_is_locked_and_denies_deletion(aws: LocalAws) -> None:
    stack = create(aws, **everything())
    [lock] = asked(stack, "PutBackupVaultLockConfiguration")
    assert lock == {
        "BackupVaultName": VAULT,
        "MinRetentionDays": 1,
        "ChangeableForDays": int(ON["VaultLockGraceDays"]),
    }
    [policy] = asked(stack, "PutBackupVaultAccessPolicy")
    [statement] = json.loads(policy["Policy"])["Statement"]
    assert statement["Effect"] == "Deny"
    assert stack.outputs["VaultLockMode"] == "compliance"
    assert stack.outputs["VaultManagedByStack"] == "yes"


def test_the_plan_has_three_rules_with_copies_and_pauses_windows(aws: LocalAws) -> None:
    stack = create(aws, **everything())
    plan = aws.client("backup").get_backup_plan(BackupPlanId=stack.outputs["BackupPlanId"])
    plan = plan["BackupPlan"]
    kept = {rule["RuleName"]: rule["Lifecycle"] for rule in plan["Rules"]}
    assert kept == {
        "SOCADailyBackup": {"DeleteAfterDays": int(ON["RetentionDays"])},
        "SOCAWeeklyBackup": {"DeleteAfterDays": 183},
        "SOCAMonthlyBackup": {"DeleteAfterDays": 2555, "MoveToColdStorageAfterDays": 30},
    }
    for rule in plan["Rules"]:
        copies = [
            {
                "DestinationBackupVaultArn": ON["CopyDestinationVaultArn"],
                "Lifecycle": rule["Lifecycle"],
            }
        ]
        assert rule["CopyActions"] == copies
    assert plan["AdvancedBackupSettings"] == [
        {"ResourceType": "EC2", "BackupOptions": {"WindowsVSS": "enabled"}}
    ]


def test_a_selection_for_each_optional_type_has_the_same_tag_and_role(aws: LocalAws) -> None:
    stack = create(aws, **everything())
    made = list(aws.selections[stack.outputs["BackupPlanId"]].values())
    expected = {f"{each}-{CLUSTER}" for each in ("Tag", *OPTIONAL_TYPES)}
    assert {one["SelectionName"] for one in made} == expected
    assert len(made) == len(expected)
    for one in made:
        assert one["Conditions"] == made[0]["Conditions"]
        assert one["IamRoleArn"] == stack.outputs["BackupRoleArn"]


def test_the_role_has_the_policies_of_its_protections(aws: LocalAws) -> None:
    stack = create(aws, **everything())
    role = stack.outputs["BackupRoleName"]
    names = aws.client("iam").list_role_policies(RoleName=role)["PolicyNames"]
    assert {"ProtectFSx", "PauseWindows", "CopyToDestinationVault"} <= set(names)


@pytest.mark.parametrize(
    ("of", "vault", "silent"),
    [(MAIN, VAULT, ["EFS", "EC2"]), (COPIES, f"Copies-{CLUSTER}", [])],
    ids=["backup", "copies"],
)
def test_rules_and_alarms_reach_the_topic_and_the_topic_the_address(
    aws: LocalAws, of: str, vault: str, silent: list[str]
) -> None:
    stack = create(aws, of, **all_on(of))
    topic = stack.outputs["AlertTopicArn"]
    sns, events, cloudwatch = map(aws.client, ("sns", "events", "cloudwatch"))
    [subscription] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == (
        "email",
        ON["NotificationEmail"],
    )
    rules = events.list_rules()["Rules"]
    assert len(rules) == 1
    for rule in rules:
        assert rule["State"] == "ENABLED"
        [target] = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        assert target["Arn"] == topic
        assert json.loads(rule["EventPattern"])["source"] == ["aws.backup"]
    alarms = cloudwatch.describe_alarms()["MetricAlarms"]
    assert len(alarms) == 1 + len(silent)
    for alarm in alarms:
        assert alarm["AlarmActions"] == [topic]
        assert alarm["ActionsEnabled"] is True
        assert {"Name": "BackupVaultName", "Value": vault} in alarm["Dimensions"]
    silence = {
        one["Value"]: alarm["EvaluationPeriods"]
        for alarm in alarms
        for one in alarm["Dimensions"]
        if one["Name"] == "ResourceType"
    }
    assert silence == dict.fromkeys(silent, int(ON["SilenceAlarmHours"]))
    policy = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    sources = {
        arn
        for one in json.loads(policy)["Statement"]
        for arn in one["Condition"]["ArnEquals"]["aws:SourceArn"]
    }
    assert sources == {*(one["Arn"] for one in rules), *(one["AlarmArn"] for one in alarms)}


def test_vault_key_and_role_outlive_the_stack_and_nothing_else_does(aws: LocalAws) -> None:
    stack = create(aws, **everything())
    key = stack.resources["SOCABackupVaultKey"]
    stack.delete()
    assert set(stack.retained) == {"SOCABackupVault", "SOCABackupVaultKey", "SOCAAWSBackupRole"}
    assert aws.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    assert aws.client("sns").list_topics()["Topics"] == []
    assert aws.client("events").list_rules()["Rules"] == []
    assert aws.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    # Adopted again, the vault keeps its key; a second key, lock or policy is refused.
    again = create(aws, ExistingVaultName=VAULT)
    assert again.outputs["VaultKmsKeyArn"] == "unknown: adopted vault"
    with pytest.raises(RefusedError, match="the vault stays as it is"):
        create(aws, ExistingVaultName=VAULT, VaultLock="governance")


def test_a_failed_creation_leaves_no_key_behind(aws: LocalAws) -> None:
    aws.client("backup").create_backup_vault(BackupVaultName=VAULT)
    with pytest.raises(DeploymentError, match="already exists"):
        create(aws, **everything())
    keys = aws.client("kms").list_keys()["Keys"]
    states = {
        aws.client("kms").describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"]
        for key in keys
    }
    assert states == {"PendingDeletion"}


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "eusc-de-east-1"])
def test_every_protection_deploys_in_other_partitions(endpoint_url: str, region: str) -> None:
    with local_aws(endpoint_url, region) as aws:
        stack = create(aws, **everything())
        assert stack.outputs["VaultLockMode"] == "compliance"
