"""What templates/ holds: made from the source, compared with it, written whole or not at all."""

import difflib
import os
import tempfile
from pathlib import Path

from generator import paths
from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.read import Template, read
from generator.deployer_policy import policy
from generator.lint import findings
from generator.stacks import MAIN, TEMPLATES, templates
from generator.stacks.render import render


def generate() -> dict[str, str]:
    """Return the text of each file of templates/, by name."""
    made = templates()
    return {
        **{name: render(template) for name, template in made.items()},
        "deployer-policy.json": policy.text(made),
    }


def read_templates() -> dict[str, Template]:
    """Return the templates of the list as they stand in templates/, by file name.

    Raises UnreadableError where one is missing.
    """
    try:
        return {name: read(str(paths.TEMPLATES / name)) for name in TEMPLATES}
    except UnreadableError as error:
        raise UnreadableError(f"{error}; run `make templates`") from None


def counterpart(name: str) -> str:
    """Return which of the templates a file or an address of this name is compared with."""
    end = name.rpartition("/")[2]
    return end if end in TEMPLATES else MAIN


def lint(made: dict[str, str]) -> list[str]:
    """Return the findings in the templates, a line each; empty: publishable."""
    return [
        finding.at(shown(paths.TEMPLATES / name))
        for name, text in made.items()
        if name in TEMPLATES
        for finding in findings(text)
    ]


def drift(made: dict[str, str], directory: Path) -> list[str]:
    """Return what generating would change in the directory, a unified diff per file; or nothing."""
    present = {path.name for path in directory.iterdir()} if directory.is_dir() else set()
    diffs = []
    for name in sorted(made.keys() | present):
        before = _read(directory / name) if name in present else ""
        lines = difflib.unified_diff(
            before.splitlines(keepends=True),
            made.get(name, "").splitlines(keepends=True),
            fromfile=shown(directory / name) if name in present else os.devnull,
            tofile=f"{name}, generated" if name in made else os.devnull,
        )
        diffs.append("".join(line if line.endswith("\n") else f"{line}\n" for line in lines))
    return [diff for diff in diffs if diff]


def write(made: dict[str, str], directory: Path) -> list[Path]:
    """Write the files and return their paths; who reads meanwhile sees the old text or the new one.

    Raises OSError where the directory cannot be made or written to.
    """
    directory.mkdir(parents=True, exist_ok=True)
    return [_write(directory / name, text) for name, text in made.items()]


def shown(path: Path) -> str:
    """Return the path as people know it: from where they stand, where that is shorter."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _read(path: Path) -> str:
    # newline="": a file whose line ends were converted is not what was generated.
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return file.read()


def _write(path: Path, text: str) -> Path:
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(temporary).chmod(0o644)  # mkstemp gives 600, and others read what is published
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
