"""The tables of the pages are the templates'."""

from pathlib import Path

import pytest

import build
from generator import paths
from generator.docs import tables
from generator.parent import example
from generator.paths import README
from generator.stacks import TEMPLATES, templates
from generator.stacks.render import render


def test_the_tables_of_the_pages_are_the_templates() -> None:
    pages = tables.tables({name: each.to_dict() for name, each in templates().items()})
    assert {*tables.COMPANION_PAGES} < {*TEMPLATES}
    assert {*pages} == {README, *tables.COMPANION_PAGES.values()}
    for page, new in pages.items():
        text = page.read_text("utf-8")
        assert tables.refresh(text, new, page.name) == text, "run `python build.py docs`"


SMALL = {
    "Metadata": {
        tables.INTERFACE: {
            "ParameterGroups": [
                {"Label": {"default": "Later"}, "Parameters": ["B"]},
                {"Label": {"default": "First"}, "Parameters": ["A"]},
            ]
        }
    },
    "Parameters": {
        "A": {"Description": "at most 3 <Things> | a_b*"},
        "B": {"Description": "kept", "Default": ""},
    },
    "Outputs": {"C": {"Description": "what it is"}},
}


def test_a_table_is_in_the_consoles_order_and_shows_no_markup() -> None:
    assert tables.parameter_tables(SMALL) == (
        "**Later**\n\n| Parameter | Default | What it is |\n| --- | --- | --- |\n"
        "| `B` | (empty) | kept |\n\n"
        "**First**\n\n| Parameter | Default | What it is |\n| --- | --- | --- |\n"
        "| `A` | (required) | at most 3 &lt;Things> \\| a\\_b\\* |\n"
    )
    assert tables.output_table(SMALL).endswith("| `C` | what it is |\n")


def test_refresh_replaces_what_is_between_the_markers_and_nothing_else() -> None:
    page = "before\n<!-- t: by hand? no -->\nold\n<!-- end of t -->\nafter \\1\n"
    fresh = tables.refresh(page, {"t": "| new \\1 |\n"}, "a.md")
    assert fresh == (
        "before\n<!-- t: by hand? no -->\n\n| new \\1 |\n\n<!-- end of t -->\nafter \\1\n"
    )
    assert tables.refresh(fresh, {"t": "| new \\1 |\n"}, "a.md") == fresh


@pytest.mark.parametrize("times", [0, 2])
def test_refresh_refuses_a_page_without_exactly_one_place(times: int) -> None:
    with pytest.raises(ValueError, match=f"^a.md has {times} places for the table 't'"):
        tables.refresh("<!-- t: x -->\n<!-- end of t -->\n" * times, {"t": "new"}, "a.md")


def test_the_verb_docs_writes_what_differs_and_only_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "README.md"
    monkeypatch.setattr(paths, "README", page)
    monkeypatch.setattr(example, "PATH", tmp_path / "examples" / "parent.template")
    text = README.read_text("utf-8")
    page.write_text(
        text.replace("| `RetentionDays` | `30` |", "| `RetentionDays` | `7` |"), "utf-8"
    )
    assert build.main(["docs"]) == build.FINE
    assert page.read_text("utf-8") == text
    assert capsys.readouterr().out == f"{page}\n{example.PATH}\n"
    assert example.PATH.read_text("utf-8") == render(example.template())
    assert build.main(["docs"]) == build.FINE
    assert capsys.readouterr().out == ""
    page.write_text("nothing\n", "utf-8")
    assert build.main(["docs"]) == build.FINDING
    assert "0 places for the table 'protected'" in capsys.readouterr().err
