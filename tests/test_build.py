"""The command line, as people and pipelines use it: as a process, and its exit codes."""

import ast
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import build
from generator import VERSION, paths, templates_folder
from generator.command import parser
from generator.lint import MAX_BYTES
from tests.support.generated import text
from tests.support.parents import PARAMETERS, a_parent

ROOT = Path(build.__file__).parent
NAME = "Backup.template"


def run(
    *words: str, python: tuple[str, ...] = (), cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *python, str(ROOT / "build.py"), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, **environment},
    )


BAD = """\
Resources:
  Alerts:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: !Ref Nothing
"""


@pytest.fixture
def slip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a templates/ with an old template, beside a source with a slip in it."""
    (tmp_path / NAME).write_text("old\n")
    monkeypatch.setattr(paths, "TEMPLATES", tmp_path)
    monkeypatch.setattr(templates_folder, "generate", lambda: {NAME: BAD})
    return tmp_path


# templates


def test_templates_writes_the_file_and_prints_path_size_and_checksum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(templates_folder, "findings", lambda _: [])
    assert build.main(["templates", "--output", str(tmp_path / "new")]) == 0
    assert (tmp_path / "new" / NAME).read_text() == text()
    lines = []
    for path in (tmp_path / "new" / NAME, tmp_path / "new" / "deployer-policy.json"):
        written = path.read_bytes()
        checksum = hashlib.sha256(written).hexdigest()
        left = f", {MAX_BYTES - len(written)} left" if path.name == NAME else ""
        lines.append(f"{path}  {len(written)} bytes{left}  sha256:{checksum}\n")
    waited = "build.py: generating and checking the templates ...\n"
    assert capsys.readouterr() == ("".join(lines), waited)


def test_without_a_verb_templates_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(paths, "TEMPLATES", tmp_path / "templates")
    monkeypatch.setattr(templates_folder, "findings", lambda _: [])
    for words, target in (([], "templates"), (["--output", str(tmp_path / "new")], "new")):
        assert build.main(words) == 0
        assert (tmp_path / target / NAME).read_text() == text()
        assert capsys.readouterr().out.startswith(str(tmp_path / target / NAME))


@pytest.mark.parametrize("words", [["templates"], []])
def test_findings_leave_templates_untouched(
    slip: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert build.main(words) == 1
    assert (slip / NAME).read_text() == "old\n"
    assert [path.name for path in slip.iterdir()] == [NAME]
    out, err = capsys.readouterr()
    shown = re.escape(str(slip / NAME))
    assert re.search(rf"^{shown}:5:\d+: E1020: .*Nothing", out, re.MULTILINE)
    assert all(re.match(rf"{shown}:\d+:\d+: [A-Z]\d+: ", found) for found in out.splitlines())
    assert err.startswith("build.py: ")


def test_findings_write_nothing_elsewhere_either(slip: Path, tmp_path: Path) -> None:
    assert build.main(["templates", "--output", str(slip / "new")]) == 1
    assert not (tmp_path / "new").exists()


# check


def test_check_says_that_all_is_well_wherever_it_is_called(tmp_path: Path) -> None:
    done = run("check", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == (
        "build.py: checking templates/ ...\n"
        "build.py: no findings: templates/ is what its source makes, and lint finds nothing\n"
    )


def test_check_prints_drift_as_a_unified_diff_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(templates_folder, "findings", lambda _: [])
    (tmp_path / NAME).write_text(text().replace("Default: 30\n", "Default: 7\n", 1))
    before = (tmp_path / NAME).stat()
    monkeypatch.setattr(paths, "TEMPLATES", tmp_path)
    assert build.main(["check"]) == 1
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0].startswith("--- ")
    assert lines[1].startswith("+++ ")
    assert "-    Default: 7" in lines
    assert "+    Default: 30" in lines
    assert "make templates" in err
    after = (tmp_path / NAME).stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_check_prints_findings(slip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["check"]) == 1
    assert re.search(r":\d+:\d+: E1020: ", capsys.readouterr().out)
    assert (slip / NAME).read_text() == "old\n"


# render


def test_render_prints_the_text_and_lints_and_writes_nothing(tmp_path: Path) -> None:
    done = run("render", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, text(), "")
    assert list(tmp_path.iterdir()) == []


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


# explain


def test_explain_takes_words_with_letters_and_digits_before_the_sign_for_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    other = "./a=b.template"
    Path(other).write_text(text())
    assert build.main(["explain", "ClusterId=a=b", other]) == build.USAGE
    assert f"{other} refuses ClusterId: 'a=b' " in capsys.readouterr().err
    words = ["explain", other, "--from=2030-01-01", "ClusterId=ab"]
    assert build.main(words) == build.FINE
    out, _ = capsys.readouterr()
    assert " ".join(out.split()).startswith(f"{other} with ClusterId=ab, on 2030-01-01 What ")
    assert "next: Tue 2030-01-01 05:00, " in out


def test_explain_without_a_template_is_about_ours_as_it_is_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(paths, "TEMPLATES", tmp_path)
    assert build.main(["explain"]) == build.USAGE
    assert capsys.readouterr().err.endswith("; run `make templates`\n")
    (tmp_path / NAME).write_text(text().replace("Default: 30\n", "Default: 7\n", 1))
    assert build.main(["explain"]) == build.FINE
    out, _ = capsys.readouterr()
    assert "ClusterId=soca-mycluster" in out
    assert "kept for 7 days" in out
    assert build.main(["explain", "ClusterId=other"]) == build.FINE
    assert "soca:BackupPlan=other" in capsys.readouterr().out


def test_explain_draws_a_picture_or_leaves_the_old_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "backups.svg"
    assert build.main(["explain", "--svg", str(target)]) == build.FINE
    drawn = target.read_text()
    assert drawn.startswith("<svg ")
    assert capsys.readouterr().out.startswith("templates/Backup.template with ")
    (tmp_path / "link.svg").symlink_to(target)
    words = ["explain", "RetentionDays=7", "--svg", str(tmp_path / "link.svg")]
    assert build.main(words) == build.FINE
    assert (tmp_path / "link.svg").is_symlink()
    assert (seven := target.read_text()) != drawn
    (tmp_path / "none.template").write_text("Resources: {A: {Type: AWS::SNS::Topic}}")
    capsys.readouterr()
    words = ["explain", str(tmp_path / "none.template"), "--svg", str(target)]
    assert build.main(words) == build.USAGE
    assert capsys.readouterr().out == ""
    assert target.read_text() == seven
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".svg", ".svg", ".template"]


# Wrong usage, and a world that does not cooperate: one sentence, and no traceback.


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
        pytest.param(["explain", "A=1", "--svgs", "x"], "--svgs", id="option-and-more"),
        pytest.param(["explain", "a", "b"], "'b'", id="two-templates"),
        pytest.param(["explain", "Retention=1"], "'Retention'", id="unknown-parameter"),
        pytest.param(["explain", "RetentionDays=0"], "RetentionDays: '0'", id="refused-value"),
        pytest.param(["explain", "VaultLock=compliance"], "ComplianceIsConfirmed", id="refused"),
    ],
)
def test_wrong_usage_exits_2_and_names_the_value(words: list[str], named: str) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert named in done.stderr.splitlines()[-1]


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


# Help


def test_the_help_of_every_verb_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--help"]) == 0
    verbs = re.findall(r"^    ([a-z-]+)", capsys.readouterr().out, re.MULTILINE)
    assert {"templates", "check", "publish"} <= set(verbs)
    for verb in verbs:
        assert build.main([verb, "--help"]) == 0
        out, err = capsys.readouterr()
        [example] = re.findall(r"^Example: (python build\.py .*)$", out, re.MULTILINE)
        assert example.split()[2] == verb
        assert err == ""


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
