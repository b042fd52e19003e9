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


def jobs(name: str) -> dict[str, dict[str, Any]]:
    loaded = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))
    found: dict[str, dict[str, Any]] = loaded["jobs"]
    return found


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in jobs(name).values() for step in job["steps"]]


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
    pythons = jobs("ci.yml")["test"]["strategy"]["matrix"]["python"]
    assert pythons == [f"3.{minor}" for minor in range(10, 15)]


def test_a_release_is_tested_published_and_verified_in_this_order() -> None:
    assert [*jobs("release.yml")] == ["test", "publish"]
    assert jobs("release.yml")["publish"]["needs"] == "test"
    run = [step["run"].split()[:2] for step in steps("release.yml") if "run" in step]
    assert run == [
        ["test", '"$GITHUB_REF_NAME"'],
        ["git", "merge-base"],
        ["make", "test"],
        ["before=$(git", "tag"],
        ["make", "publish"],
        ["make", "verify"],
    ]


def test_only_the_job_that_publishes_can_assume_the_role() -> None:
    assert jobs("release.yml")["test"]["permissions"] == {"contents": "read"}
    assert "environment" not in jobs("release.yml")["test"]


def script(word: str) -> str:
    """Return the one script of the release that has this word."""
    runs = [step.get("run", "") for step in steps("release.yml")]
    [found] = [run for run in runs if word in run]
    return str(found)


@pytest.mark.parametrize(
    ("tagged", "main", "passes"),
    [
        pytest.param("merged", "merged", True, id="the-head-of-main"),
        pytest.param("first", "merged", True, id="older-than-main"),
        pytest.param("aside", "merged", False, id="on-another-branch"),
        pytest.param("merged", "first", False, id="ahead-of-main"),
        pytest.param("first", None, False, id="main-was-not-fetched"),
    ],
)
def test_a_tag_that_is_not_on_main_is_refused(
    tmp_path: Path, tagged: str, main: str | None, passes: bool
) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GITHUB_REF_NAME": "v1.2.3"}

    def git(*words: str) -> None:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        command = ("git", *identity, *words)
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)

    git("init", "--quiet", "--initial-branch", "x")
    for name, start in (("first", "x"), ("merged", "first"), ("aside", "first")):
        git("checkout", "--quiet", *(["--orphan", name] if start == "x" else ["-b", name, start]))
        git("commit", "--quiet", "--allow-empty", "--message", name)
    if main:
        git("update-ref", "refs/remotes/origin/main", main)
    git("checkout", "--quiet", "--detach", tagged)
    command = ("bash", "-e", "-c", script("merge-base"))
    ran = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    said = "::error::v1.2.3 is not on main: merge its commit into main first\n"
    assert (ran.returncode, ran.stdout) == ((0, "") if passes else (1, said))


@pytest.mark.parametrize("name", ["test", "publish"])
def test_a_release_has_the_history_that_it_looks_at(name: str) -> None:
    checkout, *_ = jobs("release.yml")[name]["steps"]
    assert checkout["with"]["fetch-depth"] == 0


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
    for tag in (*tags, "v2.0.0"):
        run(*git, "commit", "-q", "--allow-empty", "-m", tag)
        run("git", "tag", tag)
    run("bash", "-e", "-c", script("release-check"))
    if not asked:
        assert not said.exists()
        return
    name, version = asked
    verify, check = said.read_text().splitlines()
    assert verify.startswith(
        f"verify BUCKET={name} REGIONS=eu-west-1 FOLDER=soca-backup/{version} "
    )
    manifest = f"s3://{name}/soca-backup/{version}/templates/Backup.manifest.json"
    assert check == f"release-check PREVIOUS={manifest}"


def test_a_failing_git_is_not_taken_for_the_first_release(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "GIT_CEILING_DIRECTORIES": str(tmp_path.parent),
    }
    command = ("bash", "-e", "-c", script("release-check"))
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
