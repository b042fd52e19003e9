"""W9532: selections of more than the tagged resources."""

from typing import Any

import pytest

from tests.rules.selection.support import NO, TAGS, TYPES, messages, where
from tests.rules.support import agree

UNION = ["does not narrow down Resources"]
ALL = ["every resource in the account"]
EMPTY = ["holds no condition"]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"Resources": TYPES, "ListOfTags": TAGS}, UNION),
        ({"Resources": {"Ref": "List"}, "ListOfTags": TAGS}, []),
        ({"Resources": TYPES, "ListOfTags": []}, []),
        ({"Resources": [], "ListOfTags": TAGS}, []),
        ({"Resources": TYPES, "Conditions": where("aws:ResourceTag/stage")}, []),
        ({"Resources": ["*"]}, ALL),
        ({"Resources": "*"}, ALL),
        ({"Resources": [*TYPES, "*"]}, ALL),
        ({"Resources": ["*"], "Conditions": {}}, ALL),
        ({"Resources": ["*"], "Conditions": where("aws:ResourceTag/stage")}, []),
        ({"Resources": ["*"], "NotResources": TYPES}, []),
        ({"Resources": ["*"], "Conditions": {"Fn::If": ["Typed", where("x"), NO]}}, ALL),
        ({"Resources": ["*"], "Conditions": {"StringEquals": []}}, ALL),
        ({"Resources": TYPES, "Conditions": {"StringEquals": []}}, EMPTY),
        ({"Resources": TYPES, "Conditions": {"StringLike": [], "StringNotLike": [NO]}}, EMPTY),
        ({"Resources": TYPES, "Conditions": {"StringLike": NO}}, EMPTY),
        ({"Resources": TYPES, "Conditions": {}}, EMPTY),
        ({"Resources": TYPES, "Conditions": {"Fn::If": ["Typed", {}, NO]}}, EMPTY),
        ({"Resources": TYPES, "Conditions": {**where("x"), "StringLike": []}}, []),
        ({"Resources": TYPES, "Conditions": {"StringEquals": {"Ref": "List"}}}, []),
        ({"Resources": TYPES, "Conditions": NO}, []),
        ({"ListOfTags": TAGS, "Conditions": {"StringEquals": []}}, []),
        (
            {
                "Resources": {"Fn::If": ["Typed", TYPES, NO]},
                "ListOfTags": {"Fn::If": ["Typed", NO, TAGS]},
            },
            [],
        ),
        (
            {
                "Resources": {"Fn::If": ["Typed", TYPES, NO]},
                "ListOfTags": {"Fn::If": ["Tagged", TAGS, NO]},
            },
            [],
        ),
    ],
)
def test_scope(properties: dict[str, Any], expected: list[str]) -> None:
    agree(messages("W9532", **properties), expected)
