"""What is generated: templates, declared from parts and policies by pure functions."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from troposphere import Template


# Imported when it is called: a verb that needs the names alone does without troposphere.
def _backup() -> "Template":
    from generator.stacks import backup

    return backup.template()


def _copy_destination() -> "Template":
    from generator.stacks import copy_destination

    return copy_destination.template()


def _restore_testing() -> "Template":
    from generator.stacks import restore_testing

    return restore_testing.template()


MAIN = "Backup.template"
"""The template to use if none is named."""

TEMPLATES: "dict[str, Callable[[], Template]]" = {
    MAIN: _backup,
    "BackupCopyDestination.template": _copy_destination,
    "BackupRestoreTesting.template": _restore_testing,
}
"""The list of the templates, and the only one: file name -> function that returns it."""

STACK_NAMES = {
    MAIN: "<ClusterId>-backup",
    "BackupCopyDestination.template": "<ClusterId>-copies",
    "BackupRestoreTesting.template": "<ClusterId>-restore-testing",
}
"""What a stack of each template is called on the pages, in links and in policies.

CloudFormation takes no < in a name, so nobody can forget to type the cluster ID.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
"""


def templates() -> "dict[str, Template]":
    """Return every template of the list, made now, by file name."""
    return {name: make() for name, make in TEMPLATES.items()}
