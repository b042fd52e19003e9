"""The verb `inspect`: would tonight's backup of a stack run, and could it be restored."""

import argparse
import os
import sys

from generator.command import FINDING, FINE, USAGE
from generator.command.printing import Progress, say, write

MOST_HOURS = 35 * 24  # generator.live has the 35 days, and is slow to import


def inspect(arguments: argparse.Namespace) -> int:
    """Ask AWS whether tonight's backup of a stack will run, and whether it can be restored.

    STACK is the backup stack, or SOCA's main stack, which nests it. This takes about a minute. It
    only asks: nothing is started, changed or deleted. docs/inspect-policy.json has the permissions
    that it needs.

    The exit code is 1 if something is not well: tonight's backup, an existing backup or a restore
    fails because of it, or the alert of a failure would reach nobody. Otherwise it is 2 if AWS did
    not answer everything about the resources, tonight or a restore; and it is 2 if there is no such
    stack, or no credentials. It is 0 otherwise: neither what is only to know nor what was
    not checked of the other questions changes it.

    --json prints one document, which generator/live/inspection.schema.json describes.
    """
    from generator.live.account import Account
    from generator.live.errors import NotAnsweredError
    from generator.live.inspection import NoStackError
    from generator.live.inspection import inspect as inspected

    try:
        account = Account(arguments.profile, arguments.region or _region_of(arguments.stack))
    except ValueError as error:
        return _refused(error, arguments)
    progress = Progress("asking AWS", in_a_log=False)
    try:
        with progress:
            account.sign_in()
            inspection = inspected(account, arguments.stack, arguments.since, progress.count)
    except (NoStackError, NotAnsweredError) as error:
        return _refused(error, arguments)
    if arguments.json:
        from generator.live import document

        write(document.as_json(inspection))
    else:
        import shutil

        from generator.live import page

        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else page.WIDTH
        write(page.as_text(inspection, _takes_colour(), columns))
    if inspection.is_well is None:
        return USAGE
    return FINE if inspection.is_well else FINDING


def add_options(verb: argparse.ArgumentParser) -> None:
    """Add what `inspect` takes, and what it says when it is interrupted."""
    verb.set_defaults(interrupted="nothing was changed")
    add = verb.add_argument
    text = "name or ARN of the backup stack, or of SOCA's main stack"
    add("stack", metavar="STACK", type=_stack, help=text)
    add("--profile", metavar="NAME", help="profile of the AWS configuration")
    text = "region of the stack (default: that of its ARN, or of the AWS configuration)"
    add("--region", metavar="REGION", help=text)
    text = "how many hours back to look for jobs (default: the most that can be lost, plus 2)"
    add("--since", metavar="HOURS", type=_hours, help=text)
    add("--json", action="store_true", help="print one JSON document")


def _stack(text: str) -> str:
    import re

    if not re.fullmatch("[A-Za-z][A-Za-z0-9-]*|arn:[a-z-]+:cloudformation:[A-Za-z0-9:/-]+", text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither the name nor the ARN of a stack: letters, digits and hyphens"
        )
    return text


def _region_of(stack: str) -> str | None:
    """Return the region that an ARN names; None: a name has none."""
    return stack.split(":")[3] or None if stack.startswith("arn:") else None


def _hours(text: str) -> int:
    import re

    hours = int(text) if re.fullmatch("[0-9]{1,3}", text) else 0
    if not 1 <= hours <= MOST_HOURS:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no number of hours to look back: give a whole number from 1 to "
            f"{MOST_HOURS} (35 days)"
        )
    return hours


def _refused(error: Exception, arguments: argparse.Namespace) -> int:
    if arguments.json:
        from generator.live import document

        write(document.error_as_json(str(error)))
    say(str(error))
    return USAGE


def _takes_colour() -> bool:
    """Return whether stdout shows colours, and nobody asked for none (https://no-color.org)."""
    dumb = os.environ.get("TERM", "dumb") == "dumb"
    return sys.stdout.isatty() and not dumb and not os.environ.get("NO_COLOR")
