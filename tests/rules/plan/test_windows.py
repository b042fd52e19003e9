"""E9502: windows in which a backup job cannot start or finish."""

from typing import Any

import pytest

from tests.rules.support import agree, found, plan, rule, template

NO = {"Ref": "AWS::NoValue"}


def messages(start: Any, completion: Any, **sections: Any) -> list[str]:
    windows = {"StartWindowMinutes": start, "CompletionWindowMinutes": completion}
    return found("E9502", template(Plan=plan(rule(**windows)), **sections))


@pytest.mark.parametrize(
    ("start", "completion", "expected"),
    [
        pytest.param(None, None, [], id="AWS's defaults"),
        pytest.param(60, None, [], id="shortest"),
        pytest.param("60", "61", [], id="text"),
        pytest.param(None, 481, [], id="longer than AWS's default"),
        pytest.param(None, 480, ["the default start window of 480"], id="equal to AWS's default"),
        pytest.param(None, "120", ["set StartWindowMinutes"], id="shorter than AWS's default"),
        pytest.param(NO, 120, ["the default start window of 480"], id="no value"),
        pytest.param({"Ref": "AWS::AccountId"}, 120, [], id="unknown"),
        pytest.param(59, None, ["StartWindowMinutes 59"], id="under AWS Backup's minimum of 60"),
        pytest.param("59", None, ["StartWindowMinutes '59'"], id="under 60 as text"),
        pytest.param(52_560_000, None, [], id="100 years"),
        pytest.param(52_560_001, None, ["maximum of 52560000"], id="over 100 years"),
        pytest.param(120, 120, ["120 is not longer than StartWindowMinutes 120"], id="equal"),
        pytest.param(480, 120, ["120 is not longer"], id="shorter"),
        pytest.param(30, 20, ["under AWS Backup's minimum of 60", "20 is not longer"], id="both"),
        pytest.param("an hour", 120, [], id="cfn-lint's own affair"),
    ],
)
def test_windows(start: Any, completion: Any, expected: list[str]) -> None:
    agree(messages(start, completion), expected)


def test_branches_that_cannot_meet_are_not_compared() -> None:
    """Long window with long, short with short: never the short end with the long start."""
    conditions = {"Long": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}
    start = {"Fn::If": ["Long", 480, 60]}
    completion = {"Fn::If": ["Long", 10080, 240]}
    assert messages(start, completion, Conditions=conditions) == []
    swapped = {"Fn::If": ["Long", 240, 10080]}
    agree(messages(start, swapped, Conditions=conditions), ["240 is not longer"])


def test_the_default_counts_where_a_condition_leaves_the_start_out() -> None:
    conditions = {"Early": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}
    start = {"Fn::If": ["Early", 60, NO]}
    agree(messages(start, 120, Conditions=conditions), ["the default start window"])
    assert messages(start, {"Fn::If": ["Early", 120, NO]}, Conditions=conditions) == []
