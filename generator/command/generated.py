"""The verbs for what the source writes: templates/, and parts of the pages."""

import argparse
from typing import TYPE_CHECKING

from generator.command import FINDING, FINE, USAGE
from generator.command.printing import Progress, print_lines, say, write
from generator.stacks import MAIN, TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path  # no option needs it before its verb runs


def templates(arguments: argparse.Namespace) -> int:
    """Generate and lint the templates, then write them; print path, size and checksum of each.

    It writes nothing if there are findings. For a template, it also prints how many more bytes lint
    allows.
    """
    import hashlib

    from generator import lint, paths, templates_folder

    with Progress("generating and checking the templates"):
        texts = templates_folder.generate()
        findings = templates_folder.lint(texts)
    if _report(findings):
        return FINDING
    for path in templates_folder.write(texts, arguments.output or paths.TEMPLATES):
        content = path.read_bytes()
        checksum = hashlib.sha256(content).hexdigest()
        is_template = path.suffix == ".template"
        left = f", {lint.MAX_BYTES - len(content)} left" if is_template else ""
        print_lines(
            f"{templates_folder.shown_path(path)}  {len(content)} bytes{left}  sha256:{checksum}"
        )
    return FINE


def add_output(verb: argparse.ArgumentParser) -> None:
    """Add the option of `templates`."""
    text = "write to DIR instead of templates/; it is created if it is missing"
    verb.add_argument("--output", metavar="DIR", type=_directory, help=text)


def check(_: argparse.Namespace) -> int:
    """Print how templates/ differs from its source, as a diff, and the findings; write nothing."""
    from generator import paths, templates_folder
    from generator.cloudformation.errors import UnreadableError

    try:
        with Progress("checking templates/"):
            texts = templates_folder.generate()
            drift = templates_folder.drift(texts, paths.TEMPLATES)
            findings = templates_folder.lint(texts)
    except UnreadableError as error:
        say(str(error))
        return USAGE
    if drift:
        for line in "".join(drift).removesuffix("\n").split("\n"):
            print_lines(line, longest=None)
        say(
            "templates/ differs from its source: run `make templates`, delete the files that it "
            "does not write, and commit the result"
        )
    if _report(findings) or drift:
        return FINDING
    say("no findings: templates/ is what its source makes, and lint finds nothing")
    return FINE


def render(arguments: argparse.Namespace) -> int:
    """Print the text of a template, without linting or writing it."""
    from generator.stacks.render import render as text_of

    write(text_of(TEMPLATES[arguments.template]()))
    return FINE


def add_template(verb: argparse.ArgumentParser) -> None:
    """Add the name of a template, Backup.template if there is none."""
    text = f"one of {', '.join(TEMPLATES)} (default: {MAIN})"
    verb.add_argument(
        "template", metavar="NAME", nargs="?", choices=TEMPLATES, default=MAIN, help=text
    )


def docs(_: argparse.Namespace) -> int:
    """Write what the pages take from the source: tables, examples, rules; print what changed."""
    from generator import templates_folder
    from generator.docs.pages import pages

    try:
        texts = pages()
    except ValueError as error:
        say(str(error))
        return FINDING
    for path, text in texts.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            templates_folder.write({path.name: text}, path.parent)
            print_lines(templates_folder.shown_path(path))
    return FINE


def _report(findings: list[str]) -> bool:
    """Print the findings; return whether there are any."""
    for finding in findings:
        print_lines(finding)
    if findings:
        say(f"{len(findings)} finding(s); nothing was written")
    return bool(findings)


def _directory(value: str) -> "Path":
    from pathlib import Path

    path = Path(value)
    if not value or (path.exists() and not path.is_dir()):
        raise argparse.ArgumentTypeError(f"{value!r} is not a directory: give one, or a new name")
    return path
