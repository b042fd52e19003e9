"""The account that is asked: the only place of the live check that talks to AWS."""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from generator.aws.connection import Connection
from generator.aws.errors import of_credentials
from generator.bounded import bound_whole
from generator.live.calls import CALLS, Call
from generator.live.errors import NotAnsweredError, of_error

MOST_AT_ONCE = 32
"""So many connections to each service are kept for the next requests, side by side."""

MAX_BYTES = 64 * 1_048_576
"""Of one answer: a page of 1000 instances has some 10 MiB."""
MAX_PAGES = 1000
"""More than any list has that is not endless: a page holds 100 entries or more."""

_LARGEST_PAGE = 1000
_LIMITS = ("Limit", "MaxItems", "MaxRecords", "MaxResults", "ResourcesPerPage")
# Where the model does not say how many entries a page may have, and AWS's pages do. Elastic File
# System decides alone. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
_DOCUMENTED_LIMITS = {"ec2": 1000, "resourcegroupstaggingapi": 100}


class Account:
    """An account in a region, with the credentials of the caller; threads may share it."""

    def __init__(self, profile: str | None = None, region: str | None = None) -> None:
        """Find the profile and the region, without contacting AWS.

        Raises ValueError if there is no such profile, no region, or no region of that name, or if
        the AWS configuration is wrong.
        """
        self._connection = Connection(profile, region)
        if not self._connection.region:
            raise ValueError("no region is known: give --region, the region of the stack")
        self.profile, self.region = profile, self._connection.region
        self.calls = 0
        """How many requests were sent, repeated ones included."""
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def sign_in(self) -> None:
        """Find the credentials, once for all requests; raise NotAnsweredError without any."""
        with self._sentences("signing in"):
            credentials = self._connection.sign_in()
            try:
                # Assumes the role of the profile, if it has one: here, and not in every thread.
                credentials.get_frozen_credentials()
            except (OSError, ValueError) as error:
                raise NotAnsweredError(of_credentials(error)) from error

    def ask(self, name: str, /, **parameters: Any) -> dict[str, Any]:
        """Return the answer to a request of CALLS.

        Raises NotThereError if AWS says that it does not exist, otherwise NotAnsweredError.
        """
        call = CALLS[name]
        with self._sentences(call.action, parameters):
            client = self._client(call.service)
            answer: dict[str, Any] = getattr(client, _method(call))(**parameters)
            # Of the page of a proxy, and other answers that are none, botocore makes an empty one.
            if not answer.keys() & _model(client, call).output_shape.members.keys():
                raise NotAnsweredError(
                    f"the answer to {call.action} is empty: check the connection and the proxy"
                )
        return answer

    def pages(self, name: str, key: str, /, **parameters: Any) -> list[Any]:
        """Return a list of an answer, from all its pages; never a part of it.

        Raises NotThereError if AWS says that it does not exist, otherwise NotAnsweredError.
        """
        call = CALLS[name]
        entries: list[Any] = []
        with self._sentences(call.action, parameters):
            client = self._client(call.service)
            given = {**_largest_page(client, call, parameters), **parameters}
            pages = client.get_paginator(_method(call)).paginate(**given)
            for number, page in enumerate(pages, 1):
                if not isinstance(page.get(key), list):
                    raise NotAnsweredError(
                        f"an answer to {call.action} holds no {key}: check the connection and the "
                        "proxy"
                    )
                entries += page[key]
                if number == MAX_PAGES and _goes_on(page):
                    raise NotAnsweredError(
                        f"{call.action} has more than {MAX_PAGES} pages: run the same command again"
                    )
            # botocore takes a page for the last one if the mark of the next one is missing.
            if page.get("IsTruncated") and not page.get("Marker"):
                raise NotAnsweredError(
                    f"{call.action} says that there is more, and not where: run the same command "
                    "again"
                )
        return entries

    @contextmanager
    def _sentences(self, action: str, parameters: Collection[str] = ()) -> Iterator[None]:
        """Let every error be one of the two that mean something to people."""
        try:
            yield
        except NotAnsweredError:
            raise
        except Exception as error:  # botocore's parsers trip over odd answers in many ways
            vault = action.startswith("backup:") and "BackupVaultName" in parameters
            raise of_error(error, action, self.region, vault=vault) from error

    def _client(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                client = self._connection.client(service, max_pool_connections=MOST_AT_ONCE)
                # Before the other one, which raises if the connection breaks.
                client.meta.events.register("before-send", self._count)
                bound_whole(client, MAX_BYTES)
                self._clients[service] = client
            return self._clients[service]

    def _count(self, **_: Any) -> None:
        with self._lock:
            self.calls += 1


def _method(call: Call) -> str:
    from botocore import xform_name

    return str(xform_name(call.operation))


def _model(client: Any, call: Call) -> Any:
    return client.meta.service_model.operation_model(call.operation)


def _largest_page(client: Any, call: Call, parameters: dict[str, Any]) -> dict[str, int]:
    """Return the parameter for as many entries on a page as there can be; empty: there is none."""
    members = _model(client, call).input_shape.members
    names = [name for name in _LIMITS if name in members]
    # EC2 refuses a limit beside the ids of instances.
    if not names or any(each.endswith("Ids") for each in parameters):
        return {}
    most = members[names[0]].metadata.get("max", _DOCUMENTED_LIMITS.get(call.service))
    return {names[0]: min(most, _LARGEST_PAGE)} if most else {}


def _goes_on(page: dict[str, Any]) -> bool:
    return any(page.get(mark) for mark in ("Marker", "NextMarker", "NextToken", "PaginationToken"))
