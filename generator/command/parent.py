"""The verb `check-parent`: does a parent fit the template that it nests."""

import argparse

from generator.command import FINDING, FINE, SOURCE, USAGE
from generator.command.printing import print_lines, say
from generator.stacks import MAIN


def check_parent(arguments: argparse.Namespace) -> int:
    """Print what does not fit between the template PARENT and the template of ours that it nests.

    Each line is `path:line:column: rule: message`. E3043: a parameter is missing or unknown. E9601:
    an output does not exist. E9602: a value is refused. E9604: what the stack refers to does not
    exist. E9605: CloudFormation refuses the TemplateURL. W9603 and W9606, warnings: TemplateURL
    names no region, or a bucket with a dot.

    The exit code is 0 if there are only warnings. It is 1 if there is another finding or if PARENT
    nests none of ours, and 2 if PARENT is not a template.
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
        say(str(error))
        return USAGE
    except ParentError as error:
        say(str(error))
        return FINDING
    for finding in findings:
        print_lines(finding.at(parent.name))
    errors = [finding for finding in findings if not check.is_warning(finding)]
    if findings:
        say(f"{len(errors)} finding(s), {len(findings) - len(errors)} warning(s)")
    if errors:
        return FINDING
    print_lines(check.fits(parent, stacks))
    return FINE


def add_options(verb: argparse.ArgumentParser) -> None:
    """Add what `check-parent` takes."""
    add = verb.add_argument
    add("parent", metavar="PARENT", help=SOURCE)
    text = (
        "check only this stack, even if its TemplateURL does not say which template it is made from"
    )
    add("--stack", metavar="LOGICAL_ID", help=text)
    text = (
        "what the build puts in place of %%%%NAME%%%%; without =VALUE: any value; alone, after "
        "PARENT: any value for every placeholder; may be repeated"
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


def _placeholder(text: str) -> tuple[str, str | None]:
    import re

    match = re.fullmatch(r"(?:%%)?([A-Za-z0-9_]+)(?:%%)?(?:=(.*))?", text, re.DOTALL)
    if not match:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not NAME=VALUE: without a value, write --placeholder after PARENT"
        )
    return match[1], match[2]
