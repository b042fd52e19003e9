"""The account that is asked, before a server that answers as AWS does on good and bad days."""

import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.loaders import Loader
from botocore.session import Session

from generator import bounded
from generator.aws.in_parallel import side_by_side
from generator.live import account as room
from generator.live.account import Account
from generator.live.calls import CALLS
from generator.live.errors import NotAnsweredError, NotThereError
from tests.local_aws.faulty_proxy import (
    Answer,
    Exchange,
    Fault,
    Proxy,
    hangs_up,
    never_answers,
)
from tests.local_aws.hostile import FORGED

MODELS = Loader()
VAULT = {"BackupVaultName": "v"}
JOBS = ("backup.ListBackupJobs", "BackupJobs")


@pytest.fixture(autouse=True)
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing of the machine's own AWS configuration reach a test."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
        "NO_PROXY": "*",
    }.items():
        monkeypatch.setenv(name, value)
    # Every account reads the models again, which takes longer than all its requests.
    monkeypatch.setattr("botocore.session.create_loader", lambda *_: MODELS)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Give a server that answers nothing but what a test adds."""
    with Proxy("http://127.0.0.1:9") as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        yield proxy


@pytest.fixture
def account(server: Proxy) -> Account:  # noqa: ARG001 - its address is in the environment
    return Account(region="us-east-1")


def says(*answers: Answer) -> Callable[[Exchange], None]:
    """Give the answers in turn; the last one again and again."""
    rest = list(answers)
    return lambda exchange: exchange.send(rest.pop(0) if len(rest) > 1 else rest[0])


def document(status: int, content: object) -> Answer:
    return Answer(status, {}, json.dumps(content).encode())


def of_query(status: int, code: str, message: str) -> Answer:
    text = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return Answer(
        status, {}, f"<ErrorResponse>{text}<RequestId>r</RequestId></ErrorResponse>".encode()
    )


def of_ec2(status: int, code: str, message: str) -> Answer:
    text = f"<Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
    return Answer(status, {}, f"<Response>{text}<RequestID>r</RequestID></Response>".encode())


def of_json(status: int, code: str, message: str) -> Answer:
    return document(status, {"__type": f"com.amazonaws.service#{code}", "message": message})


def of_rest_json(status: int, code: str, message: str) -> Answer:
    body = json.dumps({"message": message}).encode()
    return Answer(status, {"x-amzn-ErrorType": f"{code}:http://internal.amazon.com/"}, body)


PROTOCOLS: dict[str, tuple[Callable[..., Answer], str, dict[str, Any], str]] = {
    "query": (of_query, "iam.GetRole", {"RoleName": "r"}, "NoSuchEntity"),
    "ec2": (of_ec2, "ec2.DescribeVolumes", {"VolumeIds": ["vol-1"]}, "InvalidVolume.NotFound"),
    "json": (of_json, "kms.DescribeKey", {"KeyId": "k"}, "NotFoundException"),
    "rest-json": (
        of_rest_json, "efs.DescribeBackupPolicy", {"FileSystemId": "fs-12345678"}, "PolicyNotFound",
    ),
}  # fmt: skip
"""The form of an error, a call, its parameters, and what absence is called there."""


@pytest.fixture(params=PROTOCOLS)
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_call_speaks_a_protocol_that_is_tried_here() -> None:
    models = Session()
    services = {call.service for call in CALLS.values()}
    spoken = {models.get_service_model(service).resolved_protocol for service in services}
    assert spoken == set(PROTOCOLS)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ((403, "AccessDenied", ""), "{action} is not allowed: add it to your permissions"),
        ((400, "Throttling", ""), "{action} is throttled (Throttling), even after retries"),
        ((503, "Odd", ""), "{action} fails inside AWS (Odd), even after retries"),
        ((400, "OptInRequired", ""), "may not use the service of {action} in us-east-1"),
        ((403, "ExpiredToken", ""), "the credentials have expired: sign in again"),
        ((400, "Odd", FORGED[:12]), r"AWS refused {action}: Odd a\n::error::"),
    ],
)
def test_an_error_becomes_a_sentence(
    server: Proxy, account: Account, protocol: str, error: tuple[int, str, str], text: str
) -> None:
    form, name, parameters, _ = PROTOCOLS[protocol]
    server.add(Fault(says(form(*error))))
    with pytest.raises(NotAnsweredError) as raised:
        account.ask(name, **parameters)
    action = CALLS[name].action
    assert text.format(action=action) in str(raised.value)
    assert raised.value.action == (action if "not allowed" in text else "")


def test_what_does_not_exist_is_another_error(
    server: Proxy, account: Account, protocol: str
) -> None:
    form, name, parameters, absence = PROTOCOLS[protocol]
    server.add(Fault(says(form(404, absence, "nothing there"))))
    with pytest.raises(NotThereError, match="finds nothing") as raised:
        account.ask(name, **parameters)
    assert raised.value.code == absence


@pytest.mark.parametrize("status", [200, 403, 404, 407, 502])
@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><html><br></html>", b"<html></html>", b"", b"[]"]
)
def test_the_page_of_a_proxy_is_no_answer(
    server: Proxy, account: Account, protocol: str, status: int, page: bytes
) -> None:
    _, name, parameters, _ = PROTOCOLS[protocol]
    server.add(Fault(says(Answer(status, {"Content-Type": "text/html"}, page))))
    with pytest.raises(NotAnsweredError, match=r"proxy|fails inside AWS"):
        account.ask(name, **parameters)


def breaks_off(exchange: Exchange) -> None:
    exchange.send(document(200, VAULT), until=9)
    exchange.reset()


def stalls(exchange: Exchange) -> None:
    exchange.send(document(200, VAULT), until=9)
    exchange.wait_for_its_end()


@pytest.mark.parametrize(
    ("happens", "text"),
    [
        (hangs_up, "the connection to AWS broke for backup:DescribeBackupVault"),
        (never_answers, "AWS did not answer in time for backup:DescribeBackupVault"),
        (breaks_off, "the connection to AWS broke for backup:DescribeBackupVault"),
        (stalls, "AWS did not answer in time for backup:DescribeBackupVault"),
        (
            lambda exchange: exchange.write([b"HTTP/1.1 200 OK\r\n\r\n", *[b" "] * 999], 0.05),
            "the answer to backup:DescribeBackupVault is not complete after 0.6 seconds",
        ),
        (says(document(200, ["x" * 999])), "DescribeBackupVault is larger than 500 bytes"),
        (says(document(500, ["x" * 999])), "DescribeBackupVault is larger than 500 bytes"),
    ],
    ids=["hangs-up", "silent", "breaks-off", "stalls", "drips", "large", "large-error"],
)
def test_a_broken_connection(
    server: Proxy,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    happens: Callable[[Exchange], None],
    text: str,
) -> None:
    monkeypatch.setattr("generator.aws.connection.READ_TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr(room, "MAX_BYTES", 500)
    monkeypatch.setattr(bounded, "MAX_SECONDS", 0.6)
    server.add(Fault(happens))
    with pytest.raises(NotAnsweredError, match=re.escape(text)):
        account.ask("backup.DescribeBackupVault", **VAULT)


def test_a_vault_that_may_not_exist(server: Proxy, account: Account) -> None:
    server.add(Fault(says(of_rest_json(403, "AccessDeniedException", "Insufficient privileges"))))
    with pytest.raises(NotAnsweredError, match="or there is no such vault"):
        account.ask("backup.DescribeBackupVault", **VAULT)
    with pytest.raises(NotAnsweredError, match="if it is there, another policy denies it"):
        account.pages(*JOBS)


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(
        NotAnsweredError, match=r"AWS cannot be reached for backup:D.*, and whether eu-"
    ):
        Account(region="eu-west-1").ask("backup.DescribeBackupVault", **VAULT)


def test_the_sdk_repeats_as_often_as_the_configuration_says(
    server: Proxy, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "3")
    monkeypatch.setattr("botocore.retryhandler.delay_exponential", lambda *_, **__: 0)
    server.add(Fault(says(of_rest_json(500, "x", "")), times=1))
    server.add(Fault(hangs_up, times=1))
    server.add(Fault(says(document(200, {"BackupVaultName": "v"}))))
    assert account.ask("backup.DescribeBackupVault", **VAULT)["BackupVaultName"] == "v"
    assert account.calls == 3


def page(number: int, mark: str = "") -> Answer:
    return document(200, {"BackupJobs": [{"BackupJobId": f"{number}"}], "NextToken": mark or None})


def test_all_pages_with_as_many_entries_as_there_can_be(server: Proxy, account: Account) -> None:
    asked: list[str] = []
    answers = says(page(1, "a"), page(2, "b"), page(3))

    def happens(exchange: Exchange) -> None:
        asked.append("&".join(sorted(exchange.query.split("&"))))
        answers(exchange)

    server.add(Fault(happens))
    jobs = account.pages(*JOBS, ByState="FAILED")
    assert [job["BackupJobId"] for job in jobs] == ["1", "2", "3"]
    assert asked == [
        "maxResults=1000&state=FAILED",
        "maxResults=1000&nextToken=a&state=FAILED",
        "maxResults=1000&nextToken=b&state=FAILED",
    ]
    assert account.calls == 3


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        ((page(1, "a"), of_rest_json(500, "x", "")), "fails inside AWS"),
        ((page(1, "a"), of_rest_json(403, "AccessDeniedException", "")), "is not allowed"),
        ((page(1, "a"), document(200, {})), "to backup:ListBackupJobs holds no BackupJobs"),
        ((page(1, "a"), page(2, "a")), "the pages of backup:ListBackupJobs repeat themselves"),
        ((page(1, "a"), page(2, "b"), page(3, "c"), page(4, "d")), "more than 4 pages"),
        ((document(200, {"BackupJobs": "none"}),), "cannot be understood"),
    ],
    ids=["fails", "denied", "not-there", "repeated", "endless", "no-list"],
)  # fmt: skip
def test_never_a_part(
    server: Proxy,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    answers: tuple[Answer, ...],
    text: str,
) -> None:
    monkeypatch.setattr(room, "MAX_PAGES", 4)
    server.add(Fault(says(*answers)))
    with pytest.raises(NotAnsweredError, match=text):
        account.pages(*JOBS)


def test_more_entries_and_no_mark_of_the_next_page(server: Proxy, account: Account) -> None:
    answer = (
        "<ListRolePoliciesResponse><ListRolePoliciesResult><IsTruncated>true</IsTruncated>"
        "<PolicyNames><member>p</member></PolicyNames></ListRolePoliciesResult>"
        "</ListRolePoliciesResponse>"
    )
    server.add(Fault(says(Answer(200, {}, answer.encode()))))
    with pytest.raises(NotAnsweredError, match="iam:ListRolePolicies says that there is more"):
        account.pages("iam.ListRolePolicies", "PolicyNames", RoleName="r")


def test_ec2_takes_no_limit_beside_ids(server: Proxy, account: Account) -> None:
    bodies: list[bytes] = []
    answer = b"<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>"

    def happens(exchange: Exchange) -> None:
        bodies.append(exchange.body)
        exchange.send(Answer(200, {}, answer))

    server.add(Fault(happens))
    assert account.pages("ec2.DescribeInstances", "Reservations") == []
    assert account.pages("ec2.DescribeInstances", "Reservations", InstanceIds=["i-1"]) == []
    assert [b"MaxResults=1000" in body for body in bodies] == [True, False]


def test_what_has_pages_can_be_asked_for_all_of_them() -> None:
    models = Session()
    marks = {"Marker", "NextMarker", "NextToken", "PaginationToken"}
    for service, operation, _ in CALLS.values():
        answer = models.get_service_model(service).operation_model(operation).output_shape
        assert answer
        if marks & answer.members.keys():
            assert models.get_paginator_model(service).get_paginator(operation)


def test_thirty_two_threads_ask_at_the_same_time(
    server: Proxy, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each waits for all the others: with a lock around a request, all would wait in vain."""
    made: list[str] = []
    original = boto3.Session.client

    def client(self: boto3.Session, service: Any, **options: Any) -> Any:
        made.append(service)
        return original(self, service, **options)

    monkeypatch.setattr(boto3.Session, "client", client)
    together = threading.Barrier(32)

    def happens(exchange: Exchange) -> None:
        together.wait(timeout=10)
        exchange.send(document(200, {"BackupVaultName": exchange.key.rpartition("/")[2]}))

    server.add(Fault(happens))

    def ask(number: int) -> str:
        name = f"vault-{number}"
        return str(
            account.ask("backup.DescribeBackupVault", BackupVaultName=name)["BackupVaultName"]
        )

    assert side_by_side(ask, range(32), lambda _: None) == [f"vault-{n}" for n in range(32)]
    assert account.calls == 32
    assert made == ["backup"]


@pytest.mark.parametrize(
    ("profile", "region", "text"),
    [
        ("nobody", None, r"profile \(nobody\) could not be found: check --profile"),
        (None, None, "no region is known: give --region"),
        (None, "evil.example/?", "'evil.example/\\?' is not the name of a region"),
        (None, "us east 1", "'us east 1' is not the name of a region"),
    ],
)
def test_what_no_account_can_be_made_of(profile: str, region: str, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Account(profile, region)


def test_the_region_of_the_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-north-1")
    assert Account().region == "cn-north-1"
    assert Account(region="eu-west-1").region == "eu-west-1"


def test_nobody_is_signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(NotAnsweredError, match="no credentials were found"):
        Account(region="us-east-1").sign_in()


def test_the_role_of_the_profile_is_assumed_at_once(
    server: Proxy, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile reader]\nrole_arn = arn:aws:iam::123456789012:role/reader\n"
        "credential_source = Environment\nregion = us-east-1\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    server.add(Fault(says(of_query(403, "AccessDenied", "User: u is not authorized to perform: "
                                   "sts:AssumeRole on resource: r"))))  # fmt: skip
    with pytest.raises(NotAnsweredError, match=r"^sts:AssumeRole is not allowed") as raised:
        Account("reader").sign_in()
    assert raised.value.action == "sts:AssumeRole"
    config.write_text(
        "[profile reader]\nrole_arn = arn:aws:iam::123456789012:role/reader\n"
        "web_identity_token_file = /nowhere/token\nregion = us-east-1\n"
    )
    with pytest.raises(NotAnsweredError, match=r"credentials cannot be read \(.*/nowhere/token"):
        Account("reader").sign_in()


def test_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nowhere")
    with pytest.raises(NotAnsweredError, match="correct the AWS configuration or the environment"):
        Account(region="us-east-1").ask("backup.DescribeRegionSettings")
