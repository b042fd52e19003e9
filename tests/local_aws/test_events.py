"""Events match and are transformed as EventBridge's documentation says."""

import json
from typing import Any

import pytest

from tests.local_aws.events import matches, sent

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
PATTERNS: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({"a": ["x", "y"]}, {"a": "y"}, True),
    ({"a": ["x", "y"]}, {"a": "z"}, False),
    ({"a": ["x"]}, {"b": "x"}, False),
    ({"a": ["x"], "b": ["y"]}, {"a": "x", "b": "z"}, False),
    ({"d": {"a": ["x"]}}, {"d": {"a": "x", "c": 1}}, True),
    ({"d": {"a": ["x"]}}, {"a": "x"}, False),
    ({"a": [""]}, {"a": ""}, True),
    ({"a": [{"anything-but": ""}]}, {"a": "why"}, True),
    ({"a": [{"anything-but": ""}]}, {"a": ""}, False),
    # A field that is not there has no value that could be anything.
    ({"a": [{"anything-but": ""}]}, {"b": "why"}, False),
    # Null is a value, and not the text.
    ({"a": [{"anything-but": ""}]}, {"a": None}, True),
    ({"a": [{"wildcard": "* *"}]}, {"a": "two words"}, True),
    ({"a": [{"wildcard": "* *"}]}, {"a": "word"}, False),
    ({"a": [{"wildcard": "* *"}]}, {"a": ""}, False),
    ({"a": [{"wildcard": "* *"}]}, {"a": None}, False),
    ({"a": [{"wildcard": "* *"}]}, {"b": "two words"}, False),
    ({"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"a": "x", "b": "n"}, True),
    ({"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"a": "n", "b": "y"}, True),
    ({"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"a": "n", "b": "n"}, False),
    # Beside other fields: they and one of the alternatives.
    ({"d": {"c": ["z"], "$or": [{"a": ["x"]}, {"b": ["y"]}]}}, {"d": {"c": "z", "a": "x"}}, True),
    ({"d": {"c": ["z"], "$or": [{"a": ["x"]}, {"b": ["y"]}]}}, {"d": {"c": "n", "a": "x"}}, False),
    ({"d": {"c": ["z"], "$or": [{"a": ["x"]}, {"b": ["y"]}]}}, {"d": {"c": "z"}}, False),
    ({"$or": [{"a": ["x"], "b": ["y"]}]}, {"a": "x"}, False),
]


@pytest.mark.parametrize(("pattern", "event", "expected"), PATTERNS)
def test_a_pattern(pattern: dict[str, Any], event: dict[str, Any], expected: bool) -> None:
    assert matches(pattern, event) is expected


EVENT = {
    "resources": ["arn:1", "arn:2"],
    "detail": {"state": "FAILED", "size": 3, "done": True, "by": {"plan": "p"}, "why": 'a "b"'},
}


@pytest.mark.parametrize(
    ("path", "template", "expected"),
    [
        ("$.detail.state", '{"s": "is <x>."}', '{"s": "is FAILED."}'),
        ("$.detail.state", '{"s": <x>}', '{"s": "FAILED"}'),
        ("$.detail.size", '{"s": <x>, "t": "<x>"}', '{"s": 3, "t": "3"}'),
        ("$.detail.done", "<x>", "true"),
        ("$.resources[1]", '"<x>"', '"arn:2"'),
        ("$.detail.by", '{"b": <x>}', '{"b": {"plan": "p"}}'),
        ("$.detail.by", '"<x>"', '"{plan: p}"'),
        ("$.detail.why", '"<x>"', '"a "b""'),
        ("$.detail.why", "<x>", '"a \\"b\\""'),
        ("$.detail.none", '{"n": "<x>"}', '{"n": ""}'),
        ("$.detail.none", '{"n": <x>}', '{"n": }'),
        ("$.resources[7]", '"<x>"', '""'),
        ("$.detail.state", '"a \\" <x>"', '"a \\" FAILED"'),
        ("$", "<x>", json.dumps(EVENT)),
        ("$", '{"e": <aws.events.event.json>}', json.dumps({"e": EVENT})),
    ],
)
def test_what_is_sent(path: str, template: str, expected: str) -> None:
    assert sent({"InputPathsMap": {"x": path}, "InputTemplate": template}, EVENT) == expected


@pytest.mark.parametrize(
    ("paths", "template", "why"),
    [
        ({"x": "$.a"}, "<y>", "no variable"),
        ({"x": "$.a"}, "<aws.events.event>", "no variable"),
        ({"x": "$.a"}, '"<aws.events.event.json>"', "within a string"),
        ({"x": "$..a"}, "<x>", "more than names and indices"),
        ({"x": "$.a[*]"}, "<x>", "more than names and indices"),
        ({"x": "detail"}, "<x>", "more than names and indices"),
        ({"x y": "$.a"}, "", "letters, digits"),
        ({str(n): "$.a" for n in range(101)}, "", "at most 100"),
        ({"x": "$.a"}, " " * 8193, "takes 8192"),
    ],
)
def test_what_is_not_known_is_refused(paths: dict[str, str], template: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        sent({"InputPathsMap": paths, "InputTemplate": template}, EVENT)
