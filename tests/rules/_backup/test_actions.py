"""The tables of actions, against their sources."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cfnlint
from _backup.actions import (
    ABOUT,
    BACKUPS_ALLOW,
    ON_RECOVERY_POINTS,
    ON_VAULTS,
    RESTORES_ALLOW,
    RESTORING,
    TYPES,
    WITHOUT_ARN,
)
from _backup.iam import Answer, decide
from _backup.matching import unknown

REFERENCE = json.loads(
    (Path(cfnlint.__file__).parent / "data/AdditionalSpecs/Policies.json").read_text()
)


def managed(name: str) -> Iterator[dict[str, Any]]:
    """Yield the statements of AWS's managed policy, in the newest version that moto has."""
    from moto.iam import aws_managed_policies

    data: Any = aws_managed_policies.aws_managed_policies_data
    policies = json.loads(data) if isinstance(data, str) else data
    yield from policies[name]["Document"]["Statement"]


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


GIVEN = {
    action
    for statement in managed("AWSBackupServiceRolePolicyForBackup")
    for action in listed(statement["Action"])
}

# What AWS gives and the table does not ask for, because a plain backup does not call it.
NOT_ASKED_FOR = {
    "ec2:DescribeElasticGpus": "only for instances with a kind of GPU that AWS has retired",
    "ec2:DescribeLaunchTemplateVersions": "for EKS",
    "ec2:DescribeSnapshotTierStatus": "only for snapshots in the archive tier",
    "ec2:DescribeSpotInstanceRequests": "only for spot instances",
    "ec2:ModifySnapshotTier": "only for snapshots in the archive tier",
    "fsx:ListTagsForResource": "only for tags that are copied",
    "fsx:TagResource": "only for tags that are copied",
    "rds:DeleteDBClusterAutomatedBackup": "only for continuous backups",
    "rds:DeleteDBInstanceAutomatedBackup": "only for continuous backups",
    "rds:DescribeDBClusterAutomatedBackups": "only for continuous backups",
    "rds:ModifyDBCluster": "only for continuous backups",
    "rds:ModifyDBInstance": "only for continuous backups",
}


def test_the_table_asks_for_nothing_that_aws_does_not_give() -> None:
    assert set(BACKUPS_ALLOW) <= GIVEN


def test_what_aws_gives_is_asked_for_or_left_out_with_a_reason() -> None:
    services = {"backup", "tag", "ec2", "elasticfilesystem", "fsx", "rds"}
    ours = {action for action in GIVEN if action.partition(":")[0] in services}
    assert ours - set(BACKUPS_ALLOW) == set(NOT_ASKED_FOR)


def test_what_the_policy_for_restores_allows() -> None:
    its = {
        action.lower()
        for statement in managed("AWSBackupServiceRolePolicyForRestores")
        for action in listed(statement["Action"])
    }
    restoring = {action for actions in RESTORING.values() for action in actions}
    assert {action.lower() for action in restoring} <= its
    assert set(RESTORES_ALLOW) - restoring == {a for a in BACKUPS_ALLOW if a.lower() in its}


def resources_of(action: str) -> list[str] | None:
    """Return what the service authorization reference says the action is about, in lower case."""
    service, _, name = action.lower().partition(":")
    found = REFERENCE[service]["Actions"][name].get("Resources")
    return found and [resource.lower() for resource in found]


def test_what_actions_are_about_is_in_the_service_authorization_reference() -> None:
    for action, about in ABOUT.items():
        assert re.split("[:/]", about)[1] in (resources_of(action) or [])
    for needs in TYPES.values():
        for action in needs.on_itself:
            assert re.split("[:/]", needs.resource)[1] in (resources_of(action) or []), action
    for action in ON_RECOVERY_POINTS:
        assert "recoverypoint" in (resources_of(action) or [])


def test_what_takes_no_arn_takes_none_in_the_reference_and_in_the_policy_of_aws() -> None:
    without = {action for action in BACKUPS_ALLOW if resources_of(action) is None}
    resources = {
        action: statement["Resource"]
        for statement in managed("AWSBackupServiceRolePolicyForBackup")
        for action in listed(statement["Action"])
    }
    # AWS's policy names ARNs for some, so they count as being about anything of their service.
    assert set(WITHOUT_ARN) == {action for action in without if resources[action] == "*"}


def test_the_policy_of_aws_allows_what_the_table_says_that_actions_are_about() -> None:
    """No ARN that we ask about is one that AWS's own policy leaves out."""
    document = {
        "Version": "2012-10-17",
        "Statement": list(managed("AWSBackupServiceRolePolicyForBackup")),
    }
    for action, about in ABOUT.items():
        service, _, beginning = about.partition(":")
        arn = f"arn:aws:{service}:us-east-1:{unknown('account')}:{beginning}awsbackup:x"
        assert decide([document], action, arn) is not Answer.DENIED, action


def test_actions_on_vaults_are_those_of_the_service_authorization_reference() -> None:
    on_vaults = {
        name
        for name, action in REFERENCE["backup"]["Actions"].items()
        if {"backupVault", "recoveryPoint"} & set(action.get("Resources") or [])
    }
    assert {name.lower() for name in ON_VAULTS} == on_vaults
    assert all(re.fullmatch("[A-Za-z]+", name) for name in ON_VAULTS)
