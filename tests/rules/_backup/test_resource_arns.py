"""The table of what AWS Backup backs up, against its sources."""

from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from tests.rules._backup.test_actions import listed, managed
from tests.rules.support import shared

# What the managed policy is about besides the services whose resources are backed up.
HELPERS = {"backup", "guardduty", "iam", "kms", "ssm", "tag"}
KINDS: Any = shared("_backup.resource_arns").KINDS


def test_the_services_are_those_of_the_managed_policy() -> None:
    services = {
        action.partition(":")[0]
        for statement in managed("AWSBackupServiceRolePolicyForBackup")
        for action in listed(statement["Action"])
    }
    # S3 has a policy of its own.
    assert {kind.service for kind in KINDS} == (services - HELPERS) | {"s3"}


@pytest.mark.parametrize(
    ("kind", "attribute"), sorted(item for kind in KINDS for item in kind.types.items())
)
def test_the_attributes_exist(kind: str, attribute: str) -> None:
    """Where there is none, none exists that is the ARN of the resource itself."""
    schema: Any = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    readable = {path.partition("/properties/")[2] for path in schema["readOnlyProperties"]}
    names = {path.replace("/", ".") for path in readable}
    if attribute:
        assert attribute in names
    else:
        assert not names & {"Arn", "ResourceArn", "ResourceARN", kind.rpartition("::")[2] + "Arn"}
