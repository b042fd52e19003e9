"""The README's block and the pages' pictures say what the source protects now."""

from generator.docs import explained
from tests.project.pages import PAGES, README


def test_the_committed_block_and_pictures_are_current() -> None:
    assert explained.block() in README.read_text("utf-8"), "python build.py docs writes it again"
    for path, drawn in explained.pictures().items():
        assert path.read_text("utf-8") == drawn, "python build.py docs writes it again"


def test_every_picture_is_on_a_page() -> None:
    pages = "\n".join(page.read_text("utf-8") for page in PAGES)
    assert [path.name for path in explained.PICTURES if f"/{path.name})" not in pages] == []
