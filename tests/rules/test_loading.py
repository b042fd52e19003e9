"""The rules need only cfn-lint: anywhere, for YAML and JSON, beside anybody's modules."""

import importlib
import json
import runpy
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from generator.docs.rules_page import loaded
from tests.rules.support import HERE, NAMES, RULES, cfn_lint, found, plan, rule, template

BAD = HERE / "bad" / "windows.yaml"
FILES = sorted(RULES.glob("*/[a-z]*.py"))


def findings(*arguments: Path, cwd: Path, append: Path = RULES, pythonpath: str = "") -> list[str]:
    report = cfn_lint(arguments, cwd, append, pythonpath)
    return [match["Rule"]["Id"] for match in report]


@pytest.mark.parametrize("suffix", ["template", "yaml", "json"])
def test_any_directory_and_any_format(tmp_path: Path, suffix: str) -> None:
    copy = tmp_path / f"stack.{suffix}"
    if suffix == "json":
        bad = template(Plan=plan(rule(StartWindowMinutes=5), rule(RuleName="b c")))
        copy.write_text(json.dumps(bad, indent=1))
        assert findings(copy, cwd=tmp_path) == ["E9502", "E9505"]
    else:
        shutil.copy(BAD, copy)
        assert findings(copy, cwd=tmp_path) == ["E9502", "E9502"]


def test_the_directory_alone_is_enough(tmp_path: Path) -> None:
    shutil.copytree(RULES, tmp_path / "copied")
    assert findings(BAD, cwd=tmp_path, append=Path("copied")) == ["E9502", "E9502"]


@contextmanager
def nothing_imported(*packages: str) -> Iterator[None]:
    """Forget these packages, and that the rules were ever on the path, for a while."""
    elsewhere = [entry for entry in sys.path if entry != str(RULES)]
    with patch.dict(sys.modules), patch.object(sys, "path", elsewhere):
        for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
            del sys.modules[name]
        yield


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_makes_what_it_imports_importable(path: Path) -> None:
    """cfn-lint promises no order in which it loads them, and a folder alone can be appended."""
    with nothing_imported("_backup"):
        runpy.run_path(str(path), run_name=path.stem)
        assert str(RULES) not in sys.path[:-1], "in front, it would replace modules of others"


@pytest.mark.parametrize("name", ["actions", "cases", "roles", "template", "values"])
def test_what_rules_share_needs_no_cfn_lint_but_for_the_class_of_rules(name: str) -> None:
    with nothing_imported("_backup", "cfnlint"):
        sys.modules["cfnlint"] = None  # type: ignore[assignment] # then importing it fails
        sys.path.append(str(RULES))
        assert importlib.import_module(f"_backup.{name}")


def test_modules_of_others_with_the_same_names_stay_theirs(tmp_path: Path) -> None:
    rooms = {path.parent.name for path in FILES} - {"_backup"}
    for name in {*rooms, *(path.stem for path in FILES), "generator"}:
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('loaded instead of ours')\n")
    assert findings(BAD, cwd=tmp_path, pythonpath=str(tmp_path)) == ["E9502", "E9502"]


def test_loading_again_leaves_the_path_alone() -> None:
    loaded()
    before = list(sys.path)
    loaded()
    assert sys.path == before
    assert sys.path.count(str(RULES)) == 1


def test_rules_have_the_ids_of_rules_of_others_and_say_what_they_are() -> None:
    rules = loaded()
    assert len(rules) == len(NAMES)
    for one in rules:
        assert one.id[0] in "EWI"
        assert one.id[1:3] == "95"
        assert one.shortdesc
        assert one.description.endswith(".")
        assert one.source_url.startswith("https://docs.aws.amazon.com/")
        assert one.tags


def test_one_number_is_one_rule_whatever_its_severity() -> None:
    numbers = [one.id[1:] for one in loaded()]
    assert len(numbers) == len(set(numbers))


def test_a_finding_can_be_switched_off_where_it_is(tmp_path: Path) -> None:
    bad = template(Plan=plan(rule(StartWindowMinutes=5)))
    bad["Resources"]["Plan"]["Metadata"] = {"cfn-lint": {"config": {"ignore_checks": ["E9502"]}}}
    path = tmp_path / "stack.json"
    path.write_text(json.dumps(bad))
    assert found("E9502", bad)
    assert findings(path, cwd=tmp_path) == []
