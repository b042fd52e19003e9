"""Which events a pattern sees: as moto says, and what nobody can know."""

from typing import Any

import pytest
from _backup.matching import unknown

from generator.protection.events import sees
from tests.local_aws.events import matches
from tests.local_aws.test_events import PATTERNS
from tests.stacks.parts import test_alerts

VAULT = unknown("Vault")

MORE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"a": [{"prefix": "x"}]}, {"a": "xy"}),
    ({"a": [{"prefix": "x"}]}, {"a": "yx"}),
    ({"a": [{"suffix": "x"}]}, {"a": "yx"}),
    ({"a": [{"suffix": "x"}]}, {"a": "xy"}),
    ({"a": [{"equals-ignore-case": "X"}]}, {"a": "x"}),
    ({"a": [{"exists": True}]}, {"a": "x"}),
    ({"a": [{"exists": True}]}, {"b": "x"}),
    ({"a": [{"exists": False}]}, {"b": "x"}),
    ({"a": [{"exists": False}]}, {"a": "x"}),
    ({"a": [{"anything-but": ["x", "y"]}]}, {"a": "y"}),
    ({"a": [{"anything-but": ["x", "y"]}]}, {"a": "z"}),
    ({"a": [{"anything-but": {"prefix": "x"}}]}, {"a": "xy"}),
    ({"a": [{"anything-but": {"prefix": "x"}}]}, {"a": "yx"}),
    ({"a": ["x"]}, {"a": ["y", "x"]}),
    ({"a": ["x"]}, {"a": ["y"]}),
    ({"a": {"b": ["x"]}}, {"a": "x"}),
    ({"a": [{"prefix": "x"}]}, {"b": "x"}),
]


@pytest.mark.parametrize(
    ("pattern", "event"), [*((pattern, event) for pattern, event, _ in PATTERNS), *MORE]
)
def test_as_moto_says(pattern: dict[str, Any], event: dict[str, Any]) -> None:
    assert sees(pattern, event) is matches(pattern, event)


ALERTS = test_alerts._made().resources[test_alerts.RULE]["EventPattern"]  # noqa: SLF001 - a test's


@pytest.mark.parametrize("event", [*test_alerts.REPORTED, *test_alerts.NOT_REPORTED])
def test_the_pattern_of_our_alerts_as_moto_says(event: dict[str, Any]) -> None:
    assert sees(ALERTS, event) is matches(ALERTS, event)


@pytest.mark.parametrize(
    ("pattern", "event", "expected"),
    [
        ({"a": [VAULT]}, {"a": VAULT}, True),
        ({"a": [VAULT]}, {"a": unknown("Other")}, None),
        ({"a": [VAULT]}, {"a": "name"}, None),
        ({"a": ["name", VAULT]}, {"a": "name"}, True),
        ({"a": [VAULT], "b": ["x"]}, {"a": "name", "b": "y"}, False),
        ({"a": [{"prefix": "x"}]}, {"a": f"x{VAULT}"}, None),
        ({"a": [{"anything-but": "x"}]}, {"a": VAULT}, None),
        # What this reader does not know.
        ({"a": [{"numeric": [">", 0]}]}, {"a": "1"}, None),
        ({"a": [{"wildcard": "x?"}]}, {"a": "xy"}, None),
        ({"a": "x"}, {"a": "x"}, None),
        (VAULT, {"a": "x"}, None),
    ],
)
def test_what_nobody_can_know(pattern: Any, event: dict[str, Any], expected: bool | None) -> None:
    assert sees(pattern, event) is expected
