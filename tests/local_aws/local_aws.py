"""A local AWS over HTTP (moto's server), empty at the start of every test."""

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache, wraps
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore.config import Config

ACCOUNT = "123456789012"
"""The account that moto gives to whoever does not name another one."""


@cache
def _session(region: str) -> Any:
    """Return one session for all tests: it holds the service models, which take long to read."""
    return boto3.Session(
        aws_access_key_id="local", aws_secret_access_key="local", region_name=region
    )


class LocalAws:
    """Clients of the local endpoint, in one account and region."""

    def __init__(
        self, endpoint_url: str, region: str = "us-east-1", account: str = ACCOUNT
    ) -> None:
        self.endpoint_url = endpoint_url
        self.region = region
        self.account = account
        self.selections: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        """Backup plan id to selection id to selection: moto 5.2.5 has no selections."""
        self.restore_tests: dict[str, dict[str, Any]] = {}
        """Restore testing plan to selection's name to selection: moto 5.2.5 has neither."""
        self._others: list[LocalAws] = []
        self._clients: dict[str, Any] = {}
        self._session = _session(region)

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service; it never retries and uses no proxy."""
        if service not in self._clients:
            client = self._clients[service] = self._session.client(
                service,
                endpoint_url=self.endpoint_url,
                config=Config(
                    retries={"total_max_attempts": 1},
                    proxies={},
                    s3={"addressing_style": "path"},
                ),
            )
            client.meta.events.register("before-sign", self._name_account)
        return self._clients[service]

    def _name_account(self, request: Any, **_: Any) -> None:
        request.headers["x-moto-account-id"] = self.account

    def elsewhere(self, region: str = "", account: str = "") -> "LocalAws":
        """Return the same AWS in another region, another account or both."""
        other = LocalAws(self.endpoint_url, region or self.region, account or self.account)
        self._others.append(other)
        return other

    def model(self, service: str) -> Any:
        """Return botocore's model of a service."""
        return self.client(service).meta.service_model

    def add_recovery_point(self, vault_name: str) -> None:
        """Let a vault hold one more recovery point; moto 5.2.5 cannot run a backup job."""
        from moto.backup.models import backup_backends

        vault = backup_backends[self.account][self.region].vaults[vault_name]
        vault.num_of_recovery_points += 1

    def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            client.close()
        for other in self._others:
            other.close()


@contextmanager
def plans_may_share_a_name() -> Iterator[None]:
    """Correct moto 5.2.5, which refuses a second backup plan of the same name.

    It refuses even when the first was deleted. AWS Backup refuses an identical document only;
    a cluster of SOCA 2.6.1 already has a plan named as ours.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupPlan.html
    """
    from moto.backup.exceptions import AlreadyExistsException
    from moto.backup.models import BackupBackend, Plan

    original = BackupBackend.create_backup_plan

    @wraps(original)
    def create(self: BackupBackend, backup_plan: dict[str, Any], *args: Any, **kw: Any) -> Plan:
        document = deepcopy(backup_plan)
        others = self.plans
        for plan in others.values():
            if plan.deletion_date is None and vars(plan).get("document") == document:
                raise AlreadyExistsException(msg="An identical backup plan already exists")
        self.plans = {}
        try:
            plan = original(self, backup_plan, *args, **kw)
        finally:
            self.plans = {**others, **self.plans}
        vars(plan)["document"] = document
        return plan

    with mock.patch.object(BackupBackend, "create_backup_plan", create):
        yield


@pytest.fixture(scope="session")
def endpoint_url() -> Iterator[str]:
    """Give the URL of a moto server of this test run, stopped with it."""
    import logging

    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    # Nothing of the machine's own AWS configuration may reach a test.
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    own |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    with mock.patch.dict(os.environ, own, clear=True), plans_may_share_a_name():
        server.start()
        try:
            host, port = server.get_host_and_port()
            yield f"http://{host}:{port}"
        finally:
            server.stop()


@pytest.fixture
def aws(endpoint_url: str) -> Iterator[LocalAws]:
    """Give an empty local AWS in us-east-1."""
    with local_aws(endpoint_url, "us-east-1") as local:
        yield local


@contextmanager
def local_aws(endpoint_url: str, region: str) -> Iterator[LocalAws]:
    """Give an empty local AWS in a region, in whichever partition."""
    from moto.moto_api._internal.models import moto_api_backend

    moto_api_backend.reset()
    local = LocalAws(endpoint_url, region)
    try:
        yield local
    finally:
        local.close()
