"""What templates/ holds is whole, is what was generated, and every difference shows."""

import stat
from pathlib import Path

import pytest

from generator import paths, templates_folder
from generator.stacks import TEMPLATES
from tests.support.generated import text

NAME = "Backup.template"


def test_the_committed_template_is_the_generated_one() -> None:
    assert templates_folder.drift(templates_folder.generate(), paths.TEMPLATES) == []


def test_the_files_are_the_templates_and_the_policies_of_whoever_installs_them() -> None:
    made = templates_folder.generate()
    assert made[NAME] == text()
    assert list(made) == [
        NAME,
        "BackupCopyDestination.template",
        "BackupRestoreTesting.template",
        "deployer-policy.json",
        "BackupCopyDestination.deployer-policy.json",
        "BackupRestoreTesting.deployer-policy.json",
    ]


def test_what_is_read_in_an_address_is_the_counterpart_of_its_name() -> None:
    for name in TEMPLATES:
        assert templates_folder.counterpart(f"s3://bbb/v1/{name}?versionId=a/b") == name
    assert templates_folder.counterpart("https://bbb/Backup.template/other") == NAME


def test_written_bytes_are_the_text(tmp_path: Path) -> None:
    made = {NAME: "one\ntwo \u00e4\n"}
    target = tmp_path / "new" / "folder"
    assert templates_folder.write(made, target) == [target / NAME]
    assert (target / NAME).read_bytes() == "one\ntwo \u00e4\n".encode()
    assert stat.S_IMODE((target / NAME).stat().st_mode) == 0o644
    assert [path.name for path in target.iterdir()] == [NAME]
    assert templates_folder.drift(made, target) == []


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / NAME).write_text("old\n")

    def full(_: str, __: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        templates_folder.write({NAME: "new\n"}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert (tmp_path / NAME).read_text() == "old\n"


def test_a_reader_keeps_the_old_text_while_the_new_one_is_written(tmp_path: Path) -> None:
    """The file is replaced, not overwritten: an open one still is what it was."""
    (tmp_path / NAME).write_text("old\n")
    with (tmp_path / NAME).open() as reader:
        templates_folder.write({NAME: "new and longer\n"}, tmp_path)
        assert reader.read() == "old\n"
    assert (tmp_path / NAME).read_text() == "new and longer\n"


@pytest.mark.parametrize(
    ("present", "made", "shown"),
    [
        pytest.param({NAME: b"a\nb\n"}, {NAME: "a\nc\n"}, ["-b", "+c"], id="changed"),
        pytest.param({}, {NAME: "a\n"}, ["--- /dev/null", "+a"], id="missing"),
        pytest.param({"Old.template": b"a\n"}, {}, ["-a", "+++ /dev/null"], id="left-over"),
        pytest.param({NAME: b"a\r\n"}, {NAME: "a\n"}, ["-a\r", "+a"], id="line-ends-converted"),
        pytest.param({NAME: b"a"}, {NAME: "a\n"}, ["-a", "+a"], id="last-line-end-gone"),
        pytest.param({NAME: b"\xff\n"}, {NAME: "a\n"}, ["+a"], id="not-even-text"),
        pytest.param({NAME: b""}, {NAME: "a\n"}, ["+a"], id="emptied"),
    ],
)
def test_drift_is_a_unified_diff(
    tmp_path: Path, present: dict[str, bytes], made: dict[str, str], shown: list[str]
) -> None:
    for name, content in present.items():
        (tmp_path / name).write_bytes(content)
    [diff] = templates_folder.drift(made, tmp_path)
    assert diff.startswith("--- ")
    assert diff.endswith("\n")
    for line in shown:
        assert line in diff.split("\n")


def test_a_missing_directory_is_drift(tmp_path: Path) -> None:
    assert templates_folder.drift({NAME: "a\n"}, tmp_path / "nowhere")


def test_a_path_is_shown_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert templates_folder.shown_path(tmp_path / "templates" / NAME) == f"templates/{NAME}"
    assert templates_folder.shown_path(Path("/elsewhere") / NAME) == f"/elsewhere/{NAME}"
