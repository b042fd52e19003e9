"""The command line in a world that does not cooperate: one sentence, an exit code, no traceback."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import build
from generator import VERSION, templates_folder
from generator.command import parser
from generator.paths import ROOT
from tests.command.support import run
from tests.support.parents import PARAMETERS, a_parent

NAME = "Backup.template"


@pytest.mark.parametrize(
    "words",
    [["render"], ["--help"], ["explain"], ["explain", "templates/Backup.template", "ClusterId=ab"]],
    ids=" ".join,
)
def test_what_is_slow_to_import_is_not_imported_for(words: list[str]) -> None:
    slow = {"cfnlint", "boto3", "botocore"}
    if words[0] != "render":
        slow |= {"troposphere", "awacs"}
    code = (
        f"import sys; sys.argv = ['build.py', *{words!r}]; import build\n"
        "try: build.main()\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = set(done.stderr.split())
    assert "build" in loaded
    assert loaded & slow == set()


@pytest.mark.parametrize("obstacle", ["file-above", "directory-instead", "proc"])
def test_a_directory_that_cannot_be_written_is_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    obstacle: str,
) -> None:
    monkeypatch.setattr(templates_folder, "findings", lambda _: [])
    (tmp_path / "file").touch()
    (tmp_path / "busy" / NAME).mkdir(parents=True)
    target, named = {
        "file-above": (tmp_path / "file" / "new", tmp_path / "file" / "new"),
        "directory-instead": (tmp_path / "busy", tmp_path / "busy" / NAME),
        "proc": (Path("/proc/new"), Path("/proc/new")),  # root, too, cannot write there
    }[obstacle]
    if obstacle == "proc" and not Path("/proc/self").exists():
        pytest.skip("no /proc on this system")
    assert build.main(["templates", "--output", str(target)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    _, sentence = err.splitlines()
    assert sentence.startswith(f"build.py: {named}: ")
    assert [path.name for path in (tmp_path / "busy").iterdir()] == [NAME]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_path_that_is_no_text_is_printed_all_the_same(tmp_path: Path, encoding: str) -> None:
    # Linux lets any bytes be a name; Python shows the first as a lone surrogate.
    target = os.fsdecode(os.fsencode(tmp_path) + b"/\xff-\xc3\xa4")
    code = (
        "import sys, build; from generator import templates_folder\n"
        "templates_folder.findings = lambda _: []\n"
        "sys.exit(build.main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "templates", "--output", target],
        capture_output=True, check=False, cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )  # fmt: skip
    assert (done.returncode, done.stderr.count(b"\n")) == (0, 1), done.stderr
    assert done.stdout.startswith(os.fsencode(tmp_path))


def test_a_full_disk_is_one_sentence() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "build.py", "render"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=ROOT,
        )  # fmt: skip
    assert done.returncode == 1
    [sentence] = done.stderr.splitlines()
    assert "None" not in sentence
    assert "No space left" in sentence


def test_what_is_for_people_never_goes_to_a_pipeline() -> None:
    code = "import os, sys; os.close(2); os.execv(sys.executable, sys.argv[1:])"
    words = [sys.executable, str(ROOT / "build.py"), "compare", os.devnull]
    done = subprocess.run(
        [sys.executable, "-c", code, *words], stdout=subprocess.PIPE, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stdout) == (2, b"")


NOWHERE = ["--bucket=aaa", "--regions=us-east-1", "--endpoint-url=http://127.0.0.1:9"]
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_MAX_ATTEMPTS": "1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
}  # fmt: skip

EXIT_CODES: dict[str, tuple[int, list[str]]] = {
    "render": (0, ["render"]),
    "--help": (0, ["--help"]),
    "an unknown verb": (2, ["publsh"]),
    "explain": (0, ["explain"]),
    "explain --json": (0, ["explain", "--json", "{folder}/other"]),
    "explain of nothing, --json": (2, ["explain", "--json", "{folder}/none"]),
    "deployer-policy of a wrong account": (2, ["deployer-policy", "--account", "1"]),
    "check with findings": (1, ["check"]),
    "compare without a change": (0, ["compare", "templates/Backup.template"]),
    "compare with danger": (1, ["compare", "templates/Backup.template", "{folder}/other"]),
    "compare with danger, --json": (
        1,
        ["compare", "--json", "templates/Backup.template", "{folder}/other"],
    ),
    "compare of nothing, --json": (2, ["compare", "--json", "{folder}/none"]),
    "check-parent of no parent": (1, ["check-parent", "{folder}/other"]),
    "check-parent of nothing": (2, ["check-parent", "{folder}/none"]),
    "check-parent with findings": (1, ["check-parent", "{folder}/parent"]),
    "publish to nowhere": (1, ["publish", "--json", *NOWHERE]),
    "verify of nowhere": (1, ["verify", *NOWHERE]),
    "inspect of nowhere": (2, ["inspect", "--json", "--region=us-east-1", "soca-a-backup"]),
}
"""Case -> with which exit code it ends, and its words."""


@pytest.mark.parametrize("closed", ["stdout", "stderr", "both"])
@pytest.mark.parametrize(("code", "words"), EXIT_CODES.values(), ids=EXIT_CODES)
def test_a_closed_pipe_changes_no_exit_code(
    code: int, words: list[str], closed: str, tmp_path: Path
) -> None:
    (tmp_path / "other").write_text("Resources: {A: {Type: T}}")
    parent = json.dumps(a_parent({(*PARAMETERS, "Wrong"): "x"}))
    (tmp_path / "parent").write_text(parent)
    found = "[Finding(1, 1, 'E1', 'a slip')]" if words == ["check"] else "[]"
    script = (
        "import build, sys; from generator import templates_folder\n"
        "from generator.cloudformation.finding import Finding\n"
        f"templates_folder.findings = lambda _: {found}\n"
        "sys.exit(build.main())"
    )
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-c", script, *(word.format(folder=tmp_path) for word in words)],
            stdout=subprocess.PIPE if closed == "stderr" else writing,
            stderr=subprocess.PIPE if closed == "stdout" else writing,
            text=True, check=False, cwd=ROOT, env={**os.environ, **CREDENTIALS},
        )  # fmt: skip
    finally:
        os.close(writing)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in f"{done.stderr}"
    assert "Exception" not in f"{done.stderr}"


def test_a_missing_dependency_is_one_sentence() -> None:
    done = run("render", python=("-S",), PYTHONPATH="")
    assert (done.returncode, done.stdout) == (1, "")
    [sentence] = done.stderr.splitlines()
    assert re.search(r"'(troposphere|awacs|yaml)' is missing.*make templates", sentence)


def test_help_and_version_need_no_dependency() -> None:
    assert run("--help", python=("-S",), PYTHONPATH="").returncode == 0
    assert run("--version", python=("-S",), PYTHONPATH="").stdout == f"{VERSION}\n"


def test_an_older_python_gets_one_sentence() -> None:
    source = (ROOT / "build.py").read_text()
    tree = ast.parse(source, feature_version=(3, 6))  # the guard has to be parsed to be run
    guard = next(n for n, node in enumerate(tree.body) if isinstance(node, ast.If))
    before = [node for node in tree.body[:guard] if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in before] == ["import sys"]
    code = (
        "import sys, runpy; sys.version_info = (3, 9, 18, 'final', 0)\n"
        "runpy.run_path('build.py', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stdout) == (1, "")
    [sentence] = done.stderr.splitlines()
    assert "3.10" in sentence


def test_it_is_a_command_of_its_own() -> None:
    assert os.access(ROOT / "build.py", os.X_OK)
    assert (ROOT / "build.py").read_text().startswith("#!/usr/bin/env python3\n")


def test_an_interrupt_before_the_verb_is_known(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_: list[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(parser, "parsed", interrupt)
    assert build.main(["check"]) == 130
    assert capsys.readouterr().err == "build.py: interrupted; nothing was left half-written\n"
