"""What AWS does not answer is not checked, and never well; all else goes on."""

from collections.abc import Iterator

import pytest

from generator.live.calls import CALLS
from generator.live.errors import NotAnsweredError
from generator.live.findings import QUESTIONS, Inspection, Verdict
from tests.live.asking import NOW, RARE, asked, found
from tests.local_aws.cluster import NAME, Cluster, healthy_cluster
from tests.local_aws.front import Happens
from tests.local_aws.service_faults import breaks_off, hangs_up, refused, says, throttled

FIRST = "cloudformation.DescribeStacks"
OTHERS = sorted(CALLS.keys() - {FIRST, RARE})
HAPPENS: dict[str, Happens] = {
    "a failure": refused("InternalFailure", 500),
    "no AWS": says(b"<html>Sign in to the guest network</html>"),
    "a closed connection": hangs_up,
    "half an answer": breaks_off,
    "no service": refused("OptInRequired", 403),
}
DECIDING = {question.key for question in QUESTIONS if question.decides}


@pytest.fixture(scope="module")
def unharmed(endpoint_url: str) -> Iterator[Cluster]:
    """Give a cluster that nobody changes."""
    with healthy_cluster(endpoint_url, NOW, DenyRecoveryPointDeletion="yes") as cluster:
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


def is_only_not_checked(inspection: Inspection, action: str) -> bool:
    """Return whether nothing is wrong but that an action was not answered, which is named."""
    lacking = not_checked(inspection)
    questions = {key for keys in lacking.values() for key in keys.split()}
    return (
        bool(lacking)
        and all(action in text for text in lacking)
        and inspection.is_well is (None if questions & DECIDING else True)
        and Verdict.NOT_WELL not in {answer.verdict for answer in inspection.answers}
    )


@pytest.mark.parametrize("call", OTHERS)
def test_a_permission_that_is_missing_is_named(call: str, healthy: Cluster) -> None:
    healthy.deny(call)
    inspection = asked(healthy)
    assert is_only_not_checked(inspection, CALLS[call].action)
    actions = {each.action for answer in inspection.answers for each in answer.findings}
    assert actions - {""} == {CALLS[call].action}


@pytest.mark.parametrize("call", OTHERS)
def test_whatever_happens_to_a_request_is_told(call: str, healthy: Cluster) -> None:
    happens = [throttled(call), *HAPPENS.values()]
    healthy.happens(call, happens[OTHERS.index(call) % len(happens)])
    assert is_only_not_checked(asked(healthy), CALLS[call].action)


ODD = [
    ("backup.ListBackupJobs", b'{"BackupJobs": [{"BackupJobId": "no state"}]}'),
    (
        "backup.ListRecoveryPointsByBackupVault",
        b'{"RecoveryPoints": [{"Status": "COMPLETED", "CreationDate": "2026-11-25T05:00:00"}]}',
    ),
    ("backup.GetBackupPlan", b'{"BackupPlan": {"Rules": [{"RuleName": 7}]}}'),
]
"""Answers that lack what AWS always says, or say it without a zone or as another type."""


@pytest.mark.parametrize(("call", "answer"), ODD)
def test_an_answer_that_is_none_of_awss_is_not_checked(
    call: str, answer: bytes, healthy: Cluster
) -> None:
    healthy.happens(call, says(answer, kind="application/json"))
    inspection = asked(healthy)
    assert inspection.is_well is None
    assert all("cannot be understood" in text for text in not_checked(inspection))
    assert Verdict.NOT_WELL not in {answer.verdict for answer in inspection.answers}


def test_a_stack_that_is_not_described_as_stacks_are(healthy: Cluster) -> None:
    described = b"<Stacks><member><StackName>mycluster</StackName></member></Stacks>"
    result = b"<DescribeStacksResult>" + described + b"</DescribeStacksResult>"
    whole = b"<DescribeStacksResponse>" + result + b"</DescribeStacksResponse>"
    healthy.happens(FIRST, says(whole, kind="text/xml"))
    with pytest.raises(NotAnsweredError, match="what AWS says about the stack cannot be under"):
        asked(healthy, NAME)


PAGED = ("backup.ListRecoveryPointsByBackupVault", "backup.ListBackupJobs", "ec2.DescribeVolumes")


@pytest.mark.parametrize("call", PAGED)
def test_half_of_the_pages_are_not_taken_for_all(call: str, healthy: Cluster) -> None:
    healthy.here.most_per_page = 1 if call.startswith("ec2") else 50
    healthy.refuse(call, "InternalFailure", 500, after=1)
    inspection = asked(healthy)
    healthy.here.most_per_page = 1000
    assert is_only_not_checked(inspection, CALLS[call].action)


def test_without_any_permission_nothing_is_well(healthy: Cluster) -> None:
    healthy.deny(*OTHERS)
    inspection = asked(healthy, healthy.backup.name)
    assert {answer.verdict for answer in inspection.answers} == {Verdict.NOT_CHECKED}
    assert inspection.is_well is None
    assert not inspection.resources
    assert inspection.conclusion == (
        "Tonight's backup: for which resources it will run was not checked."
    )


def test_what_was_not_checked_is_not_said_to_run_for_none(healthy: Cluster) -> None:
    healthy.deny("iam.GetRole")
    conclusion = asked(healthy).conclusion
    assert conclusion == "Tonight's backup: for 4 of 4 resources it was not checked."


def test_a_stack_that_is_not_described_is_no_stack(healthy: Cluster) -> None:
    healthy.deny(FIRST)
    with pytest.raises(NotAnsweredError, match=r"cloudformation:DescribeStacks is not allowed"):
        asked(healthy, NAME)
