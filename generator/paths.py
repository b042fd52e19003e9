"""Where things are in the project."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates"
RULES = ROOT / "generator" / "rules"
DOCS = ROOT / "docs"
README = ROOT / "README.md"
