"""What comes from the other side cannot write lines, colours or commands of its own."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import build
from generator import paths, templates_folder
from generator.printable import LONGEST, json_text, printable
from tests.support.parents import PARAMETERS, a_parent

HOSTILE: dict[str, tuple[str, str]] = {
    "a line end": ("a\n::error::b", r"a\n::error::b"),
    "a carriage return": ("a\rb", r"a\rb"),
    "a line separator": ("a\u2028b\x85c", r"a\u2028b\x85c"),
    "a tab and a form feed": ("a\tb\fc", r"a\tb\x0cc"),
    "a colour": ("\x1b[31mred", r"\x1b[31mred"),
    "an escape sequence of one character": ("\x9b31mred", r"\x9b31mred"),
    "a null and a DEL": ("\x00\x7f", r"\x00\x7f"),
    "a backspace and a bell": ("\b\a", r"\x08\x07"),
    "another direction": ("\u202egpj.exe\u2066", r"\u202egpj.exe\u2066"),
    "half a character": ("\ud800", r"\ud800"),
    "nothing to see": ("a\u200bb\u00ad", r"a\u200bb\xad"),
}
TEXTS = [text for text, _ in HOSTILE.values()]


@pytest.mark.parametrize(("text", "line"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_escaped(text: str, line: str) -> None:
    assert printable(text) == line
    assert json_text([text]).isascii()
    assert json_text([text]).replace("\n", "").isprintable()
    assert json.loads(json_text([text])) == [text]


def test_what_is_not() -> None:
    assert printable("Zürich 東京 🙂 'a' \\n") == "Zürich 東京 🙂 'a' \\n"


def test_the_ends_of_a_long_text_stay() -> None:
    line = printable("name" + "\n" * 10_000 + "what to do")
    assert len(line) == LONGEST
    assert line.startswith(r"name\n")
    assert line.endswith(r"\nwhat to do")
    assert len(printable("x" * LONGEST)) == LONGEST
    assert "..." not in printable("x" * LONGEST)
    assert printable("x" * 9_999, longest=None) == "x" * 9_999


def _file(folder: Path, name: str, document: object) -> str:
    # YAML takes no half characters.
    text = json.dumps(document).replace(r"\ud800", "")
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def _template(text: str) -> dict[str, object]:
    return {
        "Parameters": {text: {"Type": "String", "Default": text}},
        "Mappings": {text: {text: {text: text}}},
        "Conditions": {text: {"Fn::Equals": [text, {"Ref": text}]}},
        "Resources": {text: {"Type": text, "Condition": text, "Properties": {text: text}}},
        "Outputs": {text: {"Value": text, "Export": {"Name": text}}},
    }


def compare_added(folder: Path, text: str) -> list[str]:
    old = _file(folder, "old", {"Resources": {"A": {"Type": "T"}}})
    return ["compare", old, _file(folder, "new", _template(text))]


def compare_error(folder: Path, text: str) -> list[str]:
    broken = _template(text) | {"Outputs": {"A": {"Value": {"Fn::If": [text + "?", 1, 2]}}}}
    return ["compare", _file(folder, "old", broken), _file(folder, "new", broken)]


def an_odd_parent(folder: Path, text: str) -> list[str]:
    changes: dict[tuple[str, ...], object] = {
        (*PARAMETERS, text): text,
        (*PARAMETERS, "RetentionDays"): text,
        ("Outputs",): {text: {"Value": {"Fn::GetAtt": ["Backup", f"Outputs.{text}"]}}},
    }
    return ["check-parent", _file(folder, "parent", a_parent(changes))]


def a_stack(folder: Path, text: str) -> list[str]:
    return ["check-parent", _file(folder, "parent", _template("A")), f"--stack={text}"]


def a_file_name(folder: Path, text: str) -> list[str]:
    return ["compare", f"{folder}/{text}", f"{folder}/{text}"]


def a_word(_: Path, text: str) -> list[str]:
    return ["check", text]


def a_verb(_: Path, text: str) -> list[str]:
    return [f"x{text}"]


def a_bucket(_: Path, text: str) -> list[str]:
    return ["publish", "--dry-run", f"--bucket={text}{{region}}"]


SAYS: list[Callable[[Path, str], list[str]]] = [
    compare_added,
    compare_error,
    an_odd_parent,
    a_stack,
    a_file_name,
    a_word,
    a_verb,
    a_bucket,
]


@pytest.mark.parametrize("said", SAYS, ids=lambda said: said.__name__)
def test_the_verbs_print_it_escaped(
    said: Callable[[Path, str], list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "".join(TEXTS)
    build.main(said(tmp_path, text))
    _check(capsys.readouterr(), r"\x1b[31mred")


def test_the_findings_and_the_diff_of_check_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "".join(TEXTS)
    linted = json.dumps({"Resources": {"A": {"Type": "AWS::SNS::Topic", "Properties": {text: 1}}}})
    monkeypatch.setattr(paths, "TEMPLATES", tmp_path)
    monkeypatch.setattr(templates_folder, "generate", lambda: {"Backup.template": linted})
    (tmp_path / "a\x1b[31mred\x07").write_text("\x1b[31mred\r\n", encoding="utf-8")
    assert build.main(["check"]) == 1
    _check(capsys.readouterr(), r"\x1b[31mred")


def test_a_name_of_a_file_that_is_no_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["compare", os.fsdecode(b"/nowhere/\xff\xfe")]) == 2
    _check(capsys.readouterr(), r"/nowhere/\udcff\udcfe")


def _check(printed: tuple[str, str], shown: str) -> None:
    both = "".join(printed)
    assert shown in both
    for line in both.split("\n"):
        assert line.isprintable(), line
        assert not re.match(" *::", line)
