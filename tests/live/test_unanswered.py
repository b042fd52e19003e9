"""What AWS does not answer is not checked, and never well; all else goes on."""

from collections.abc import Iterator

import pytest

from generator.live.calls import CALLS
from generator.live.findings import QUESTIONS, Inspection, Verdict
from tests.live.asking import NOW, asked, found
from tests.local_aws.cluster import Cluster, healthy_cluster

FIRST = "cloudformation.DescribeStacks"
DECIDING = {question.key for question in QUESTIONS if question.decides}


@pytest.fixture(scope="module")
def unharmed(endpoint_url: str) -> Iterator[Cluster]:
    """Give a cluster that nobody changes."""
    with healthy_cluster(endpoint_url, NOW) as cluster:
        yield cluster


@pytest.fixture
def healthy(unharmed: Cluster) -> Iterator[Cluster]:
    """Give it, and let AWS answer again afterwards."""
    yield unharmed
    unharmed.front.heal()


def not_checked(inspection: Inspection) -> dict[str, str]:
    """Return the texts of what was not checked, with the questions."""
    words = Verdict.NOT_CHECKED.words
    return {one.text: one.questions for one in found(inspection) if one.verdict == words}


@pytest.mark.parametrize("call", sorted(CALLS.keys() - {FIRST}))
def test_a_permission_that_is_missing_is_named(call: str, healthy: Cluster) -> None:
    healthy.deny(call)
    inspection = asked(healthy)
    lacking = not_checked(inspection)
    assert lacking
    assert all(CALLS[call].action in text for text in lacking)
    questions = {key for keys in lacking.values() for key in keys.split()}
    assert inspection.is_well is (None if questions & DECIDING else True)
    assert Verdict.NOT_WELL not in {answer.verdict for answer in inspection.answers}
