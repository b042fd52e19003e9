"""The rules load through cfn-lint alone: anywhere, for YAML and JSON, next to anybody's modules."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from generator.docs.rules_page import loaded
from tests.rules.support import HERE, NAMES, RULES, cfn_lint, found, matches, plan, rule, template

BAD = HERE / "bad" / "windows.yaml"


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


def test_modules_of_others_with_the_same_names_stay_theirs(tmp_path: Path) -> None:
    for name in [*NAMES, "generator"]:
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


def test_a_template_without_backups_is_left_alone() -> None:
    assert not list(matches(json.dumps(template(Topic={"Type": "AWS::SNS::Topic"}))))


def test_a_finding_can_be_switched_off_where_it_is(tmp_path: Path) -> None:
    bad = template(Plan=plan(rule(StartWindowMinutes=5)))
    bad["Resources"]["Plan"]["Metadata"] = {"cfn-lint": {"config": {"ignore_checks": ["E9502"]}}}
    path = tmp_path / "stack.json"
    path.write_text(json.dumps(bad))
    assert found("E9502", bad)
    assert findings(path, cwd=tmp_path) == []
