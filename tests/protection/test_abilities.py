"""What a role needs for each ability: AWS's own policies are the measure."""

import pytest
from _backup.actions import RESTORING, TYPES
from _backup.iam import as_list

from generator.protection.abilities import (
    BACKUP,
    COPY,
    EXPIRE,
    PAUSE_WINDOWS,
    REQUESTS,
    RESTORE,
)
from generator.protection.resource_types import name_of
from tests.local_aws import managed_policies
from tests.protection.support import allow, role, the_role

EFS = "EFS file systems"

ARCHIVE = "only for snapshots in the archive tier"
FAILED = "only after a restore that failed"
GATEWAY = "only for storage gateways"
BESIDE = "AWS allows it beside another action"
NOT_NEEDED = {
    managed_policies.BACKUP: {
        "backup:DescribeBackupVault on backup:backup-vault:": "roles without it work",
        "ec2:DescribeElasticGpus on *": "only for a kind of GPU that AWS has retired",
        "ec2:DescribeSnapshotTierStatus on *": ARCHIVE,
        "ec2:DescribeSpotInstanceRequests on *": "only for spot instances",
        "ec2:ModifySnapshotTier on ec2:snapshot/": ARCHIVE,
        "fsx:ListTagsForResource on fsx:backup/": BESIDE,
    },
    managed_policies.RESTORES: {
        "ds:DescribeDirectories on *": "only for file systems in a directory",
        "ec2:CreateTags on ec2:route-table/": "only for route tables that FSx manages",
        "ec2:CreateTags on ec2:snapshot/": GATEWAY,
        "ec2:DeleteSnapshot on ec2:snapshot/": GATEWAY,
        "ec2:DeleteTags on ec2:snapshot/": ARCHIVE,
        "ec2:DeleteVolume on ec2:snapshot/": FAILED,
        "ec2:DeleteVolume on ec2:volume/": FAILED,
        "ec2:DescribeSnapshotTierStatus on *": ARCHIVE,
        "ec2:RestoreSnapshotTier on ec2:snapshot/": ARCHIVE,
        "ec2:TerminateInstances on ec2:instance/": FAILED,
        "elasticfilesystem:DeleteFilesystem on elasticfilesystem:file-system/": FAILED,
        "fsx:DeleteFileSystem on fsx:file-system/": FAILED,
        "fsx:DeleteVolume on fsx:volume/": FAILED,
        "fsx:TagResource on fsx:backup/": BESIDE,
        "fsx:TagResource on fsx:storage-virtual-machine/": BESIDE,
        "fsx:UntagResource on fsx:file-system/": FAILED,
        "fsx:UntagResource on fsx:volume/": FAILED,
    },
}
"""What AWS's policies allow and no job of ours fails without."""

POLICIES = {managed_policies.BACKUP: {BACKUP, COPY, EXPIRE}, managed_policies.RESTORES: {RESTORE}}


def of_aws(policy: str) -> set[tuple[str, str]]:
    """Return the actions that we take from a policy of AWS, and what they are about."""
    found = set()
    for sid in managed_policies.OURS[policy]:
        statement = managed_policies.statements(policy)[sid]
        for arn in as_list(statement["Resource"]):
            _, _, service, _, _, resource = arn.split(":", 5) if arn != "*" else ["*"] * 6
            about = "*" if arn == "*" else f"{service}:{resource.removesuffix('*')}"
            found |= {(action, about) for action in as_list(statement["Action"])}
    return found


def of_the_table(policy: str) -> set[tuple[str, str]]:
    """Return the same of what the table asks for, for the abilities that a policy gives."""
    return {
        (request.action.lower(), about)
        for (_, ability), requests in REQUESTS.items()
        if ability in POLICIES[policy]
        for request in requests
        for about in ("*", request.about)
    }


@pytest.mark.parametrize("policy", POLICIES)
def test_what_aws_allows_is_asked_for_or_there_is_a_reason(policy: str) -> None:
    asked = of_the_table(policy)
    # What depends on the rules: the vault that they copy to, and Windows.
    asked.add(("backup:copyintobackupvault", "backup:backup-vault:"))
    asked |= {(each.action.lower(), about) for each in PAUSE_WINDOWS for about in ("*", each.about)}
    theirs = of_aws(policy)
    missing = {
        f"{action} on {about}" for action, about in theirs if (action.lower(), about) not in asked
    }
    assert missing == set(NOT_NEEDED[policy])


@pytest.mark.parametrize("policy", POLICIES)
def test_the_text_of_aws_policies_lacks_nothing_of_its_own_abilities(policy: str) -> None:
    found = the_role({"Role": role(*managed_policies.statements(policy).values())})
    its = {ability for ability in REQUESTS if ability[1] in POLICIES[policy]}
    assert {ability for ability in its if found.lacks[ability] != ()} == set()


@pytest.mark.parametrize("its", ["EC2", "EBS", "EFS", "FSx", "FSx volume"])
def test_what_the_rules_ask_for_is_asked_of_each_type(its: str) -> None:
    name = name_of(TYPES[its].resource)
    asked = {
        ability: {request.action for request in REQUESTS[name, ability]}
        for ability in (BACKUP, COPY, EXPIRE, RESTORE)
    }
    assert {*TYPES[its].actions} <= asked[BACKUP] | asked[EXPIRE]
    assert {*TYPES[its].copying} <= asked[COPY]
    assert {*RESTORING.get(its, ())} <= asked[RESTORE]


ACTIONS = sorted({r.action for requests in REQUESTS.values() for r in requests})


@pytest.mark.parametrize("action", [*ACTIONS, "backup:CopyIntoBackupVault"])
def test_a_role_without_an_action_lacks_it_where_it_is_needed(action: str) -> None:
    everything_else = {"Effect": "Allow", "NotAction": action, "Resource": "*"}
    lacks = the_role({"Role": role(everything_else)}).lacks
    for ability, requests in REQUESTS.items():
        needs_it = action in {request.action for request in requests} or (
            ability[1] == COPY and action == "backup:CopyIntoBackupVault"
        )
        assert lacks[ability] == ((action,) if needs_it else ()), ability


def test_a_role_may_lack_an_action_on_one_of_the_things_that_it_is_about() -> None:
    for ability, requests in REQUESTS.items():
        for action, about, _ in requests:
            if about == "*":
                continue
            service, _, beginning = about.partition(":")
            deny = {**allow(action, f"arn:*:{service}:*:{beginning}*"), "Effect": "Deny"}
            assert the_role({"Role": role(allow("*"), deny)}).lacks[ability] == (action,), about
