"""Runs a block of commands of a page as a reader does: in a shell, with the real AWS CLI."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator.paths import ROOT
from tests.support.parameter_values import ACCOUNT, CLUSTER

STACK = f"{CLUSTER}-backup"
MAIN_STACK = "mycluster"
NAMES = {
    "CLUSTER_ID": CLUSTER,
    "MAIN_STACK": MAIN_STACK,
    "PARTITION": "aws",
    "ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/{STACK}-SOCAAWSBackupRole-1A2B3C4D5E6F",
    "STACK": STACK,
    "TAG_KEY": "soca:BackupPlan",
    "VAULT": f"Vault-{CLUSTER}",
    "VAULT_ARN": f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:Vault-{CLUSTER}",
}
"""The names that a page sets once for all its blocks; a block sets what else it uses itself."""

SHELLS = [
    pytest.param(
        shell,
        marks=pytest.mark.skipif(not shutil.which(shell), reason=f"{shell} is not installed"),
    )
    for shell in ("bash", "zsh")
]


def run(text: str, shell: str, endpoint_url: str, folder: Path) -> None:
    """Run the block in ``folder``; raise AssertionError with its errors where a command fails.

    The folder gets the templates, and a make that does nothing.
    """
    commands = folder / "bin"
    if not commands.exists():
        commands.mkdir()
        # Not the script of .venv: its first line cannot name a path with a space.
        aws = f'#!/bin/sh\nexec "{sys.executable}" -m awscli "$@"\n'
        for name, script in (("make", "#!/bin/sh\n"), ("aws", aws)):
            (commands / name).write_text(script, "utf-8")
            (commands / name).chmod(0o755)
        (folder / "templates").symlink_to(ROOT / "templates")
    environment = {
        "PATH": os.pathsep.join([str(commands), "/usr/bin:/bin"]),
        # What the reader of the tests has set up for shells and the CLI stays out.
        "HOME": str(folder),
        "ZDOTDIR": str(folder),
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    ended = subprocess.run(
        [shutil.which(shell) or shell, "-euo", "pipefail", "-c", text],
        cwd=folder,
        env=environment | NAMES,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, f"{text}\n{ended.stderr}"
