"""Every file outside templates/ that is generated from the source, in whole or in part."""

from pathlib import Path

from generator import paths
from generator.docs import explained, lint_regions, readme_tables, rules_page
from generator.parent import example
from generator.release import publisher_policy
from generator.stacks import templates
from generator.stacks.render import render


def pages() -> dict[Path, str]:
    """Return the text of each page.

    Raises ValueError if the README lacks a place for one of its tables.
    """
    described = {name: template.to_dict() for name, template in templates().items()}
    blocks = {**readme_tables.tables(described), "snippet": example.block()}
    blocks["explain"] = explained.block()
    readme = paths.README.read_text(encoding="utf-8")
    return {
        paths.README: readme_tables.refresh(readme, blocks),
        example.PATH: render(example.template()),
        publisher_policy.PATH: publisher_policy.example(),
        rules_page.PAGE: rules_page.page(),
        lint_regions.PATH: lint_regions.configuration(described),
        **explained.pictures(),
    }
