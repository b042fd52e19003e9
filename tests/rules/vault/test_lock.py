"""E9513: vault locks that contradict themselves or the plan."""

from typing import Any

import pytest

from tests.rules.support import VAULT, agree, found, plan, rule, template, vault

BY_NAME = "nightly"
BY_REF = {"Ref": "Vault"}


def lock(low: Any = None, high: Any = None, grace: Any = None) -> dict[str, Any]:
    days = {"MinRetentionDays": low, "MaxRetentionDays": high, "ChangeableForDays": grace}
    return vault(LockConfiguration={key: day for key, day in days.items() if day is not None})


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((1,), []),
        ((7, 7), []),
        ((7, 365, 3), []),
        ((100, 50), ["MinRetentionDays 100 is over MaxRetentionDays 50"]),
        (("100", "50"), ["MinRetentionDays '100' is over"]),
        ((0,), ["MinRetentionDays 0 is outside AWS Backup's range of 1 to 36500"]),
        ((1, 36_501), ["MaxRetentionDays 36501"]),
        ((1, None, 2), ["ChangeableForDays 2 is outside"]),
        ((1, None, 0), ["ChangeableForDays 0"]),
        (({"Ref": "Nobody"}, 50), []),
    ],
)
def test_locks(days: tuple[Any, ...], expected: list[str]) -> None:
    agree(found("E9513", template(Vault=lock(*days))), expected)


@pytest.mark.parametrize("target", [BY_NAME, BY_REF, {"Fn::GetAtt": ["Vault", "BackupVaultName"]}])
@pytest.mark.parametrize(
    ("lifecycle", "expected"),
    [
        ({"DeleteAfterDays": 7}, []),
        ({"DeleteAfterDays": 365}, []),
        ({"DeleteAfterDays": 1}, ["is under MinRetentionDays 7"]),
        ({"DeleteAfterDays": 6}, ["is under MinRetentionDays 7"]),
        ({"DeleteAfterDays": 366}, ["is over MaxRetentionDays 365"]),
        ({}, ["is not set (kept forever)"]),
        (None, ["is not set (kept forever)"]),
        ({"DeleteAfterDays": {"Ref": "Nobody"}}, []),
    ],
)
def test_retention(target: Any, lifecycle: Any, expected: list[str]) -> None:
    its = rule(TargetBackupVault=target, Lifecycle=lifecycle)
    agree(found("E9513", template(Vault=lock(7, 365), Plan=plan(its))), expected)


def test_another_vault_s_lock_does_not_count() -> None:
    assert found("E9513", template(Vault=lock(60), Plan=plan(rule()))) == []


def test_forever_fits_a_lock_without_maximum() -> None:
    its = rule(TargetBackupVault=BY_REF, Lifecycle=None)
    assert found("E9513", template(Vault=lock(60), Plan=plan(its))) == []


@pytest.mark.parametrize("profile", [{"Ref": "Profile"}, {"Fn::ImportValue": "profile"}])
def test_profiles_in_which_everything_fits(profile: Any) -> None:
    def days(column: str) -> dict[str, Any]:
        return {"Fn::FindInMap": ["Profiles", profile, column]}

    parameters = {"Profile": {"Type": "String", "Default": "A", "AllowedValues": ["A", "B"]}}
    rows = {"A": {"Min": 1, "Keep": 7, "Max": 10}, "B": {"Min": 30, "Keep": 60, "Max": 90}}
    its = rule(TargetBackupVault=BY_REF, Lifecycle={"DeleteAfterDays": days("Keep")})
    whole = template(
        Vault=lock(days("Min"), days("Max")),
        Plan=plan(its),
        Parameters=parameters,
        Mappings={"Profiles": rows},
    )
    assert found("E9513", whole) == []
    rows["B"]["Keep"] = 20
    agree(found("E9513", whole), ["20 (mapping 'Profiles', row 'B') is under"])


def air_gapped(low: int, high: int) -> dict[str, Any]:
    days = {"MinRetentionDays": low, "MaxRetentionDays": high}
    kind = "AWS::Backup::LogicallyAirGappedBackupVault"
    return {**VAULT, "Type": kind, "Properties": {"BackupVaultName": "gap", **days}}


@pytest.mark.parametrize(("low", "expected"), [(7, []), (6, ["range of 7 to 36500"])])
def test_air_gapped_vaults_start_at_seven_days(low: int, expected: list[str]) -> None:
    agree(found("E9513", template(Gap=air_gapped(low, 30))), expected)


ARN = "arn:${AWS::Partition}:backup:${AWS::Region}:${AWS::AccountId}:backup-vault:gap"


@pytest.mark.parametrize("arn", [{"Fn::GetAtt": ["Gap", "BackupVaultArn"]}, {"Fn::Sub": ARN}])
def test_copies_into_a_locked_vault(arn: Any) -> None:
    copy = {"DestinationBackupVaultArn": arn, "Lifecycle": {"DeleteAfterDays": 90}}
    whole = template(Gap=air_gapped(7, 30), Plan=plan(rule(CopyActions=[copy])))
    agree(found("E9513", whole), ["DeleteAfterDays 90 is over MaxRetentionDays 30"])


def test_a_copy_without_lifecycle_is_not_guessed() -> None:
    copy = {"DestinationBackupVaultArn": {"Fn::GetAtt": ["Gap", "BackupVaultArn"]}}
    whole = template(Gap=air_gapped(7, 30), Plan=plan(rule(CopyActions=[copy])))
    assert found("E9513", whole) == []


def test_a_rule_straight_into_an_air_gapped_vault() -> None:
    its = rule(TargetLogicallyAirGappedBackupVaultArn={"Fn::GetAtt": ["Gap", "BackupVaultArn"]})
    agree(found("E9513", template(Gap=air_gapped(60, 90), Plan=plan(its))), ["is under Min"])
