"""W9533: selections that depend on the region's settings."""

from typing import Any

import pytest

from tests.rules.selection.support import NO, TAGS, TYPES, messages
from tests.rules.support import agree

OPT_IN = ["depends on the region's service opt-in"]


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
