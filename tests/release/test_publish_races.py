"""Publishers that are killed, and publishers that meet: what S3 then holds is never half of two."""

import contextlib
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from generator import VERSION
from generator.release.publish import Publication
from tests.local_aws.faulty_proxy import Exchange, Fault
from tests.local_aws.local_s3 import FOLDER, NAMES, LocalS3


@pytest.mark.parametrize(
    ("name", "stored"),
    [(NAMES[0], False), *((name, True) for name in NAMES)],
    ids=["before-all", *(f"after-{name}" for name in NAMES)],
)
def test_a_publisher_that_is_killed_leaves_no_release_or_a_whole_one(
    s3: LocalS3, name: str, stored: bool
) -> None:
    """SIGKILL before S3 has stored anything, and after it has stored each object in turn."""
    bucket = s3.make_bucket("bbb")
    reached = threading.Event()

    def kill(exchange: Exchange) -> None:
        if stored:
            s3.proxy.answer(exchange)
        reached.set()
        publisher.kill()
        publisher.wait()
        exchange.reset()

    s3.proxy.add(Fault(kill, "PUT", name=name, times=1))
    publisher = s3.start("publish", "--bucket", bucket)
    publisher.communicate()
    assert reached.is_set()
    assert publisher.returncode == -9

    before = s3.held(bucket)
    index = NAMES.index(name) + stored
    assert s3.names(bucket) == sorted(NAMES[:index])
    whole = index == len(NAMES)
    assert s3.run("verify", "--bucket", bucket).status == (0 if whole else 1)

    assert s3.run("publish", "--bucket", bucket).status == 0
    assert s3.held(bucket).items() >= before.items()
    assert s3.run("verify", "--bucket", bucket, "--against-local").status == 0


def change(name: str) -> Callable[[LocalS3], None]:
    """Let one file differ, so that both publishers agree on all those before it."""

    def happens(s3: LocalS3) -> None:
        s3.files[name] += "\n"

    return happens


def leave_out(s3: LocalS3) -> None:
    """Let one release have a file that the other has not."""
    del s3.files["other-policy.json"]


@pytest.mark.parametrize(
    ("differ", "meet_at"),
    [
        pytest.param(change(NAMES[0]), NAMES[0], id="in-the-first-file"),
        pytest.param(change(NAMES[1]), NAMES[0], id="after-the-first-file"),
        pytest.param(change(NAMES[1]), NAMES[1], id="in-the-second-file"),
        pytest.param(leave_out, NAMES[3], id="in-the-number-of-files"),
        pytest.param(leave_out, NAMES[4], id="in-the-checksums"),
        pytest.param(leave_out, NAMES[5], id="in-the-manifest"),
    ],
)
def test_of_two_publishers_of_different_content_exactly_one_wins(
    s3: LocalS3, differ: Callable[[LocalS3], None], meet_at: str
) -> None:
    """Both find the folder empty, and then write one object in the same moment."""
    bucket = s3.make_bucket("bbb")
    at_reading, at_writing = barriers = [threading.Barrier(2) for _ in range(2)]

    def meet(both: threading.Barrier) -> Callable[[Exchange], None]:
        def happens(exchange: Exchange) -> None:
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait()
            exchange.send(s3.proxy.answer(exchange))

        return happens

    def end(publish: Callable[[], Publication]) -> Publication:
        try:
            return publish()
        finally:
            # The other one is alone now: this one has lost, or has no such object.
            for barrier in barriers:
                barrier.abort()

    # What each of them reads last before it writes.
    s3.proxy.add(Fault(meet(at_reading), "GET", name="Backup.manifest.json", times=2))
    s3.proxy.add(Fault(meet(at_writing), "PUT", name=meet_at, times=2))
    first = s3.publisher(bucket)
    differ(s3)
    second = s3.publisher(bucket)
    with ThreadPoolExecutor() as pool:
        ends = list(pool.map(end, (first, second)))
    [lost] = [one for one in ends if one.error]
    assert "already exists with other content" in str(lost.error)

    s3.proxy.heal()
    said = s3.run("verify", "--bucket", bucket)
    assert said.out == f"bbb (us-east-1): whole, version {VERSION}\n"
    # s3.files is what the second one published.
    expected = 1 if ends[1].error else 0
    assert s3.run("verify", "--bucket", bucket, "--against-local").status == expected
    assert s3.run("publish", "--bucket", bucket).status == expected
    assert f"{FOLDER}/templates/Backup.manifest.json" in s3.held(bucket)


def test_two_publishers_of_the_same_content_both_succeed(s3: LocalS3) -> None:
    bucket = s3.make_bucket("bbb")
    publishers = [s3.publisher(bucket) for _ in range(2)]
    with ThreadPoolExecutor() as pool:
        ends = list(pool.map(lambda publish: publish(), publishers))
    assert [one.error for one in ends] == [None, None]
    assert s3.run("verify", "--bucket", bucket, "--against-local").status == 0


def test_an_interrupted_publisher_finishes_what_was_begun_and_says_so(s3: LocalS3) -> None:
    bucket = s3.make_bucket("bbb")

    arrived = threading.Event()

    def interrupt(exchange: Exchange) -> None:
        publisher.send_signal(signal.SIGINT)
        arrived.wait()
        exchange.send(s3.proxy.answer(exchange))

    s3.proxy.add(Fault(interrupt, "PUT", name="other-policy.json", times=1))
    publisher = s3.start("publish", "--bucket", bucket)
    assert publisher.stdout
    assert publisher.stdout.readline() == "interrupted\n"
    arrived.set()
    out, err = publisher.communicate()
    assert (publisher.returncode, out) == (130, "")
    assert "interrupted; buckets in progress were finished" in err
    assert "Traceback" not in err
    assert s3.run("verify", "--bucket", bucket, "--against-local").status == 0
