"""Every file outside templates/ that is generated from the source, in whole or in part."""

from pathlib import Path

from generator import paths
from generator.docs import explained, lint_regions, rules_page, tables
from generator.live import policy as inspect_policy
from generator.parent import example
from generator.release import publisher_policy
from generator.stacks import templates
from generator.stacks.render import render


def pages() -> dict[Path, str]:
    """Return the text of each page.

    Raises ValueError if a page lacks a place for one of its tables.
    """
    described = {name: template.to_dict() for name, template in templates().items()}
    blocks = tables.tables(described)
    blocks[paths.README] |= {"snippet": example.block(), "explain": explained.block()}
    filled = {
        page: tables.refresh(page.read_text(encoding="utf-8"), new, page.name)
        for page, new in blocks.items()
    }
    return {
        **filled,
        example.PATH: render(example.template()),
        inspect_policy.PATH: inspect_policy.page(),
        publisher_policy.PATH: publisher_policy.example(),
        rules_page.PAGE: rules_page.page(),
        lint_regions.PATH: lint_regions.configuration(described),
        **explained.pictures(),
    }
