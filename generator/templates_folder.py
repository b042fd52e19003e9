"""The files of templates/: generated, compared with the source, written whole or not at all."""

import difflib
import os
from pathlib import Path

from generator import files, paths
from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.fetch import MAX_BYTES, load
from generator.cloudformation.read import Template, read
from generator.deployer_policy import policy
from generator.lint import findings
from generator.stacks import MAIN, TEMPLATES, templates
from generator.stacks.render import render


def generate() -> dict[str, str]:
    """Return the text of each file of templates/, by name."""
    by_name = templates()
    return {
        **{name: render(template) for name, template in by_name.items()},
        **{policy_name(name): policy.text(name, template) for name, template in by_name.items()},
    }


def policy_name(template: str) -> str:
    """Return the name of the file with the policy for whoever deploys a template."""
    companion = "" if template == MAIN else template.removesuffix("template")
    return f"{companion}deployer-policy.json"


def read_templates() -> dict[str, Template]:
    """Return the templates in templates/, by file name.

    Raises UnreadableError if one is missing or cannot be read.
    """
    try:
        return {name: read(str(paths.TEMPLATES / name)) for name in TEMPLATES}
    except UnreadableError as error:
        raise UnreadableError(f"{error}; run `make templates`") from None


def counterpart(name: str) -> str:
    """Return the name of our template that a file or an address of this name is compared with."""
    file_name = name.partition("?")[0].rpartition("/")[2]
    return file_name if file_name in TEMPLATES else MAIN


def lint(texts: dict[str, str]) -> list[str]:
    """Return the findings in the templates, a line each; without any they may be published."""
    return [
        finding.at(shown_path(paths.TEMPLATES / name))
        for name, text in texts.items()
        if name in TEMPLATES
        for finding in findings(text)
    ]


def drift(texts: dict[str, str], directory: Path) -> list[str]:
    """Return what generating would change in the directory, as a unified diff per file.

    Raises UnreadableError if something in it cannot be read.
    """
    present = {path.name for path in directory.iterdir()} if directory.is_dir() else set()
    diffs = []
    for name in sorted(texts.keys() | present):
        before = _read(directory / name) if name in present else ""
        lines = difflib.unified_diff(
            before.splitlines(keepends=True),
            texts.get(name, "").splitlines(keepends=True),
            fromfile=shown_path(directory / name) if name in present else os.devnull,
            tofile=f"{name}, generated" if name in texts else os.devnull,
        )
        diffs.append("".join(line if line.endswith("\n") else f"{line}\n" for line in lines))
    return [diff for diff in diffs if diff]


def write(texts: dict[str, str], directory: Path) -> list[Path]:
    """Write the files and return their paths; a reader sees the old text or the new one, whole.

    Raises OSError if the directory cannot be created or written to.
    """
    directory.mkdir(parents=True, exist_ok=True)
    return [files.write(directory / name, text) for name, text in texts.items()]


def shown_path(path: Path) -> str:
    """Return the path as people would type it: relative, if it is in the working directory."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _read(path: Path) -> str:
    # Line ends stay: a file with converted ones is not what was generated.
    if not path.is_file():  # nothing would come from a pipe
        raise UnreadableError(f"{shown_path(path)}: is not a file: delete it")
    content = load(str(path))
    if len(content) > MAX_BYTES:
        raise UnreadableError(f"{shown_path(path)}: is larger than {MAX_BYTES} bytes: delete it")
    return content.decode("utf-8", "replace")
