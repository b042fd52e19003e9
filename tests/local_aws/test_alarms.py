"""An alarm rings as CloudWatch's documentation says, for the treatments that ours have."""

from typing import Any

import pytest

from tests.local_aws.alarms import longest_allowed_seconds, rings


def alarm(treatment: str, **more: Any) -> dict[str, Any]:
    return {
        "Statistic": "Sum", "Threshold": 1, "ComparisonOperator": "LessThanThreshold",
        "EvaluationPeriods": 3, "TreatMissingData": treatment, **more,
    }  # fmt: skip


# AWS's own table "How alarm state is evaluated when data is missing": 3 of 3 periods, of which
# CloudWatch looks at 5; 0 does not breach, X does, - is missing.
TABLE = [
    ("0-X-X", False, False),
    ("0----", False, False),
    ("-----", True, False),
    ("0XX-X", True, True),
    ("--X--", True, False),
]


@pytest.mark.parametrize(("data", "breaching", "not_breaching"), TABLE)
def test_missing_data(data: str, breaching: bool, not_breaching: bool) -> None:
    sums = [{"0": 1.0, "X": 0.0, "-": None}[one] for one in data]
    assert rings(alarm("breaching"), sums, 2) is breaching
    assert rings(alarm("notBreaching"), sums, 2) is not_breaching


def warm_up(minutes: int, *, whole: bool = True) -> dict[str, Any]:
    return {
        "WarmUpConfiguration": {
            "OnlyStartEvaluatingAfterWarmUpPeriodEnds": whole,
            "WarmUpPeriodDurationInMinutes": minutes,
        }
    }


@pytest.mark.parametrize(("periods", "expected"), [(0, False), (3, False), (4, True), (9, True)])
def test_an_alarm_that_warms_up_does_not_ring(periods: int, expected: bool) -> None:
    warming = alarm("breaching", Period=3600, **warm_up(240))
    assert rings(warming, [None] * periods, 0) is expected


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"DatapointsToAlarm": 2}, "DatapointsToAlarm"),
        ({"Statistic": "Average"}, "not Sum"),
        (warm_up(240, whole=False), "before its time"),
    ],
)
def test_what_is_not_known_is_refused(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        rings(alarm("breaching", **changed), [], 0)


@pytest.mark.parametrize("treatment", ["missing", "ignore"])
def test_other_treatments_are_refused(treatment: str) -> None:
    with pytest.raises(KeyError, match=treatment):
        rings(alarm(treatment), [], 0)


def test_periods_of_an_hour_reach_back_seven_days_and_shorter_ones_a_day() -> None:
    assert longest_allowed_seconds(3600) == 604_800
    assert longest_allowed_seconds(300) == 86_400
