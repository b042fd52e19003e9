"""W9504: recovery points that are kept forever."""

from typing import Any

import pytest

from tests.rules.support import agree, found, plan, rule, template

HERE = {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}


@pytest.mark.parametrize(
    ("lifecycle", "expected"),
    [
        pytest.param({"DeleteAfterDays": 30}, [], id="kept for 30 days"),
        pytest.param({"DeleteAfterDays": {"Ref": "Days"}}, [], id="kept as long as somebody says"),
        pytest.param({"Ref": "AWS::NoValue"}, ["Lifecycle is not set"], id="no value"),
        pytest.param(None, ["Lifecycle is not set"], id="no lifecycle"),
        pytest.param({"MoveToColdStorageAfterDays": 9}, ["DeleteAfterDays is not set"], id="cold"),
        pytest.param({"DeleteAfterDays": -1}, ["DeleteAfterDays is -1"], id="-1"),
        pytest.param(
            {"Fn::If": ["Here", {"DeleteAfterDays": 30}, {"Ref": "AWS::NoValue"}]},
            ["Lifecycle is not set"],
            id="in one of two branches",
        ),
        pytest.param(
            {"Fn::If": ["Here", {"DeleteAfterDays": 30}, {"DeleteAfterDays": 60}]},
            [],
            id="in none of two branches",
        ),
        pytest.param({"Fn::Transform": {"Name": "AWS::Include"}}, [], id="included from elsewhere"),
    ],
)
def test_a_rule(lifecycle: Any, expected: list[str]) -> None:
    whole = template(
        Plan=plan(rule(Lifecycle=lifecycle)),
        Conditions={"Here": HERE},
        Parameters={"Days": {"Type": "Number"}},
    )
    agree(found("W9504", whole), expected)


@pytest.mark.parametrize(
    ("lifecycle", "expected"),
    [
        ({"DeleteAfterDays": 30}, []),
        (None, ["it is not certain how long this copy is kept"]),
        ({"Ref": "AWS::NoValue"}, ["it is not certain"]),
        ({"MoveToColdStorageAfterDays": 9}, ["AWS Backup keeps the copies forever"]),
        ({"DeleteAfterDays": -1}, ["DeleteAfterDays is -1, so AWS Backup keeps the copies"]),
    ],
)
def test_a_copy(lifecycle: Any, expected: list[str]) -> None:
    copy = {"DestinationBackupVaultArn": {"Ref": "Elsewhere"}, "Lifecycle": lifecycle}
    copy = {key: value for key, value in copy.items() if value is not None}
    agree(found("W9504", template(Plan=plan(rule(CopyActions=[copy])))), expected)
