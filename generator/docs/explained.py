"""What the defaults of our template protect, as the README shows it, and the pages' pictures."""

from datetime import date
from pathlib import Path

from generator import protection  # noqa: F401 - it makes _backup importable
from generator.cloudformation.read import parse
from generator.paths import DOCS
from generator.protection import page, picture
from generator.protection.explain import Explanation, explain
from generator.stacks import MAIN, TEMPLATES
from generator.stacks.render import render

DATE = date(2026, 12, 15)
"""The day from which is counted: today's would change the pages every day."""

PICTURES: dict[Path, dict[str, str]] = {
    DOCS / "pictures" / "defaults.svg": {},
    DOCS / "pictures" / "longer-retention.svg": {
        "WeeklyRetention": "3-months",
        "MonthlyRetention": "7-years",
    },
}
"""Each picture, and the parameters for which it shows the backups."""


def block() -> str:
    """Return the block for the README."""
    return "\n".join(("```text", *page.answers(_explained({})), "```", ""))


def pictures() -> dict[Path, str]:
    """Return the text of each picture."""
    drawn = {}
    for path, given in PICTURES.items():
        explanation = _explained(given)
        drawn[path] = picture.picture(explanation.types, explanation.now)
    return drawn


def _explained(given: dict[str, str]) -> Explanation:
    template = parse(MAIN, render(TEMPLATES[MAIN]()))
    return explain(template, {"ClusterId": "soca-mycluster", **given}, DATE)
