"""The verb `compare`: what an update does to a live stack, and to its parent."""

import argparse

from generator import VERSION
from generator.command import FINDING, FINE, SOURCE, USAGE
from generator.command.printing import say, write
from generator.stacks import MAIN, TEMPLATES


def compare(arguments: argparse.Namespace) -> int:
    """Print what an update from one template to another does to a live stack, and to its parent.

    OLD and NEW are templates, in YAML or JSON. What is protected less comes first. The verdict is
    none, patch, minor or major; see CONTRIBUTING.md.

    The exit code is 1 if a stack would be protected less, unless accepted-losses.json accepts it
    for this checkout; if something stateful would be replaced or removed; if NEW looks up what its
    Mappings do not have; if NEW states a lower version than the verdict needs; or if an entry of
    accepted-losses.json matches nothing. It is 2 if OLD or NEW is not a template.

    --json prints one document: schema; old and new, each with source and version; verdict;
    needed_version; ok; failures; protection_losses, each with sentence, where (the parameters for
    which it happens), is_example (whether it happens for others too), text and accepted (why, or
    null); changes, each with about, name, type,
    change, level, danger, text, where and values (what differs, whole: path, old, new). With exit
    code 2, it is schema and error.
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
            say(f"--template {arguments.template} is for OLD alone: leave out --template or NEW")
            return USAGE
        else:
            new = read(arguments.new)
        compared = comparison.compare(old, new, accepted)
    except UnreadableError as error:
        if arguments.json:
            write(report.error_as_json(str(error)))
        say(str(error))
        return USAGE
    write((report.as_json if arguments.json else report.as_text)(compared))
    return FINDING if compared.failures else FINE


def add_options(verb: argparse.ArgumentParser) -> None:
    """Add what `compare` takes."""
    add = verb.add_argument
    add("old", metavar="OLD", help=SOURCE)
    add("new", metavar="NEW", nargs="?", help=f"{SOURCE} (default: this checkout)")
    add("--json", action="store_true", help="print one JSON document")
    text = (
        "the template of this checkout to compare with (default: the one with the file "
        f"name of OLD, or else {MAIN})"
    )
    add("--template", metavar="NAME", choices=TEMPLATES, help=text)
