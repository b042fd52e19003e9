"""What limits the deployer's policy: the options of the verb, checked."""

import re
from typing import TYPE_CHECKING, NamedTuple

from generator.stacks import MAIN, STACK_NAMES

if TYPE_CHECKING:  # the help of the verb does without troposphere
    from troposphere import Template


class Bounds(NamedTuple):  # dataclasses would be a fifth of the time that --help takes
    """The limits of a policy."""

    boundary: str | None = None
    """The permissions boundary that a role must have."""
    cluster_id: str | None = None
    account: str | None = None
    stack_names: tuple[str, ...] = ()
    """Patterns; empty: those of ``usual_stack_names``."""
    topic: str | None = None
    """A topic that the stack does not create, to which it may subscribe its e-mail address."""


OPEN = Bounds()
"""The limits of the policy that is published."""


def usual_stack_names(template: str) -> tuple[str, ...]:
    """Return the patterns of what stacks of a template are called.

    One is of a stack that stands alone, and another of the one that SOCA's own stack nests.
    """
    alone = STACK_NAMES[template].replace("<ClusterId>", "*")
    return (alone, "*-Backup-*") if template == MAIN else (alone,)


def checked(bounds: Bounds, name: str, template: "Template") -> Bounds:
    """Return the bounds; an ARN and the cluster ID have to be what the template's parameters take.

    Raises ValueError, with a sentence for the user.
    """
    for option, value, parameter in (
        ("--boundary", bounds.boundary, "PermissionsBoundaryArn"),
        ("--topic", bounds.topic, "NotificationTopicArn"),
    ):
        if value is not None and parameter not in template.parameters:
            raise ValueError(
                f"{option} {value!r} is for a template with the parameter {parameter}, which "
                f"{name} does not have: leave it out"
            )
    _check("--account", bounds.account, "[0-9]{12}", "an account ID: write its 12 digits")
    _check(
        "--cluster-id",
        bounds.cluster_id,
        _pattern(template, "ClusterId"),
        "the ID of a cluster: write it as in the parameter ClusterId, such as soca-mycluster",
    )
    _check(
        "--boundary",
        bounds.boundary,
        _pattern(template, "PermissionsBoundaryArn"),
        "the ARN of an IAM policy: write one such as arn:aws:iam::111122223333:policy/boundary",
    )
    _check(
        "--topic",
        bounds.topic,
        _pattern(template, "NotificationTopicArn"),
        "the ARN of a standard topic: write one such as arn:aws:sns:us-east-1:111122223333:alerts",
    )
    for option, arn in (("--boundary", bounds.boundary), ("--topic", bounds.topic)):
        owner = arn.split(":")[4] if arn else ""
        if bounds.account and owner not in {"", "aws", bounds.account}:
            raise ValueError(
                f"{option} {arn!r} is not of the account {bounds.account}: give one that is, or "
                "another --account"
            )
    for stack_name in bounds.stack_names:
        # No slash: it begins the next part of a stack's ARN.
        _check(
            "--stack-name",
            stack_name,
            "(?=.*[A-Za-z0-9])[A-Za-z*][A-Za-z0-9*-]{0,127}",
            "the name of a stack: write letters, digits and '-', such as soca-mycluster-backup; "
            "'*' stands for any characters, but not alone",
        )
    return bounds


def _check(option: str, value: str | None, pattern: str, what: str) -> None:
    if value is not None and (not value or not re.fullmatch(pattern, value)):
        raise ValueError(f"{option} {value!r} is not {what}")


def _pattern(template: "Template", name: str) -> str:
    """Return the pattern of a parameter; of one that the template does not have, an empty one."""
    return str(template.parameters[name].AllowedPattern) if name in template.parameters else ""
