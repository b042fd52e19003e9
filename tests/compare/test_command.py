"""`build.py compare` and `deployer-policy`: what they print, and with which exit code they end."""

import json
import re
from pathlib import Path

import pytest

import build
from generator import templates_folder
from generator.cloudformation.finding import Finding
from generator.cloudformation.read import parse
from generator.paths import TEMPLATES
from generator.stacks import backup
from generator.stacks.render import render
from tests.support.compared import OLD


@pytest.fixture
def old(tmp_path: Path) -> str:
    (tmp_path / "old.template").write_text(OLD)
    return str(tmp_path / "old.template")


def new(old: str, *replacements: tuple[str, str], version: str = "1.2.3") -> str:
    """Write the old template with other texts in it; return its path."""
    text = OLD.replace("1.2.3", version)
    for before, after in replacements:
        assert before in text
        text = text.replace(before, after)
    path = Path(old).with_name("new.template")
    path.write_text(text)
    return str(path)


QUEUE = ("Outputs:", "  Queue: {Type: AWS::SQS::Queue}\nOutputs:")
UNKEPT = ("DeletionPolicy: RetainExceptOnCreate", "DeletionPolicy: Delete")


def test_the_same_file_is_fine(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["compare", old, old]) == 0
    printed = capsys.readouterr()
    assert printed.out.endswith("Verdict: none\n")
    assert printed.err == ""


def test_the_same_template_as_json_is_fine(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(old).with_name("new.json")
    path.write_text(json.dumps(parse(old, OLD).document))
    assert build.main(["compare", old, str(path)]) == 0
    assert "Verdict: none\n" in capsys.readouterr().out


def test_a_version_that_is_too_low_fails(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["compare", old, new(old, QUEUE, version="1.2.4")]) == 1
    printed = capsys.readouterr().out
    assert "Queue (AWS::SQS::Queue): added" in printed
    assert "Verdict: minor\n" in printed
    assert "has to be 1.3.0 or later; it is 1.2.4: raise VERSION" in printed


def test_a_version_that_is_high_enough_is_fine(old: str) -> None:
    assert build.main(["compare", old, new(old, QUEUE, version="1.3.0")]) == 0


def test_no_version_allows_to_lose_data(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["compare", old, new(old, UNKEPT, version="2.0.0")]) == 1
    printed = capsys.readouterr().out
    assert "! Vault (AWS::Backup::BackupVault): no longer kept" in printed
    assert "data may be lost" in printed


def test_for_machines(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["compare", "--json", old, new(old, UNKEPT)]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == [
        "schema",
        "old",
        "new",
        "verdict",
        "needed_version",
        "ok",
        "failures",
        "changes",
    ]
    assert printed["old"] == {"source": old, "version": "1.2.3"}
    assert (printed["verdict"], printed["needed_version"], printed["ok"]) == (
        "major",
        "2.0.0",
        False,
    )
    (lost,) = [change for change in printed["changes"] if change["danger"]]
    assert list(lost) == [
        "about",
        "name",
        "type",
        "change",
        "level",
        "danger",
        "text",
        "where",
        "values",
    ]
    assert lost["values"] == [
        {"path": "DeletionPolicy", "old": "RetainExceptOnCreate", "new": "Delete"}
    ]
    assert (lost["about"], lost["name"], lost["level"]) == ("resource", "Vault", "major")


def test_without_a_new_one_it_is_this_checkouts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "released.template"
    path.write_text(templates_folder.generate()["Backup.template"])
    assert build.main(["compare", str(path)]) == 0
    assert capsys.readouterr().out.startswith(f"{path} -> this checkout\n")


@pytest.mark.parametrize("missing", ["old", "new"])
def test_what_cannot_be_read_is_a_sentence(
    missing: str, old: str, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = str(Path(old).with_name("missing.template"))
    words = [nothing, old] if missing == "old" else [old, nothing]
    assert build.main(["compare", *words]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert re.fullmatch(r"build\.py: [^\n]*missing\.template[^\n]*\n", printed.err)
    assert build.main(["compare", "--json", *words]) == 2
    again = capsys.readouterr()
    error = printed.err.removeprefix("build.py: ").rstrip("\n")
    assert json.loads(again.out) == {"schema": 1, "error": error}
    assert again.err == printed.err


def test_what_cannot_be_evaluated_is_a_sentence_that_names_the_file(
    old: str, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = new(old, ("!If [HasKey", "!If [HasKye"))
    assert build.main(["compare", old, broken]) == 2
    printed = capsys.readouterr()
    assert f"{broken}: condition 'HasKye' is not in the template" in printed.err
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize("text", ["", "[1]", "Parameters: {}", "Resources: {A: {}}"])
def test_a_file_that_is_no_template_is_no_finding(text: str, old: str) -> None:
    path = Path(old).with_name("none")
    path.write_text(text)
    for words in ([str(path), old], [old, str(path)]):
        assert build.main(["compare", *words]) == 2


def test_the_output_of_get_template_is_a_template(
    old: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(old).with_name("got.json")
    path.write_text(json.dumps({"TemplateBody": OLD, "StagesAvailable": ["Original"]}))
    assert build.main(["compare", str(path), old]) == 0
    assert "Verdict: none\n" in capsys.readouterr().out


def test_a_value_that_a_map_does_not_have_is_a_finding(
    old: str, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = new(old, (", hard: {days: 30}", ""), version="2.0.0")
    line = 1 + Path(gone).read_text().partition("!FindInMap")[0].count("\n")
    assert build.main(["compare", old, gone]) == 1
    printed = capsys.readouterr()
    assert f"template {gone}:{line}: look-up fails if Mode is 'hard'" in printed.out
    assert "Verdict: major\n" in printed.out
    assert printed.err == ""


def test_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["compare"], ["compare", "a", "b", "c"], ["deployer-policy", "a"]):
        assert build.main(words) == 2
    assert capsys.readouterr().out == ""


def test_the_policy_is_what_templates_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["deployer-policy"]) == 0
    printed = capsys.readouterr().out
    assert printed == (TEMPLATES / "deployer-policy.json").read_text()
    assert printed == templates_folder.generate()["deployer-policy.json"]


def test_only_templates_are_linted(monkeypatch: pytest.MonkeyPatch) -> None:
    linted: list[str] = []

    def findings(text: str) -> list[Finding]:
        linted.append(text)
        return []

    monkeypatch.setattr(templates_folder, "findings", findings)
    assert templates_folder.lint(templates_folder.generate()) == []
    assert linted == [render(backup.template())]
