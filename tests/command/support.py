"""Runs the command line as people and pipelines do: as a process."""

import os
import subprocess
import sys
from pathlib import Path

from generator.paths import ROOT


def run(
    *words: str, python: tuple[str, ...] = (), cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run build.py with these words, and this environment beside that of the tests."""
    return subprocess.run(
        [sys.executable, *python, str(ROOT / "build.py"), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, **environment},
    )
