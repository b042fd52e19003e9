"""The verbs `templates`, `check` and `render`: what they write and print, and their exit codes."""

import hashlib
import re
from pathlib import Path

import pytest

import build
from generator import paths, templates_folder
from generator.lint import MAX_BYTES
from generator.stacks import TEMPLATES
from tests.command.support import run
from tests.support.generated import text

NAME = "Backup.template"

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


def test_templates_writes_the_files_and_prints_path_size_and_checksum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(templates_folder, "findings", lambda _: [])
    assert build.main(["templates", "--output", str(tmp_path / "new")]) == 0
    lines = []
    for name, made in templates_folder.generate().items():
        path = tmp_path / "new" / name
        written = path.read_bytes()
        assert written == made.encode()
        checksum = hashlib.sha256(written).hexdigest()
        left = f", {MAX_BYTES - len(written)} left" if name.endswith(".template") else ""
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


@pytest.mark.parametrize("name", TEMPLATES)
def test_render_prints_the_template_that_is_named(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build.main(["render", name]) == build.FINE
    assert capsys.readouterr().out == templates_folder.generate()[name]
    assert build.main(["render", f"No{name}"]) == build.USAGE
    assert name in capsys.readouterr().err
