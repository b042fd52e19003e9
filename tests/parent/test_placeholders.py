"""A source file whose placeholders are not filled in is said so, or checked all the same."""

from pathlib import Path

import pytest

import build
from generator.cloudformation.errors import UnreadableError
from generator.parent.placeholders import ANY, filled

SOURCE = """\
Parameters:
  Bucket: {Type: String, Default: %%BUCKET_NAME%%}
  Folder:
    Type: String
    Default: %%SOLUTION%%/%%VERSION%%
  Quoted: {Type: String, Default: '%%BUCKET_NAME%%'}
Resources:
  Backup:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: !Sub https://${Bucket}.s3.eu-west-1.amazonaws.com/${Folder}/Backup.template
      Parameters:
        ClusterId: soca-x
        RetentionDays: %%DAYS%%
"""
ALL = ["BUCKET_NAME", "SOLUTION", "VERSION", "DAYS"]


def run(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], *options: str
) -> tuple[int, str, str]:
    path = tmp_path / "main.template"
    path.write_text(text)
    status = build.main(["check-parent", str(path), *options])
    out, err = capsys.readouterr()
    return status, out.replace(f"{path}", "main"), err.replace(f"{path}", "main")


def each(*names: str) -> list[str]:
    return [word for name in names for word in ("--placeholder", name)]


def test_it_says_that_it_is_a_source_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(SOURCE, tmp_path, capsys)
    assert (status, out) == (build.USAGE, "")
    assert err == (
        "build.py: main:2: is a source file whose placeholders are not filled in "
        "(%%BUCKET_NAME%%, %%SOLUTION%%, %%VERSION%%, %%DAYS%%): check the file that the build "
        "makes of it, or give --placeholder BUCKET_NAME=VALUE, or --placeholder alone for any "
        "values\n"
    )
    _, _, err = run(SOURCE, tmp_path, capsys, *each("BUCKET_NAME=b", "SOLUTION", "DAYS=7"))
    assert err.startswith("build.py: main:5: is a source file whose placeholders are not filled in")
    assert "(%%VERSION%%)" in err


OPTIONS: dict[str, tuple[list[str], str]] = {
    "any": (["--placeholder"], ""),
    "each any": (each(*ALL), ""),
    "one with a value, the others any": ([*each("DAYS=7"), "--placeholder"], ""),
    "with signs": ([*each("%%DAYS%%=7"), "--placeholder"], ""),
    "an empty value": (each("SOLUTION=", "VERSION=1", "BUCKET_NAME=b", "DAYS=7"), ""),
    "values": (each("BUCKET_NAME=b", "SOLUTION=soca", "VERSION=1=2", "DAYS=7"), ""),
    "a value that is refused": ([*each("DAYS=0"), "--placeholder"], "main:14:9: E9602"),
    "a bucket with a dot": ([*each("BUCKET_NAME=a.b"), "--placeholder"], "main:11:7: W9606"),
}


@pytest.mark.parametrize(("options", "finding"), OPTIONS.values(), ids=OPTIONS)
def test_it_is_checked_all_the_same(
    options: list[str], finding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(SOURCE, tmp_path, capsys, *options)
    assert status == (build.FINDING if ": E" in finding else build.FINE), err
    assert out.startswith(finding or "main fits Backup.template (Backup)\n")


@pytest.mark.parametrize("option", ["NAME VALUE", "=x", "some/file.template", "a-b=c"])
def test_what_is_no_placeholder(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = run(SOURCE, tmp_path, capsys, *each(option))
    assert status == build.USAGE
    assert "is not NAME=VALUE" in err


def test_a_placeholder_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(SOURCE, tmp_path, capsys, *each("BUCKET=b"))
    assert (status, out) == (build.USAGE, "")
    assert "main: has no placeholder %%BUCKET%%: it has %%BUCKET_NAME%%, %%SOLUTION%%" in err


def test_in_quotes_nothing_is_guessed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quoted = SOURCE.replace("%%DAYS%%", "'%%DAYS%%'").replace("%%SOLUTION%%/", "x/")
    quoted = quoted.replace("{Type: String, Default: %%BUCKET_NAME%%}", "{Type: String}")
    assert run(quoted, tmp_path, capsys)[:2] == (build.FINE, "main fits Backup.template (Backup)\n")


def test_what_else_is_wrong_is_said_as_ever() -> None:
    broken = SOURCE + "  : ]\n"
    for given in ({}, {ANY: None}, dict.fromkeys(ALL, "1")):
        with pytest.raises(UnreadableError, match=r"^a:15: is not a template: "):
            filled("a", broken.encode(), given)


NAMED: dict[str, str] = {
    "a parameter": "        %%NAME%%: 1\n",
    "what a Ref names": "        BackupTagKey: !Ref %%NAME%%\n",
    "what an Fn::GetAtt names": "        BackupTagKey: !GetAtt %%NAME%%.%%NAME%%\n",
    "a condition": "        BackupTagKey: !If [%%NAME%%, a, b]\n",
    "a resource to wait for": "    DependsOn: %%NAME%%\n",
    "an output": "Outputs:\n  O:\n    Value: !GetAtt Backup.Outputs.%%NAME%%\n",
}


@pytest.mark.parametrize("lines", NAMED.values(), ids=NAMED)
def test_any_name_will_do(lines: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(SOURCE + lines, tmp_path, capsys, "--placeholder")
    assert (status, out) == (build.FINE, "main fits Backup.template (Backup)\n")


def test_json_columns_and_keys() -> None:
    text = '{"Resources": {"%%A%%": {"x": %%B%%, "y": "z%%C%%"}}}'
    template = filled("a", text.encode(), {ANY: None})
    assert template.document == {"Resources": {"%%A%%": {"x": "\0", "y": "z\0"}}}
    assert template.position(("Resources", "%%A%%", "y")) == (1, 38)
