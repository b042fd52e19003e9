"""The verb `explain`: its words, and the picture that it draws."""

import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

import build
from generator import paths
from tests.support.generated import text

NAME = "Backup.template"


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
    before = datetime.now(timezone.utc)
    assert build.main(["explain", other, "ClusterId=ab"]) == build.FINE
    told = re.search("on (.*) UTC\n(?:.*\n)*?.*next: ... (.*?),", capsys.readouterr().out)
    assert told
    now, start = (datetime.fromisoformat(f"{part}+00:00") for part in told.groups())
    assert before.replace(second=0, microsecond=0) <= now
    assert timedelta(0) <= start - before < timedelta(days=1)


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
    assert build.main(words) == build.FINDING
    out, error = capsys.readouterr()
    assert "\nWhen            never: no backup plan has a rule\n" in out
    assert error == "build.py: no picture: no backup plan with a rule backs anything up\n"
    assert target.read_text() == seven
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".svg", ".svg", ".template"]
