"""A protection adds what was asked for, and changes nothing else."""

from copy import deepcopy
from typing import Any

import pytest

from tests.local_aws.evaluation import Resolved
from tests.support.changes import changes
from tests.support.combinations import default, forbidden, free_pairs, pairs
from tests.support.generated import resolved, template, without_rules
from tests.support.parameter_values import CLUSTER, OPTIONAL_TYPES, PROTECTIONS, everything, on

CORE = {"SOCABackupVault", "SOCABackupPlan", "SOCABackupSelection", "SOCAAWSBackupRole"}
SILENCE = {
    "EFS-and-EC2": {"SOCABackupSilenceEFSAlarm", "SOCABackupSilenceEC2Alarm"},
    "EFS": {"SOCABackupSilenceEFSAlarm"},
    "EC2": {"SOCABackupSilenceEC2Alarm"},
    "any-job": {"SOCABackupSilenceAnyJobAlarm"},
    "none": set(),
}
WEEKLY = {"3-months": "90", "6-months": "183", "1-year": "365"}
MONTHLY = {
    "1-year": "365", "3-years": "1095", "5-years": "1825", "7-years": "2555", "10-years": "3650",
}  # fmt: skip
ROLE_POLICIES = {
    "WindowsVSS": "PauseWindows",
    "CopyDestinationVaultArn": "CopyToDestinationVault",
    **{f"Protect{each}": f"Protect{each}" for each in OPTIONAL_TYPES},
}
"""Parameter -> the policy that it adds to the role."""


# Each protection by itself. A compliance lock is made only where it is confirmed.
ALONE: dict[str, dict[str, str]] = {
    **{name: on(name) for name in PROTECTIONS},
    "VaultLock": on("VaultLock", "VaultLockConfirmation"),
    "VaultLock: governance": {"VaultLock": "governance"},
    "with an admin role": on("DenyRecoveryPointDeletion", "RecoveryPointAdminRoleArn"),
    "address and topic": on("NotificationEmail", "NotificationTopicArn"),
}
KEY = ALONE["CreateVaultKmsKey"]
"""What is decided when the stack is created; an update switches the others on and off."""
IN_PLACE = {name: given for name, given in ALONE.items() if given != KEY}


OFF = {name: default(name) for name in PROTECTIONS}


def _expected(given: dict[str, str]) -> set[str]:
    """Return the resources that a protection adds to those of the core."""
    email, topic = given["NotificationEmail"], given["NotificationTopicArn"]
    expected: set[str] = set()
    if _makes_key(given):
        expected |= {"SOCABackupVaultKey", "SOCABackupVaultKeyAlias"}
    for each in OPTIONAL_TYPES:
        if given[f"Protect{each}"] == "yes":
            expected |= {f"SOCA{each}BackupSelection"}
    if email or topic:
        expected |= {"SOCABackupJobAlert", "SOCABackupExpired"} | SILENCE[given["SilenceAlarmFor"]]
    if email:
        expected |= {"SOCABackupAlertsSubscription"}
    if email and not topic:
        expected |= {"SOCABackupAlertsTopic", "SOCABackupAlertsTopicPolicy"}
    return expected


def _makes_key(given: dict[str, str]) -> bool:
    asked = given["CreateVaultKmsKey"] == "yes"
    return asked and not given["VaultKmsKeyArn"] and not given["ExistingVaultName"]


def _rules(made: Resolved) -> dict[str, dict[str, Any]]:
    rules = made.resources["SOCABackupPlan"]["BackupPlan"]["BackupPlanRule"]
    return {rule["RuleName"]: rule for rule in rules}


def _policies(made: Resolved) -> set[str]:
    return {one["PolicyName"] for one in made.resources["SOCAAWSBackupRole"]["Policies"]}


def _without_protections(made: Resolved) -> dict[str, dict[str, Any]]:
    """Return the core's resources as if no protection had been asked for."""
    left = deepcopy({name: one for name, one in made.resources.items() if name in CORE})
    if vault := left.get("SOCABackupVault"):
        for name in ("LockConfiguration", "AccessPolicy"):
            vault.pop(name, None)
        if vault.get("EncryptionKeyArn") == "<SOCABackupVaultKey.Arn>":
            del vault["EncryptionKeyArn"]
    plan = left["SOCABackupPlan"]["BackupPlan"]
    plan.pop("AdvancedBackupSettings", None)
    daily = [rule for rule in plan["BackupPlanRule"] if rule["RuleName"] == "SOCADailyBackup"]
    plan["BackupPlanRule"] = [
        {key: value for key, value in rule.items() if key != "CopyActions"} for rule in daily
    ]
    role = left["SOCAAWSBackupRole"]
    added = ROLE_POLICIES.values()
    role["Policies"] = [each for each in role["Policies"] if each["PolicyName"] not in added]
    return left


def _check(given: dict[str, str], *, evaluate_rules: bool = True) -> None:
    """Hold the deployment against what was asked, and against the same without protections."""
    make = resolved if evaluate_rules else without_rules
    made, plain = make(**given), make(**{**given, **OFF})
    asked = {**{name: default(name) for name in template()["Parameters"]}, **given}

    # Nothing else changed.
    assert _without_protections(made) == plain.resources
    told = {"VaultKmsKeyArn", "VaultLockMode", "AlertTopicArn"}
    for name, value in plain.outputs.items():
        assert name in told or made.outputs[name] == value

    # What exists is what was asked for.
    assert set(made.types) - set(plain.types) == _expected(asked)
    assert _policies(made) - _policies(plain) == {
        policy for parameter, policy in ROLE_POLICIES.items() if asked[parameter] not in {"no", ""}
    }
    _check_vault(made, asked)
    _check_plan(made, asked)


def _check_vault(made: Resolved, asked: dict[str, str]) -> None:
    outputs = made.outputs
    if asked["ExistingVaultName"]:
        assert "SOCABackupVault" not in made.resources
        assert outputs["VaultManagedByStack"] == "no"
        assert outputs["VaultKmsKeyArn"] == outputs["VaultLockMode"] == "unknown: adopted vault"
        return
    vault = made.resources["SOCABackupVault"]
    made_key = "<SOCABackupVaultKey.Arn>" if _makes_key(asked) else ""
    key = asked["VaultKmsKeyArn"] or made_key
    assert vault.get("EncryptionKeyArn", "") == key
    assert outputs["VaultManagedByStack"] == "yes"
    assert outputs["VaultKmsKeyArn"] == (key or "aws/backup")
    mode = asked["VaultLock"]
    if mode == "compliance" and asked["VaultLockConfirmation"] != "permanent":
        mode = "governance"  # the safer reading, where rules are not evaluated
    assert outputs["VaultLockMode"] == mode
    grace = {"ChangeableForDays": asked["VaultLockGraceDays"]} if mode == "compliance" else {}
    lock = None if mode == "none" else {"MinRetentionDays": "1", **grace}
    assert vault.get("LockConfiguration") == lock
    assert ("AccessPolicy" in vault) == (asked["DenyRecoveryPointDeletion"] == "yes")


def _check_plan(made: Resolved, asked: dict[str, str]) -> None:
    rules = _rules(made)
    lifecycles = {"SOCADailyBackup": {"DeleteAfterDays": asked["RetentionDays"]}}
    schedules = {"SOCADailyBackup": asked["BackupSchedule"]}
    if asked["WeeklyRetention"] != "none":
        lifecycles["SOCAWeeklyBackup"] = {"DeleteAfterDays": WEEKLY[asked["WeeklyRetention"]]}
        schedules["SOCAWeeklyBackup"] = asked["WeeklySchedule"]
    if asked["MonthlyRetention"] != "none":
        lifecycles["SOCAMonthlyBackup"] = {
            "DeleteAfterDays": MONTHLY[asked["MonthlyRetention"]],
            "MoveToColdStorageAfterDays": "30",
        }
        schedules["SOCAMonthlyBackup"] = asked["MonthlySchedule"]
    assert list(rules) == list(lifecycles)
    differing = {"RuleName", "ScheduleExpression", "Lifecycle", "CopyActions"}
    for name, rule in rules.items():
        assert _texts(rule["Lifecycle"]) == lifecycles[name]
        assert rule["ScheduleExpression"] == schedules[name]
        copies = [
            {"DestinationBackupVaultArn": asked["CopyDestinationVaultArn"],
             "Lifecycle": rule["Lifecycle"]}
        ]  # fmt: skip
        assert rule.get("CopyActions") == (copies if asked["CopyDestinationVaultArn"] else None)
        # Vault, time zone, window and tags are the daily rule's.
        daily = rules["SOCADailyBackup"]
        shared = {key: value for key, value in rule.items() if key not in differing}
        assert shared == {key: daily[key] for key in daily if key not in differing}
    settings = made.resources["SOCABackupPlan"]["BackupPlan"].get("AdvancedBackupSettings")
    vss = [{"ResourceType": "EC2", "BackupOptions": {"WindowsVSS": "enabled"}}]
    assert settings == (vss if asked["WindowsVSS"] == "yes" else None)


def _texts(lifecycle: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in lifecycle.items()}


# Off, alone, together, in pairs.


def test_with_everything_off_the_stack_is_the_cores() -> None:
    made = resolved()
    assert set(made.types) == CORE
    assert _policies(made) == {"UseVaultsAndKeys", "ProtectEC2AndEBS", "ProtectEFS"}
    assert [*_rules(made)] == ["SOCADailyBackup"]
    assert set(made.resources["SOCABackupVault"]) == {"BackupVaultName", "BackupVaultTags"}
    assert set(made.resources["SOCABackupPlan"]["BackupPlan"]) == {
        "BackupPlanName",
        "BackupPlanRule",
    }
    _check({})


@pytest.mark.parametrize("name", list(ALONE))
def test_each_protection_alone(name: str) -> None:
    _check(ALONE[name])
    assert resolved(**ALONE[name]) != resolved()


def test_all_protections_together() -> None:
    _check(everything())


def test_every_pair() -> None:
    for given in (*pairs(), *free_pairs()):
        if not forbidden(given):
            _check(given)
        # Nested stacks may not evaluate rules: then the safer reading deploys.
        _check(given, evaluate_rules=False)


# On, off and on again.

LASTING = {"SOCABackupVault", "SOCABackupVaultKey", "SOCAAWSBackupRole"}


def _update(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    """Return what the update does to each resource that does not stay as it is."""
    cluster = {"ClusterId": CLUSTER}
    found = changes(template(), template(), {**cluster, **before}, {**cluster, **after})
    return {name: change.kind for name, change in found.items() if change.kind != "unchanged"}


@pytest.mark.parametrize("base", [{}, KEY], ids=["aws/backup", "own-key"])
@pytest.mark.parametrize("name", list(IN_PLACE))
def test_on_off_and_on_again_replaces_nothing_that_lasts(name: str, base: dict[str, str]) -> None:
    more = {**base, **IN_PLACE[name]}
    switched_on, switched_off = _update(base, more), _update(more, base)
    assert switched_on
    for kinds, other in ((switched_on, "added"), (switched_off, "removed")):
        for resource, kind in kinds.items():
            assert kind == ("updated" if resource in CORE | LASTING else other), resource
        assert not {one for one in LASTING & set(kinds) if kinds[one] != "updated"}
        # A selection is replaced by every change; the one of the core has none.
        assert "SOCABackupSelection" not in kinds
    assert set(switched_on) == set(switched_off)


def test_all_on_and_off_again_replaces_nothing_that_lasts() -> None:
    off = {**everything(), **OFF, **KEY}
    for before, after in ((off, everything()), (everything(), off)):
        kinds = _update(before, after)
        assert {kinds[name] for name in LASTING & set(kinds)} == {"updated"}
        assert "replaced" not in kinds.values()


def test_from_one_protection_to_every_other_nothing_that_lasts_is_replaced() -> None:
    for before in IN_PLACE.values():
        for after in IN_PLACE.values():
            kinds = _update(before, after)
            assert {kinds[name] for name in LASTING & set(kinds)} <= {"updated"}


@pytest.mark.parametrize("given", [KEY, on("VaultKmsKeyArn")])
def test_the_key_is_decided_at_creation_and_the_form_says_so(given: dict[str, str]) -> None:
    """A vault with a name of its own cannot be replaced: such an update fails, and says so."""
    assert _update({}, given)["SOCABackupVault"] == "replaced"
    for name in given:
        description = template()["Parameters"][name]["Description"]
        assert "cannot be changed later" in description
