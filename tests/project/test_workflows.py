"""The workflows: without a finding of actionlint, by pinned actions, and by the make targets."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.paths import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())
ACTIONLINT = Path(sys.executable).with_name("actionlint")


def lint(text: str) -> "subprocess.CompletedProcess[str]":
    # Without the linters of scripts, which it would use where a machine happens to have them.
    return subprocess.run(
        [ACTIONLINT, "-shellcheck=", "-pyflakes=", "-no-color", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def steps(name: str) -> list[dict[str, Any]]:
    loaded = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))
    [job] = loaded["jobs"].values()
    found: list[dict[str, Any]] = job["steps"]
    return found


def test_both_workflows_are_there() -> None:
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "release.yml"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_no_findings(path: Path) -> None:
    linted = lint(path.read_text(encoding="utf-8"))
    assert (linted.returncode, linted.stdout) == (0, "")


@pytest.mark.parametrize(
    ("good", "slip"),
    [
        ("runs-on: ubuntu-latest", "run-on: ubuntu-latest"),
        ("${{ matrix.python }}", "${{ matrix.pyton }}"),
        ("contents: read", "content: read"),
    ],
)
def test_the_linter_finds_a_slip(good: str, slip: str) -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert good in text
    assert lint(text.replace(good, slip)).returncode == 1


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_beside_its_version(path: Path) -> None:
    used = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    assert used
    for action in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_ci_runs_what_people_run_on_every_python() -> None:
    assert steps("ci.yml")[-1] == {"run": "make test"}
    loaded = yaml.safe_load(WORKFLOWS[0].read_text(encoding="utf-8"))
    pythons = loaded["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert pythons == [f"3.{minor}" for minor in range(10, 15)]


def test_a_release_is_checked_published_and_verified_in_this_order() -> None:
    run = [step["run"].split()[:2] for step in steps("release.yml") if "run" in step]
    assert run == [
        ["test", '"$GITHUB_REF_NAME"'],
        ["make", "lint"],
        ["before=$(git", "tag"],
        ["make", "publish"],
        ["make", "verify"],
    ]


def comparison() -> str:
    runs = [step.get("run", "") for step in steps("release.yml")]
    [script] = [run for run in runs if "release-check" in run]
    return str(script)


@pytest.mark.parametrize(
    ("tags", "bucket", "asked"),
    [
        pytest.param([], "one", [], id="first-release"),
        pytest.param(["v1.0.0", "v1.1.0"], "one", ["one", "v1.1.0"], id="one-bucket"),
        pytest.param(["v1.9.0", "v1.10.0"], "one", ["one", "v1.10.0"], id="ten-after-nine"),
        pytest.param(["v1.0.0"], "t-{region}", ["t-eu-west-1", "v1.0.0"], id="regions"),
    ],
)
def test_a_release_is_compared_with_the_one_before(
    tmp_path: Path, tags: list[str], bucket: str, asked: list[str]
) -> None:
    script = comparison()
    said = tmp_path / "said"
    (tmp_path / "make").write_text('#!/bin/sh\necho "$@" >>"$SAID"\n')
    (tmp_path / "make").chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "SAID": str(said),
        "BUCKET": bucket,
        "REGIONS": "eu-west-1,us-east-1",
        "OWNER": "111122223333",
    }

    def run(*command: str) -> None:
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)

    git = ("git", "-c", "user.name=t", "-c", "user.email=t@example.com")
    run("git", "init", "-q")
    (tmp_path / "templates").mkdir()
    for name in ("Backup.template", "Other.template", "deployer-policy.json"):
        (tmp_path / "templates" / name).touch()
    run("git", "add", "templates")
    for tag in (*tags, "v2.0.0"):
        if tag == "v2.0.0":  # what the release before did not have is not compared with it
            (tmp_path / "templates" / "New.template").touch()
            run("git", "add", "templates")
        run(*git, "commit", "-q", "--allow-empty", "-m", tag)
        run("git", "tag", tag)
    run("bash", "-e", "-c", script)
    if not asked:
        assert not said.exists()
        return
    name, version = asked
    verify, *checks = said.read_text().splitlines()
    assert verify.startswith(
        f"verify BUCKET={name} REGIONS=eu-west-1 FOLDER=soca-backup/{version} "
    )
    folder = f"s3://{name}/soca-backup/{version}/templates"
    assert checks == [
        f"release-check PREVIOUS={folder}/{file}" for file in ("Backup.template", "Other.template")
    ]


def test_a_failing_git_is_not_taken_for_the_first_release(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "GIT_CEILING_DIRECTORIES": str(tmp_path.parent),
    }
    command = ("bash", "-e", "-c", comparison())
    ran = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode != 0
    assert "first release" not in ran.stdout


def test_no_value_of_github_is_put_into_a_script() -> None:
    for path in WORKFLOWS:
        for step in steps(path.name):
            assert "${{" not in step.get("run", "")
