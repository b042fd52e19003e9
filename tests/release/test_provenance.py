"""Where a release was made from, as far as that is known."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from generator.release import provenance

GIT = shutil.which("git") or "git"


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    done = subprocess.run(
        [GIT, "-C", folder, *identity, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a git checkout that stands for this project's."""
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    git(tmp_path, "init")
    git(tmp_path, "commit", "--allow-empty", "--message", "first")
    return tmp_path


def test_a_clean_checkout(checkout: Path) -> None:
    made = provenance.provenance()
    assert (made["commit"], made["clean"]) == (git(checkout, "rev-parse", "HEAD"), True)


def test_a_checkout_with_changes(checkout: Path) -> None:
    (checkout / "new").touch()
    assert provenance.provenance()["clean"] is False


def test_what_is_not_committed_is_named(checkout: Path) -> None:
    for name in ("changed", "staged", "to move"):
        (checkout / name).touch()
    git(checkout, "add", ".")
    git(checkout, "commit", "--message", "second")
    assert provenance.uncommitted() == []
    for name in ("changed", "staged", "new"):
        (checkout / name).write_text("x")
    git(checkout, "add", "staged")
    git(checkout, "mv", "to move", "moved")
    (checkout / "folder").mkdir()
    (checkout / "folder" / "new").touch()
    names = ["changed", '"to move" -> moved', "staged", "folder/", "new"]
    assert provenance.uncommitted() == names


@pytest.mark.parametrize("name", [b"a\nb", b"\x1b[2J", b"\xe4", "\u2028\u202e".encode(), b" a "])
def test_a_name_of_a_file_is_safe_to_print(checkout: Path, name: bytes) -> None:
    git(checkout, "config", "core.quotePath", "false")
    (checkout / os.fsdecode(name)).touch()
    [shown] = provenance.uncommitted() or []
    assert shown.isascii()
    assert shown.isprintable()
    assert shown[0] == shown[-1] == '"'


def test_the_commit_of_a_folder_around_is_not_ours(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = checkout / "downloaded"
    inside.mkdir()
    monkeypatch.setattr(provenance, "ROOT", inside)
    made = provenance.provenance()
    assert (made["commit"], made["clean"]) == (None, None)
    assert provenance.uncommitted() is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GIT_DIR", "{other}/.git"),
        ("GIT_WORK_TREE", "{other}"),
        ("GIT_CONFIG_PARAMETERS", "'status.showUntrackedFiles=no'"),
        ("GIT_CONFIG_GLOBAL", "{other}/config"),
        ("HOME", "{other}"),
    ],
)
def test_neither_the_environment_nor_a_configuration_leads_astray(
    checkout: Path,
    name: str,
    value: str,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = tmp_path_factory.mktemp("other")
    git(other, "init")
    git(other, "commit", "--allow-empty", "--message", "other")
    for file in ("config", ".gitconfig"):
        (other / file).write_text("[status]\n showUntrackedFiles = no\n")
    commit = git(checkout, "rev-parse", "HEAD")
    (checkout / "new").touch()
    monkeypatch.setenv(name, value.format(other=other))
    made = provenance.provenance()
    assert (made["commit"], made["clean"]) == (commit, False)


@pytest.mark.usefixtures("checkout")
def test_without_git_the_commit_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert provenance.provenance()["commit"] is None
    assert provenance.uncommitted() is None


def test_the_tools_are_named() -> None:
    made = provenance.provenance()
    assert all(made[name][0].isdigit() for name in ("python", "troposphere", "awacs", "cfn-lint"))
