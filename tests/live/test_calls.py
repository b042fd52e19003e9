"""Which requests are made, and how many: they grow with pages, and none of them writes."""

from collections import Counter

from generator.live.calls import CALLS
from tests.live.asking import NOW, RARE, asked
from tests.local_aws.cluster import healthy_cluster
from tests.local_aws.far_cluster import Size, grow

PER_FILE_SYSTEM = ("efs.DescribeBackupPolicy", "efs.DescribeFileSystemPolicy")


def test_the_table_has_every_request_and_no_other(endpoint_url: str) -> None:
    with healthy_cluster(endpoint_url, NOW) as cluster:
        asked(cluster)
        assert {one.call for one in cluster.seen} == CALLS.keys() - {RARE}


def test_more_resources_need_no_more_requests(endpoint_url: str) -> None:
    with healthy_cluster(endpoint_url, NOW) as cluster:
        few = asked(cluster)
        seen = len(cluster.seen)
        assert few.calls == seen
        before = Counter(one.call for one in cluster.seen)
        grow(cluster, Size(instances=9, volumes=8, file_systems=7, fsx=6))
        many = asked(cluster)
        after = Counter(one.call for one in cluster.seen[seen:])
    assert (len(few.resources), len(many.resources)) == (4, 30)
    assert after - before == dict.fromkeys(PER_FILE_SYSTEM, 5)


def test_all_is_asked_side_by_side_before_anything_is_answered(endpoint_url: str) -> None:
    made: list[int] = []
    with healthy_cluster(endpoint_url, NOW) as cluster:
        asked(cluster, told=lambda *_: made.append(len(cluster.seen)))
        assert made[-1] == len(cluster.seen)
