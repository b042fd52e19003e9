"""What the verbs print: results on stdout, and what is for people alone on stderr."""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TextIO

from generator.printable import LONGEST, printable


class Progress:
    """Says on stderr what is being done, from when it is entered until it is left.

    In a log it is a line, or nothing; on a terminal one that goes away.
    """

    def __init__(self, doing: str, *, in_a_log: bool = True) -> None:
        self._doing = doing
        self._line = f"build.py: {doing} ..."
        self._goes_away = sys.stderr.isatty()
        self._in_a_log = in_a_log

    def __enter__(self) -> None:
        """Say it at once."""
        if self._goes_away:
            write(self._line, sys.stderr)
        elif self._in_a_log:
            write(f"{self._line}\n", sys.stderr)

    def __exit__(self, *_: object) -> None:
        """Take the line off the terminal."""
        self._hide()

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Let others print: what they print stays, and on a terminal the line is below it."""
        self._hide()
        yield
        if self._goes_away:
            write(self._line, sys.stderr)

    def count(self, done: int, of: int) -> None:
        """Say on a terminal how far it is."""
        if self._goes_away:
            self._hide()
            self._line = f"build.py: {self._doing}: {done} of {of} ..."
            write(self._line, sys.stderr)

    def _hide(self) -> None:
        if self._goes_away:  # with spaces: a terminal may know no escape sequences
            write("\r" + " " * len(f"{self._line}^C") + "\r", sys.stderr)


def print_lines(*lines: str, longest: int | None = LONGEST) -> None:
    """Print lines, in which names and values of others may stand."""
    write("".join(f"{printable(line, longest)}\n" for line in lines))


def say(sentence: str) -> None:
    """Say a sentence to people: it goes to stderr, whatever stdout is for."""
    write(f"build.py: {printable(sentence)}\n", sys.stderr)


def write(text: str, stream: TextIO | None = None) -> None:
    """Write to a stream, stdout by default; without a reader, to nobody: the verb goes on."""
    stream = stream or sys.stdout
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        # The reader, such as `head`, has seen enough; and who could be told about stderr?
        if stream is not sys.stderr and not isinstance(error, BrokenPipeError):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
