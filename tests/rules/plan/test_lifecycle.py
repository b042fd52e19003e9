"""E9503: lifecycles, also behind parameters, which cfn-lint's E3504 does not follow."""

from typing import Any

import pytest

from tests.rules.support import agree, found, plan, rule, template


def messages(
    delete: Any, cold: Any = None, *, continuous: Any = None, **sections: Any
) -> list[str]:
    lifecycle = {"DeleteAfterDays": delete, "MoveToColdStorageAfterDays": cold}
    lifecycle = {key: value for key, value in lifecycle.items() if value is not None}
    its = rule(Lifecycle=lifecycle, EnableContinuousBackup=continuous)
    return found("E9503", template(Plan=plan(its), **sections))


@pytest.mark.parametrize(
    ("delete", "cold", "continuous", "expected"),
    [
        pytest.param(30, None, None, [], id="warm"),
        pytest.param(120, 30, None, [], id="90 days of cold storage"),
        pytest.param("120", "30", None, [], id="as text"),
        pytest.param("119", "30", None, ["use 120 or more"], id="89 days"),
        pytest.param("30", 30, None, ["less than 90 days after"], id="none"),
        pytest.param(1, "1", None, ["use 91 or more"], id="shortest"),
        pytest.param(None, 30, None, [], id="cold forever"),
        pytest.param(-1, 30, None, [], id="-1 is forever"),
        pytest.param(30, -1, None, [], id="-1 is never cold"),
        pytest.param(0, None, None, ["1 to 36500"], id="zero"),
        pytest.param(30, 0, None, ["MoveToColdStorageAfterDays 0"], id="zero cold"),
        pytest.param(-2, None, None, ["1 to 36500"], id="negative"),
        pytest.param(36_500, None, None, [], id="longest"),
        pytest.param(36_501, None, None, ["1 to 36500"], id="too long"),
        pytest.param(35, None, True, [], id="longest continuous"),
        pytest.param(36, None, True, ["maximum of 35 days"], id="continuous too long"),
        pytest.param(36, None, "true", ["maximum of 35 days"], id="continuous as text"),
        pytest.param(36, None, False, [], id="not continuous"),
        pytest.param(
            30, 0, True, ["MoveToColdStorageAfterDays 0 is outside"], id="continuous and zero"
        ),
        pytest.param(
            None, 1, True, ["is not possible for continuous backups"], id="continuous, cold at once"
        ),
        pytest.param(
            None, 7, True, ["is not possible for continuous backups"], id="continuous and cold"
        ),
    ],
)
def test_lifecycle(delete: Any, cold: Any, continuous: Any, expected: list[str]) -> None:
    agree(messages(delete, cold, continuous=continuous), expected)


def test_every_allowed_value() -> None:
    parameters = {"Delete": {"Type": "Number", "Default": 400, "AllowedValues": [100, 400]}}
    agree(messages({"Ref": "Delete"}, 30, Parameters=parameters), ["DeleteAfterDays 100 (allowed"])


def test_a_lifecycle_behind_a_condition_and_in_a_copy() -> None:
    conditions = {"Cold": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}
    days = {"DeleteAfterDays": "60", "MoveToColdStorageAfterDays": "30"}
    copy = {
        "DestinationBackupVaultArn": {"Ref": "Elsewhere"},
        "Lifecycle": {"Fn::If": ["Cold", days, {"DeleteAfterDays": 60}]},
    }
    whole = template(Plan=plan(rule(CopyActions=[copy])), Conditions=conditions)
    agree(found("E9503", whole), ["use 120 or more"])
