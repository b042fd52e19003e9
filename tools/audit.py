"""Hold templates/ against checkov's policies: its findings are those that .checkov.yaml accepts.

Neither more, on whichever resource, nor fewer. Runs in .venv-audit: what checkov pins would hold
back what we use.
"""

import json
import re
import subprocess
import sys
from pathlib import Path


def main() -> str:
    """Run checkov, print what it found and nobody accepted; return why that is a failure."""
    # In the place of the configured skips, which hold for every resource. CKV_0 is no check.
    command = [sys.executable, "-m", "checkov.main", "--skip-check", "CKV_0", "--output", "json"]
    ran = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    try:
        said = json.loads(ran.stdout)
    except ValueError:
        return f"checkov did not run (exit code {ran.returncode}): it says why above."
    summary = said.get("summary", said)  # without "results" where there was nothing to check
    # A file that checkov does not take for a template passes every check.
    if not summary["passed"] or summary["parsing_errors"]:
        return "checkov could not read every template: see which files it takes for templates."
    if summary["skipped"]:
        return "a template skips a check: accept the finding in .checkov.yaml."

    accepted = Path(".checkov.yaml").read_text(encoding="utf-8")
    listed = set(re.findall(r"^ *- (CKV\w+)(?: # (\S+))?", accepted, re.MULTILINE))
    failed = {(one["check_id"], one["resource"]): one for one in said["results"]["failed_checks"]}
    more, fewer = failed.keys() - listed, listed - failed.keys()
    for check, resource in sorted(more):
        one = failed[check, resource]
        at = f"{one['file_path'].lstrip('/')}:{one['file_line_range'][0]}"
        print(f"{at}: {check} {resource}: {one['check_name']}")
    for check, resource in sorted(fewer):
        print(f".checkov.yaml: {check} does not fail on {resource or 'a resource beside it'}")
    if more:
        return (
            "a check failed: change the template, or accept the finding in .checkov.yaml, for this "
            "resource and with the reason."
        )
    if fewer:
        return "something is accepted that is not found: take it out of .checkov.yaml."
    print(f"{summary['passed']} checks passed, {len(failed)} findings are accepted.")
    return ""


if __name__ == "__main__":
    problem = main()
    sys.exit(f"make audit: {problem}" if problem else 0)
