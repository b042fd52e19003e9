"""What a release was made from and with: the commit, and the versions of the tools."""

import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from typing import Any

from generator import VERSION
from generator.paths import ROOT
from generator.release.contents import NAME

# Whatever the user's configuration says about names, and files that are not in the repository.
_STATUS = ("-c", "core.quotePath=true", "status", "--porcelain", "--untracked-files=normal")


def provenance() -> dict[str, Any]:
    """Return what is known; the commit is None if the source is not a git checkout of its own.

    The manifest does not have it, because it is the same for every publisher; publishers keep this
    for their own records.
    """
    commit = _git("rev-parse", "HEAD") if _git("rev-parse", "--show-cdup") == "" else None
    return {
        "name": NAME,
        "version": VERSION,
        "commit": commit,
        "clean": None if commit is None else uncommitted() == [],
        "python": platform.python_version(),
        **{name: version(name) for name in ("troposphere", "awacs", "cfn-lint")},
    }


def uncommitted() -> list[str] | None:
    """Return the names of what is not committed; None if the source is not a checkout of its own.

    They are safe to print: git quotes a name with other characters than printable ASCII.
    """
    if _git("rev-parse", "--show-cdup") != "":
        return None
    status = _git(*_STATUS)
    # A line is two letters for the state, which may be spaces, and the name.
    return None if status is None else [line.split(maxsplit=1)[1] for line in status.splitlines()]


def _git(*arguments: str) -> str | None:
    """Return what git prints about this checkout; None if git fails or is not installed."""
    if (git := shutil.which("git")) is None:
        return None
    # A hook of git, for example, sets GIT_DIR: those variables lead to another repository.
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    done = subprocess.run(  # noqa: S603 - the arguments are the ones above
        [git, "-C", str(ROOT), *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        env=environment,
    )
    return done.stdout.strip() if done.returncode == 0 else None
