"""The stacks of a parent that are ours are found, or one sentence says why not."""

from pathlib import Path

import pytest

import build
from generator import paths, templates_folder
from generator.cloudformation.read import Template
from generator.parent import check, example
from generator.parent.nested_stacks import ParentError, nested_stacks
from generator.stacks import MAIN
from tests.support.parents import PARAMETERS, URL, a_parent, found_in, written


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


# TemplateURL, parameters -> whether they show that the stack is made from another template.
OTHERS: dict[str, tuple[str, list[str], bool]] = {
    "SOCA's": ("Security.template", ["ClusterId", "VpcId", "ClientIp", "S3InstallBucket"], True),
    "without one of ours": ("Security.template", ["VpcId", "ClientIp"], True),
    "an address that nobody knows": ("${VpcId}", ["ClusterId", "VpcId", "ClientIp"], True),
    "our file": ("Backup.template", ["VpcId", "ClientIp"], False),
    "our template under another name": ("x.yaml", ["ClusterId", "RetentionDays", "VpcId"], False),
    "one slip": ("x.yaml", ["VpcId"], False),
    "slips": ("x.yaml", ["ClusterID", "RetentionDay", "VaultKmsKeyARN"], False),
    "nothing": ("x.yaml", [], False),
}


@pytest.mark.parametrize(("file", "names", "is_other"), OTHERS.values(), ids=OTHERS)
def test_a_stack_of_another_template_is_one_sentence(
    file: str, names: list[str], is_other: bool
) -> None:
    url = {"Fn::Sub": f"https://b.s3.us-east-1.amazonaws.com/{file}"}
    text = written("json", a_parent({URL: url, PARAMETERS: dict.fromkeys(names, "x")}))
    if is_other:
        with pytest.raises(ParentError, match=r"^'Backup' in parent is not made from Backup\.temp"):
            found_in(text, "Backup")
    else:
        found_in(text, "Backup")


def test_our_template_is_there_once_however_many_stacks_are_made_of_it() -> None:
    stack = a_parent()["Resources"]["Backup"]
    parent = Template("parent", a_parent({("Resources", f"B{n}"): stack for n in range(500)}))
    ours = templates_folder.read_templates()
    stacks = nested_stacks(parent, ours, MAIN)
    assert len(stacks) == 501
    assert all(each.template is ours[MAIN] for each in stacks)
    assert check.findings(parent, stacks) == []


@pytest.mark.parametrize("name", ["nope", ".", "broken"])
def test_what_is_no_template_gets_one_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken").write_text("Resources: [")
    assert build.main(["check-parent", str(tmp_path / name)]) == build.USAGE
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"build.py: {tmp_path / name}:")


def test_a_template_that_is_not_generated_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(paths, "TEMPLATES", tmp_path / "templates")
    assert build.main(["check-parent", str(example.PATH)]) == build.USAGE
    assert capsys.readouterr().err.endswith("; run `make templates`\n")
