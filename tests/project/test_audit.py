"""`make audit` passes only when checkov has checked something and found nothing."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = "requirements-audit.txt"


def audit(folder: Path, said: str, status: int) -> subprocess.CompletedProcess[str]:
    """Run the script where .venv-audit is installed and its checkov says this."""
    (folder / ".venv-audit" / "bin").mkdir(parents=True)
    (folder / LOCK).write_text("checkov==1\n")
    (folder / ".venv-audit" / "lock").write_text("checkov==1\n")
    checkov = folder / ".venv-audit" / "bin" / "checkov"
    checkov.write_text(f'#!/bin/sh\necho "{said}"\necho "$@" >&2\nexit {status}\n')
    checkov.chmod(0o755)
    return subprocess.run(
        ["/bin/sh", ROOT / "tools" / "audit.sh"],
        cwd=folder, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "status", "expected", "why"),
    [
        ("Passed checks: 11, Failed checks: 0, Skipped checks: 2", 0, 0, ""),
        ("Passed checks: 10, Failed checks: 1, Skipped checks: 2", 1, 1, "a check failed"),
        ("Passed checks: 0, Failed checks: 0, Skipped checks: 0", 0, 1, "checked nothing"),
        ("", 0, 1, "checked nothing"),
    ],
)
def test_the_verdict(tmp_path: Path, said: str, status: int, expected: int, why: str) -> None:
    done = audit(tmp_path, said, status)
    assert done.returncode == expected
    assert why in done.stderr
    assert said in done.stdout
    assert "--directory templates --framework cloudformation --skip-download" in done.stdout


def test_without_its_lock_file_it_says_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", ROOT / "tools" / "audit.sh"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"git checkout {LOCK}" in done.stderr


def test_what_is_accepted_has_its_reason_in_the_template() -> None:
    from tests.support.generated import template

    accepted = {
        one["id"]: one["comment"]
        for resource in template()["Resources"].values()
        for one in resource.get("Metadata", {}).get("checkov", {}).get("skip", [])
    }
    assert set(accepted) == {"CKV_AWS_111", "CKV_AWS_26"}
    assert all(len(reason) > 40 for reason in accepted.values())
