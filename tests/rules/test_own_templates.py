"""What this project publishes has nothing that its own rules find."""

from pathlib import Path

import pytest

from tests.rules.support import matches

TEMPLATES = sorted((Path(__file__).parents[2] / "templates").glob("*.template"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_our_templates_have_no_findings(path: Path) -> None:
    assert list(matches(path.read_text())) == []


def test_there_is_a_template_to_look_at() -> None:
    assert TEMPLATES
