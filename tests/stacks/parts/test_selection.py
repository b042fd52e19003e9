"""What the plan backs up, judged by AWS's rules for selections (``tests.local_aws.selection``)."""

from typing import Any

import pytest

from tests.local_aws.selection import Resource, selected
from tests.support.generated import resolved
from tests.support.parameter_values import CLUSTER, REGIONS

TAG = {"soca:BackupPlan": CLUSTER}
INSTANCE = "arn:aws:ec2:us-east-1:123456789012:instance/i-1"
VOLUME = "arn:aws:ec2:us-east-1:123456789012:volume/vol-1"
SNAPSHOT = "arn:aws:ec2:us-east-1:123456789012:snapshot/snap-1"
FILE_SYSTEM = "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1"
BUCKET = "arn:aws:s3:::bucket"
FSX = "arn:aws:fsx:us-east-1:123456789012:file-system/fs-1"


def _ours(region: str = "us-east-1", **parameters: str) -> dict[str, Any]:
    selection = resolved(region, **parameters).resources["SOCABackupSelection"]
    inner: dict[str, Any] = selection["BackupSelection"]
    return inner


@pytest.mark.parametrize("arn", [INSTANCE, VOLUME, FILE_SYSTEM])
@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        pytest.param(TAG, True, id="right-tag"),
        pytest.param({"Name": "x", **TAG}, True, id="right-tag-among-others"),
        pytest.param({"soca:BackupPlan": "SOCA-mycluster"}, False, id="value-in-other-case"),
        pytest.param({"soca:backupplan": CLUSTER}, False, id="key-in-other-case"),
        pytest.param({"soca:BackupPlan": f"{CLUSTER}2"}, False, id="longer-value"),
        pytest.param({"soca:BackupPlan": "soca-other"}, False, id="other-cluster"),
        pytest.param({"soca:ClusterId": CLUSTER}, False, id="other-key"),
        pytest.param({"edh:BackupPlan": CLUSTER}, False, id="newer-key"),
        pytest.param({"aws:ResourceTag/soca:BackupPlan": CLUSTER}, False, id="prefixed-key"),
        pytest.param({}, False, id="no-tag"),
    ],
)
def test_our_selection_picks_what_carries_the_tag(
    arn: str, tags: dict[str, str], expected: bool
) -> None:
    assert selected(_ours(), Resource(arn, tags)) is expected


@pytest.mark.parametrize("arn", [BUCKET, FSX, SNAPSHOT])
def test_our_selection_leaves_out_what_the_role_cannot_back_up(arn: str) -> None:
    assert not selected(_ours(), Resource(arn, TAG))


@pytest.mark.parametrize("partition", REGIONS)
def test_our_selection_works_in_every_partition(partition: str) -> None:
    selection = _ours(REGIONS[partition])
    for arn in (INSTANCE, VOLUME, FILE_SYSTEM):
        here = arn.replace("arn:aws:", f"arn:{partition}:").replace("us-east-1", REGIONS[partition])
        assert selected(selection, Resource(here, TAG))
        assert not selected(selection, Resource(here))
