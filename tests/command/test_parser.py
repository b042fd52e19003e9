"""The words of the command line: what is refused, and what --help says."""

import re

import pytest

import build
from generator.command.parser import VERBS, Verb
from tests.command.support import run


@pytest.mark.parametrize(
    ("words", "named"),
    [
        pytest.param(["publsh"], "'publsh'", id="unknown-verb"),
        pytest.param(["check", "--output", "x"], "--output x", id="option-of-another-verb"),
        pytest.param(["templates", "extra"], "extra", id="too-many-words"),
        pytest.param(["templates", "--output"], "--output", id="no-value"),
        pytest.param(["templates", "--output", ""], "''", id="empty-value"),
        pytest.param(["templates", "--output", "build.py"], "'build.py'", id="a-file"),
        pytest.param(["--output", "build.py"], "'build.py'", id="a-file-without-a-verb"),
        pytest.param(["--wrong"], "--wrong", id="unknown-option"),
        pytest.param(["explain", "--from", "1.1.2027"], "'1.1.2027'", id="no-day"),
        pytest.param(["explain", "--from", "20270101"], "'20270101'", id="another-form-of-day"),
        pytest.param(["explain", "--from", "0001-01-01"], "'0001-01-01'", id="too-early"),
        pytest.param(["explain", "--from", "9999-12-31"], "'9999-12-31'", id="too-late"),
        pytest.param(["explain", "--svg", "docs"], "'docs'", id="a-directory-for-a-picture"),
        pytest.param(["explain", "--svg", "none/x.svg"], "'none/x.svg'", id="a-picture-nowhere"),
        pytest.param(["explain", "--svg", ""], "''", id="a-picture-without-a-name"),
        pytest.param(["explain", "--svg", "-"], "'-'", id="a-picture-to-stdout"),
        pytest.param(["explain", ""], "'': there is", id="a-template-without-a-name"),
        pytest.param(["explain", "A-B=1"], "as NAME=VALUE", id="neither-template-nor-value"),
        pytest.param(["explain", "A=1", "A=1"], "A has two values", id="two-values"),
        pytest.param(["explain", "A=1", "--svgs", "x"], "--svgs", id="option-and-more"),
        pytest.param(["explain", "a", "b"], "'b'", id="two-templates"),
        pytest.param(["explain", "Retention=1"], "'Retention'", id="unknown-parameter"),
        pytest.param(["explain", "RetentionDays=0"], "RetentionDays: '0'", id="refused-value"),
        pytest.param(["explain", "VaultLock=compliance"], "ComplianceIsConfirmed", id="refused"),
        pytest.param(["inspect"], "STACK", id="no-stack"),
        pytest.param(["inspect", ""], "''", id="a-stack-without-a-name"),
        pytest.param(["inspect", "a b"], "'a b'", id="no-name-of-a-stack"),
        *(
            pytest.param(["inspect", "a", f"--since={hours}"], f"{hours!r}", id=f"since-{hours}")
            for hours in ("", "0", "841", "-1", "1.5", "1e2", "\u0663", "9" * 30)
        ),
    ],
)
def test_wrong_usage_exits_2_and_names_the_value(words: list[str], named: str) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert named in done.stderr.splitlines()[-1]


def test_the_help_of_every_verb_has_an_example_to_copy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Slip: let argparse wrap the example."""
    monkeypatch.setenv("COLUMNS", "60")
    assert build.main(["--help"]) == 0
    verbs = re.findall(r"^    ([a-z-]+)", capsys.readouterr().out, re.MULTILINE)
    assert {"templates", "check", "publish"} <= set(verbs)
    for verb in verbs:
        assert build.main([verb, "--help"]) == 0
        out, err = capsys.readouterr()
        [example] = re.findall(r"^Example: (python build\.py .*)$", out, re.MULTILINE)
        assert example.split()[2] == verb
        assert out.endswith(f"\n\nExample: {example}\n")
        assert err == ""


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.run.__name__)
def test_the_help_is_the_docstring(verb: Verb, capsys: pytest.CaptureFixture[str]) -> None:
    """Slips: make one paragraph of it, or break a word of it at its hyphen."""
    assert build.main([verb.run.__name__.replace("_", "-"), "--help"]) == 0
    out, _ = capsys.readouterr()
    docstring = str(verb.run.__doc__)
    assert "-\n" not in docstring
    for paragraph in docstring.split("\n\n"):
        assert f"\n\n{paragraph.split()[0]} " in out
