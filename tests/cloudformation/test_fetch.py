"""The bytes of a template from a file, https or S3; whatever fails is one sentence."""

import gzip
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.fetch import MAX_BYTES, fetch, label
from tests.local_aws.local_aws import LocalAws

TEMPLATE = "Resources: {Topic: {Type: AWS::SNS::Topic}}\n"
DENIED = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"

ANSWERS = {
    "/there": (200, TEMPLATE),
    "/large": (200, " " * (MAX_BYTES + 1)),
    "/denied": (403, DENIED),
    "/bucket/denied": (403, DENIED),
    "/busy": (503, "later"),
}


class Answers(BaseHTTPRequestHandler):
    """Answers by path, as a web server or as S3 would."""

    moved_to = ""

    def do_GET(self) -> None:
        """Answer; the name is the one that http.server calls."""
        if self.path.startswith("/cut"):  # promises more than it sends
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"Resources:")
            return
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", self.moved_to)
            self.end_headers()
            return
        status, body = ANSWERS.get(self.path.partition("?")[0], (404, "nothing here"))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def server(context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Run the server on a free port, with TLS where a context is given."""
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    if context:
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
    thread = Thread(target=listening.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{listening.server_port}"
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


@pytest.fixture
def https(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the address of a web server whose certificate Python trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("no_proxy", "*")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with server(context) as address:
        yield f"https://{address}"


def credentials(monkeypatch: pytest.MonkeyPatch, endpoint_url: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("no_proxy", "*")


def refusal(name: str) -> str:
    """Return the one sentence with which the source is refused."""
    with pytest.raises(UnreadableError) as caught:
        fetch(name)
    said = str(caught.value)
    assert "\n" not in said
    assert name in said
    return said


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.template").write_text(TEMPLATE)
    assert fetch(str(tmp_path / "a.template")) == TEMPLATE.encode()


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert "No such file" in refusal(str(tmp_path / "missing"))
    assert "Is a directory" in refusal(str(tmp_path))
    (tmp_path / "large").write_bytes(b" " * (MAX_BYTES + 1))
    assert "larger than 1048576 bytes" in refusal(str(tmp_path / "large"))


@pytest.mark.parametrize("name", ["http://127.0.0.1/a", "ftp://127.0.0.1/a", "file:///etc/hosts"])
def test_an_address_of_another_kind(name: str) -> None:
    assert "is not supported: give a template file, https://" in refusal(name)


def test_an_https_address(https: str) -> None:
    assert fetch(f"{https}/there") == TEMPLATE.encode()


def test_an_https_address_without_a_template(https: str) -> None:
    assert "answered 404 Not Found" in refusal(f"{https}/gone")
    assert "answered 403 Forbidden" in refusal(f"{https}/denied")
    assert "answered 503" in refusal(f"{https}/busy")
    assert "larger than" in refusal(f"{https}/large")
    assert "download failed" in refusal(f"{https}/cut")


def test_what_is_secret_in_an_address_is_not_told(https: str) -> None:
    assert fetch(f"{https}/there?X-Amz-Signature=secret") == TEMPLATE.encode()
    for path in ("gone", "large", "cut"):
        with pytest.raises(UnreadableError) as caught:
            fetch(f"{https}/{path}?X-Amz-Signature=secret")
        assert "secret" not in str(caught.value)


def test_an_https_address_that_leads_away_from_https(
    https: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server() as plain:
        monkeypatch.setattr(Answers, "moved_to", f"http://{plain}/there")
        assert f"redirects to http://{plain}/there" in refusal(f"{https}/elsewhere")


def test_an_https_server_whose_certificate_nobody_signed(
    https: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "certificate verify failed" in refusal(f"{https}/there")


def test_an_https_server_that_is_not_there(https: str) -> None:
    with server() as plain:
        free = plain
    assert "Connection refused" in refusal(f"https://{free}/there")
    assert "download failed" in refusal(https.replace("127.0.0.1", "[not-an-address") + "/there")


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with server() as proxy:
        monkeypatch.setenv("https_proxy", f"http://name:secret@{proxy}")
        said = refusal("https://templates.example/a")
    assert "Tunnel connection failed: 501 Unsupported method ('CONNECT')" in said


def test_a_server_that_stalls(https: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.cloudformation.fetch.TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr(Answers, "do_GET", lambda self: self.rfile.read(1))
    assert "timed out" in refusal(f"{https}/there")


def test_an_object_in_s3(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials(monkeypatch, aws.endpoint_url)
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="releases")
    s3.put_object(Bucket="releases", Key="v1/Backup.template", Body=TEMPLATE.encode())
    assert fetch("s3://releases/v1/Backup.template") == TEMPLATE.encode()
    assert "NoSuchKey: check the object key" in refusal("s3://releases/v2/Backup.template")
    assert "NoSuchBucket: check the bucket name" in refusal("s3://nobodys/v1/Backup.template")


def test_a_version_of_an_object_in_s3(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials(monkeypatch, aws.endpoint_url)
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="versioned")
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
    first, _ = (
        s3.put_object(Bucket="versioned", Key="a", Body=body)["VersionId"]
        for body in (TEMPLATE.encode(), b"later")
    )
    assert fetch(f"s3://versioned/a?versionId={first}") == TEMPLATE.encode()
    assert fetch("s3://versioned/a") == b"later"
    assert "check the" in refusal("s3://versioned/a?versionId=00000000")
    for odd in ("", f"{first}&x=y"):
        with pytest.raises(UnreadableError, match="versionId names no version"):
            fetch(f"s3://versioned/a?versionId={odd}")


LABELS = {
    "a?b": "a?b",
    "s3://b/k?versionId=x+/": "s3://b/k?versionId=x+/",
    "https://h/k?versionId=x": "https://h/k?versionId=x",
    "https://h/k?X-Amz-Signature=s&versionId=x&c=d": "https://h/k?versionId=x",
    "https://h/k?X-Amz-Signature=s": "https://h/k",
}


def test_an_empty_name() -> None:
    sentence = "the name of the template is empty: give a template file, https://"
    assert refusal("").startswith(sentence)


@pytest.mark.parametrize(("source", "name"), LABELS.items())
def test_the_version_of_an_object_is_part_of_its_name(source: str, name: str) -> None:
    assert label(source) == name


def test_what_is_compressed(tmp_path: Path) -> None:
    zipped = gzip.compress(TEMPLATE.encode())
    path = tmp_path / "a.template"
    path.write_bytes(zipped)
    assert fetch(str(path)) == TEMPLATE.encode()
    path.write_bytes(gzip.compress(b" " * (MAX_BYTES + 1)))
    assert "larger than" in refusal(str(path))
    for broken in (zipped[:-9], zipped[:10] + b"x" * 20, b"\x1f\x8b"):
        path.write_bytes(broken)
        assert "is not whole gzip data" in refusal(str(path))


def test_an_object_in_s3_that_is_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    with server() as plain:
        credentials(monkeypatch, f"http://{plain}")
        said = refusal("s3://bucket/denied")
    assert "AccessDenied: your credentials need s3:GetObject on arn:*:s3:::bucket/denied" in said


def test_an_s3_that_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with server() as plain:
        free = plain
    credentials(monkeypatch, f"http://{free}")
    assert "Could not connect" in refusal("s3://bucket/key")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "none")
    monkeypatch.setenv("AWS_CONFIG_FILE", "none")
    assert "Unable to locate credentials" in refusal("s3://bucket/key")
    monkeypatch.setenv("AWS_PROFILE", "nobodys")
    assert "nobodys" in refusal("s3://bucket/key")
    assert "is not an object in S3" in refusal("s3://bucket")
