"""`build.py compare` and `deployer-policy`: what they print, and with which exit code they end."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import build
from generator import VERSION, stacks, templates_folder
from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.finding import Finding
from generator.cloudformation.read import parse
from generator.compare import accepted_losses
from generator.paths import TEMPLATES
from generator.stacks.render import render
from tests.compare.harmless_changes import HARMLESS
from tests.compare.protection_slips import SLIPS
from tests.support import generated
from tests.support.compared import OLD, Document


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
RENAMED = ('!Sub "Vault-${Cluster}"', '!Sub "Safe-${Cluster}"')


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
    assert build.main(["compare", old, new(old, RENAMED, version="2.0.0")]) == 1
    printed = capsys.readouterr().out
    assert "! Vault (AWS::Backup::BackupVault): replaced" in printed
    assert "data may be lost" in printed


def test_for_machines(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["compare", "--json", old, new(old, RENAMED)]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == [
        "schema",
        "old",
        "new",
        "verdict",
        "needed_version",
        "ok",
        "failures",
        "protection_losses",
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
        {
            "path": "BackupVaultName",
            "old": {"Fn::Join": ["", ["Vault-", {"Ref": "Cluster"}]]},
            "new": {"Fn::Join": ["", ["Safe-", {"Ref": "Cluster"}]]},
        }
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


@pytest.mark.parametrize("name", stacks.TEMPLATES)
def test_without_a_new_one_it_is_the_one_of_its_name_or_the_named_one(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_text(templates_folder.generate()[name])
    assert build.main(["compare", str(path)]) == 0
    other = path.rename(tmp_path / "other.yaml")
    assert build.main(["compare", str(other), "--template", name]) == 0
    capsys.readouterr()
    verdict = 0 if name == stacks.MAIN else 1
    assert build.main(["compare", str(other)]) == verdict  # with the main one
    assert build.main(["compare", str(other), str(other), "--template", name]) == 2
    assert "--template" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], *([name] for name in stacks.TEMPLATES)])
def test_the_policy_is_what_templates_holds(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert build.main(["deployer-policy", *words]) == 0
    printed = capsys.readouterr().out
    name = templates_folder.policy_name(*words or [stacks.MAIN])
    assert printed == (TEMPLATES / name).read_text()


def test_only_templates_are_linted(monkeypatch: pytest.MonkeyPatch) -> None:
    linted: list[str] = []

    def findings(text: str) -> list[Finding]:
        linted.append(text)
        return []

    monkeypatch.setattr(templates_folder, "findings", findings)
    assert templates_folder.lint(templates_folder.generate()) == []
    assert linted == [render(template) for template in stacks.templates().values()]


COSTLY = ("no EFS", "another key everywhere", "daily backups kept a week")
HARMLESS_ONES = ("another language", "one more type", "a policy of its own")


def written(tmp_path: Path, name: str, edit: Callable[[Document], None]) -> str:
    document = copy.deepcopy(generated.template())
    edit(document)
    path = tmp_path / f"{name}.template"
    path.write_text(json.dumps(document))
    return str(path)


@pytest.mark.parametrize("name", COSTLY)
def test_a_release_that_protects_less_fails(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slip = SLIPS[name]
    old, slipped = written(tmp_path, "old", lambda _: None), written(tmp_path, "new", slip.edit)
    assert build.main(["compare", old, slipped]) == 1
    lines = capsys.readouterr().out.split("\n")
    protection = lines[lines.index("Protection") + 1 : lines.index("Resources") - 1]
    # With FSx on, more may lose the same.
    ends = [loss.split(" file systems", 1)[-1] for loss in slip.losses]
    assert all(line.startswith("! ") for line in protection)
    assert all(any(line.endswith(end) for line in protection) for end in ends), protection
    assert "Verdict: major" in lines


@pytest.mark.parametrize("name", HARMLESS_ONES)
def test_a_release_that_protects_the_same_is_fine(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = written(tmp_path, "old", lambda _: None)
    build.main(["compare", "--json", old, written(tmp_path, "new", HARMLESS[name])])
    printed = json.loads(capsys.readouterr().out)
    assert printed["protection_losses"] == []
    assert printed["verdict"] in ("none", "minor")


@pytest.fixture
def safer(tmp_path: Path) -> str:
    """Return a template that protects one type more than this checkout's."""
    return written(tmp_path, "Backup", HARMLESS["one more type"])


LESS = "RDS databases are no longer selected"
REASON = "SOCA uses none"
ACCEPTED = {"version": VERSION, "template": stacks.MAIN, "sentence": LESS, "reason": REASON}


def accept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    path = tmp_path / "accepted-losses.json"
    path.write_text(text)
    monkeypatch.setattr(accepted_losses, "PATH", path)


def test_a_loss_that_nobody_accepts(safer: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["compare", safer]) == 1
    printed = capsys.readouterr().out
    assert f"! {LESS}\n" in printed
    assert (
        "  1 loss of protection: a release must not protect less: correct the template, or accept "
        "it in accepted-losses.json\n"
    ) in printed
    assert printed.count(LESS) == 1


def test_a_loss_that_is_accepted_is_major_and_told(
    safer: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    others = {**ACCEPTED, "version": "1.0.0", "sentence": "what another version lost"}
    companions = {**ACCEPTED, "template": "Other.template", "sentence": "what another version lost"}
    accept(monkeypatch, tmp_path, json.dumps([others, companions, ACCEPTED]))
    build.main(["compare", safer])
    printed = capsys.readouterr().out
    assert f"\n  {LESS}; accepted: {REASON}\n" in printed
    assert "protect less" not in printed
    assert "another version" not in printed
    assert "Verdict: major\n" in printed
    build.main(["compare", "--json", safer])
    losses = json.loads(capsys.readouterr().out)["protection_losses"]
    assert losses == [
        {"sentence": LESS, "where": {}, "is_example": False, "text": "", "accepted": REASON}
    ]


def test_two_files_by_hand_accept_nothing(
    safer: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    accept(monkeypatch, tmp_path, json.dumps([ACCEPTED]))
    assert build.main(["compare", safer, written(tmp_path, "new", lambda _: None)]) == 1
    printed = capsys.readouterr().out
    assert (
        "  1 loss of protection: the new template protects less than the old one: correct it, "
        "unless that is meant\n"
    ) in printed


def test_an_accepted_loss_that_is_none_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    accept(monkeypatch, tmp_path, json.dumps([ACCEPTED]))
    assert build.main(["compare", written(tmp_path, "Backup", lambda _: None)]) == 1
    sentence = f"accepted-losses.json: this is not lost, so do not accept it: {LESS}"
    assert capsys.readouterr().out.endswith(f"Verdict: none\n  {sentence}\n")


FORM = (
    "it is a list of objects with the texts version, template, sentence, reason, and nothing else"
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "it is missing: write [] into it if no loss is accepted"),
        ("", f"it is not JSON in UTF-8: {FORM}: correct it"),
        ("[" * 100000, f"it is not JSON in UTF-8: {FORM}: correct it"),
        ("{}", f"{FORM}: correct it"),
        ("[1]", f"entry 1 is wrong: {FORM}: correct it"),
        (json.dumps([{**ACCEPTED, "reason": " "}]), f"entry 1 is wrong: {FORM}: correct it"),
        (json.dumps([{**ACCEPTED, "reason": 1}]), f"entry 1 is wrong: {FORM}: correct it"),
        (json.dumps([{**ACCEPTED, "more": "x"}]), f"entry 1 is wrong: {FORM}: correct it"),
        (
            json.dumps([ACCEPTED, {"version": VERSION, "sentence": LESS}]),
            f"entry 2 is wrong: {FORM}: correct it",
        ),
        (json.dumps([ACCEPTED, ACCEPTED]), f"{LESS!r} stands twice: leave one out"),
    ],
)
def test_a_list_of_accepted_losses_that_is_broken(
    text: str | None, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(monkeypatch, tmp_path, text or "")
    if text is None:
        accepted_losses.PATH.unlink()
    with pytest.raises(UnreadableError) as raised:
        accepted_losses.accepted_losses(VERSION)
    assert str(raised.value) == f"accepted-losses.json: {reason}"


def test_a_broken_list_is_one_sentence(
    safer: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    accept(monkeypatch, tmp_path, "{")
    assert build.main(["compare", safer]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert re.fullmatch(r"build\.py: accepted-losses\.json: it is not JSON[^\n]+\n", printed.err)


def test_what_only_options_together_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def edit(document: Document) -> None:
        both = {"Fn::And": [{"Condition": "ProtectsFSx"}, {"Condition": "LocksVault"}]}
        conditions = document["Conditions"]
        conditions["PausesWindows"] = {
            "Fn::And": [conditions["PausesWindows"], {"Fn::Not": [both]}]
        }

    files = [written(tmp_path, "old", lambda _: None), written(tmp_path, "new", edit)]
    assert build.main(["compare", *files]) == 1
    printed = capsys.readouterr().out
    assert "ProtectFSx is 'yes' and VaultLock is 'governance' and WindowsVSS is 'yes'" in printed
    assert "some sets of parameters together change it, which Protection tells\n" in printed
    assert "no effect" not in printed
