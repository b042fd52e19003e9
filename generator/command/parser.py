"""The words of the command line: its verbs, their options, and --help."""

import argparse
from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn

from generator import VERSION
from generator.command import (
    WHOLE,
    compare,
    deployer_policy,
    explain,
    generated,
    inspect,
    parent,
    release,
)
from generator.printable import printable, without_secrets


class Verb(NamedTuple):
    """A function that runs a verb: its name is the verb, and its docstring the help."""

    run: Callable[[argparse.Namespace], int]
    example: str = ""
    add_options: Callable[[argparse.ArgumentParser], None] = lambda _: None


VERBS = (
    Verb(generated.templates, "--output /tmp/templates", generated.add_output),
    Verb(generated.check),
    Verb(generated.render, "| less", generated.add_template),
    Verb(generated.docs),
    Verb(parent.check_parent, "scale-out-computing-on-aws.template", parent.add_options),
    Verb(
        compare.compare,
        "s3://BUCKET/soca-backup/v1.0.0/templates/Backup.template",
        compare.add_options,
    ),
    Verb(
        explain.explain,
        "WeeklyRetention=3-months MonthlyRetention=7-years",
        explain.add_options,
    ),
    Verb(
        deployer_policy.deployer_policy,
        "--cluster-id soca-mycluster > policy.json",
        deployer_policy.add_options,
    ),
    Verb(
        release.publish,
        "--bucket templates-{region} --regions us-east-1,eu-west-1",
        release.add_publish_options,
    ),
    Verb(
        release.verify,
        "--bucket my-templates --against-local",
        release.add_verify_options,
    ),
    Verb(inspect.inspect, "soca-mycluster-backup --region eu-west-1", inspect.add_options),
)


class _Help(argparse.HelpFormatter):
    """Keeps the paragraphs of a docstring, and an example on one line, which can be copied."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if text.startswith("Example: "):
            return text
        fill = super()._fill_text
        return "\n\n".join(fill(paragraph, width, indent) for paragraph in text.split("\n\n"))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        super().error(printable(without_secrets(message)))


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """Return the arguments, `run` among them; raise SystemExit for help or wrong usage.

    Without a verb, it is `templates`.
    """
    if words and words[0].partition("=")[0] == "--output":
        words = ["templates", *words]
    parser = _parser()
    arguments, left = parser.parse_known_args(words)
    if arguments.run is explain.explain and not any(word.startswith("-") for word in left):
        arguments.words += left  # argparse takes no more of them after an option
    elif left:
        parser.error(f"unrecognized arguments: {' '.join(left)}")
    return arguments


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="build.py",
        description="Generates the CloudFormation template that backs up a SOCA cluster.",
        epilog="Without a verb, it runs templates. `python build.py VERB --help` has an example. "
        "The exit code is 0 if all is well, 1 for a finding or a failure, 2 for wrong usage or "
        "what cannot be read or is not answered, and 130 after an interrupt.",
        formatter_class=_Help,
    )
    parser.add_argument("--version", action="version", version=VERSION)
    parser.set_defaults(run=generated.templates, output=None, interrupted=WHOLE)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")
    for run, example, add_options in VERBS:
        name = run.__name__.replace("_", "-")
        summary = str(run.__doc__)
        verb = verbs.add_parser(
            name,
            help=summary.partition("\n")[0],
            description=summary,
            epilog=f"Example: python build.py {name} {example}".rstrip(),
            formatter_class=_Help,
        )
        verb.set_defaults(run=run)
        add_options(verb)
    return parser
