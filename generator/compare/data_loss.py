"""What a change to a resource means for data: which resources hold some, and what happens to it."""

import json
from typing import Any

from generator.cloudformation.expand import TRANSFORM
from generator.cloudformation.functions import call_of
from generator.cloudformation.schemas import import_cfn_lint

_LOST_KEY = (
    "what it encrypts is unreadable at once, and lost for good when KMS deletes the key after the "
    "waiting period of 7 to 30 days"
)
_LOST_ROLE = (
    "AWS Backup deletes recovery points with the role that it created them with: without it they "
    "can stay, billed, as EXPIRED, and keep the vault from being deleted"
)
_VAULT = "AWS::Backup::BackupVault"
_AIR_GAPPED = "AWS::Backup::LogicallyAirGappedBackupVault"
_DELETES_VAULT = "it succeeds if the vault is empty, and fails if it holds recovery points"

# By type and change; "kept": UpdateReplacePolicy keeps the old resource.
_MEANINGS: dict[tuple[str, str], str] = {
    (_VAULT, "replaced"): (
        f"a new, empty vault; CloudFormation tries to delete the old one: {_DELETES_VAULT}"
    ),
    (_VAULT, "replaced, kept"): (
        "a new, empty vault, which gets the next backups; the recovery points stay in the old "
        "vault, outside the stack"
    ),
    (_VAULT, "removed"): f"CloudFormation tries to delete the vault: {_DELETES_VAULT}",
    (_VAULT, "retained"): (
        "the vault and its recovery points stay in the account, outside the stack"
    ),
    (_VAULT, "updated"): "its recovery points stay",
    (_AIR_GAPPED, "replaced"): (
        f"a new, empty vault; CloudFormation tries to delete the old one: {_DELETES_VAULT}"
    ),
    ("AWS::KMS::Key", "replaced"): f"a new key; the old one is deleted: {_LOST_KEY}",
    ("AWS::KMS::Key", "replaced, kept"): (
        "a new key; what the old one encrypts stays readable as long as the old one exists"
    ),
    ("AWS::KMS::Key", "removed"): f"the key is deleted: {_LOST_KEY}",
    ("AWS::KMS::Key", "retained"): "the key stays, outside the stack; what it encrypts is safe",
    ("AWS::KMS::Key", "updated"): "what it encrypts stays readable to those its policy allows",
    ("AWS::IAM::Role", "replaced"): f"a new role; the old one is deleted: {_LOST_ROLE}",
    ("AWS::IAM::Role", "replaced, kept"): (
        "a new role; the old one stays for the recovery points that were created with it"
    ),
    ("AWS::IAM::Role", "removed"): f"the role is deleted: {_LOST_ROLE}",
    ("AWS::IAM::Role", "retained"): (
        "the role stays, outside the stack, for the recovery points that were created with it"
    ),
    ("AWS::IAM::Role", "updated"): "its permissions apply to existing recovery points too",
    ("AWS::Backup::BackupPlan", "replaced"): "a new plan; recovery points are not affected",
    ("AWS::Backup::BackupPlan", "removed"): (
        "no more backups; existing recovery points keep their lifecycle"
    ),
    ("AWS::Backup::BackupPlan", "updated"): (
        "applies to the next backups; existing recovery points keep their lifecycle"
    ),
    ("AWS::Backup::BackupSelection", "replaced"): (
        "a new selection; recovery points are not affected, and the next backups are of what the "
        "new one selects"
    ),
    ("AWS::Backup::BackupSelection", "removed"): "what only it selects is no longer backed up",
}

# Stateful types that are not in cfn-lint's list. What a macro makes can be anything.
_STATEFUL_TOO = frozenset(
    {_AIR_GAPPED, "AWS::Serverless::Application", "AWS::Serverless::SimpleTable", TRANSFORM}
)

# What keeps a resource, and when.
POLICIES = {
    "DeletionPolicy": "when the stack is deleted",
    "UpdateReplacePolicy": "when it is replaced",
}


def meaning(kind: str, change: str, *, kept: bool) -> str:
    """Return what the change means for data; empty if it means nothing special."""
    special = _MEANINGS.get((kind, f"{change}, kept")) if kept else None
    return special or _MEANINGS.get((kind, change), "")


def keeps(policy: Any) -> bool:
    """Return whether a DeletionPolicy or UpdateReplacePolicy leaves the resource in the account."""
    return policy in ("Retain", "RetainExceptOnCreate")


def may_keep(policy: Any) -> bool:
    """Return whether the policy keeps the resource, or is a function that may say so."""
    return keeps(policy) or call_of(policy) is not None


def stateful(resource: dict[str, Any]) -> bool:
    """Return whether something is lost with the resource.

    That is so for the types that cfn-lint lists as stateful, for a role of AWS Backup, without
    which recovery points do not expire, and for everything that its author told CloudFormation to
    keep.
    """
    import_cfn_lint()
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
        or kind.endswith("::MODULE")
        or may_keep(resource.get("DeletionPolicy"))
        or (kind == "AWS::IAM::Role" and "backup.amazonaws.com" in json.dumps(trust, default=str))
    )
