"""What is shown while something is awaited: on a terminal, and in a log."""

import os
import select
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import build
from generator import VERSION, templates_folder
from generator.command.printing import Progress
from tests.local_aws.local_s3 import NAMES, LocalS3


class Terminal:
    """A terminal, whose stream stands for stdout and stderr, and what is on its screen."""

    def __init__(self) -> None:
        self._screen, self._end = os.openpty()
        self.stream = os.fdopen(self._end, "w")
        self.lines, self._column = [""], 0

    def ends_with(self, *lines: str) -> bool:
        """Say whether these become the last lines on the screen, spaces at their ends aside."""
        while [line.rstrip() for line in self.lines[-len(lines) :]] != [*lines]:
            if not select.select([self._screen], [], [], 20)[0]:  # nothing more comes
                return False
            for character in os.read(self._screen, 1).decode():
                self._show(character)
        return True

    def _show(self, character: str) -> None:
        if character == "\n":
            self.lines.append("")
        elif character != "\r":
            line = self.lines[-1].ljust(self._column)
            self.lines[-1] = line[: self._column] + character + line[self._column + 1 :]
        self._column = 0 if character in "\r\n" else self._column + 1

    def close(self) -> None:
        """Close both ends."""
        self.stream.close()
        os.close(self._screen)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.close()


def attach(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write to a terminal, as when people run this; not in a fixture: pytest sets both after it."""
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    monkeypatch.setattr(sys, "stdout", terminal.stream)


def test_a_line_is_there_at_once_and_goes_away(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slips: do not flush it, or leave it there."""
    attach(terminal, monkeypatch)
    progress = Progress("waiting")
    with progress:
        assert terminal.ends_with("build.py: waiting ...")
        with progress.aside():
            terminal.stream.write("one of two\n")
        assert terminal.ends_with("one of two", "build.py: waiting ...")
    assert terminal.ends_with("one of two", "")


def interrupted(terminal: Terminal) -> None:
    with Progress("waiting"):
        terminal.stream.write("^C")  # as a terminal does
        raise KeyboardInterrupt


def test_the_line_goes_away_when_something_goes_wrong(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(terminal, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        interrupted(terminal)
    terminal.stream.write("next\n")
    terminal.stream.flush()
    assert terminal.ends_with("next", "")


def test_in_a_log_there_is_a_line_at_once_and_it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with os.fdopen(reading, "rb", 0) as log, os.fdopen(writing, "w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        progress = Progress("waiting")
        with progress:
            assert log.read(100) == b"build.py: waiting ...\n"
            with progress.aside():
                stderr.write("one of two\n")
        stderr.flush()
        assert log.read(100) == b"one of two\n"


@pytest.mark.parametrize(
    ("words", "doing"),
    [
        (["templates"], "generating and checking the templates"),
        (["check"], "checking templates/"),
        (["publish", "--bucket", "bbb", "--dry-run"], "checking templates/"),
        (["verify", "--bucket", "bbb", "--against-local"], "checking templates/"),
    ],
    ids=["templates", "check", "publish", "verify"],
)
def test_lint_is_announced(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, words: list[str], doing: str
) -> None:
    announced = []

    def lint(_: Any) -> list[str]:
        announced.append(terminal.ends_with(f"build.py: {doing} ..."))
        return ["it is wrong"]

    attach(terminal, monkeypatch)
    monkeypatch.setattr(templates_folder, "lint", lint)
    assert build.main(words) == build.FINDING
    assert announced == [True]
    assert terminal.ends_with("it is wrong", "build.py: 1 finding(s); nothing was written", "")
    assert len(terminal.lines) == 3


def test_publishing_and_verifying_are_announced(
    s3: LocalS3, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    doing = ["publishing to", "verifying"]
    announced = []

    def sign_in(_: Any) -> None:
        announced.append(terminal.ends_with(f"build.py: {doing.pop(0)} 1 bucket(s) ..."))

    s3.make_bucket("bbb")
    attach(terminal, monkeypatch)
    monkeypatch.setattr("generator.aws.connection.Connection.sign_in", sign_in)
    for verb in ("publish", "verify"):
        s3.run(verb, "--bucket", "bbb")
    assert announced == [True, True]
    assert terminal.ends_with(f"bbb (us-east-1): whole, version {VERSION}", "")
    assert terminal.lines[0].rstrip() == f"build.py: bbb (us-east-1): {len(NAMES)} created"
    assert not [line for line in terminal.lines if line.rstrip().endswith(" ...")]
