"""The stacks of a parent that are ours are found, or one sentence says why not."""

from pathlib import Path

import pytest

import build
from generator import paths
from generator.parent import example


@pytest.mark.parametrize(
    ("stack", "sentence"),
    [
        ("Nope", "has no resource 'Nope': give --stack the logical ID of an AWS::CloudFormation"),
        ("", "has no resource ''"),
        ("Topic", "is not an AWS::CloudFormation::Stack: give --stack the logical ID of one"),
        ("Odd", "is not an AWS::CloudFormation::Stack: give --stack the logical ID of one"),
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


@pytest.mark.parametrize(
    "text",
    [
        "Resources: {A: {Type: AWS::SNS::Topic}}",
        "Resources: {A: 3, 4: {Type: [b]}, C: {Type: null}}",
        "Resources: {A: {Type: AWS::CloudFormation::Stack}}",
    ],
)
def test_a_parent_without_a_stack_of_ours(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "parent"
    path.write_text(text)
    assert build.main(["check-parent", str(path)]) == build.FINDING
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"build.py: {path} has no nested stack whose TemplateURL is known to end")


@pytest.mark.parametrize("name", ["nope", ".", "broken"])
def test_what_is_no_template_gets_one_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken").write_text("Resources: [")
    assert build.main(["check-parent", str(tmp_path / name)]) == build.FINDING
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"build.py: {tmp_path / name}:")


def test_a_template_that_is_not_generated_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(paths, "TEMPLATES", tmp_path / "templates")
    assert build.main(["check-parent", str(example.PATH)]) == build.FINDING
    assert capsys.readouterr().err.endswith("; run `make templates`\n")
