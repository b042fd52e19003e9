"""What a value says about itself."""

from typing import Any

import pytest

from tests.rules.support import shared


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7, 7),
        ("7", 7),
        (" -1 ", -1),
        (7.0, 7),
        (7.5, None),
        ("7.5", None),
        ("seven", None),
        (True, None),
        ([7], None),
    ],
)
def test_numbers(value: Any, number: int | None) -> None:
    assert shared("_backup.cases").Case(value, (), {}).number == number
