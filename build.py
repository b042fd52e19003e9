#!/usr/bin/env python3
"""The command line: one verb per step; without a verb, `templates`."""

import sys

if sys.version_info < (3, 10):  # noqa: UP036 - whoever runs an older one gets a sentence, no traceback
    sys.exit("build.py: this Python is older than 3.10: install Python 3.10 or newer")

import os

# python -I, python -P and PYTHONSAFEPATH leave this file's folder out.
sys.path.insert(0, os.path.split(os.path.realpath(__file__))[0])

import argparse
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from generator import VERSION
from generator.stacks import MAIN, TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path  # no option needs it before its verb runs

FINE, FINDING, USAGE = 0, 1, 2


def templates(arguments: argparse.Namespace) -> int:
    """Generate and lint; only then replace the files, and print path, size and checksum of each.

    For a template also how many bytes are left of what lint allows.
    """
    import hashlib

    from generator import lint, paths, templates_folder

    made = templates_folder.generate()
    if _report(templates_folder.lint(made)):
        return FINDING
    for path in templates_folder.write(made, arguments.output or paths.TEMPLATES):
        content = path.read_bytes()
        checksum = hashlib.sha256(content).hexdigest()
        is_template = path.suffix == ".template"
        left = f", {lint.MAX_BYTES - len(content)} left" if is_template else ""
        print(f"{templates_folder.shown_path(path)}  {len(content)} bytes{left}  sha256:{checksum}")
    return FINE


def check(_: argparse.Namespace) -> int:
    """Print what templates/ lacks of its source as a diff, and the findings; write nothing."""
    from generator import paths, templates_folder

    made = templates_folder.generate()
    drift = templates_folder.drift(made, paths.TEMPLATES)
    if drift:
        print("".join(drift), end="")
        _say(
            "templates/ differs from its source: run `make templates`, remove what it does not "
            "make, and commit the result"
        )
    return FINDING if _report(templates_folder.lint(made)) or drift else FINE


def render(arguments: argparse.Namespace) -> int:
    """Print the text of a template; lint nothing, write nothing."""
    from generator.stacks.render import render as text_of

    print(text_of(TEMPLATES[arguments.template]()), end="")
    return FINE


def docs(_: argparse.Namespace) -> int:
    """Write what the pages take from the source: tables, examples, rules; print what changed."""
    from generator import templates_folder
    from generator.docs import rules_page
    from generator.docs.readme_tables import refresh, tables
    from generator.parent import example
    from generator.paths import README
    from generator.release import publisher_policy
    from generator.stacks import templates as made
    from generator.stacks.render import render as text_of

    text = README.read_text(encoding="utf-8")
    described = {name: template.to_dict() for name, template in made().items()}
    blocks = {**tables(described), "snippet": example.block()}
    try:
        pages = {README: refresh(text, blocks)}
    except ValueError as error:
        _say(f"{templates_folder.shown_path(README)}: {error}")
        return FINDING
    pages[example.PATH] = text_of(example.template())
    pages[publisher_policy.PATH] = publisher_policy.example()
    pages[rules_page.PAGE] = rules_page.page()
    for path, new in pages.items():
        if not path.exists() or path.read_text(encoding="utf-8") != new:
            templates_folder.write({path.name: new}, path.parent)
            print(templates_folder.shown_path(path))
    return FINE


def check_parent(arguments: argparse.Namespace) -> int:
    """Print what in the template PARENT does not fit the template of ours that it nests.

    Lines of `path:line:column: rule: message`: E3043 a parameter is missing or unknown, E9601 an
    output does not exist, E9602 a value is refused, W9603 (a warning) TemplateURL names no region.
    Exit code 0 with warnings alone; 1 with any other finding, and when PARENT is not a template or
    nests none of ours.
    """
    from generator import templates_folder
    from generator.cloudformation.errors import UnreadableError
    from generator.cloudformation.read import read
    from generator.parent import check
    from generator.parent.nested_stacks import ParentError, nested_stacks

    try:
        parent = read(arguments.parent)
        ours = templates_folder.read_templates()
        found = check.findings(parent, nested_stacks(parent, ours, MAIN, arguments.stack))
    except (ParentError, UnreadableError) as error:
        _say(str(error))
        return FINDING
    for finding in found:
        print(finding.at(parent.name))
    errors = [finding for finding in found if not check.is_warning(finding)]
    if found:
        _say(f"{len(errors)} finding(s), {len(found) - len(errors)} warning(s)")
    return FINDING if errors else FINE


def compare(arguments: argparse.Namespace) -> int:
    """Say what an update from one template to another does to a live stack, and to its parent.

    OLD and NEW are templates, YAML or JSON. Exit code 1 when something stateful would be replaced
    or removed or would lose what keeps it, and when NEW states a lower version than the verdict
    (none, patch, minor, major; see CONTRIBUTING.md) needs. With --json, one document: schema; old
    and new, each with source and version; verdict; needed_version; ok; failures; changes, each
    with about, name, type, change, level, danger, text, and where: the parameters for which it
    happens.
    """
    from generator import templates_folder
    from generator.cloudformation.errors import UnreadableError
    from generator.cloudformation.read import parse, read
    from generator.compare import comparison, report

    try:
        old = read(arguments.old)
        if arguments.new is None:
            name = arguments.template or templates_folder.counterpart(old.name)
            new = parse("this checkout", templates_folder.generate()[name])
        elif arguments.template:
            _say(f"--template {arguments.template} is this checkout's: leave it out, or NEW")
            return USAGE
        else:
            new = read(arguments.new)
        compared = comparison.compare(old, new)
    except UnreadableError as error:
        _say(str(error))
        return FINDING
    print((report.as_json if arguments.json else report.as_text)(compared), end="")
    return FINDING if compared.failures else FINE


def deployer_policy(_: argparse.Namespace) -> int:
    """Print the IAM policy that creating, updating and deleting stacks of the templates needs."""
    from generator.deployer_policy import policy
    from generator.stacks import templates

    print(policy.text(templates()), end="")
    return FINE


def publish(arguments: argparse.Namespace) -> int:
    """Publish templates/ to S3, as a release that nothing changes any more; `check` comes first."""
    import contextlib
    import json

    from generator import templates_folder
    from generator.release import contents, options, provenance, report
    from generator.release import publish as publishing
    from generator.release.bucket import Connection
    from generator.release.s3_errors import S3Error

    try:
        chosen = options.targets(arguments.bucket, arguments.regions)
        release = contents.Release(
            contents.objects(templates_folder.generate()),
            options.folder(arguments.folder),
            options.account(arguments.expected_bucket_owner),
            arguments.replace,
        )
        connection = Connection(arguments.profile, options.endpoint(arguments.endpoint_url))
        planned = publishing.plan(release, chosen, connection.region) if arguments.dry_run else []
    except ValueError as error:
        _say(str(error))
        return USAGE
    with contextlib.redirect_stdout(sys.stderr):
        if check(arguments):
            return FINDING
    try:
        publications = planned or publishing.publish(
            release, chosen, connection, lambda each: _say(report.line(each))
        )
    except S3Error as error:
        _say(str(error))
        return FINDING
    if arguments.json:
        record = report.document(publications, release, provenance.provenance())
        print(json.dumps(record, indent=2))
    else:
        for line in report.results(publications, release):
            print(line)
    for line in report.summary(publications, release):
        _say(line)
    return FINDING if any(each.error for each in publications) else FINE


def verify(arguments: argparse.Namespace) -> int:
    """Read a published release and say whether it is whole; write nothing."""
    import contextlib

    from generator import templates_folder
    from generator.release import contents, options
    from generator.release import verify as verifying
    from generator.release.bucket import Connection
    from generator.release.s3_errors import S3Error

    try:
        chosen = options.targets(arguments.bucket, arguments.regions)
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
    try:
        verdicts = verifying.verify(
            contents.Release(objects, folder, owner),
            chosen,
            connection,
            lambda verdict: print("\n".join(verdict.lines()), flush=True),
        )
    except S3Error as error:
        _say(str(error))
        return FINDING
    return FINDING if any(verdict.findings for verdict in verdicts) else FINE


def main(given: Sequence[str] | None = None) -> int:
    """Run one verb; return 0 where all is well, 1 for a finding or a failure, 2 for wrong usage."""
    words = list(sys.argv[1:] if given is None else given)
    if words and words[0].partition("=")[0] == "--output":  # without a verb: templates
        words.insert(0, "templates")
    if sys.stdout is None:  # closed by whoever started this: there is nobody to print for
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if isinstance(sys.stdout, io.TextIOWrapper):  # a path or a diff may hold what it cannot encode
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        try:
            arguments = _parser().parse_args(words)
            status: int = arguments.run(arguments)
        except SystemExit as leave:  # --help, --version and wrong usage have had their say
            status = USAGE if leave.code else FINE
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads the output, `head` for one, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except KeyboardInterrupt:
        _say(f"interrupted; {arguments.interrupted}")
        return 130
    except ModuleNotFoundError as error:
        _say(
            f"Python package {error.name!r} is missing: run `make templates`, which installs it "
            "into .venv, and start this with .venv/bin/python"
        )
        return FINDING
    except OSError as error:
        # A rename fails for what it would replace; a full disk has no name.
        where = error.filename2 or error.filename or "cannot write"
        _say(f"{where}: {error.strerror}; nothing was left half-written")
        return FINDING
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="build.py",
        description="Generates the CloudFormation template that backs up a SOCA cluster.",
        epilog="Without a verb: templates. `python build.py VERB --help` shows an example.",
    )
    parser.add_argument("--version", action="version", version=VERSION)
    parser.set_defaults(run=templates, output=None, interrupted="nothing was left half-written")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")
    for run, example in (
        (templates, "python build.py templates --output /tmp/templates"),
        (check, "python build.py check"),
        (render, "python build.py render | less"),
        (docs, "python build.py docs"),
        (check_parent, "python build.py check-parent scale-out-computing-on-aws.template"),
        (
            compare,
            "python build.py compare s3://BUCKET/soca-backup/v1.0.0/templates/Backup.template",
        ),
        (deployer_policy, "python build.py deployer-policy > policy.json"),
        (
            publish,
            "python build.py publish --bucket templates-{region} --regions us-east-1,eu-west-1",
        ),
        (verify, "python build.py verify --bucket my-templates --against-local"),
    ):
        summary = str(run.__doc__)
        verb = verbs.add_parser(
            run.__name__.replace("_", "-"),
            help=summary.partition("\n")[0],
            description=summary,
            epilog=f"Example: {example}",
        )
        verb.set_defaults(run=run)
        if run is check_parent:
            verb.add_argument(
                "parent", metavar="PARENT", help="a file, https://... or s3://BUCKET/KEY"
            )
            verb.add_argument(
                "--stack",
                metavar="LOGICAL_ID",
                help="check this stack, whatever its TemplateURL says, and no other",
            )
        if run is templates:
            verb.add_argument(
                "--output",
                metavar="DIR",
                type=_directory,
                help="write there instead of templates/; it is made if missing",
            )
        if run is compare:
            verb.add_argument("old", metavar="OLD", help="a file, https://... or s3://BUCKET/KEY")
            verb.add_argument(
                "new", metavar="NEW", nargs="?", help="the same; without it: this checkout's"
            )
            verb.add_argument("--json", action="store_true", help="print it for machines")
            verb.add_argument(
                "--template",
                metavar="NAME",
                choices=TEMPLATES,
                help="the template of this checkout to compare with (default: the one that OLD is "
                f"named after, or else {MAIN})",
            )
        if run is render:
            verb.add_argument(
                "template",
                metavar="NAME",
                nargs="?",
                choices=TEMPLATES,
                default=MAIN,
                help=f"one of {', '.join(TEMPLATES)} (default: {MAIN})",
            )
        if run in (publish, verify):
            _add_s3_options(verb)
        if run is publish:
            verb.set_defaults(
                interrupted="buckets that were begun are finished: publish again for the others"
            )
            for flag, text in (
                ("--replace", "overwrite what differs: for a folder of development only"),
                ("--dry-run", "contact nobody; print what would be written, and where"),
                ("--json", "print one document about everything that was done"),
            ):
                verb.add_argument(flag, action="store_true", help=text)
        if run is verify:
            verb.add_argument(
                "--against-local",
                action="store_true",
                help="also compare with what this checkout would publish",
            )
    return parser


def _add_s3_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--bucket", metavar="NAME", required=True, help="bucket; may contain {region}"
    )
    verb.add_argument(
        "--regions",
        metavar="R1,R2,...",
        type=lambda text: text.split(","),
        default=[],
        help="regions of the buckets (default: the region the one bucket is in)",
    )
    verb.add_argument(
        "--folder",
        metavar="PREFIX",
        help=f"the release is PREFIX/templates/ (default: soca-backup/v{VERSION})",
    )
    verb.add_argument(
        "--expected-bucket-owner", metavar="ACCOUNT", help="refuse buckets of other accounts"
    )
    verb.add_argument("--endpoint-url", metavar="URL", help="another S3 than AWS's")
    verb.add_argument("--profile", metavar="NAME", help="profile of the AWS configuration")


def _directory(value: str) -> "Path":
    from pathlib import Path

    path = Path(value)
    if not value or (path.exists() and not path.is_dir()):
        raise argparse.ArgumentTypeError(f"{value!r} is not a directory: name one, or a new one")
    return path


def _report(findings: list[str]) -> bool:
    """Print findings as results; return whether there are any."""
    for finding in findings:
        print(finding)
    if findings:
        _say(f"{len(findings)} finding(s); nothing was written")
    return bool(findings)


def _say(sentence: str) -> None:
    print(f"build.py: {sentence}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
