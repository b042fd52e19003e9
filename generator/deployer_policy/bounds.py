"""What limits the deployer's policy: the options of the verb, checked."""

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # the help of the verb does without troposphere
    from collections.abc import Mapping

    from troposphere import Template


class Bounds(NamedTuple):  # dataclasses would be a fifth of the time that --help takes
    """The limits of a policy."""

    boundary: str | None = None
    """The permissions boundary that a role must have."""
    cluster_id: str | None = None
    account: str | None = None
    stack_names: tuple[str, ...] = ("*-backup", "*-Backup-*")
    """Patterns: of a stack that stands alone, and of the one that SOCA's own stack nests."""
    topic: str | None = None
    """A topic that the stack does not create, to which it may subscribe its e-mail address."""


OPEN = Bounds()
"""The limits of the policy that is published."""


def checked(bounds: Bounds, templates: "Mapping[str, Template]") -> Bounds:
    """Return the bounds; an ARN and the cluster ID have to be what the templates' parameters take.

    Raises ValueError, with a sentence for the user.
    """
    _check("--account", bounds.account, "[0-9]{12}", "an account ID: write its 12 digits")
    _check(
        "--cluster-id",
        bounds.cluster_id,
        _pattern(templates, "ClusterId"),
        "the ID of a cluster: write it as in the parameter ClusterId, such as soca-mycluster",
    )
    _check(
        "--boundary",
        bounds.boundary,
        _pattern(templates, "PermissionsBoundaryArn"),
        "the ARN of an IAM policy: write one such as arn:aws:iam::111122223333:policy/boundary",
    )
    _check(
        "--topic",
        bounds.topic,
        _pattern(templates, "NotificationTopicArn"),
        "the ARN of a standard topic: write one such as arn:aws:sns:us-east-1:111122223333:alerts",
    )
    for option, arn in (("--boundary", bounds.boundary), ("--topic", bounds.topic)):
        owner = arn.split(":")[4] if arn else ""
        if bounds.account and owner not in {"", "aws", bounds.account}:
            raise ValueError(
                f"{option} {arn!r} is not of the account {bounds.account}: give one that is, or "
                "another --account"
            )
    for name in bounds.stack_names:
        # No slash: it begins the next part of a stack's ARN.
        _check(
            "--stack-name",
            name,
            "(?=.*[A-Za-z0-9])[A-Za-z*][A-Za-z0-9*-]{0,127}",
            "the name of a stack: write letters, digits and '-', such as soca-mycluster-backup; "
            "'*' stands for any characters, but not alone",
        )
    return bounds


def _check(option: str, value: str | None, pattern: str, what: str) -> None:
    if value is not None and (not value or not re.fullmatch(pattern, value)):
        raise ValueError(f"{option} {value!r} is not {what}")


def _pattern(templates: "Mapping[str, Template]", name: str) -> str:
    """Return the pattern of a parameter; no value fits one that no template has."""
    for template in templates.values():
        if name in template.parameters:
            return str(template.parameters[name].AllowedPattern)
    return "(?!)"
