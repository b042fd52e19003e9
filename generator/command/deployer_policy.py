"""The verb `deployer-policy`: what the one who deploys must be allowed."""

import argparse

from generator.command import FINE, USAGE
from generator.command.generated import add_template
from generator.command.printing import say, write
from generator.stacks import TEMPLATES


def deployer_policy(arguments: argparse.Namespace) -> int:
    """Print the IAM policy needed to create, update and delete stacks of a template.

    Without options it is the one in templates/. If the template has a role, the holder is as good
    as an administrator, because the holder may give a role any permissions, and assume that role.
    --boundary prevents that.
    """
    from generator.deployer_policy import policy
    from generator.deployer_policy.bounds import Bounds, checked

    name = arguments.template
    made = TEMPLATES[name]()
    bounds = Bounds(
        arguments.boundary,
        arguments.cluster_id,
        arguments.account,
        arguments.stack_name,
        arguments.topic,
    )
    try:
        text = policy.text(name, made, checked(bounds, name, made))
    except ValueError as error:
        say(str(error))
        return USAGE
    wider = bounds._replace(cluster_id=None)
    if bounds.cluster_id and text == policy.text(name, made, wider):
        say(
            f"--cluster-id {bounds.cluster_id!r} narrows nothing in the policy of {name}: leave it "
            "out, and name the stack with --stack-name"
        )
        return USAGE
    write(text)
    return FINE


def add_options(verb: argparse.ArgumentParser) -> None:
    """Add the template, and what narrows the policy."""
    from generator.deployer_policy.bounds import usual_stack_names

    add_template(verb)
    for option, metavar, text in (
        ("--boundary", "ARN", "every role that is created or changed must have this boundary"),
        ("--cluster-id", "ID", "only the vault and the keys of this cluster"),
        ("--account", "ID", "only this account"),
        ("--topic", "ARN", "the NotificationTopicArn to which an e-mail address may be subscribed"),
    ):
        verb.add_argument(option, metavar=metavar, help=text)
    names = "; ".join(",".join(usual_stack_names(name)) for name in TEMPLATES)
    verb.add_argument(
        "--stack-name",
        metavar="N1,N2,...",
        type=lambda text: tuple(text.split(",")),
        default=(),
        help="only stacks of these names; '*' stands for any characters (default, by template: "
        f"{names})",
    )
