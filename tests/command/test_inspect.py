"""The verb `inspect`: its exit codes, and what it prints where."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

import build
from generator.live.account import Account
from generator.live.errors import NotAnsweredError
from generator.live.findings import DAYS, HEARS, RESOURCES, TONIGHT, Finding, Inspection, Verdict
from generator.live.inspection import NoStackError
from generator.live.page import as_text
from generator.paths import ROOT
from tests.command.test_printing import Terminal, attach
from tests.live.support import an_inspection
from tests.live.test_document import VALIDATOR

STACK = "soca-mycluster-backup"
WORDS = ["inspect", STACK, "--region", "eu-west-1"]
FOUND = {verdict: [Finding(verdict, "it is so")] for verdict in Verdict}
EXIT_CODES: dict[str, tuple[Inspection, int]] = {
    "well": (an_inspection(), 0),
    "to know": (an_inspection({RESOURCES: FOUND[Verdict.TO_KNOW]}), 0),
    "not checked, and it decides": (an_inspection({TONIGHT: FOUND[Verdict.NOT_CHECKED]}), 2),
    "not checked, and it does not": (an_inspection({HEARS: FOUND[Verdict.NOT_CHECKED]}), 0),
    "not well": (an_inspection({HEARS: FOUND[Verdict.NOT_WELL]}), 1),
    "not well, and not checked": (
        an_inspection({HEARS: FOUND[Verdict.NOT_WELL], TONIGHT: FOUND[Verdict.NOT_CHECKED]}),
        1,
    ),
}


@dataclass
class Answer:
    """What stands for the answers of AWS."""

    inspection: Inspection = field(default_factory=an_inspection)
    error: BaseException | None = None
    sees: Callable[[int], object] = lambda _: None
    """Called with 1 to 3, after so many of three steps."""

    def __call__(
        self, account: Account, stack: str, since: int | None, asked: Callable[[int, int], None]
    ) -> Inspection:
        """Answer as `inspect` of the room does, step by step."""
        self.words = (account.region, stack, since)
        for done in (1, 2, 3):
            asked(done, 3)
            self.sees(done)
        if self.error:
            raise self.error
        return self.inspection


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Answer:
    answer = Answer()
    monkeypatch.setattr("generator.live.inspection.inspect", answer)
    monkeypatch.setattr(Account, "sign_in", lambda _: None)
    return answer


@pytest.mark.parametrize(("inspection", "code"), EXIT_CODES.values(), ids=EXIT_CODES)
def test_the_exit_code_and_nothing_but_the_answer_in_a_pipe(
    aws: Answer, inspection: Inspection, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Slips: announce it in a log, too, or colour what is read by a machine."""
    aws.inspection = inspection
    assert build.main(WORDS) == code
    assert capsys.readouterr() == (as_text(inspection), "")
    assert build.main([*WORDS, "--json"]) == code
    out, err = capsys.readouterr()
    assert err == ""
    VALIDATOR.validate(json.loads(out))
    assert {0: True, 1: False, 2: None}[code] is json.loads(out)["is_well"]


@pytest.mark.parametrize(
    ("words", "since"), [([], None), (["--since=1"], 1), (["--since", f"{DAYS * 24}"], 840)]
)
def test_what_is_asked(aws: Answer, words: list[str], since: int | None) -> None:
    assert build.main([*WORDS, *words]) == 0
    assert aws.words == ("eu-west-1", STACK, since)


@pytest.mark.parametrize(
    "error",
    [NoStackError("there is no \x1b[31mstack"), NotAnsweredError("no \x1b[31mstack is seen")],
    ids=lambda error: type(error).__name__,
)
def test_an_error_is_one_sentence_and_a_document(
    aws: Answer, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.error = error
    _refused(WORDS, str(error), r"no \x1b[31mstack", capsys)


def test_wrong_options_and_no_credentials_are_one_sentence_and_a_document(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def sign_in(_: Account) -> None:
        raise NotAnsweredError("no credentials were found")

    monkeypatch.setattr(Account, "sign_in", sign_in)
    _refused(WORDS, "no credentials were found", "no credentials", capsys)
    monkeypatch.setattr(Account, "sign_in", lambda _: pytest.fail("it has asked"))
    _refused(["inspect", STACK, "--region", "moon-1"], None, "'moon-1'", capsys)
    _refused([*WORDS, "--profile", "none such"], None, "none such", capsys)


def _refused(
    words: list[str], error: str | None, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build.main(words) == 2
    out, text = capsys.readouterr()
    assert out == ""
    [sentence] = text.splitlines()
    assert shown in sentence
    assert build.main([*words, "--json"]) == 2
    out, again = capsys.readouterr()
    assert again == text
    document = json.loads(out)
    VALIDATOR.validate(document)
    assert error is None or document["error"] == error


def test_an_interrupt_says_that_nothing_was_changed(
    aws: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.error = KeyboardInterrupt()
    assert build.main(WORDS) == 130
    assert capsys.readouterr() == ("", "build.py: interrupted; nothing was changed\n")


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.close()


def test_on_a_terminal_it_says_how_far_it_is(
    aws: Answer, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slips: leave the line there, or do not count."""
    seen = []

    def sees(done: int) -> None:
        seen.append(terminal.ends_with(f"build.py: asking AWS: {done} of 3 ..."))

    aws.sees = sees
    attach(terminal, monkeypatch)
    assert build.main(WORDS) == 0
    assert seen == [True] * 3
    assert terminal.ends_with("", "Tonight's backup will run for 4 of 4 resources.", "")
    assert terminal.lines[0].startswith(STACK)
    assert not [line for line in terminal.lines if line.rstrip().endswith(" ...")]


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_colour_is_for_terminals_that_want_it(
    aws: Answer,
    terminal: Terminal,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    coloured: bool,
) -> None:
    for name in ("TERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    attach(terminal, monkeypatch)
    assert build.main(WORDS) == 0
    assert terminal.ends_with("Tonight's backup will run for 4 of 4 resources.", "")
    assert any("\x1b" in line for line in terminal.lines) is coloured
    assert aws.words


def test_it_needs_neither_the_linter_nor_the_source_of_the_templates() -> None:
    code = (
        "import sys, build, generator.live.inspection\n"
        "from generator.live.account import Account\n"
        "from tests.live.support import an_inspection\n"
        "generator.live.inspection.inspect = lambda *_: an_inspection()\n"
        "Account.sign_in = lambda _: None\n"
        f"status = build.main({WORDS!r}) or build.main([*{WORDS!r}, '--json'])\n"
        "print(*sys.modules, file=sys.stderr)\n"
        "sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": ""},
    )
    loaded = set(done.stderr.split())
    assert {"build", "generator.live.page", "generator.live.document"} <= loaded
    assert loaded & {"cfnlint", "troposphere", "awacs"} == set()
