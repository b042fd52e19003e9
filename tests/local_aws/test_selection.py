"""A selection picks what AWS's documentation says; these cases come from there, not from us."""

import pytest

from tests.local_aws.selection import Resource, selected

INSTANCE = "arn:aws:ec2:us-east-1:123456789012:instance/i-1"
TAGGED = {"ConditionKey": "aws:ResourceTag/cluster", "ConditionValue": "x"}
STAGED = {"ConditionKey": "aws:ResourceTag/stage", "ConditionValue": "prod"}
BARE = {"ConditionKey": "cluster", "ConditionValue": "x"}


@pytest.mark.parametrize(
    ("conditions", "tags", "expected"),
    [
        ([TAGGED], {"cluster": "x"}, True),
        ([TAGGED], {"cluster": "X"}, False),
        ([TAGGED, STAGED], {"cluster": "x"}, False),
        ([TAGGED, STAGED], {"cluster": "x", "stage": "prod"}, True),
        ([BARE], {"cluster": "x"}, False),
    ],
)
def test_every_condition_has_to_hold_and_names_a_tag_with_its_prefix(
    conditions: list[dict[str, str]], tags: dict[str, str], expected: bool
) -> None:
    selection = {
        "Resources": ["arn:aws:ec2:*:*:instance/*"],
        "Conditions": {"StringEquals": conditions},
    }
    assert selected(selection, Resource(INSTANCE, tags)) is expected
    assert not selected(selection, Resource(INSTANCE.replace("instance", "volume"), tags))
