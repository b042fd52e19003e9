"""The traps of the protections: what looks right, and locks, loses or silences what it should not.

Each test's docstring names a slip of one line that makes it fail.
"""

import pytest
from _backup.iam import allows

from generator.stacks import MAIN
from tests.local_aws.errors import RefusedError
from tests.support.generated import COPIES, inline_policies, resolved, template, without_rules
from tests.support.parameter_values import ON, REGIONS, on

TOPIC = ON["NotificationTopicArn"]


@pytest.mark.parametrize("of", [MAIN, COPIES])
@pytest.mark.parametrize("evaluate_rules", [True, False])
@pytest.mark.parametrize("word", ["", "permanent"])
def test_trap_4_a_compliance_lock_nobody_confirmed(
    word: str, evaluate_rules: bool, of: str
) -> None:
    """Slip: drop ``Equals(Ref(VAULT_LOCK_CONFIRMATION), "permanent")`` of LocksForCompliance.

    ChangeableForDays is what makes a lock permanent. Where rules are not evaluated, a lock that
    nobody confirmed is one that can be lifted.
    """
    given = {"VaultLock": "compliance", "VaultLockConfirmation": word}
    if evaluate_rules and not word:
        with pytest.raises(RefusedError, match="type permanent into VaultLockConfirmation"):
            resolved(of=of, **given)
        return
    made = resolved(of=of, **given) if evaluate_rules else without_rules(of=of, **given)
    lock = made.resources["SOCABackupVault"]["LockConfiguration"]
    assert ("ChangeableForDays" in lock) == (word == "permanent")


@pytest.mark.parametrize("mode", ["governance", "compliance"])
@pytest.mark.parametrize("days", ["1", "30", "36500"])
def test_trap_4_the_lock_refuses_the_plans_own_retention(mode: str, days: str) -> None:
    """Slip: ``MinRetentionDays=7`` in the vault, or a MaxRetentionDays: jobs fail, night by night.

    Every rule's retention lies within the lock's limits, for whatever retention is chosen; that of
    its copies within those of the vault for them.
    """
    locked = {"VaultLock": mode, "VaultLockConfirmation": "permanent"}
    given = {**locked, "RetentionDays": days, **on("CopyDestinationVaultArn")}
    far = resolved(of=COPIES, **locked).resources["SOCABackupVault"]["LockConfiguration"]
    for weekly in ("none", "3-months", "1-year"):
        for monthly in ("none", "1-year", "10-years"):
            made = resolved(**given, WeeklyRetention=weekly, MonthlyRetention=monthly).resources
            lock = made["SOCABackupVault"]["LockConfiguration"]
            assert lock == far
            for rule in made["SOCABackupPlan"]["BackupPlan"]["BackupPlanRule"]:
                assert [one["Lifecycle"] for one in rule["CopyActions"]] == [rule["Lifecycle"]]
                kept = int(rule["Lifecycle"]["DeleteAfterDays"])
                assert int(lock["MinRetentionDays"]) <= kept
                assert kept <= int(lock.get("MaxRetentionDays", kept))
                cold = int(rule["Lifecycle"].get("MoveToColdStorageAfterDays", 0))
                assert not cold or kept >= cold + 90


@pytest.mark.parametrize(
    ("of", "kinds"),
    [
        (MAIN, {"Backup Job", "Copy Job", "Restore Job", "Backup Plan", "Backup Vault"}),
        (COPIES, {"Restore Job", "Backup Vault"}),
    ],
)
@pytest.mark.parametrize(
    "given",
    [
        on("NotificationEmail"),
        on("NotificationTopicArn"),
        on("NotificationEmail", "NotificationTopicArn"),
    ],
    ids=["email", "topic", "both"],
)
def test_trap_11_the_alerts_are_not_delivered(
    given: dict[str, str], of: str, kinds: set[str]
) -> None:
    """Slip: ``"detail-type": ["BACKUP_JOB_FAILED"]``, or drop the rule from the topic's policy.

    The vault's own notifications accept names of events that are never sent. A topic without the
    statement for EventBridge and CloudWatch loses every message; a given one is never changed.
    """
    made = resolved(of=of, **given)
    assert "Notifications" not in made.resources["SOCABackupVault"]
    of_type: dict[str, set[str]] = {}
    for name, kind in made.types.items():
        of_type.setdefault(kind, set()).add(name)
    details = set()
    for name in of_type["AWS::Events::Rule"]:
        pattern = made.resources[name]["EventPattern"]
        assert pattern["source"] == ["aws.backup"]
        details |= set(pattern["detail-type"])
    assert details == {f"{kind} State Change" for kind in kinds}
    policies = of_type.get("AWS::SNS::TopicPolicy", set())
    assert len(policies) == (0 if "NotificationTopicArn" in given else 1)
    for name in policies:
        allowed: dict[str, set[str]] = {}
        for one in made.resources[name]["PolicyDocument"]["Statement"]:
            assert (one["Effect"], one["Action"]) == ("Allow", ["sns:Publish"])
            sources = one["Condition"]["ArnEquals"]["aws:SourceArn"]
            allowed[one["Principal"]["Service"]] = set(sources)
        assert allowed == {
            "events.amazonaws.com": {f"<{name}.Arn>" for name in of_type["AWS::Events::Rule"]},
            "cloudwatch.amazonaws.com": {
                f"<{name}.Arn>" for name in of_type["AWS::CloudWatch::Alarm"]
            },
        }
    fifo = f"{TOPIC}.fifo"
    with pytest.raises(RefusedError, match="standard topic"):
        resolved(of=of, NotificationTopicArn=fifo)


@pytest.mark.parametrize("partition", REGIONS)
def test_trap_14_copies_and_keys_are_not_what_they_seem(partition: str) -> None:
    """Slip: ``backup-vault/`` in CopyDestinationVaultArn's pattern, or no lifecycle in a copy.

    A copy goes into a vault, of whichever region and account, with its rule's own lifecycle, and
    the role may put it there. What the keys do and do not encrypt stands beside the parameters.
    """
    region = REGIONS[partition]
    vault = f"arn:{partition}:backup:{region}:111122223333:backup-vault:Vault_of_copies"
    given = {
        "CopyDestinationVaultArn": vault,
        "WeeklyRetention": "3-months",
        "MonthlyRetention": "7-years",
    }
    made = resolved(region, **given)
    rules = made.resources["SOCABackupPlan"]["BackupPlan"]["BackupPlanRule"]
    assert len(rules) == 3
    for rule in rules:
        copies = [{"DestinationBackupVaultArn": vault, "Lifecycle": rule["Lifecycle"]}]
        assert rule["CopyActions"] == copies
        assert rule["Lifecycle"]["DeleteAfterDays"]
    policies = inline_policies(made).values()
    assert allows(policies, "backup:CopyIntoBackupVault", vault)
    assert not allows(policies, "backup:CopyIntoBackupVault", f"{vault}2")
    assert allows(policies, "backup:CopyFromBackupVault", f"arn:{partition}:ec2:{region}::image/a")
    with pytest.raises(RefusedError, match="type the ARN of a vault"):
        resolved(CopyDestinationVaultArn=vault.replace("vault:Vault", "vault/Vault"))
    described = {name: one["Description"] for name, one in template()["Parameters"].items()}
    assert "EC2 and EBS keep the key of their volumes" in described["VaultKmsKeyArn"]
    assert "another account need customer managed keys" in described["CopyDestinationVaultArn"]
    assert "not aws/backup" in described["CopyDestinationVaultArn"]
