"""Whatever one bucket answers, verify and publish end with one sentence about it, and go on."""

from collections.abc import Callable

import pytest

from generator import VERSION, bounded
from generator.printable import printable
from generator.release import bucket as s3_bucket
from tests.local_aws.faulty_proxy import Exchange, Fault
from tests.local_aws.hostile import (
    ANSWERS,
    ERROR,
    MOST_BYTES,
    OK,
    PIECE,
    SLOW,
    body,
    says,
)
from tests.local_aws.local_s3 import NAMES, LocalS3

LATE = "is not complete after 0.3 seconds"
LARGE = "is larger than 4194304 bytes: check the connection, --endpoint-url and"
BROKE = "the connection to S3 broke"
REFUSED = "S3 refused s3:GetObject: "
NO_BUCKET = "there is no such bucket"
NO_MANIFEST = "Backup.manifest.json is not the manifest of a release: "
ODD = "cannot be understood"

SAYS = {
    "endless-body": LARGE,
    "endless-chunks": LARGE,
    "endless-error": NO_BUCKET,
    "endless-header": BROKE,
    "endless-headers": BROKE,
    "endless-status": BROKE,
    "header-of-1-mib": BROKE,
    "slow-body": LATE,
    "slow-error": LATE,
    "slow-headers": LATE,
    "only-continue": LATE,
    "length-too-long": BROKE,
    "length-of-1-tib": BROKE,
    "length-no-number": ODD,
    "length-negative": BROKE,
    "date-no-date": ODD,
    "date-too-large": ODD,
    "gzip-bomb": NO_MANIFEST,
    "not-http": BROKE,
    "nothing": BROKE,
    "html-error": NO_BUCKET,
    "xml-bomb": NO_BUCKET,
    "nested-error": NO_BUCKET,
    "repeated-code": f"{REFUSED}One",
    "code-in-code": f"{REFUSED}One",
    "forged-error": f"{REFUSED}Forged a\\n::error::b\\n[31m\\u202ewhole",
    "forged-code": f"{REFUSED}a\\n::error::b\\n[31m\\u202ewhole",
    "long-code": f"{REFUSED}LongLong",
    "forged-reason": NO_BUCKET,
    "long-reason": NO_BUCKET,
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait shorter between attempts."""
    monkeypatch.setattr(s3_bucket, "PAUSES_SECONDS", (0.01, 0.02))


def test_every_answer_has_its_sentence() -> None:
    assert list(SAYS) == list(ANSWERS)


WHOLE = f"b-eu-west-1 (eu-west-1): whole, version {VERSION}"


@pytest.mark.parametrize("name", [name for name in ANSWERS if name not in SLOW])
def test_a_hostile_answer_about_the_manifest(s3: LocalS3, name: str) -> None:
    for region in ("us-east-1", "eu-west-1"):
        s3.make_bucket(f"b-{region}", region)
    options = ("--bucket", "b-{region}", "--regions", "us-east-1,eu-west-1")
    assert s3.run("publish", *options).status == 0
    s3.proxy.add(Fault(ANSWERS[name], "GET", "b-us-east-1", name=NAMES[-1]))
    said = s3.run("verify", *options)
    assert said.status == 1
    [line] = [line for line in said.out.splitlines() if line != WHOLE]
    assert said.out.count("\n") == 2
    assert line.startswith("b-us-east-1 (us-east-1): ")
    assert SAYS[name] in line
    assert line == printable(line)
    assert s3.proxy.sent < MOST_BYTES


@pytest.mark.parametrize("verb", ["verify", "publish"])
@pytest.mark.parametrize("name", SLOW)
def test_a_slow_answer(s3: LocalS3, name: str, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MAX_SECONDS", 0.3)
    s3.proxy.add(Fault(ANSWERS[name]))  # to every request: others would have to be quick
    said = s3.run(verb, "--bucket", "bbb")
    assert said.status == 1
    assert SAYS[name] in said.out + said.err


REGION = b"HTTP/1.1 %b\r\nx-amz-bucket-region: %b\r\n"
REFUSED_PUT = "S3 refused s3:PutObject: "

OTHERS: dict[str, tuple[str, str, Callable[[Exchange], None], str]] = {
    "a-region-that-is-none": (
        "HEAD",
        "",
        body(REGION % (b"200 OK", b"a\x1b[31m\r\n ::error::b"), b""),
        "the bucket is in a\\x1b[31m ::error::b, not in us-east-1: correct --regions",
    ),
    "a-redirect-to-a-region-that-is-none": (
        "HEAD",
        "",
        body(REGION % (b"301 Moved Permanently", b"evil.example/?"), b""),
        "Provided region_name 'evil.example/?' doesn't match",
    ),
    "redirects": (
        "",
        "",
        body(REGION % (b"307 Temporary Redirect", b"eu-west-1") + b"Location: /bbb\r\n", b""),
        "S3 refused s3:ListBucket: 307 Temporary Redirect",
    ),
    "an-endless-error-about-the-bucket": (
        "GET",
        "",
        says(ERROR, b"\r\n", then=PIECE),
        NO_BUCKET,
    ),
    "an-endless-error-about-a-write": (
        "PUT",
        "",
        says(b"HTTP/1.1 403 Forbidden\r\n\r\n", then=PIECE),
        "access denied: allow s3:PutObject",
    ),
    "a-forged-error-about-a-write": (
        "PUT",
        "",
        ANSWERS["forged-error"],
        REFUSED_PUT + "Forged a\\n::error",
    ),
    "an-endless-answer-to-a-write": (
        "PUT",
        "",
        says(OK, b"\r\n", then=PIECE),
        "read back, differs",
    ),
    "xml-in-the-answer-to-a-write": ("PUT", "", body(OK, b"<a>&b;</a>"), "read back, differs"),
}


@pytest.mark.parametrize(("method", "name", "happens", "sentence"), OTHERS.values(), ids=OTHERS)
def test_a_hostile_answer_to_another_request(
    s3: LocalS3,
    method: str,
    name: str,
    happens: Callable[[Exchange], None],
    sentence: str,
) -> None:
    bucket = s3.make_bucket("bbb")
    s3.proxy.add(Fault(happens, method, name=name))
    said = s3.run("publish", "--bucket", bucket, "--regions", "us-east-1")
    assert said.status == 1
    [line] = (each for each in said.err.splitlines() if "bbb" in each)
    assert line.startswith("build.py: bbb (us-east-1): ")
    assert sentence in line
    assert s3.proxy.sent < MOST_BYTES
