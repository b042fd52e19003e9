"""A healthy cluster has nothing that is not well, and each fault is found, and nothing else."""

import pytest

from tests.live.asking import NOW, asked, found
from tests.live.faults import FAULTS, NOT_CHECKED, NOT_WELL
from tests.local_aws.cluster import Cluster, healthy_cluster

COMPUTE_NODES = "2 instances of the cluster do not carry the tag; compute nodes are not meant to"


@pytest.fixture
def healthy(endpoint_url: str) -> object:
    """Give a healthy cluster on an afternoon."""
    with healthy_cluster(endpoint_url, NOW) as cluster:
        yield cluster


def test_a_healthy_cluster_is_well(healthy: Cluster) -> None:
    inspection = asked(healthy)
    assert [one.text for one in found(inspection)] == [COMPUTE_NODES]
    assert inspection.is_well
    assert inspection.stack == healthy.backup.name
    assert inspection.conclusion == "Tonight's backup will run for 4 of 4 resources."
    assert {each.strip.lstrip(".") for each in inspection.resources} == {"#" * 30}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_and_nothing_else(name: str, endpoint_url: str) -> None:
    fault = FAULTS[name]
    with healthy_cluster(endpoint_url, NOW, **fault.parameters) as cluster:
        fault.breaks(cluster)
        inspection = asked(cluster)
    left = [one for one in found(inspection) if one.text != COMPUTE_NODES]
    for questions, verdict, part in fault.finds:
        fits = [one for one in left if (questions, verdict) == one[:2] and part in one.text]
        assert fits, f"{part!r} is not among {left}"
        left.remove(fits[0])
    assert not left
    assert sum(not each.tonight for each in inspection.resources) == fault.lost
    verdicts = {verdict for _, verdict, _ in fault.finds}
    is_well = False if NOT_WELL in verdicts else None if NOT_CHECKED in verdicts else True
    assert inspection.is_well is is_well
