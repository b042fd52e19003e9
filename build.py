#!/usr/bin/env python3
"""The command line: one verb per step; without a verb, `templates`."""

import sys

if sys.version_info < (3, 10):  # noqa: UP036 - an older Python gets a sentence, not a traceback
    sys.exit("build.py: this Python is older than 3.10: install Python 3.10 or newer")

import os

# python -I, python -P and PYTHONSAFEPATH leave the folder of this file out of sys.path.
sys.path.insert(0, os.path.split(os.path.realpath(__file__))[0])

import argparse
import contextlib
import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NoReturn, TextIO

from generator import VERSION
from generator.printable import LONGEST, json_text, printable, without_secrets
from generator.stacks import MAIN, TEMPLATES

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path  # no option needs them before its verb runs

    from generator.cloudformation.read import Template

FINE, FINDING, USAGE = 0, 1, 2
CLUSTER = "soca-mycluster"
YEARS = 1970, 2199  # those that a schedule of AWS can name
SOURCE = "a file, https://... or s3://BUCKET/KEY"


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
        _print(
            f"{templates_folder.shown_path(path)}  {len(content)} bytes{left}  sha256:{checksum}"
        )
    return FINE


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
        _say(str(error))
        return USAGE
    if drift:
        for line in "".join(drift).removesuffix("\n").split("\n"):
            _print(line, longest=None)
        _say(
            "templates/ differs from its source: run `make templates`, delete the files that it "
            "does not write, and commit the result"
        )
    if _report(findings) or drift:
        return FINDING
    _say("no findings: templates/ is what its source makes, and lint finds nothing")
    return FINE


def render(arguments: argparse.Namespace) -> int:
    """Print the text of a template, without linting or writing it."""
    from generator.stacks.render import render as text_of

    _write(text_of(TEMPLATES[arguments.template]()))
    return FINE


def docs(_: argparse.Namespace) -> int:
    """Write the tables, examples and rules that pages take from the source; print what changed."""
    from generator import templates_folder
    from generator.docs.pages import pages

    try:
        texts = pages()
    except ValueError as error:
        _say(str(error))
        return FINDING
    for path, text in texts.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            templates_folder.write({path.name: text}, path.parent)
            _print(templates_folder.shown_path(path))
    return FINE


def check_parent(arguments: argparse.Namespace) -> int:
    """Print what does not fit between the template PARENT and the template of ours that it nests.

    Each line is `path:line:column: rule: message`. E3043: a parameter is missing or unknown. E9601:
    an output does not exist. E9602: a value is refused. E9604: what the stack refers to does not
    exist. E9605: CloudFormation refuses the TemplateURL. W9603 and W9606, warnings: TemplateURL
    names no region, or a bucket with a dot. The exit code is 0 if there are only warnings. It is 1
    if there is another finding or if PARENT nests none of ours, and 2 if PARENT is not a template.
    """
    from generator import templates_folder
    from generator.cloudformation.errors import UnreadableError
    from generator.cloudformation.expand import expanded
    from generator.parent import check, placeholders
    from generator.parent.nested_stacks import ParentError, nested_stacks

    try:
        parent = expanded(placeholders.read(arguments.parent, dict(arguments.placeholder)))
        ours = templates_folder.read_templates()
        stacks = nested_stacks(parent, ours, MAIN, arguments.stack)
        findings = check.findings(parent, stacks)
    except UnreadableError as error:
        _say(str(error))
        return USAGE
    except ParentError as error:
        _say(str(error))
        return FINDING
    for finding in findings:
        _print(finding.at(parent.name))
    errors = [finding for finding in findings if not check.is_warning(finding)]
    if findings:
        _say(f"{len(errors)} finding(s), {len(findings) - len(errors)} warning(s)")
    if errors:
        return FINDING
    _print(check.fits(parent, stacks))
    return FINE


def compare(arguments: argparse.Namespace) -> int:
    """Print what an update from one template to another does to a live stack, and to its parent.

    OLD and NEW are templates, in YAML or JSON. What is protected less comes first. The verdict is
    none, patch, minor or major; see CONTRIBUTING.md. The exit code is 1 if a stack would be
    protected less, unless accepted-losses.json accepts it for this checkout; if something stateful
    would be replaced or removed, or no longer kept or protected; if NEW looks up what its Mappings
    do not have; if NEW states a lower version than the verdict needs; and if an entry of accepted-
    losses.json matches nothing. It is 2 if OLD or NEW is not a template. --json prints one
    document: schema; old and new, each with source and version; verdict; needed_version; ok;
    failures; protection_losses, each with sentence, where (the parameters for which it happens),
    text and accepted (why, or null); changes, each with about, name, type, change, level, danger,
    text, where and values (what differs, whole: path, old, new).
    With exit code 2, it is schema and error.
    """
    from generator import templates_folder
    from generator.cloudformation.errors import UnreadableError
    from generator.cloudformation.read import parse, read
    from generator.compare import comparison, report
    from generator.compare.accepted_losses import accepted_losses

    accepted = None
    try:
        old = read(arguments.old)
        if arguments.new is None:
            name = arguments.template or templates_folder.counterpart(old.name)
            new = parse("this checkout", templates_folder.generate()[name])
            accepted = accepted_losses(VERSION)
        elif arguments.template:
            _say(f"--template {arguments.template} is for OLD alone: leave out --template or NEW")
            return USAGE
        else:
            new = read(arguments.new)
        compared = comparison.compare(old, new, accepted)
    except UnreadableError as error:
        if arguments.json:
            _write(report.error_as_json(str(error)))
        _say(str(error))
        return USAGE
    _write((report.as_json if arguments.json else report.as_text)(compared))
    return FINDING if compared.failures else FINE


def explain(arguments: argparse.Namespace) -> int:
    """Print what a stack of a template protects, for how long, and what it does not.

    TEMPLATE is any template with AWS Backup in it, in YAML or JSON (default: ours, as it is in
    templates/). A word with only letters and digits before its first = is the value of a
    parameter; all others have their defaults. A value that CloudFormation would refuse is refused.
    The exit code is 2 then, and if TEMPLATE is not a template. --json prints one document, which
    generator/protection/explanation.schema.json describes. --svg draws which backups exist, by
    their age.
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
            template = read(source)
        day = arguments.start or datetime.now(timezone.utc).date()
        explanation = explained(template, given, day)
        if arguments.svg:
            from generator.protection import picture

            drawing = picture.picture(explanation.types, explanation.now)
    except (UnreadableError, RefusedError, UnknownError) as error:
        if arguments.json:
            from generator.protection import document

            _write(document.error_as_json(str(error)))
        _say(str(error))
        return USAGE
    if arguments.svg:
        files.write(arguments.svg, drawing)
    if arguments.json:
        from generator.protection import document

        _write(document.as_json(explanation))
    else:
        _write(page.as_text(explanation))
    return FINE


def deployer_policy(arguments: argparse.Namespace) -> int:
    """Print the IAM policy needed to create, update and delete stacks of the templates.

    Without options it is templates/deployer-policy.json, whose holder is as good as an
    administrator: it may give a role any permissions, and assume it. --boundary prevents that.
    """
    from generator.deployer_policy import policy
    from generator.deployer_policy.bounds import Bounds, checked
    from generator.stacks import templates

    made = templates()
    bounds = Bounds(
        arguments.boundary,
        arguments.cluster_id,
        arguments.account,
        arguments.stack_name,
        arguments.topic,
    )
    try:
        text = policy.text(made, checked(bounds, made))
    except ValueError as error:
        _say(str(error))
        return USAGE
    _write(text)
    return FINE


def publish(arguments: argparse.Namespace) -> int:
    """Run `check`, then publish templates/ to S3, as a release that is never changed again."""
    from generator import templates_folder
    from generator.release import contents, options, provenance, report
    from generator.release import publish as publishing
    from generator.release.bucket import Connection
    from generator.release.s3_errors import S3Error

    try:
        targets = options.targets(arguments.bucket, arguments.regions)
        release = contents.Release(
            contents.objects(templates_folder.generate()),
            options.folder(arguments.folder),
            options.account(arguments.expected_bucket_owner),
            arguments.replace,
        )
        connection = Connection(arguments.profile, options.endpoint(arguments.endpoint_url))
        planned = publishing.plan(release, targets, connection.region) if arguments.dry_run else []
    except ValueError as error:
        _say(str(error))
        return USAGE
    with contextlib.redirect_stdout(sys.stderr):
        if check(arguments):
            return FINDING
    for line in report.uncommitted(provenance.uncommitted() or []):
        _say(line)
    progress = Progress(f"publishing to {len(targets)} bucket(s)")

    def finished(publication: publishing.Publication) -> None:
        with progress.aside():
            _say(report.line(publication))

    try:
        with contextlib.nullcontext() if planned else progress:
            publications = planned or publishing.publish(release, targets, connection, finished)
    except S3Error as error:
        _say(str(error))
        return FINDING
    if arguments.json:
        record = report.document(publications, release, provenance.provenance())
        _write(json_text(record))
    else:
        for line in report.results(publications, release):
            _print(line)
    for line in report.summary(publications, release):
        _say(line)
    return FINDING if any(each.error for each in publications) else FINE


def verify(arguments: argparse.Namespace) -> int:
    """Say whether a published release is whole; write nothing."""
    from generator import templates_folder
    from generator.release import contents, options
    from generator.release import verify as verifying
    from generator.release.bucket import Connection
    from generator.release.s3_errors import S3Error

    try:
        targets = options.targets(arguments.bucket, arguments.regions)
        folder = options.folder(arguments.folder)
        owner = options.account(arguments.expected_bucket_owner)
        connection = Connection(arguments.profile, options.endpoint(arguments.endpoint_url))
    except ValueError as error:
        _say(str(error))
        return USAGE
    with contextlib.redirect_stdout(sys.stderr):
        if arguments.against_local and check(arguments):
            return FINDING
    objects = contents.objects(templates_folder.generate()) if arguments.against_local else []
    release = contents.Release(objects, folder, owner)
    progress = Progress(f"verifying {len(targets)} bucket(s)")

    def finished(verdict: verifying.Verdict) -> None:
        with progress.aside():
            _print(*verdict.lines())

    try:
        with progress:
            verdicts = verifying.verify(release, targets, connection, finished)
    except S3Error as error:
        _say(str(error))
        return FINDING
    return FINDING if any(verdict.findings for verdict in verdicts) else FINE


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; return 0 if all is well, 1 for a finding or a failure, 2 for wrong usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words and words[0].partition("=")[0] == "--output":  # without a verb: templates
        words.insert(0, "templates")
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # the caller closed it: nobody reads it
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
    if isinstance(sys.stdout, io.TextIOWrapper):  # it may not encode all of a path or a diff
        sys.stdout.reconfigure(errors="backslashreplace")
    arguments = argparse.Namespace(interrupted="nothing was left half-written")
    try:
        try:
            arguments = _parsed(words)
            status: int = arguments.run(arguments)
        except SystemExit as leave:  # argparse has printed help, the version or what is wrong
            status = USAGE if leave.code else FINE
            _write("", sys.stderr)
            _write("")
    except KeyboardInterrupt:
        _say(f"interrupted; {arguments.interrupted}")
        return 130
    except ModuleNotFoundError as error:
        _say(
            f"Python package {error.name!r} is missing: run `make templates`, which installs it "
            "into .venv, and run this with .venv/bin/python"
        )
        return FINDING
    except (MemoryError, RecursionError):
        _say(f"{without_secrets(' '.join(words))}: takes more memory than there is; give less")
        return USAGE
    except OSError as error:
        # A failed rename is about the file that it would replace; a full disk has no name.
        where = error.filename2 or error.filename or "cannot write"
        _say(f"{where}: {error.strerror}; nothing was left half-written")
        return FINDING
    return status


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        super().error(printable(without_secrets(message)))


def _parsed(words: Sequence[str]) -> argparse.Namespace:
    parser = _parser()
    arguments, left = parser.parse_known_args(words)
    if arguments.run is explain and not any(word.startswith("-") for word in left):
        arguments.words += left  # argparse takes no more of them after an option
    elif left:
        parser.error(f"unrecognized arguments: {' '.join(left)}")
    return arguments


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="build.py",
        description="Generates the CloudFormation template that backs up a SOCA cluster.",
        epilog="Without a verb, it runs templates. `python build.py VERB --help` has an example.",
    )
    parser.add_argument("--version", action="version", version=VERSION)
    parser.set_defaults(run=templates, output=None, interrupted="nothing was left half-written")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")
    options = {
        deployer_policy: _add_bounds,
        explain: _add_values,
        publish: _add_s3_options,
        verify: _add_s3_options,
    }
    for run, example in (
        (templates, "--output /tmp/templates"),
        (check, ""),
        (render, "| less"),
        (docs, ""),
        (check_parent, "scale-out-computing-on-aws.template"),
        (compare, "s3://BUCKET/soca-backup/v1.0.0/templates/Backup.template"),
        (explain, "WeeklyRetention=3-months MonthlyRetention=7-years"),
        (deployer_policy, "--cluster-id soca-mycluster > policy.json"),
        (publish, "--bucket templates-{region} --regions us-east-1,eu-west-1"),
        (verify, "--bucket my-templates --against-local"),
    ):
        name = run.__name__.replace("_", "-")
        summary = str(run.__doc__)
        verb = verbs.add_parser(
            name,
            help=summary.partition("\n")[0],
            description=summary,
            epilog=f"Example: python build.py {name} {example}".rstrip(),
        )
        verb.set_defaults(run=run)
        add = verb.add_argument
        if run is check_parent:
            add("parent", metavar="PARENT", help=SOURCE)
            text = (
                "check only this stack, also if its TemplateURL does not say what it is made from"
            )
            add("--stack", metavar="LOGICAL_ID", help=text)
            text = (
                "what the build puts for %%%%NAME%%%%; without =VALUE: any value; without NAME, "
                "after PARENT: any value for each placeholder; may be repeated"
            )
            add(
                "--placeholder",
                metavar="NAME=VALUE",
                nargs="?",
                action="append",
                type=_placeholder,
                const=("", None),
                default=[],
                help=text,
            )
        if run is templates:
            text = "write to DIR instead of templates/; it is created if it is missing"
            add("--output", metavar="DIR", type=_directory, help=text)
        if run is compare:
            add("old", metavar="OLD", help=SOURCE)
            add("new", metavar="NEW", nargs="?", help=f"{SOURCE} (default: this checkout)")
            add("--json", action="store_true", help="print one JSON document")
            text = (
                "the template of this checkout to compare with (default: the one with the file "
                f"name of OLD, or else {MAIN})"
            )
            add("--template", metavar="NAME", choices=TEMPLATES, help=text)
        if run is render:
            text = f"one of {', '.join(TEMPLATES)} (default: {MAIN})"
            add("template", metavar="NAME", nargs="?", choices=TEMPLATES, default=MAIN, help=text)
        if run in options:
            options[run](verb)
        if run is publish:
            verb.set_defaults(
                interrupted="buckets in progress were finished: publish again for the others"
            )
            for flag, text in (
                ("--replace", "overwrite what differs; only for development folders"),
                ("--dry-run", "do not contact S3; print what would be written, and where"),
                ("--json", "print one JSON document about everything that was done"),
            ):
                add(flag, action="store_true", help=text)
        if run is verify:
            text = "also compare with what this checkout would publish"
            add("--against-local", action="store_true", help=text)
    return parser


def _add_values(verb: argparse.ArgumentParser) -> None:
    add = verb.add_argument
    text = f"{SOURCE} (default: ours), and the values of its parameters"
    add("words", metavar="TEMPLATE|NAME=VALUE", nargs="*", help=text)
    text = "the day from which starts and ages are counted (default: today)"
    add("--from", metavar="YYYY-MM-DD", type=_date, dest="start", help=text)
    add("--json", action="store_true", help="print one JSON document")
    text = "draw which backups exist, by their age, into FILE"
    add("--svg", metavar="FILE", type=_svg, help=text)


def _add_bounds(verb: argparse.ArgumentParser) -> None:
    from generator.deployer_policy.bounds import OPEN

    for option, metavar, text in (
        ("--boundary", "ARN", "every role that is created or changed must have this boundary"),
        ("--cluster-id", "ID", "only the vault and the keys of this cluster"),
        ("--account", "ID", "only this account"),
        ("--topic", "ARN", "the NotificationTopicArn to which an e-mail address may subscribe"),
    ):
        verb.add_argument(option, metavar=metavar, help=text)
    names = ",".join(OPEN.stack_names)
    verb.add_argument(
        "--stack-name",
        metavar="N1,N2,...",
        type=lambda text: tuple(text.split(",")),
        default=OPEN.stack_names,
        help=f"only stacks of these names; '*' stands for any characters (default: {names})",
    )


def _add_s3_options(verb: argparse.ArgumentParser) -> None:
    text = "name of the bucket; may contain {region}"
    verb.add_argument("--bucket", metavar="NAME", required=True, help=text)
    verb.add_argument(
        "--regions",
        metavar="R1,R2,...",
        type=lambda text: text.split(","),
        default=[],
        help="regions of the buckets (default: the region of the one bucket)",
    )
    folder = f"the release is in PREFIX/templates/ (default: soca-backup/v{VERSION})"
    for option, metavar, text in (
        ("--folder", "PREFIX", folder),
        ("--expected-bucket-owner", "ACCOUNT", "refuse buckets of other accounts"),
        ("--endpoint-url", "URL", "use this S3 instead of AWS's"),
        ("--profile", "NAME", "profile of the AWS configuration"),
    ):
        verb.add_argument(option, metavar=metavar, help=text)


def _directory(value: str) -> "Path":
    from pathlib import Path

    path = Path(value)
    if not value or (path.exists() and not path.is_dir()):
        raise argparse.ArgumentTypeError(f"{value!r} is not a directory: give one, or a new name")
    return path


def _svg(value: str) -> "Path":
    from pathlib import Path

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
    """Return the template, if there is one, and the values; raise UnreadableError for two."""
    import re

    from generator.cloudformation.errors import UnreadableError

    sources, given = [], {}
    for word in words:
        name, equals, value = word.partition("=")
        if equals and re.fullmatch("[A-Za-z0-9]+", name):
            given[name] = value
        else:
            sources.append(word)
    if len(sources) > 1:
        raise UnreadableError(f"{sources[1]!r}: a second template: give one, and NAME=VALUE")
    return next(iter(sources), None), given


def _ours() -> "Template":
    """Return our template as it is committed, which takes no troposphere, and is what is used."""
    from generator import paths
    from generator.cloudformation.errors import UnreadableError
    from generator.cloudformation.read import read

    try:
        return read(os.path.relpath(paths.TEMPLATES / MAIN))
    except UnreadableError as error:
        raise UnreadableError(f"{error}; run `make templates`") from None


def _placeholder(text: str) -> tuple[str, str | None]:
    import re

    match = re.fullmatch(r"(?:%%)?([A-Za-z0-9_]+)(?:%%)?(?:=(.*))?", text, re.DOTALL)
    if not match:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not NAME=VALUE: without a value, write --placeholder after PARENT"
        )
    return match[1], match[2]


class Progress:
    """Says on stderr what is being done, from when it is entered until it is left.

    In a log it is a line, on a terminal one that goes away.
    """

    def __init__(self, doing: str) -> None:
        self._line = f"build.py: {doing} ..."
        self._goes_away = sys.stderr.isatty()

    def __enter__(self) -> None:
        """Say it at once."""
        _write(self._line if self._goes_away else f"{self._line}\n", sys.stderr)

    def __exit__(self, *_: object) -> None:
        """Take the line off the terminal."""
        self._hide()

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Let others print: what they print stays, and on a terminal the line is below it."""
        self._hide()
        yield
        if self._goes_away:
            _write(self._line, sys.stderr)

    def _hide(self) -> None:
        if self._goes_away:  # with spaces: a terminal may know no escape sequences
            _write("\r" + " " * len(f"{self._line}^C") + "\r", sys.stderr)


def _report(findings: list[str]) -> bool:
    """Print the findings; return whether there are any."""
    for finding in findings:
        _print(finding)
    if findings:
        _say(f"{len(findings)} finding(s); nothing was written")
    return bool(findings)


def _print(*lines: str, longest: int | None = LONGEST) -> None:
    """Print lines, in which names and values of others may stand."""
    _write("".join(f"{printable(line, longest)}\n" for line in lines))


def _say(sentence: str) -> None:
    _write(f"build.py: {printable(sentence)}\n", sys.stderr)


def _write(text: str, stream: TextIO | None = None) -> None:
    """Write to a stream, stdout by default; without a reader, to nobody: the verb goes on."""
    stream = stream or sys.stdout
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        # The reader, such as `head`, has seen enough; and who could be told about stderr?
        if stream is not sys.stderr and not isinstance(error, BrokenPipeError):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    sys.exit(main())
