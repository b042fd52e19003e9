"""E9562: plans without a rule."""

from typing import Any

import pytest

from tests.rules.support import agree, found, plan, rule, template

NO = {"Ref": "AWS::NoValue"}
NONE = ["BackupPlanRule has no rule"]
CONDITIONS = {"On": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([rule()], []),
        ([{"Fn::If": ["On", rule(), NO]}], []),
        ([{"Fn::Transform": {"Name": "AWS::Include"}}], []),
        ({"Ref": "Given"}, []),
        ([], NONE),
        ([NO], NONE),
        ([{"Fn::If": ["On", NO, NO]}], NONE),
        ({"Fn::If": ["On", [rule()], []]}, NONE),
    ],
)
def test_rules(rules: Any, expected: list[str]) -> None:
    whole = plan()
    whole["Properties"]["BackupPlan"]["BackupPlanRule"] = rules
    parameters = {"Given": {"Type": "CommaDelimitedList"}}
    agree(
        found("E9562", template(Plan=whole, Parameters=parameters, Conditions=CONDITIONS)), expected
    )
