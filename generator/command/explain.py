"""The verb `explain`: what a stack protects, for how long, and what it does not."""

import argparse
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from generator.command import FINDING, FINE, SOURCE, USAGE
from generator.command.printing import say, write
from generator.stacks import MAIN

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path  # no option needs them before its verb runs

    from generator.cloudformation.read import Template

CLUSTER = "soca-mycluster"
YEARS = 1970, 2199  # those that a schedule of AWS can name


def explain(arguments: argparse.Namespace) -> int:
    """Print what a stack of a template protects, for how long, and what it does not.

    TEMPLATE is any template with AWS Backup in it, in YAML or JSON (default: ours, as it is in
    templates/). A word with only letters and digits before its first = gives a parameter its value;
    all other parameters have their defaults.

    The exit code is 2 if TEMPLATE is not a template, or if CloudFormation would refuse a value. It
    is 1 if --svg asks for a picture of backups that are not known, or of none: then FILE stays as
    it is, and all else is printed.

    --json prints one document, which generator/protection/explanation.schema.json describes. --svg
    draws which backups exist, by their age.
    """
    from datetime import datetime, timezone

    from generator import files, protection  # noqa: F401 - it makes _backup importable
    from generator.cloudformation.errors import UnreadableError
    from generator.cloudformation.read import read
    from generator.protection import page
    from generator.protection.explain import explain as explained
    from generator.protection.given import RefusedError, UnknownError

    try:
        source, given = _template_and_values(arguments.words)
        if source is None:
            template = _ours()
            given = {"ClusterId": CLUSTER, **given}
        else:
            template = read(_checked(source))
        now = None if arguments.start else datetime.now(timezone.utc)
        day = now.date() if now else arguments.start
        explanation = explained(template, given, day, now)
    except (UnreadableError, RefusedError) as error:
        if arguments.json:
            from generator.protection import document

            write(document.error_as_json(str(error)))
        say(str(error))
        return USAGE
    code = FINE
    if arguments.svg:
        from generator.protection import picture

        try:
            files.write(arguments.svg, picture.picture(explanation.types, explanation.now))
        except UnknownError as error:
            say(str(error))
            code = FINDING
    if arguments.json:
        from generator.protection import document

        write(document.as_json(explanation))
    else:
        write(page.as_text(explanation))
    return code


def add_options(verb: argparse.ArgumentParser) -> None:
    """Add what `explain` takes."""
    add = verb.add_argument
    text = f"{SOURCE} (default: ours), and the values of its parameters"
    add("words", metavar="TEMPLATE|NAME=VALUE", nargs="*", help=text)
    text = "count starts and ages from 00:00 of this day (default: from now on)"
    add("--from", metavar="YYYY-MM-DD", type=_date, dest="start", help=text)
    add("--json", action="store_true", help="print one JSON document")
    text = "draw which backups exist, by their age, into FILE"
    add("--svg", metavar="FILE", type=_svg, help=text)


def _svg(value: str) -> "Path":
    from pathlib import Path

    if value == "-":
        raise argparse.ArgumentTypeError("'-' is no file, and stdout has the page: give a file")
    path = Path(value).resolve() if value else Path()
    if path.exists() and not path.is_file():
        raise argparse.ArgumentTypeError(f"{value!r} is not a file: give one, or a new name")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{value!r} is in a directory that does not exist")
    return path


def _date(text: str) -> "date":
    from datetime import date

    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:  # Python 3.11 reads 20261231, too
        raise argparse.ArgumentTypeError(f"{text!r} is not a day: write it as 2026-12-31")
    first, last = YEARS
    if not first <= day.year <= last:
        raise argparse.ArgumentTypeError(f"{text!r} is too far: give a year from {first} to {last}")
    return day


def _template_and_values(words: Sequence[str]) -> tuple[str | None, dict[str, str]]:
    """Return the template, if there is one, and the values.

    Raises UnreadableError for two templates, and for two values of a parameter.
    """
    import re

    from generator.cloudformation.errors import UnreadableError

    sources, given = [], {}
    for word in words:
        name, equals, value = word.partition("=")
        if equals and re.fullmatch("[A-Za-z0-9]+", name):
            if name in given:
                raise UnreadableError(f"{name} has two values: give it one")
            given[name] = value
        else:
            sources.append(word)
    if len(sources) > 1:
        raise UnreadableError(f"{sources[1]!r}: a second template: give one, and NAME=VALUE")
    return next(iter(sources), None), given


def _checked(source: str) -> str:
    """Return the source; raise UnreadableError if it is neither an address nor there."""
    from generator.cloudformation.errors import UnreadableError

    if "://" in source or os.path.lexists(source):
        return source
    raise UnreadableError(
        f"{source or repr(source)}: there is no such file: give {SOURCE}, or the value of a "
        "parameter as NAME=VALUE"
    )


def _ours() -> "Template":
    """Return our template as it is committed, which takes no troposphere, and is what is used."""
    from generator import paths
    from generator.cloudformation.errors import UnreadableError
    from generator.cloudformation.read import read

    try:
        return read(os.path.relpath(paths.TEMPLATES / MAIN))
    except UnreadableError as error:
        raise UnreadableError(f"{error}; run `make templates`") from None
