"""The verb `deployer-policy`: what the one who deploys must be allowed."""

import argparse

from generator.command import FINE, USAGE
from generator.command.printing import say, write


def deployer_policy(arguments: argparse.Namespace) -> int:
    """Print the IAM policy needed to create, update and delete stacks of the templates.

    Without options it is templates/deployer-policy.json, whose holder is as good as an
    administrator, because the holder may give a role any permissions, and assume that role.
    --boundary prevents that.
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
        say(str(error))
        return USAGE
    write(text)
    return FINE


def add_options(verb: argparse.ArgumentParser) -> None:
    """Add what narrows the policy."""
    from generator.deployer_policy.bounds import OPEN

    for option, metavar, text in (
        ("--boundary", "ARN", "every role that is created or changed must have this boundary"),
        ("--cluster-id", "ID", "only the vault and the keys of this cluster"),
        ("--account", "ID", "only this account"),
        ("--topic", "ARN", "the NotificationTopicArn to which an e-mail address may be subscribed"),
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
