"""The IAM policy that the live check needs: to read what CALLS asks for, and nothing else."""

import json
from collections.abc import Iterator
from importlib import import_module

from awacs.aws import Action, Allow, PolicyDocument, Statement
from troposphere import encode_to_dict

from generator.iam_language import document
from generator.live.calls import CALLS
from generator.live.errors import POLICY
from generator.paths import ROOT

PATH = ROOT / POLICY

# What roles may do is for nobody to read who only looks after backups, but of this one. IAM keeps
# its logical id in the name that it makes.
_BACKUP_ROLES = "arn:*:iam::*:role/*SOCAAWSBackupRole*"

# What each statement is for, by the prefix of its actions.
_SIDS = {
    "cloudformation": "ReadStacks",
    "backup": "ReadPlansVaultsAndJobs",
    "tag": "FindByTag",
    "ec2": "ReadInstancesAndVolumes",
    "elasticfilesystem": "ReadEFS",
    "fsx": "ReadFSx",
    "kms": "ReadKeys",
    "iam": "ReadInstanceProfiles",
    "sns": "ReadTopics",
    "events": "ReadRules",
    "cloudwatch": "ReadAlarms",
}


def read_what_is_asked_for() -> PolicyDocument:
    """Allow every request of CALLS.

    Many take no resource: lists, instances, volumes, FSx. Of the others, nobody knows the names
    before asking: keys, profiles and file systems are not the stack's.
    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """
    statements: dict[tuple[str, str], list[Action]] = {}
    for action in _actions():
        statements.setdefault(_place(action), []).append(action)
    return document(
        *(
            Statement(Sid=sid, Effect=Allow, Action=actions, Resource=[arn])
            for (sid, arn), actions in statements.items()
        )
    )


def _actions() -> Iterator[Action]:
    for call in CALLS.values():
        prefix, name = call.action.split(":")
        # Not Action(prefix, name), which takes any word: awacs has those that there are.
        yield getattr(import_module(f"awacs.{prefix}"), name)


def _place(action: Action) -> tuple[str, str]:
    """Return the Sid and the resource of the statement with an action."""
    prefix, _, name = action.JSONrepr().partition(":")
    if prefix == "iam" and "Role" in name:
        return "ReadBackupRole", _BACKUP_ROLES
    return _SIDS[prefix], "*"


def page() -> str:
    """Return the text of PATH, for readers to copy as it is."""
    return json.dumps(encode_to_dict(read_what_is_asked_for()), indent=2) + "\n"
