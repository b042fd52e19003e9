"""Whatever a server answers, fetching is bounded in bytes, memory and time, and one sentence."""

import ssl
import tracemalloc
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from generator import bounded
from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.fetch import fetch
from generator.printable import LONGEST, printable
from tests.local_aws.faulty_proxy import Fault, Proxy
from tests.local_aws.hostile import ANSWERS, MOST_BYTES, PIECE, body, says
from tests.local_aws.local_s3 import MODELS, SIGNED_IN

MOST_MEMORY = 32 * 1_048_576

LARGE = "is larger than 1048576 bytes"
LATE = "the answer is not complete after 0.3 seconds: give a template file"
LONG = "got more than 65536 bytes when reading"
BROKE = "Connection was closed before we received a valid response"
WEB_404 = "the server answered 404 Not Found: check the address"
S3_404 = "S3 answered 404: check the bucket"

SAYS: dict[str, tuple[str, str]] = {
    "endless-body": (LARGE, LARGE),
    "endless-chunks": (LARGE, LARGE),
    "endless-error": (WEB_404, S3_404),
    "endless-header": (LONG, BROKE),
    "endless-headers": ("got more than 100 headers", BROKE),
    "endless-status": (LONG, BROKE),
    "header-of-1-mib": (LONG, BROKE),
    "slow-body": (LATE, LATE),
    "slow-error": (WEB_404, LATE),
    "slow-headers": (LATE, LATE),
    "only-continue": (LATE, LATE),
    "length-too-long": ("IncompleteRead(13 bytes read, 86 more", "13 read, but total bytes"),
    "length-of-1-tib": ("IncompleteRead(13 bytes read", "13 read, but total bytes"),
    "length-no-number": ("", "'some'"),
    "length-negative": ("", "13 read, but total bytes expected is -1"),
    "date-no-date": ("", 'Invalid timestamp "some"'),
    "date-too-large": ("", "Unable to calculate"),
    "gzip-bomb": (LARGE, LARGE),
    "not-http": (r"download failed (\x00", BROKE),
    "nothing": ("Remote end closed connection", BROKE),
    "html-error": (WEB_404, S3_404),
    "xml-bomb": (WEB_404, S3_404),
    "nested-error": (WEB_404, S3_404),
    "repeated-code": (WEB_404, "S3 answered One: check"),
    "code-in-code": (WEB_404, "S3 answered One: check"),
    "forged-error": (WEB_404, "S3 answered Forged: check"),
    "forged-code": (WEB_404, r"S3 answered a\n::error::b\n[31m\u202ewhole: check"),
    "long-code": (WEB_404, "LongLong"),
    "forged-reason": (r"answered 404 Not\x1b[31m\x85::error::: check the address", S3_404),
    "long-reason": ("longlong", S3_404),
}
"""What is said about an answer of a web server, and of S3; nothing if it holds a template."""


def test_every_answer_has_its_sentences() -> None:
    assert list(SAYS) == list(ANSWERS)


@pytest.fixture(params=["https", "s3"])
def server(
    request: pytest.FixtureRequest, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Proxy, str]]:
    """Give a server without an upstream, and the address of what it has."""
    for name, value in SIGNED_IN.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr("botocore.session.create_loader", lambda *_: MODELS)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Proxy("http://127.0.0.1:9") as proxy:
        if request.param == "https":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            proxy.socket = context.wrap_socket(proxy.socket, server_side=True)
            yield proxy, proxy.url.replace("http://", "https://") + "/bbb/key"
        else:
            monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
            yield proxy, "s3://bbb/key"


@pytest.mark.parametrize("name", ANSWERS)
def test_a_hostile_answer(
    server: tuple[Proxy, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, source = server
    proxy.add(Fault(ANSWERS[name]))
    sentence = SAYS[name][source.startswith("s3://")]
    if sentence == LATE:
        monkeypatch.setattr(bounded, "MAX_SECONDS", 0.3)
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableError) if sentence else nullcontext() as caught:
            fetch(source)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY
    assert proxy.sent < MOST_BYTES
    if caught:
        told = str(caught.value)
        assert told.startswith(f"{source}: ")
        assert sentence in told
        assert len(told) < LONGEST + 200
        assert told == printable(told, longest=None)


REDIRECTS: dict[str, tuple[bytes, str]] = {
    "to-itself": (b"/bbb/key", "redirects more than 5 times"),
    "to-a-file": (
        b"file:///etc/hosts",
        "redirects to file:///etc/hosts, and only https:// is safe",
    ),
    "to-ftp": (b"ftp://127.0.0.1/a", "redirects to ftp://127.0.0.1/a, and"),
    "to-data": (b"data:,Resources", "redirects to data:,Resources, and"),
    "to-no-address": (b"https://[", "that is no address"),
    "forged": (b"http://h/\x1b[31m\x85", "redirects to http://h/%1B[31m%85, and"),
    "with-a-secret": (b"http://h/a?X-Amz-Signature=secret", "redirects to http://h/a, and"),
    "to-nowhere": (b"", "the server answered 302 Found"),
}


@pytest.mark.parametrize("server", ["https"], indirect=True)
@pytest.mark.parametrize(("location", "sentence"), REDIRECTS.values(), ids=REDIRECTS)
def test_a_redirect(server: tuple[Proxy, str], location: bytes, sentence: str) -> None:
    proxy, source = server
    head = b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\n\r\n"
    proxy.add(Fault(says(head, then=PIECE)))
    with pytest.raises(UnreadableError) as caught:
        fetch(source)
    assert sentence in str(caught.value)
    assert "secret" not in str(caught.value)
    assert proxy.sent < MOST_BYTES


@pytest.mark.parametrize("server", ["https"], indirect=True)
@pytest.mark.parametrize("location", ["other?a=b c", "//{host}/other", "https://{host}/other"])
def test_a_redirect_that_stays_on_https_is_followed(
    server: tuple[Proxy, str], location: str
) -> None:
    proxy, source = server
    where = location.format(host=source.split("/")[2]).encode()
    for status in (b"301", b"302", b"303", b"307", b"308"):
        head = b"HTTP/1.1 " + status + b" Moved\r\nLocation: " + where + b"\r\n"
        proxy.add(Fault(body(head, b""), times=1))
    proxy.add(Fault(body(b"HTTP/1.1 200 OK\r\n", b"Resources: {}")))
    assert fetch(source) == b"Resources: {}"


@pytest.mark.parametrize("server", ["https"], indirect=True)
def test_where_a_redirect_leaves_https_nobody_is_asked(server: tuple[Proxy, str]) -> None:
    proxy, source = server
    with Proxy("http://127.0.0.1:9") as plain:
        head = f"HTTP/1.1 302 Found\r\nLocation: {plain.url}/a\r\n".encode()
        proxy.add(Fault(body(head, b"")))
        with pytest.raises(UnreadableError):
            fetch(source)
        assert not plain.seen
