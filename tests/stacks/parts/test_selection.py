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
    ("tags", "opted_out", "expected"),
    [
        pytest.param(TAG, (), True, id="right-tag"),
        pytest.param({"Name": "x", **TAG}, (), True, id="right-tag-among-others"),
        pytest.param({"soca:BackupPlan": "SOCA-mycluster"}, (), False, id="value-in-other-case"),
        pytest.param({"soca:backupplan": CLUSTER}, (), False, id="key-in-other-case"),
        pytest.param({"soca:BackupPlan": f"{CLUSTER}2"}, (), False, id="longer-value"),
        pytest.param({"soca:BackupPlan": "soca-other"}, (), False, id="other-cluster"),
        pytest.param({"soca:ClusterId": CLUSTER}, (), False, id="other-key"),
        pytest.param({"edh:BackupPlan": CLUSTER}, (), False, id="newer-key"),
        pytest.param({"aws:ResourceTag/soca:BackupPlan": CLUSTER}, (), False, id="prefixed-key"),
        pytest.param({}, (), False, id="no-tag"),
        pytest.param(TAG, ("ec2", "elasticfilesystem"), True, id="service-opted-out"),
        pytest.param({}, ("ec2", "elasticfilesystem"), False, id="no-tag-and-opted-out"),
    ],
)
def test_our_selection_picks_what_carries_the_tag(
    arn: str, tags: dict[str, str], opted_out: tuple[str, ...], expected: bool
) -> None:
    assert selected(_ours(), Resource(arn, tags), opted_out) is expected


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


def test_the_tag_key_is_the_parameters() -> None:
    selection = _ours(BackupTagKey="edh:BackupPlan")
    assert selected(selection, Resource(INSTANCE, {"edh:BackupPlan": CLUSTER}))
    assert not selected(selection, Resource(INSTANCE, TAG))


@pytest.mark.parametrize("cluster", ["Prod", "soca-Prod", "prod", "PROD_1"])
def test_the_cluster_id_is_taken_as_it_is_typed(cluster: str) -> None:
    tag = {"soca:BackupPlan": cluster}
    selection = _ours(ClusterId=cluster)
    assert selected(selection, Resource(FILE_SYSTEM, tag))
    assert not selected(selection, Resource(FILE_SYSTEM, {"soca:BackupPlan": cluster.swapcase()}))


def test_the_selection_has_the_plan_and_the_role_of_the_stack() -> None:
    made = resolved()
    selection = made.resources["SOCABackupSelection"]
    assert selection["BackupPlanId"] == "<SOCABackupPlan>"
    assert selection["BackupSelection"]["IamRoleArn"] == "<SOCAAWSBackupRole.Arn>"
    assert selection["BackupSelection"]["SelectionName"] == f"Tag-{CLUSTER}"


# The evaluator itself, on selections that others have made.

SOCA_2_6_1: dict[str, Any] = {
    "SelectionName": "Tag-soca-prod",
    "ListOfTags": [
        {
            "ConditionKey": "soca:BackupPlan",
            "ConditionType": "STRINGEQUALS",
            "ConditionValue": "soca-prod",
        }
    ],
}


def test_soca_2_6_1_misses_the_file_system_of_a_stack_named_prod_with_a_capital() -> None:
    """Its stack ``Prod`` tags with the name as it is, and selects it in lower case."""
    assert not selected(SOCA_2_6_1, Resource(FILE_SYSTEM, {"soca:BackupPlan": "soca-Prod"}))
    assert selected(SOCA_2_6_1, Resource(FILE_SYSTEM, {"soca:BackupPlan": "soca-prod"}))


def test_a_selection_by_tag_alone_obeys_the_opt_in_and_takes_every_type() -> None:
    tag = {"soca:BackupPlan": "soca-prod"}
    assert not selected(SOCA_2_6_1, Resource(FILE_SYSTEM, tag), ("elasticfilesystem",))
    assert selected(SOCA_2_6_1, Resource(FSX, tag))


def test_resources_and_list_of_tags_are_a_union() -> None:
    union = {**SOCA_2_6_1, "Resources": ["arn:aws:ec2:*:*:instance/*"]}
    assert selected(union, Resource(INSTANCE))
    assert selected(union, Resource(FILE_SYSTEM, {"soca:BackupPlan": "soca-prod"}))


@pytest.mark.parametrize(
    ("key", "expected"), [("aws:ResourceTag/soca:BackupPlan", True), ("soca:BackupPlan", False)]
)
def test_a_condition_without_the_prefix_matches_nothing(key: str, expected: bool) -> None:
    condition = {"ConditionKey": key, "ConditionValue": CLUSTER}
    selection = {"Resources": [INSTANCE], "Conditions": {"StringEquals": [condition]}}
    assert selected(selection, Resource(INSTANCE, TAG)) is expected


def test_a_prefixed_key_in_a_list_of_tags_matches_nothing() -> None:
    [entry] = SOCA_2_6_1["ListOfTags"]
    prefixed = {**entry, "ConditionKey": "aws:ResourceTag/soca:BackupPlan"}
    assert not selected(
        {"ListOfTags": [prefixed]}, Resource(INSTANCE, {"soca:BackupPlan": "soca-prod"})
    )
    assert selected(
        {"ListOfTags": [prefixed, entry]}, Resource(INSTANCE, {"soca:BackupPlan": "soca-prod"})
    )


def test_every_condition_has_to_hold() -> None:
    conditions = [
        {"ConditionKey": "aws:ResourceTag/soca:BackupPlan", "ConditionValue": CLUSTER},
        {"ConditionKey": "aws:ResourceTag/stage", "ConditionValue": "prod"},
    ]
    selection = {"Resources": [INSTANCE], "Conditions": {"StringEquals": conditions}}
    assert not selected(selection, Resource(INSTANCE, TAG))
    assert selected(selection, Resource(INSTANCE, {**TAG, "stage": "prod"}))


def test_conditions_alone_are_refused() -> None:
    condition = {"ConditionKey": "aws:ResourceTag/soca:BackupPlan", "ConditionValue": CLUSTER}
    with pytest.raises(ValueError, match="must be non-empty"):
        selected({"Conditions": {"StringEquals": [condition]}}, Resource(INSTANCE, TAG))
