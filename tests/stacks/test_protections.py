"""A protection adds what was asked for, and changes nothing else."""

from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from allpairspy.allpairs import AllPairs

from tests.local_aws.errors import RefusedError
from tests.support.changes import changes
from tests.support.generated import CLUSTER, every_option, resolved, template
from tests.support.protections import (
    ADMIN,
    AT_CREATION,
    COPY_TO,
    EMAIL,
    EVERYTHING,
    IN_PLACE,
    OFF,
    TOPIC,
    forbidden,
)
from tests.support.resolver import Resolved, resolve

CORE = {"SOCABackupVault", "SOCABackupPlan", "SOCABackupSelection", "SOCAAWSBackupRole"}
JOB_RULES = {"SOCABackupJobAlert", "SOCACopyJobAlert", "SOCARestoreJobAlert"}
SILENCE = {
    "EFS-and-EC2": {"SOCABackupSilenceEFS", "SOCABackupSilenceEC2"},
    "EFS": {"SOCABackupSilenceEFS"},
    "EC2": {"SOCABackupSilenceEC2"},
    "any-job": {"SOCABackupSilenceAnyJob"},
    "none": set(),
}
KEY = every_option()["VaultKmsKeyArn"]
WEEKLY = {"3-months": "90", "6-months": "183", "1-year": "365"}
MONTHLY = {
    "1-year": "365", "3-years": "1095", "5-years": "1825", "7-years": "2555", "10-years": "3650",
}  # fmt: skip
ROLE_POLICIES = ("ProtectFSx", "PauseWindows", "CopyToDestinationVault")


def _resolve(given: dict[str, str], *, evaluate_rules: bool = True) -> Resolved:
    values = {"ClusterId": CLUSTER, **given}
    return resolve(template(), values, evaluate_rules=evaluate_rules)


def _expected(given: dict[str, str]) -> set[str]:
    """Return the resources that a protection adds to those of the core."""
    email, topic = given["NotificationEmail"], given["NotificationTopicArn"]
    expected: set[str] = set()
    if _makes_key(given):
        expected |= {"SOCABackupVaultKey", "SOCABackupVaultKeyAlias"}
    if given["ProtectFSx"] == "yes":
        expected |= {"SOCAFSxBackupSelection"}
    if email or topic:
        expected |= {*JOB_RULES, "SOCABackupExpired"} | SILENCE[given["SilenceAlarmFor"]]
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
    role["Policies"] = [p for p in role["Policies"] if p["PolicyName"] not in ROLE_POLICIES]
    return left


def _check(given: dict[str, str], *, evaluate_rules: bool = True) -> None:
    """Hold the deployment against what was asked, and against the same without protections."""
    made = _resolve(given, evaluate_rules=evaluate_rules)
    every = {name: str(one.get("Default", "")) for name, one in template()["Parameters"].items()}
    asked = {**every, **given}
    plain = _resolve({**given, **OFF}, evaluate_rules=evaluate_rules)

    # Nothing else changed.
    assert _without_protections(made) == plain.resources
    told = {"VaultKmsKeyArn", "VaultLockMode", "AlertTopicArn"}
    for name, value in plain.outputs.items():
        assert name in told or made.outputs[name] == value

    # What exists is what was asked for.
    assert set(made.types) - set(plain.types) == _expected(asked)
    assert _policies(made) - _policies(plain) == {
        name
        for name, parameter in zip(
            ROLE_POLICIES, ("ProtectFSx", "WindowsVSS", "CopyDestinationVaultArn"), strict=True
        )
        if asked[parameter] not in {"no", ""}
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
    lock = None if mode == "none" else {"MinRetentionDays": 1, **grace}
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


ALONE = {**IN_PLACE, **AT_CREATION}


@pytest.mark.parametrize("name", list(ALONE))
def test_each_protection_alone(name: str) -> None:
    _check(ALONE[name])
    assert resolved(**ALONE[name]) != resolved()


def test_all_protections_together() -> None:
    _check(EVERYTHING)
    assert {name for name, off in OFF.items() if EVERYTHING.get(name, off) == off} == {
        "NotificationTopicArn"
    }


VALUES: dict[str, list[str]] = {
    "ClusterId": [CLUSTER, "x" * 43],
    "BackupTagKey": ["soca:BackupPlan", "edh:BackupPlan"],
    "BackupSchedule": ["cron(0 5 * * ? *)", "cron(30 22 ? * MON-FRI *)"],
    "BackupScheduleTimezone": ["", "Europe/Paris"],
    "StartWindowMinutes": ["60", "1440"],
    "RetentionDays": ["1", "30", "36500"],
    "WeeklyRetention": ["none", *WEEKLY],
    "WeeklySchedule": ["cron(0 5 ? * SUN *)", "cron(0 3 ? * 2 *)"],
    "MonthlyRetention": ["none", *MONTHLY],
    "MonthlySchedule": ["cron(0 5 1 * ? *)", "cron(15 4 L * ? *)"],
    "NotificationEmail": ["", EMAIL],
    "NotificationTopicArn": ["", TOPIC],
    "SilenceAlarmFor": [*SILENCE],
    "SilenceAlarmHours": ["50", "26", "74", "98", "168"],
    "ExistingVaultName": ["", "Vault_of_old"],
    "VaultKmsKeyArn": ["", KEY],
    "CreateVaultKmsKey": ["no", "yes"],
    "VaultLock": ["none", "governance", "compliance"],
    "VaultLockGraceDays": ["3", "30", "36500"],
    "VaultLockConfirmation": ["", "permanent"],
    "DenyRecoveryPointDeletion": ["no", "yes"],
    "RecoveryPointAdminRoleArn": ["", ADMIN],
    "SchedulerIAMRoleArn": ["", every_option()["SchedulerIAMRoleArn"]],
    "ComputeNodeIAMRoleArn": ["", every_option()["ComputeNodeIAMRoleArn"]],
    "AdditionalInstanceRoleArns": ["", every_option()["AdditionalInstanceRoleArns"]],
    "PermissionsBoundaryArn": ["", every_option()["PermissionsBoundaryArn"]],
    "ProtectFSx": ["no", "yes"],
    "WindowsVSS": ["no", "yes"],
    "CopyDestinationVaultArn": ["", COPY_TO],
}


@cache
def _pairs() -> list[dict[str, str]]:
    """Return deployments in which every two values of two parameters meet.

    Once among all, and once among those that the refusals let through.
    """
    # Parameters that exclude each other come first: rows are built from the left, and cut off.
    order = sorted(VALUES, key=lambda name: name not in _EXCLUDING)
    values = [VALUES[name] for name in order]
    every = AllPairs(values)  # type: ignore[no-untyped-call] # the library has no types
    free = AllPairs(values, filter_func=lambda row: _free(order, row))  # type: ignore[no-untyped-call] # same
    return [dict(zip(order, row, strict=True)) for row in (*every, *free)]


_EXCLUDING = {
    "ExistingVaultName", "VaultKmsKeyArn", "CreateVaultKmsKey", "VaultLock",
    "VaultLockConfirmation", "DenyRecoveryPointDeletion",
}  # fmt: skip


def _free(names: list[str], row: list[str]) -> bool:
    given = dict(zip(names, row, strict=False))
    if "VaultLockConfirmation" not in given:
        given["VaultLockConfirmation"] = "permanent"
    return not forbidden(given)


def test_the_pairs_are_of_all_parameters_and_all_pairs() -> None:
    assert list(VALUES) == list(template()["Parameters"])
    for name, parameter in template()["Parameters"].items():
        allowed = parameter.get("AllowedValues")
        assert allowed is None or {str(one) for one in allowed} == set(VALUES[name])
    met = {
        (one, given[one], other, given[other])
        for given in _pairs()
        for one in VALUES
        for other in VALUES
        if one < other
    }
    wanted = {
        (one, value, other, another)
        for one, values in VALUES.items()
        for other in VALUES
        if one < other
        for value in values
        for another in VALUES[other]
    }
    assert wanted - met == set()


def test_every_pair() -> None:
    refused = 0
    for given in _pairs():
        why = forbidden(given)
        if why:
            refused += 1
            with pytest.raises(RefusedError) as refusal:
                _resolve(given)
            assert any(sentence in str(refusal.value) for sentence in why), given
        else:
            _check(given)
        # Nested stacks may not evaluate rules: then the safer reading deploys.
        _check(given, evaluate_rules=False)
    assert 0 < refused < len(_pairs()) - 20


# On, off and on again.

LASTING = {"SOCABackupVault", "SOCABackupVaultKey", "SOCAAWSBackupRole"}


def _update(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    """Return what the update does to each resource that does not stay as it is."""
    cluster = {"ClusterId": CLUSTER}
    found = changes(template(), template(), {**cluster, **before}, {**cluster, **after})
    return {name: change.kind for name, change in found.items() if change.kind != "unchanged"}


@pytest.mark.parametrize("base", [{}, AT_CREATION["key"]], ids=["aws/backup", "own-key"])
@pytest.mark.parametrize("name", list(IN_PLACE))
def test_on_off_and_on_again_replaces_nothing_that_lasts(name: str, base: dict[str, str]) -> None:
    on = {**base, **IN_PLACE[name]}
    switched_on, switched_off = _update(base, on), _update(on, base)
    assert switched_on
    for kinds, other in ((switched_on, "added"), (switched_off, "removed")):
        for resource, kind in kinds.items():
            assert kind == ("updated" if resource in CORE else other), resource
        assert not {one for one in LASTING & set(kinds) if kinds[one] != "updated"}
        # A selection is replaced by every change; the one of the core has none.
        assert "SOCABackupSelection" not in kinds
    assert set(switched_on) == set(switched_off)


def test_all_on_and_off_again_replaces_nothing_that_lasts() -> None:
    on, base = EVERYTHING, AT_CREATION["key"]
    for before, after in ((base, on), (on, base)):
        kinds = _update(before, after)
        assert {kinds[name] for name in LASTING & set(kinds)} == {"updated"}
        assert "replaced" not in kinds.values()


def test_from_one_protection_to_every_other_nothing_that_lasts_is_replaced() -> None:
    for before in IN_PLACE.values():
        for after in IN_PLACE.values():
            kinds = _update(before, after)
            assert {kinds[name] for name in LASTING & set(kinds)} <= {"updated"}


@pytest.mark.parametrize("given", [{"CreateVaultKmsKey": "yes"}, {"VaultKmsKeyArn": KEY}])
def test_the_key_is_decided_at_creation_and_the_form_says_so(given: dict[str, str]) -> None:
    """A vault with a name of its own cannot be replaced: such an update fails, and says so."""
    assert _update({}, given)["SOCABackupVault"] == "replaced"
    for name in given:
        description = template()["Parameters"][name]["Description"]
        assert "Decided at creation, it cannot be changed later" in description
