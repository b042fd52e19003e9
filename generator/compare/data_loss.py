"""What a change of a resource means for data: which resources hold some, and a sentence each."""

import json
from typing import Any

_LOST_KEY = (
    "KMS schedules its deletion: what it encrypts is unreadable at once, and lost for good when "
    "the waiting period of 7 to 30 days ends"
)
_OLD_VAULT = (
    "the recovery points stay in the old vault, which the stack no longer knows; backups go into "
    "the new one"
)
_ROLE_GONE = (
    "AWS Backup can no longer end the life of recovery points made under it: they stay as EXPIRED, "
    "cost money and keep the vault from being deleted"
)
_VAULT = "AWS::Backup::BackupVault"
_AIR_GAPPED = "AWS::Backup::LogicallyAirGappedBackupVault"
_DELETES_VAULT = "an empty one is gone, one with recovery points cannot be deleted"

# By type and change; "kept" where UpdateReplacePolicy or DeletionPolicy keeps the old one.
_MEANINGS: dict[tuple[str, str], str] = {
    (_VAULT, "replaced"): (
        f"a new, empty vault; CloudFormation tries to delete the old one: {_DELETES_VAULT}"
    ),
    (_VAULT, "replaced, kept"): f"a new, empty vault; {_OLD_VAULT}",
    (_VAULT, "removed"): f"CloudFormation tries to delete the vault: {_DELETES_VAULT}",
    (_VAULT, "retained"): (
        "the vault and its recovery points stay in the account, unknown to the stack"
    ),
    (_VAULT, "updated"): "the recovery points in it stay",
    (_AIR_GAPPED, "replaced"): (
        f"a new, empty vault; CloudFormation tries to delete the old one: {_DELETES_VAULT}"
    ),
    ("AWS::KMS::Key", "replaced"): f"a new key; the old one goes: {_LOST_KEY}",
    ("AWS::KMS::Key", "replaced, kept"): (
        "a new key; what the old one encrypts stays readable as long as the old one stays"
    ),
    ("AWS::KMS::Key", "removed"): _LOST_KEY,
    ("AWS::KMS::Key", "retained"): "the key stays, unknown to the stack; what it encrypts is safe",
    ("AWS::KMS::Key", "updated"): "what it encrypts stays readable to those whom its policy names",
    ("AWS::IAM::Role", "replaced"): f"a new role; the old one goes: {_ROLE_GONE}",
    ("AWS::IAM::Role", "replaced, kept"): (
        "a new role; the old one stays for the recovery points that were made under it"
    ),
    ("AWS::IAM::Role", "removed"): _ROLE_GONE,
    ("AWS::IAM::Role", "retained"): (
        "the role stays for the recovery points that were made under it, unknown to the stack"
    ),
    ("AWS::IAM::Role", "updated"): "what it may do counts for existing recovery points too",
    ("AWS::Backup::BackupPlan", "replaced"): "a new plan; recovery points are not touched",
    ("AWS::Backup::BackupPlan", "removed"): (
        "no more backups; existing recovery points keep their own life"
    ),
    ("AWS::Backup::BackupPlan", "updated"): (
        "counts for the next backups; existing recovery points keep their own life"
    ),
    ("AWS::Backup::BackupSelection", "replaced"): (
        "the assignment is made anew: recovery points are not touched, the next backups are of "
        "what the new one selects"
    ),
    ("AWS::Backup::BackupSelection", "removed"): "what only it selects is not backed up any more",
}

# cfn-lint's list of stateful types does not have these.
_STATEFUL_TOO = frozenset({_AIR_GAPPED})

# What protects the data in a resource, and is a property of it.
PROTECTIONS = {_VAULT: ("LockConfiguration", "AccessPolicy")}


def meaning(kind: str, change: str, *, kept: bool) -> str:
    """Return a sentence on what the change means for data; empty where it means nothing special."""
    special = _MEANINGS.get((kind, f"{change}, kept")) if kept else None
    return special or _MEANINGS.get((kind, change), "")


def keeps(policy: Any) -> bool:
    """Return whether a DeletionPolicy or UpdateReplacePolicy leaves the resource in the account."""
    return policy in ("Retain", "RetainExceptOnCreate")


def stateful(resource: dict[str, Any]) -> bool:
    """Return whether something is lost with the resource.

    So it is with the types that cfn-lint lists as stateful, with a role of AWS Backup, without
    which recovery points do not expire, and with whatever its author has CloudFormation keep.
    """
    from cfnlint.data import AdditionalSpecs
    from cfnlint.helpers import load_resource

    kind = resource["Type"]
    listed = load_resource(  # type: ignore[no-untyped-call] # ships no types for it
        AdditionalSpecs, "StatefulResources.json"
    )["ResourceTypes"]
    trust = (resource.get("Properties") or {}).get("AssumeRolePolicyDocument")
    return (
        kind in listed
        or kind in _STATEFUL_TOO
        or keeps(resource.get("DeletionPolicy"))
        or (kind == "AWS::IAM::Role" and "backup.amazonaws.com" in json.dumps(trust, default=str))
    )
