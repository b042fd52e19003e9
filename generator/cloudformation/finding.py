"""A finding: what is wrong with a template, and where."""

from typing import NamedTuple


class Finding(NamedTuple):
    """What is wrong, and where; lines and columns count from 1."""

    line: int
    column: int
    rule: str
    message: str

    def at(self, path: str) -> str:
        """Return the finding in the form that linters print."""
        return f"{path}:{self.line}:{self.column}: {self.rule}: {self.message}"
