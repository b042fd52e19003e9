"""The verbs for a release in S3: publish and verify."""

import argparse
import contextlib
import sys

from generator import VERSION
from generator.command import FINDING, FINE, USAGE
from generator.command.generated import check
from generator.command.printing import Progress, print_lines, say, write
from generator.printable import json_text


def publish(arguments: argparse.Namespace) -> int:
    """Run `check`, then publish templates/ to S3, as a release that is never changed again."""
    from generator import templates_folder
    from generator.aws.connection import Connection
    from generator.aws.errors import AwsError
    from generator.release import contents, options, provenance, report
    from generator.release import publish as publishing

    try:
        targets = options.targets(arguments.bucket, arguments.regions)
        release = contents.Release(
            contents.objects(templates_folder.generate()),
            options.folder(arguments.folder),
            options.account(arguments.expected_bucket_owner),
            arguments.replace,
        )
        connection = Connection(
            arguments.profile, endpoint_url=options.endpoint(arguments.endpoint_url)
        )
        planned = publishing.plan(release, targets, connection.region) if arguments.dry_run else []
    except ValueError as error:
        say(str(error))
        return USAGE
    with contextlib.redirect_stdout(sys.stderr):
        if check(arguments):
            return FINDING
    for line in report.uncommitted(provenance.uncommitted() or []):
        say(line)
    progress = Progress(f"publishing to {len(targets)} bucket(s)")

    def finished(publication: publishing.Publication) -> None:
        with progress.aside():
            say(report.line(publication))

    try:
        with contextlib.nullcontext() if planned else progress:
            publications = planned or publishing.publish(release, targets, connection, finished)
    except AwsError as error:
        say(str(error))
        return FINDING
    if arguments.json:
        record = report.document(publications, release, provenance.provenance())
        write(json_text(record))
    else:
        for line in report.results(publications, release):
            print_lines(line)
    for line in report.summary(publications, release):
        say(line)
    return FINDING if any(each.error for each in publications) else FINE


def add_publish_options(verb: argparse.ArgumentParser) -> None:
    """Add what `publish` takes, and what it says when it is interrupted."""
    _add_s3_options(verb)
    verb.set_defaults(interrupted="buckets in progress were finished: publish again for the others")
    for flag, text in (
        ("--replace", "overwrite what differs; only for development folders"),
        ("--dry-run", "do not contact S3; print what would be written, and where"),
        ("--json", "print one JSON document about everything that was done"),
    ):
        verb.add_argument(flag, action="store_true", help=text)


def verify(arguments: argparse.Namespace) -> int:
    """Say whether a published release is whole; write nothing."""
    from generator import templates_folder
    from generator.aws.connection import Connection
    from generator.aws.errors import AwsError
    from generator.release import contents, options
    from generator.release import verify as verifying

    try:
        targets = options.targets(arguments.bucket, arguments.regions)
        folder = options.folder(arguments.folder)
        owner = options.account(arguments.expected_bucket_owner)
        connection = Connection(
            arguments.profile, endpoint_url=options.endpoint(arguments.endpoint_url)
        )
    except ValueError as error:
        say(str(error))
        return USAGE
    with contextlib.redirect_stdout(sys.stderr):
        if arguments.against_local and check(arguments):
            return FINDING
    objects = contents.objects(templates_folder.generate()) if arguments.against_local else []
    release = contents.Release(objects, folder, owner)
    progress = Progress(f"verifying {len(targets)} bucket(s)")

    def finished(verdict: verifying.Verdict) -> None:
        with progress.aside():
            print_lines(*verdict.lines())

    try:
        with progress:
            verdicts = verifying.verify(release, targets, connection, finished)
    except AwsError as error:
        say(str(error))
        return FINDING
    return FINDING if any(verdict.findings for verdict in verdicts) else FINE


def add_verify_options(verb: argparse.ArgumentParser) -> None:
    """Add what `verify` takes."""
    _add_s3_options(verb)
    text = "also compare with what this checkout would publish"
    verb.add_argument("--against-local", action="store_true", help=text)


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
