"""What is wrong with a template, and where."""

from typing import NamedTuple


class Finding(NamedTuple):
    """What is wrong, and where."""

    line: int
    column: int
    rule: str
    message: str

    def at(self, path: str) -> str:
        """Return the finding as linters print it."""
        return f"{path}:{self.line}:{self.column}: {self.rule}: {self.message}"
