"""What is no template, or nests none of ours, is told in one sentence or at its place."""

import json
from pathlib import Path

import pytest

import build
from generator import paths
from generator.parent import check
from tests.support.parents import a_parent, found_in, place, value_of, written

BAD_INPUT = {
    "empty": (b"", "is no template: it has no map of Resources"),
    "text": (b"hello", "is no template: it has no map of Resources"),
    "list": (b"- Resources", "is no template: it has no map of Resources"),
    "resources-list": (b"Resources: [a]", "is no template: it has no map of Resources"),
    "binary": (b"\x00\xff\xfe", "is no template: byte 1 is no text in UTF-8"),
    "large": (b"#" * (check.MAX_BYTES + 1), "has more than 1048576 bytes"),
    "deep-yaml": (b"Resources: " + b"[" * 200_000, "is nested more than 100 deep"),
    "deep-sequence": (b"- " * 200_000 + b"a", "is nested more than 100 deep"),
    "deep-json": (b'{"Resources":' + b'{"a":' * 500 + b"1" + b"}" * 501, "nested more than 100"),
    "deep-aliases": (
        b"a0: &a0 x\n"
        + b"".join(
            b"a%d: &a%d %b*a%d%b\n" % (n, n, b"[" * 90, n - 1, b"]" * 90) for n in range(1, 21)
        )
        + b"Resources: {A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "
        b"/Backup.template, Parameters: {ClusterId: ab}}}, B: *a20}",
        "nested more than 100 deep",
    ),
    "no-stack-of-ours": (b"Resources: {A: {Type: AWS::SNS::Topic}}", "nests no stack"),
    "odd-resources": (b"Resources: {A: 3, 4: {Type: [b]}, C: {Type: null}}", "nests no stack"),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_gets_one_sentence(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, sentence = BAD_INPUT[case]
    path = tmp_path / "parent"
    path.write_bytes(content)
    assert build.main(["check-parent", str(path)]) == build.FINDING
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"build.py: {path} ")
    assert sentence in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        pytest.param("A:\n\t- b\n", ":2:1: E0000: no template: ", id="tab"),
        pytest.param('{ // why\n "Resources": {} }', ":2:13: E0000: no template: ", id="comment"),
        pytest.param('{\n\t"A": 1 "B": 2\n}', ":2:12: E0000: no template: ", id="json"),
        pytest.param("Resources: {A: 1, A: 2}", ":1:13: E0000: no template: ", id="twice"),
        pytest.param("A: &a [*a]\nResources: {}", ":1:1: E0000: no template: ", id="circle"),
        pytest.param("Resources: {? [a] : 1}", "E0000: no template: ", id="key"),
    ],
)
def test_what_cannot_be_read_is_found_at_its_place(
    content: str, finding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "parent"
    path.write_text(content)
    assert build.main(["check-parent", str(path)]) == build.FINDING
    out, err = capsys.readouterr()
    assert finding in out.splitlines()[0]
    assert err.startswith("build.py: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("indent", [None, "\t"])
def test_a_byte_order_mark_is_fine(indent: str | None, tmp_path: Path) -> None:
    text = json.dumps(a_parent(value_of("Nope", 1)), indent=indent)
    (finding,) = found_in(tmp_path, "\ufeff" + text)
    assert finding.startswith(f"{place(text, chr(34) + 'Nope')} E3043: ")


def test_tabs_are_fine_in_json(tmp_path: Path) -> None:
    text = json.dumps(a_parent(value_of("Nope", 1)), indent="\t")
    (finding,) = found_in(tmp_path, text)
    assert finding.startswith(f"{place(text, chr(34) + 'Nope')} E3043: ")


@pytest.mark.parametrize(
    ("stack", "sentence"),
    [
        ("Nope", "has no resource 'Nope': name an AWS::CloudFormation::Stack of it"),
        ("", "has no resource ''"),
        ("Topic", "is no AWS::CloudFormation::Stack: name one that is"),
        ("Odd", "is no AWS::CloudFormation::Stack: name one that is"),
    ],
)
def test_stack_has_to_name_a_stack(
    stack: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "parent"
    path.write_text("Resources: {Topic: {Type: AWS::SNS::Topic}, Odd: 3}")
    assert build.main(["check-parent", str(path), "--stack", stack]) == build.FINDING
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert sentence in err


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["check-parent", str(tmp_path / "nope")]) == build.FINDING
    assert build.main(["check-parent", str(tmp_path)]) == build.FINDING
    assert capsys.readouterr().err == (
        f"build.py: {tmp_path / 'nope'} does not exist: name the file of a template\n"
        f"build.py: {tmp_path} is a directory: name the file of a template\n"
    )


def test_templates_that_are_not_generated_are_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "TEMPLATES", tmp_path / "templates")
    with pytest.raises(check.ParentError, match="run `make templates`"):
        found_in(tmp_path, written("json", a_parent()))
    with pytest.raises(check.ParentError, match="run `make templates`"):
        found_in(tmp_path, written("json", a_parent()), "Backup")
