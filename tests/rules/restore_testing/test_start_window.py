"""W9573: within how many hours a restore test starts."""

from typing import Any

import pytest

from tests.rules.restore_testing.support import NO, messages, restore_plan, restore_selection
from tests.rules.support import agree

MISSING = ["StartWindowHours is not set"]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (24, []),
        ({"Ref": "Given"}, []),
        (None, MISSING),
        (NO, MISSING),
        ({"Fn::If": ["On", 24, NO]}, MISSING),
    ],
)
def test_start_window(hours: Any, expected: list[str]) -> None:
    plan = restore_plan(StartWindowHours=hours)
    agree(messages("W9573", plan, restore_selection()), expected)
