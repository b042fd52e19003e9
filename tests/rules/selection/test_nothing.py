"""E9531: selections that match nothing."""

from typing import Any

import pytest

from tests.rules.selection.support import NO, TAGS, TYPES, messages, where
from tests.rules.support import agree


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike", "StringNotEquals"])
@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("aws:ResourceTag/stage", []),
        ({"Fn::Sub": "aws:ResourceTag/${Given}"}, []),
        ({"Fn::Sub": "aws:ResourceTag/${Key}"}, []),
        ({"Fn::Join": ["/", ["aws:ResourceTag", {"Ref": "Given"}]]}, []),
        ({"Ref": "Given"}, []),
        ({"Fn::Sub": "${Given}stage"}, []),
        ("stage", ["use 'aws:ResourceTag/stage'"]),
        ("aws:tag/stage", ["use 'aws:ResourceTag/stage'"]),
        ("aws:RequestTag/stage", ["refers to no tag"]),
        ({"Ref": "Key"}, ["'stage' (default of parameter 'Key')"]),
        ({"Fn::Sub": "soca:${Given}"}, ["refers to no tag"]),
    ],
)
def test_keys_in_conditions(key: Any, operator: str, expected: list[str]) -> None:
    agree(messages("E9531", Resources=TYPES, Conditions=where(key, operator)), expected)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("stage", []),
        ({"Ref": "Given"}, []),
        ("aws:ResourceTag/stage", ["use 'stage'"]),
        ({"Fn::Sub": "aws:ResourceTag/${Given}"}, ["use '${Given}'"]),
        ("aws:elasticfilesystem:default-backup", []),
    ],
)
def test_keys_in_list_of_tags(key: Any, expected: list[str]) -> None:
    agree(messages("E9531", ListOfTags=[{**TAGS[0], "ConditionKey": key}]), expected)


NOTHING = ["neither Resources nor ListOfTags"]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"Resources": TYPES}, []),
        ({"ListOfTags": TAGS}, []),
        ({"Conditions": where("aws:ResourceTag/stage")}, NOTHING),
        ({"NotResources": TYPES}, NOTHING),
        ({"Resources": []}, NOTHING),
        ({"Resources": [], "ListOfTags": TAGS}, []),
        ({"Resources": {"Ref": "List"}}, []),
        ({"Resources": [{"Fn::If": ["Typed", TYPES[0], NO]}]}, []),
        ({"Resources": {"Fn::If": ["Typed", TYPES, NO]}}, NOTHING),
        (
            {
                "Resources": {"Fn::If": ["Typed", TYPES, NO]},
                "ListOfTags": {"Fn::If": ["Tagged", TAGS, NO]},
            },
            [],
        ),
    ],
)
def test_something_to_select_from(properties: dict[str, Any], expected: list[str]) -> None:
    agree(messages("E9531", **properties), expected)
