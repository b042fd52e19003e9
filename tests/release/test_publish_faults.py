"""What the wire, S3 and the account do to a publisher, and that it ends well.

After each fault: exit code and sentence are right, no object that was there has changed, `verify`
takes nothing half-published for a release, and a second run completes it.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from generator import VERSION
from generator.release import bucket as s3_bucket
from generator.stacks import TEMPLATES
from tests.local_aws.faulty_proxy import (
    Exchange,
    Fault,
    answers,
    breaks_off,
    corrupts,
    does_it_but_answers,
    hangs_up,
    ignores_the_condition,
    never_answers,
    stalls,
)
from tests.local_aws.local_s3 import FOLDER, NAMES, LocalS3

FIRST, LATER, LAST = NAMES[0], NAMES[2], NAMES[-1]
"""The file with which S3 is tried, another one, and the manifest; all else is like the second."""


@pytest.fixture(autouse=True)
def impatient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait shorter than for AWS; but for answers only where none comes: machines can be busy."""
    monkeypatch.setattr(s3_bucket, "PAUSES_SECONDS", (0.01, 0.02))
    happens = request.getfixturevalue("happens") if "happens" in request.fixturenames else None
    if happens in (stalls, never_answers):
        monkeypatch.setattr("generator.aws.connection.READ_TIMEOUT_SECONDS", 0.5)


def completes(s3: LocalS3, bucket: str) -> None:
    """Check that a further run, without faults, completes the release and changes nothing."""
    s3.proxy.heal()
    before = s3.held(bucket)
    assert s3.run("publish", "--bucket", bucket).status == 0
    after = s3.held(bucket)
    assert after.items() >= before.items()
    assert s3.names(bucket) == sorted(NAMES)
    assert s3.run("verify", "--bucket", bucket, "--against-local").status == 0


at_each = pytest.mark.parametrize("name", [FIRST, LATER, LAST])


@at_each
@pytest.mark.parametrize(
    "happens",
    [
        pytest.param(answers(500, "InternalError"), id="500"),
        pytest.param(answers(503, "SlowDown"), id="503"),
        pytest.param(hangs_up, id="reset"),
        pytest.param(does_it_but_answers(500, "InternalError"), id="500-but-stored"),
        pytest.param(does_it_but_answers(503, "SlowDown"), id="503-but-stored"),
        pytest.param(answers(409, "ConditionalRequestConflict"), id="409"),
    ],
)
def test_one_failed_write_is_repeated(
    s3: LocalS3, happens: Callable[[Exchange], None], name: str
) -> None:
    bucket = s3.make_bucket("bbb")
    s3.proxy.add(Fault(happens, "PUT", name=name, times=1))
    said = s3.run("publish", "--bucket", bucket)
    assert said.status == 0, said.err
    completes(s3, bucket)


@pytest.mark.parametrize(
    ("happens", "name"),
    [
        pytest.param(answers(503, "SlowDown"), FIRST, id="503"),
        pytest.param(breaks_off, LAST, id="reset-in-the-body"),
        pytest.param(stalls, LATER, id="stalled-in-the-body"),
    ],
)
def test_one_failed_read_is_repeated(
    s3: LocalS3, happens: Callable[[Exchange], None], name: str
) -> None:
    bucket = s3.make_bucket("bbb")
    s3.run("publish", "--bucket", bucket)
    s3.proxy.add(Fault(happens, "GET", name=name, times=1))
    said = s3.run("verify", "--bucket", bucket)
    assert said.status == 0, said.out


BUSY = "S3 is overloaded or failing"


@at_each
@pytest.mark.parametrize(
    ("method", "happens", "says"),
    [
        ("PUT", answers(500, "InternalError"), BUSY),
        ("PUT", answers(503, "SlowDown"), BUSY),
        ("GET", answers(503, "SlowDown"), BUSY),
        ("GET", answers(504, "GatewayTimeout"), BUSY),
        ("PUT", hangs_up, "the connection to S3 broke"),
        ("PUT", never_answers, "did not answer in time"),
        ("PUT", answers(409, "ConditionalRequestConflict"), "another publisher"),
        ("PUT", answers(403, "AccessDenied"), "allow s3:PutObject on arn:aws:s3:::bbb/"),
        ("PUT", answers(501, "NotImplemented"), "not support conditional writes"),
        ("PUT", answers(400, "BadDigest"), "damaged in transit"),
        ("PUT", answers(400, "ExpiredToken"), "have expired"),
        ("PUT", answers(418, "Teapot"), "S3 refused s3:PutObject: Teapot said the test"),
    ],
    ids=[
        *("put-500", "put-503", "get-503", "get-504", "put-reset", "put-silence", "put-409", "403"),
        *("501", "bad-digest", "expired", "418"),
    ],
)
def test_a_lasting_fault_at_an_object_is_told_and_leaves_no_release(
    s3: LocalS3, method: str, name: str, happens: Callable[[Exchange], None], says: str
) -> None:
    bucket = s3.make_bucket("bbb")
    s3.proxy.add(Fault(happens, method, name=name))
    said = s3.run("publish", "--bucket", bucket)
    assert (said.status, said.out) == (1, "")
    assert says in said.err
    assert "\nbuild.py: bbb (us-east-1): " in said.err
    assert "0 of 1 bucket(s) have the whole release" in said.err
    assert "Traceback" not in said.err
    s3.proxy.heal()
    assert "Backup.manifest.json" not in s3.names(bucket)
    assert s3.run("verify", "--bucket", bucket).status == 1
    completes(s3, bucket)


@pytest.mark.parametrize(
    ("name", "happens", "says"),
    [
        (LATER, breaks_off, "the connection to S3 broke"),
        (LAST, stalls, "did not answer in time"),
        (LATER, corrupts(checksum=True), "does not match its checksum"),
        (FIRST, corrupts(checksum=False), "differs from what was written"),
        (LAST, corrupts(checksum=False), "differs from what was written"),
    ],
    ids=["reset-in-the-body", "stalled-in-the-body", "corrupted", "unnoticed", "unnoticed-last"],
)
def test_a_read_back_that_fails_or_differs_is_told_and_leaves_no_release(
    s3: LocalS3, name: str, happens: Callable[[Exchange], None], says: str
) -> None:
    bucket = s3.make_bucket("bbb")

    def once_there_is_something(exchange: Exchange) -> None:
        if exchange.key in s3.held(bucket):
            happens(exchange)
        else:
            exchange.send(exchange.forward())

    s3.proxy.add(Fault(once_there_is_something, "GET", name=name))
    said = s3.run("publish", "--bucket", bucket)
    assert (said.status, said.out) == (1, "")
    assert says in said.err
    s3.proxy.heal()
    # The manifest is the last object: when it cannot be read back, all the others were.
    whole = name == "Backup.manifest.json"
    assert s3.run("verify", "--bucket", bucket).status == (0 if whole else 1)
    completes(s3, bucket)


def test_a_connection_that_is_refused_is_told(s3: LocalS3) -> None:
    bucket = s3.make_bucket("bbb")
    s3.proxy.shutdown()
    s3.proxy.socket.close()
    for verb in ("publish", "verify"):
        said = s3.run(verb, "--bucket", bucket)
        assert said.status == 1
        assert "S3 cannot be reached" in said.out + said.err
        assert "Traceback" not in said.err


def test_an_s3_that_ignores_the_condition_is_found_out(s3: LocalS3) -> None:
    bucket = s3.make_bucket("bbb")
    s3.proxy.add(Fault(ignores_the_condition, "PUT"))
    said = s3.run("publish", "--bucket", bucket)
    assert said.status == 1
    assert "ignores the condition" in said.err
    assert s3.names(bucket) == ["Backup.template"]
    completes(s3, bucket)


@pytest.mark.parametrize("verb", ["publish", "verify"])
@pytest.mark.parametrize(
    ("code", "status", "says"),
    [
        ("ExpiredToken", 400, "the credentials have expired"),
        ("InvalidAccessKeyId", 403, "AWS does not accept the credentials"),
        ("SignatureDoesNotMatch", 403, "AWS does not accept the credentials"),
        ("RequestTimeTooSkewed", 403, "clock is wrong"),
        ("AccessDenied", 403, "access denied: allow s3:ListBucket on arn:aws:s3:::bbb, and"),
    ],
)
def test_credentials_that_are_refused_are_told_although_a_head_has_no_body(
    s3: LocalS3, verb: str, code: str, status: int, says: str
) -> None:
    bucket = s3.make_bucket("bbb")
    s3.proxy.add(Fault(answers(status, code)))
    said = s3.run(verb, "--bucket", bucket)
    assert said.status == 1
    assert says in said.out + said.err


@pytest.mark.parametrize("verb", ["publish", "verify"])
def test_no_credentials_are_told_once_before_anything_is_asked(
    s3: LocalS3, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    options = ("--bucket", "bbb-{region}", "--regions", "us-east-1,eu-west-1")
    said = s3.run(verb, *options)
    assert (said.status, said.out) == (1, "")
    assert said.err.count("no credentials were found") == 1
    assert not s3.proxy.seen


UNREADABLE_CREDENTIALS: dict[str, tuple[str, str]] = {
    "a program that is not there": ("/nowhere/program", "/nowhere/program"),
    "a program that prints something else": ("/bin/echo hello", "Expecting"),
    "a quote without its end": ("'x", "No closing quotation"),
}


@pytest.mark.parametrize(
    ("program", "why"), UNREADABLE_CREDENTIALS.values(), ids=UNREADABLE_CREDENTIALS
)
def test_credentials_that_cannot_be_read_are_told_once(
    s3: LocalS3,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    program: str,
    why: str,
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    config = tmp_path / "config"
    config.write_text(f"[default]\ncredential_process = {program}\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    for verb in ("publish", "verify"):
        said = s3.run(verb, "--bucket", "bbb")
        assert (said.status, said.out) == (1, "")
        assert said.err.count("the credentials cannot be read (") == 1
        assert why in said.err


@pytest.mark.parametrize("verb", ["publish", "verify"])
@pytest.mark.parametrize("name", ["AWS_RETRY_MODE", "AWS_MAX_ATTEMPTS"])
def test_a_wrong_aws_configuration_is_told(
    s3: LocalS3, monkeypatch: pytest.MonkeyPatch, name: str, verb: str
) -> None:
    monkeypatch.setenv(name, "nonsense")
    said = s3.run(verb, "--bucket", "bbb")
    assert said.status == 1
    assert "nonsense" in said.out + said.err
    assert "correct the AWS configuration" in said.out + said.err


@pytest.mark.parametrize("verb", ["publish", "verify"])
def test_a_bucket_that_does_not_exist_is_told(s3: LocalS3, verb: str) -> None:
    said = s3.run(verb, "--bucket", "nothing-there")
    assert said.status == 1
    assert "nothing-there: there is no such bucket" in said.out + said.err


@pytest.mark.parametrize("verb", ["publish", "verify"])
def test_a_bucket_of_another_account_is_refused_and_nothing_written(s3: LocalS3, verb: str) -> None:
    bucket = s3.make_bucket("bbb")
    s3.proxy.owners[bucket] = "999999999999"
    said = s3.run(verb, "--bucket", bucket, "--expected-bucket-owner", "123456789012")
    assert said.status == 1
    assert "the bucket does not belong to the account 123456789012" in said.out + said.err
    assert not s3.held(bucket)


def test_the_expected_owner_goes_with_every_request(s3: LocalS3) -> None:
    bucket = s3.make_bucket("bbb")
    without: list[str] = []

    def note(exchange: Exchange) -> None:
        if exchange.headers.get("x-amz-expected-bucket-owner") != "123456789012":
            without.append(f"{exchange.method} {exchange.key}")
        exchange.send(exchange.forward())

    s3.proxy.add(Fault(note))
    options = ("--bucket", bucket, "--expected-bucket-owner", "123456789012")
    assert s3.run("publish", *options).status == 0
    s3.files["Backup.template"] += "\n"
    assert s3.run("publish", "--replace", *options).status == 0
    assert s3.run("verify", *options).status == 0
    assert without == []


def test_access_denied_on_one_of_five_buckets_does_not_stop_the_others(s3: LocalS3) -> None:
    regions = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-south-1"]
    for region in regions:
        s3.make_bucket(f"bbb-{region}", region)
    s3.proxy.add(Fault(answers(403, "AccessDenied"), "PUT", "bbb-eu-west-1"))
    options = ("--bucket", "bbb-{region}", "--regions", ",".join(regions))
    said = s3.run("publish", *options)
    assert said.status == 1
    assert len(said.out.splitlines()) == 4 * len(TEMPLATES)
    assert "eu-west-1" not in said.out
    assert (
        "build.py: bbb-eu-west-1 (eu-west-1): access denied: allow s3:PutObject on "
        f"arn:aws:s3:::bbb-eu-west-1/{FOLDER}/templates/Backup.template" in said.err
    )
    assert "4 of 5 bucket(s) have the whole release" in said.err
    verified = s3.run("verify", *options)
    assert verified.status == 1
    assert verified.out.count(f": whole, version {VERSION}") == 4
    s3.proxy.heal()
    assert s3.run("publish", *options).status == 0
    assert s3.run("verify", *options).status == 0


def test_every_write_carries_condition_and_checksum(s3: LocalS3) -> None:
    bucket = s3.make_bucket("bbb")
    sent: list[tuple[str | None, bool]] = []

    def note(exchange: Exchange) -> None:
        sent.append(
            (exchange.headers.get("If-None-Match"), "x-amz-checksum-sha256" in exchange.headers)
        )
        exchange.send(s3.proxy.answer(exchange))

    s3.proxy.add(Fault(note, "PUT"))
    s3.run("publish", "--bucket", bucket)
    assert set(sent) == {("*", True)}
