"""Each rule finds what is marked in its bad template, and nothing in its good one."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.rules.support import FILES, HERE, NAMES

Report = dict[Path, list[dict[str, Any]]]


def marks(path: Path) -> list[tuple[int, str]]:
    """Return the findings that comments in the template announce: line and id."""
    return sorted(
        (number, rule)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for rule in re.findall(r"\b[EWI]95[0-9]{2}\b", line.partition("#")[2])
    )


def its_id(name: str) -> str:
    found = re.search(r'^    id = "(\w+)"$', FILES[name].read_text(), re.MULTILINE)
    assert found
    return found[1]


@pytest.mark.parametrize("name", NAMES)
def test_a_good_template_has_no_findings_at_all(name: str, reported: Report) -> None:
    path = HERE / "good" / f"{name}.yaml"
    assert path.exists()
    assert reported[path] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_template_has_the_findings_that_are_marked_in_it(name: str, reported: Report) -> None:
    path = HERE / "bad" / f"{name}.yaml"
    assert its_id(name) in {rule for _, rule in marks(path)}
    found = [
        (match["Location"]["Start"]["LineNumber"], match["Rule"]["Id"]) for match in reported[path]
    ]
    assert sorted(found) == marks(path)


def test_every_fixture_belongs_to_a_rule() -> None:
    for folder in ("good", "bad"):
        assert sorted(path.stem for path in (HERE / folder).iterdir()) == NAMES
