"""The tables of actions, against their sources."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cfnlint

from tests.rules.support import shared


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
    actions = shared("_backup.actions")
    asked = {*actions.ALWAYS, *actions.COPYING, *actions.TAGGING}
    for needs in actions.TYPES.values():
        asked |= {*needs.actions, *needs.copying}
    assert asked <= GIVEN


def test_what_aws_gives_is_asked_for_or_left_out_with_a_reason() -> None:
    actions = shared("_backup.actions")
    asked = {*actions.ALWAYS, *actions.COPYING, *actions.TAGGING}
    for needs in actions.TYPES.values():
        asked |= {*needs.actions, *needs.copying}
    services = {"backup", "tag", "ec2", "elasticfilesystem", "fsx", "rds"}
    ours = {action for action in GIVEN if action.partition(":")[0] in services}
    assert ours - asked == set(NOT_ASKED_FOR)


def test_actions_on_vaults_are_those_of_the_service_authorization_reference() -> None:
    data = json.loads(
        (Path(cfnlint.__file__).parent / "data/AdditionalSpecs/Policies.json").read_text()
    )
    on_vaults = {
        name
        for name, action in data["backup"]["Actions"].items()
        if {"backupVault", "recoveryPoint"} & set(action.get("Resources") or [])
    }
    assert {name.lower() for name in shared("_backup.actions").ON_VAULTS} == on_vaults
    assert all(re.fullmatch("[A-Za-z]+", name) for name in shared("_backup.actions").ON_VAULTS)
