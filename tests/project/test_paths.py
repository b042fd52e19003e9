"""Every path that a page names exists."""

import re
from pathlib import Path

import pytest

from generator.paths import ROOT
from tests.project.pages import PAGES, in_code, prose, shown


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_link_inside_the_repository_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there), target


# What begins with a folder of this repository, and the name of a file of a kind that it has.
PATH = re.compile(
    r"(?:generator|tests|tools|docs|templates|\.github)/\S*"
    r"|[\w-]+\.(?:py|md|sh|toml)|Makefile|requirements[\w-]*\.txt"
)


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_path_in_code_style_exists(page: Path) -> None:
    named = {word for text in in_code(page) for word in text.split() if PATH.fullmatch(word)}
    # A file by its name alone may lie in the folder that the text speaks of.
    files = {path.name for path in (ROOT / "generator").rglob("*.py")}
    missing = [path for path in named if path not in files and not [*ROOT.glob(path)]]
    assert not missing, f"{shown(page)} names what does not exist"
