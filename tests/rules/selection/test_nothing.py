"""E9531, W9532, W9533: what selections select."""

from typing import Any

import pytest

from tests.rules.support import agree, found, selection, template

TYPES = ["arn:aws:ec2:*:*:instance/*"]
TAGS = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "stage", "ConditionValue": "prod"}]
NO = {"Ref": "AWS::NoValue"}
PARAMETERS = {
    "Key": {"Type": "String", "Default": "stage"},
    "Given": {"Type": "String"},
    "List": {"Type": "CommaDelimitedList"},
}
CONDITIONS = {
    "Tagged": {"Fn::Equals": [{"Ref": "Given"}, "tags"]},
    "Typed": {"Fn::Not": [{"Condition": "Tagged"}]},
}


def where(key: Any, operator: str = "StringEquals") -> dict[str, Any]:
    return {operator: [{"ConditionKey": key, "ConditionValue": "prod"}]}


def messages(rule: str, **properties: Any) -> list[str]:
    whole = template(
        Selection=selection(**properties), Parameters=PARAMETERS, Conditions=CONDITIONS
    )
    return found(rule, whole)


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
        ("aws:RequestTag/stage", ["is about no tag"]),
        ({"Ref": "Key"}, ["'stage' (default of parameter 'Key')"]),
        ({"Fn::Sub": "soca:${Given}"}, ["is about no tag"]),
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


UNION = ["does not narrow them down"]
ALL = ["every resource of the account"]


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


OPT_IN = ["obeys the region's service opt-in"]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"ListOfTags": TAGS}, OPT_IN),
        ({"ListOfTags": TAGS, "Resources": []}, OPT_IN),
        ({"ListOfTags": TAGS, "Resources": TYPES}, []),
        ({"ListOfTags": TAGS, "Resources": {"Ref": "List"}}, []),
        ({"Resources": TYPES}, []),
        ({"ListOfTags": TAGS, "Resources": {"Fn::If": ["Typed", TYPES, NO]}}, OPT_IN),
    ],
)
def test_opt_in(properties: dict[str, Any], expected: list[str]) -> None:
    agree(messages("W9533", **properties), expected)
