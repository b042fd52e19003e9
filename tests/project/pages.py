"""The pages of this repository, as its tests read them."""

import re
from pathlib import Path

from generator.paths import ROOT

README = ROOT / "README.md"
OPERATIONS = ROOT / "docs" / "operations.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def shown(page: Path) -> str:
    """Return the path of a page as people write it."""
    return str(page.relative_to(ROOT))


def prose(page: Path) -> str:
    """Return the page without its fenced blocks and without what is generated."""
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"<!-- (\w+): .*?<!-- end of \1 -->", "", text, flags=re.DOTALL)


def in_code(page: Path) -> list[str]:
    """Return what the prose of a page sets in `code`."""
    return re.findall(r"`([^`]+)`", prose(page))
