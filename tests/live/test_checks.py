"""How checks write lengths of time."""

from datetime import timedelta

import pytest

from generator.live import checks


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (timedelta(hours=36, minutes=40), "36 hours"),
        (timedelta(days=3, hours=13), "3 days"),
    ],
)
def test_an_age_is_that_of_the_table(time: timedelta, text: str) -> None:
    """Slip: round it, so that a backup of 3 days ago is 4 days old."""
    assert checks.hours(time) == text
