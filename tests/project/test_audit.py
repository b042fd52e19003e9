"""`make audit` passes when checkov finds what .checkov.yaml accepts, no more and no less."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.generated import template

ROOT = Path(__file__).parents[2]
CONFIGURATION = (ROOT / ".checkov.yaml").read_text(encoding="utf-8")
ROLE = ("CKV_AWS_111", "AWS::IAM::Role.SOCAAWSBackupRole")
TOPIC = ("CKV_AWS_26", "AWS::SNS::Topic.SOCABackupAlertsTopic")
SECOND_TOPIC = ("CKV_AWS_26", "AWS::SNS::Topic.Second")
SUMMARY = {"passed": 11, "skipped": 0, "parsing_errors": 0}


def audit(folder: Path, said: Any) -> subprocess.CompletedProcess[str]:
    """Run the script where checkov says this."""
    (folder / ".checkov.yaml").write_text(CONFIGURATION)
    (folder / "said").write_text(json.dumps(said) if said else "")
    (folder / "checkov").mkdir()
    (folder / "checkov" / "main.py").write_text(
        "import sys\nassert '--skip-check' in sys.argv\nprint(open('said').read())\n"
    )
    command = [sys.executable, str(ROOT / "tools" / "audit.py")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def report(*found: tuple[str, str], **summary: int) -> dict[str, Any]:
    """Return what checkov reports of these findings."""
    failed = [
        {
            "check_id": check,
            "resource": resource,
            "check_name": "Ensure it",
            "file_path": "/Backup.template",
            "file_line_range": [7, 9],
        }
        for check, resource in found
    ]
    return {"results": {"failed_checks": failed}, "summary": {**SUMMARY, **summary}}


def test_what_is_accepted_passes(tmp_path: Path) -> None:
    done = audit(tmp_path, report(ROLE, TOPIC))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "11 checks passed, 2 findings are accepted.\n"


@pytest.mark.parametrize(
    ("said", "shown", "why"),
    [
        pytest.param(
            report(ROLE, TOPIC, SECOND_TOPIC),
            "Backup.template:7: CKV_AWS_26 AWS::SNS::Topic.Second: Ensure it\n",
            "a check failed",
            id="the-same-finding-on-another-resource",
        ),
        pytest.param(
            report(ROLE),
            ".checkov.yaml: CKV_AWS_26 does not fail on AWS::SNS::Topic.SOCABackupAlertsTopic\n",
            "something is accepted that is not found",
            id="accepted-but-gone",
        ),
        pytest.param(
            report(ROLE, TOPIC, skipped=1), "", "a template skips a check", id="skipped-in-template"
        ),
        pytest.param(
            report(ROLE, TOPIC, parsing_errors=1), "", "checkov could not read", id="not-a-template"
        ),
        pytest.param({**SUMMARY, "passed": 0}, "", "checkov could not read", id="nothing-to-check"),
        pytest.param(None, "", "checkov did not run", id="crashed"),
    ],
)
def test_anything_else_fails(tmp_path: Path, said: Any, shown: str, why: str) -> None:
    done = audit(tmp_path, said)
    assert (done.returncode, done.stdout) == (1, shown)
    assert done.stderr.startswith(f"make audit: {why}")


def test_what_is_accepted_has_a_reason_and_a_resource_that_exists() -> None:
    accepted = re.findall(r"(?:  # .*\n)+  - CKV\w+ # (\S+)\.(\S+)\n", CONFIGURATION)
    assert len(accepted) == CONFIGURATION.count("- CKV")
    for kind, name in accepted:
        assert template()["Resources"][name]["Type"] == kind
