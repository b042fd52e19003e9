"""The rules need only cfn-lint, anywhere and beside anybody's modules."""

import importlib
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from generator.docs.rules_page import loaded
from tests.rules.support import HERE, NAMES, RULES, cfn_lint

BAD = HERE / "bad" / "windows.yaml"
FILES = sorted(RULES.glob("*/[a-z]*.py"))


def findings(cwd: Path, append: Path = RULES, pythonpath: str = "") -> list[str]:
    return [match["Rule"]["Id"] for match in cfn_lint([BAD], cwd, append, pythonpath)]


def test_the_directory_alone_is_enough(tmp_path: Path) -> None:
    shutil.copytree(RULES, tmp_path / "copied")
    assert findings(tmp_path, append=Path("copied")) == ["E9502", "E9502"]


@contextmanager
def nothing_imported(*packages: str) -> Iterator[None]:
    """Forget these packages, and that the rules were ever on the path, for a while."""
    elsewhere = [entry for entry in sys.path if entry != str(RULES)]
    with patch.dict(sys.modules), patch.object(sys, "path", elsewhere):
        for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
            del sys.modules[name]
        yield


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_makes_what_it_imports_importable(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """cfn-lint promises no order in which it loads them, and a folder alone can be appended."""
    monkeypatch.chdir(tmp_path)
    with nothing_imported("_backup"):
        before = list(sys.path)
        for _ in range(2):
            runpy.run_path(str(path), run_name=path.stem)
        # Once, and at the end: in front, it would hide modules of others.
        assert sys.path in (before, [*before, str(RULES)])


@pytest.mark.parametrize(
    "name",
    [
        "actions",
        "cases",
        "conditions",
        "cron",
        "documents",
        "iam",
        "matching",
        "arn_forms",
        "own_arns",
        "permissions",
        "publishers",
        "resource_arns",
        "restore_tests",
        "roles",
        "template",
        "values",
        "vault_arns",
    ],
)
def test_what_rules_share_needs_no_cfn_lint_but_for_the_class_of_rules(name: str) -> None:
    with nothing_imported("_backup", "cfnlint"):
        sys.modules["cfnlint"] = None  # type: ignore[assignment] # then importing it fails
        sys.path.append(str(RULES))
        assert importlib.import_module(f"_backup.{name}")


def test_the_evaluator_of_iam_policies_needs_the_standard_library_only() -> None:
    code = f"import sys; sys.path.append({str(RULES)!r}); import _backup.iam"
    # Alone (-I) and without the packages that are installed (-S).
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


def test_modules_of_others_with_the_same_names_stay_theirs(tmp_path: Path) -> None:
    rooms = {path.parent.name for path in FILES} - {"_backup"}
    for name in {*rooms, *(path.stem for path in FILES), "generator"}:
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('loaded instead of ours')\n")
    assert findings(tmp_path, pythonpath=str(tmp_path)) == ["E9502", "E9502"]


def test_rules_have_ids_of_their_own_and_say_what_they_are() -> None:
    rules = loaded()
    assert len(rules) == len(NAMES)
    assert len({one.id[1:] for one in rules}) == len(rules), "one number, whatever the severity"
    for one in rules:
        assert one.id[0] in "EWI"
        assert one.id[1:3] == "95"
        assert one.shortdesc
        assert one.description.endswith(".")
        assert one.source_url.startswith("https://docs.aws.amazon.com/")
        assert one.tags
