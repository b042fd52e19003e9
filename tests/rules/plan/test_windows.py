"""E9502: windows in which a backup job cannot start or finish."""

from typing import Any

import pytest

from tests.rules.support import agree, found, plan, rule, template


def messages(start: Any, completion: Any, **sections: Any) -> list[str]:
    windows = {"StartWindowMinutes": start, "CompletionWindowMinutes": completion}
    return found("E9502", template(Plan=plan(rule(**windows)), **sections))


@pytest.mark.parametrize(
    ("start", "completion", "expected"),
    [
        pytest.param(None, None, [], id="AWS's defaults"),
        pytest.param(60, None, [], id="shortest"),
        pytest.param("60", "61", [], id="text"),
        pytest.param(None, 120, [], id="start is AWS's affair"),
        pytest.param(59, None, ["StartWindowMinutes 59"], id="under 60"),
        pytest.param("59", None, ["StartWindowMinutes '59'"], id="under 60 as text"),
        pytest.param(52_560_000, None, [], id="100 years"),
        pytest.param(52_560_001, None, ["maximum of 52560000"], id="over 100 years"),
        pytest.param(120, 120, ["120 is not longer than StartWindowMinutes 120"], id="equal"),
        pytest.param(480, 120, ["120 is not longer"], id="shorter"),
        pytest.param(30, 20, ["under 60", "20 is not longer"], id="both"),
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


def test_opposite_conditions_with_different_names_cannot_meet_either() -> None:
    conditions = {
        "Long": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]},
        "Short": {"Fn::Not": [{"Condition": "Long"}]},
    }
    start = {"Fn::If": ["Long", 480, 60]}
    completion = {"Fn::If": ["Short", 240, 10080]}
    assert messages(start, completion, Conditions=conditions) == []


def test_every_row_of_a_mapping_with_its_own_partner() -> None:
    key = {"Ref": "Size"}
    parameters = {"Size": {"Type": "String", "Default": "S"}}
    rows = {"S": {"Start": 60, "End": 120}, "L": {"Start": 480, "End": 600}}
    start, end = ({"Fn::FindInMap": ["Sizes", key, column]} for column in ("Start", "End"))
    assert messages(start, end, Parameters=parameters, Mappings={"Sizes": rows}) == []
    rows["L"]["End"] = 480
    agree(messages(start, end, Parameters=parameters, Mappings={"Sizes": rows}), ["row 'L'"])


def test_rows_that_the_parameter_does_not_allow_do_not_count() -> None:
    parameters = {"Size": {"Type": "String", "Default": "S", "AllowedValues": ["S"]}}
    mappings = {"Sizes": {"S": {"Start": 60}, "XS": {"Start": 5}}}
    start = {"Fn::FindInMap": ["Sizes", {"Ref": "Size"}, "Start"]}
    assert messages(start, None, Parameters=parameters, Mappings=mappings) == []


def test_a_rule_behind_a_condition_is_looked_at() -> None:
    conditions = {"More": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}
    conditional = {"Fn::If": ["More", rule(StartWindowMinutes=5), {"Ref": "AWS::NoValue"}]}
    agree(found("E9502", template(Plan=plan(conditional), Conditions=conditions)), ["under 60"])
