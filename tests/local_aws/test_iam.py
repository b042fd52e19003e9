"""The evaluator judges as IAM's documentation says; these cases come from there, not from us."""

from typing import Any

import pytest

from tests.local_aws.iam import Context, allows


def _document(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    return {"Statement": {"Effect": effect, "Action": "ec2:*", "Resource": "*", **elements}}


@pytest.mark.parametrize(
    ("elements", "context", "allowed"),
    [
        pytest.param({"Action": "EC2:runinstances"}, {}, True, id="actions-have-no-case"),
        pytest.param({"Action": "ec2:Run"}, {}, False, id="no-prefix-without-a-star"),
        pytest.param({"Resource": "arn:aws:ec2:*::image/*"}, {}, True, id="empty-account"),
        pytest.param({"Resource": "arn:aws:ec2:*:1:image/*"}, {}, False, id="other-account"),
        pytest.param({"Resource": "ARN:aws:ec2:*::image/*"}, {}, False, id="arns-have-case"),
        pytest.param({"Resource": "arn:aws:ec2:*::image/?"}, {}, True, id="question-mark"),
        pytest.param(
            {"Condition": {"StringEquals": {"a:k": ["x", "y"]}}}, {"A:K": "y"}, True, id="or"
        ),
        pytest.param(
            {"Condition": {"StringEquals": {"a:k": "x", "a:l": "y"}}}, {"a:k": "x"}, False, id="and"
        ),
        pytest.param({"Condition": {"StringEquals": {"a:k": "x"}}}, {}, False, id="missing-key"),
        pytest.param(
            {"Condition": {"StringEquals": {"a:k": "x"}}},
            {"a:k": "X"},
            False,
            id="values-have-case",
        ),
        pytest.param(
            {"Condition": {"StringLike": {"a:k": "x.*.z"}}}, {"a:k": "x.y.z"}, True, id="like"
        ),
        pytest.param(
            {"Condition": {"StringLike": {"a:k": "x.*.z"}}}, {"a:k": "x.y.zz"}, False, id="unlike"
        ),
        pytest.param({"Condition": {"Bool": {"a:k": "true"}}}, {"a:k": "true"}, True, id="bool"),
        pytest.param({"Condition": {"Null": {"a:k": "false"}}}, {"a:k": "x"}, True, id="present"),
        pytest.param({"Condition": {"Null": {"a:k": "false"}}}, {}, False, id="absent"),
        pytest.param({"Condition": {"Null": {"a:k": "true"}}}, {}, True, id="wanted-absent"),
        pytest.param(
            {"Condition": {"ForAllValues:StringEquals": {"a:k": "x"}}}, {}, True, id="all-of-none"
        ),
        pytest.param(
            {"Condition": {"ForAllValues:StringEquals": {"a:k": "x"}}},
            {"a:k": ["x", "y"]},
            False,
            id="not-all",
        ),
        pytest.param(
            {"Condition": {"ForAnyValue:StringEquals": {"a:k": "x"}}}, {}, False, id="any-of-none"
        ),
        pytest.param(
            {"Condition": {"ForAnyValue:StringEquals": {"a:k": "x"}}},
            {"a:k": ["x", "y"]},
            True,
            id="any",
        ),
        pytest.param(
            {"Condition": {"StringEquals": {"a:k": "${a:l}"}}},
            {"a:k": "1", "a:l": "1"},
            True,
            id="variable",
        ),
        pytest.param(
            {"Condition": {"StringEquals": {"a:k": "${a:l}"}}},
            {"a:k": "1"},
            False,
            id="no-variable",
        ),
    ],
)
def test_a_statement_applies(elements: dict[str, Any], context: Context, allowed: bool) -> None:
    documents = [_document(**elements)]
    assert allows(documents, "ec2:RunInstances", "arn:aws:ec2:us-east-1::image/i", context) is (
        allowed
    )


def test_a_denial_wins_over_every_permission() -> None:
    documents = [_document(), _document("Deny", Action="ec2:RunInstances")]
    assert not allows(documents, "ec2:RunInstances", "*")
    assert allows(documents, "ec2:StopInstances", "*")


@pytest.mark.parametrize(
    "elements",
    [
        pytest.param({"NotAction": "ec2:*"}, id="element"),
        pytest.param({"Condition": {"NumericLessThan": {"a:k": "1"}}}, id="operator"),
        pytest.param({"Condition": {"StringEqualsIfExists": {"a:k": "1"}}}, id="if-exists"),
    ],
)
def test_what_the_evaluator_does_not_know_it_refuses(elements: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="does not know"):
        allows([_document(**elements)], "ec2:RunInstances", "*", {"a:k": "1"})
