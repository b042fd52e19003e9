"""The policy of the live check: enough for what it asks, and not more; and it only reads."""

import re
from typing import Any

import pytest
from _backup.iam import allows
from botocore.session import Session
from troposphere import encode_to_dict

from generator.live import policy
from generator.live.calls import CALLS, Call
from generator.stacks import MAIN, templates
from tests.live.asking import RARE, asked
from tests.local_aws.cluster import Cluster
from tests.local_aws.local_aws import ACCOUNT

DOCUMENT: dict[str, Any] = encode_to_dict(policy.read_what_is_asked_for())
OF_THE_ROLE = {"GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListRolePolicies"}


def test_the_page_holds_the_policy() -> None:
    assert policy.PATH.read_text("utf-8") == policy.page(), "run `python build.py docs`"


def test_it_is_what_the_check_of_a_healthy_cluster_needs_and_no_more(cluster: Cluster) -> None:
    """Of what is not healthy no more can be asked: the account takes no call but those of CALLS."""
    asked(cluster)
    assert {seen.call for seen in cluster.seen} == {*CALLS} - {RARE}
    for seen in cluster.seen:
        arn = "*"
        if "RoleName" in seen.parameters:
            arn = f"arn:aws:iam::{ACCOUNT}:role/{seen.parameters['RoleName']}"
        assert allows([DOCUMENT], CALLS[seen.call].action, arn), seen
    allowed = [action for each in DOCUMENT["Statement"] for action in each["Action"]]
    assert sorted(allowed) == sorted(call.action for call in CALLS.values())


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("soca-x-Backup-1A2B-SOCAAWSBackupRole-3C4D", True),
        ("path/SOCAAWSBackupRole", True),
        ("soca-x-SchedulerRole-1A2B", False),
    ],
)
def test_of_roles_it_reads_that_of_the_backups_alone(role: str, allowed: bool) -> None:
    assert "SOCAAWSBackupRole" in templates()[MAIN].resources
    for name in OF_THE_ROLE:
        for partition in ("aws", "aws-cn"):
            arn = f"arn:{partition}:iam::{ACCOUNT}:role/{role}"
            assert allows([DOCUMENT], f"iam:{name}", arn) == allowed


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_it_only_reads(call: Call) -> None:
    """AWS's service authorization reference has each of these at the level Read or List."""
    assert re.fullmatch(r"[a-z0-9]+:(Describe|Get|List)[A-Z][A-Za-z]+", call.action)
    model = Session().get_service_model(call.service)
    if model.resolved_protocol == "rest-json":  # the others send everything with POST
        assert model.operation_model(call.operation).http["method"] == "GET"
