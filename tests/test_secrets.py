"""What is secret in an address reaches nothing that is printed: not stdout, stderr or --json."""

from pathlib import Path

import pytest

import build
from generator.cloudformation.fetch import label
from generator.printable import without_secrets
from tests.support.parents import URL, a_parent, written

# 127.0.0.1:9 refuses: every address is tried as far as it goes.
SECRET = "hunter2"
ADDRESSES = {
    "a password": f"https://me:{SECRET}@127.0.0.1:9/t",
    "a token as the user": f"https://{SECRET}@127.0.0.1:9/t",
    "a password with a slash": f"https://me:pass/{SECRET}@127.0.0.1:9/t",
    "a password with a sign of queries": f"https://me:pass?{SECRET}@127.0.0.1:9/t",
    "a query": f"https://127.0.0.1:9/t?X-Amz-Security-Token={SECRET}&X-Amz-Signature={SECRET}",
    "a query with a space": f"https://127.0.0.1:9/t?a b&X-Amz-Signature={SECRET}",
    "a fragment": f"https://127.0.0.1:9/t#{SECRET}",
    "a port that is none": f"https://127.0.0.1:x/t?{SECRET}",
    "S3 with a user": f"s3://me:{SECRET}@bucket/t",
    "another scheme": f"ftp://me:{SECRET}@127.0.0.1/t?{SECRET}",
    "https in capitals": f"HTTPS://me:{SECRET}@127.0.0.1:9/t?{SECRET}#{SECRET}",
}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_MAX_ATTEMPTS": "1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)


def check(capsys: pytest.CaptureFixture[str], shown: str = "") -> None:
    printed = "".join(capsys.readouterr())
    assert SECRET not in printed
    assert shown in printed


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_of_a_template(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ["compare", "--json", address],
        ["check-parent", address],
    ):
        assert build.main(words) == 2
        check(capsys, address.partition(":")[0] + "://")
    assert build.main(["check", address]) == 2
    check(capsys, "unrecognized arguments: ")


ENDPOINTS = {
    "a password": f"http://me:{SECRET}@127.0.0.1:9",
    "a password with a slash": f"http://me:pass/{SECRET}@127.0.0.1:9",
    "a query": f"http://127.0.0.1:9/?token={SECRET}",
    "a fragment": f"http://127.0.0.1:9/#{SECRET}",
    "no address": f"http://{SECRET}@",
}


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=ENDPOINTS)
@pytest.mark.parametrize("place", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "--endpoint-url"])
def test_of_an_endpoint(
    place: str,
    endpoint: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("generator.command.release.check", lambda _: 0)
    bucket = ["--bucket=aaa", "--regions=us-east-1"]
    given = [f"{place}={endpoint}"] if place.startswith("-") else []
    if not given:
        monkeypatch.setenv(place, endpoint)
        assert build.main(["compare", "s3://aaa/b"]) == 2
        check(capsys, "s3://aaa/b: ")
    for verb in (["publish", "--json"], ["verify"], ["publish", "--dry-run", "--json"]):
        status = build.main([*verb, *bucket, *given])
        assert status == 2 if given else status in (0, 1)
        check(capsys)


def test_of_a_session(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", f"{SECRET}\r")  # of a file with other line ends
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert build.main(["compare", "s3://aaa/b"]) == 2
    check(capsys, "Invalid header value: check your credentials")
    assert build.main(["verify", "--bucket=aaa"]) == 1
    check(capsys, "the credentials hold a character that no request may hold")


def test_of_a_template_url(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"https://me:{SECRET}@example.com/Backup.template"
    (tmp_path / "parent").write_text(written("json", a_parent({URL: url})))
    assert build.main(["check-parent", str(tmp_path / "parent")]) == 1
    check(capsys, "example.com")


def test_what_is_no_secret_stays() -> None:
    for address in ("https://h:443/a@b", "s3://b/k@2", "https://[::1]:9/t", "a?b#c", "me@x"):
        assert label(address) == address
    assert label("https://h/t?a=b&versionId=3.x&c=d") == "https://h/t?versionId=3.x"
    assert without_secrets("no: 'http://a:1/b'? (c)") == "no: 'http://a:1/b'? (c)"
