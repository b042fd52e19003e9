"""The account that is asked: the only place of the live check that talks to AWS."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from generator.bounded import bound_whole
from generator.hosts import partition
from generator.live.calls import CALLS, Call
from generator.live.errors import NotAnsweredError, of_error, one_line
from generator.printable import without_secrets

# After a timeout, the SDK retries as often as the AWS configuration says.
CONNECT_TIMEOUT_SECONDS = 10
READ_TIMEOUT_SECONDS = 20
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

Result = TypeVar("Result")


class Account:
    """An account in a region, with the credentials of the caller; threads may share it."""

    def __init__(self, profile: str | None = None, region: str | None = None) -> None:
        """Find the profile and the region, without contacting AWS.

        Raises ValueError if there is no such profile, no region, or no region of that name, or if
        the AWS configuration is wrong.
        """
        import boto3
        from botocore.exceptions import BotoCoreError

        try:
            self._session = boto3.Session(profile_name=profile, region_name=region)
            found = self._session.region_name
        except BotoCoreError as error:
            raise ValueError(
                f"{without_secrets(error)}: check --profile and the AWS configuration"
            ) from error
        if not found:
            raise ValueError("no region is known: give --region, the region of the stack")
        partition(found)
        self.region = found
        self.calls = 0
        """How many requests were sent, repeated ones included."""
        self._lock = threading.Lock()
        # Unlike clients, sessions are not thread-safe.
        self._one_at_a_time = threading.Lock()
        self._clients: dict[str, Any] = {}

    def sign_in(self) -> None:
        """Find the credentials, once for all requests; raise NotAnsweredError without any."""
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

        try:
            credentials = self._session.get_credentials()
            if credentials is None:
                raise NoCredentialsError
            # Assumes the role of the profile, if it has one: here, and not in every thread.
            credentials.get_frozen_credentials()
        except (BotoCoreError, ClientError) as error:
            action = f"sts:{getattr(error, 'operation_name', 'AssumeRole')}"
            raise of_error(error, action, self.region) from error
        except (OSError, ValueError) as error:  # of a file, a process or an address
            raise NotAnsweredError(
                f"the credentials cannot be read ({one_line(error)}): check --profile and the AWS "
                "configuration"
            ) from error

    def ask(self, name: str, /, **parameters: Any) -> dict[str, Any]:
        """Return the answer to a request of CALLS.

        Raises NotThereError if AWS says that it does not exist, otherwise NotAnsweredError.
        """
        call = CALLS[name]
        client = self._client(call.service)

        def answer() -> dict[str, Any]:
            return dict(getattr(client, _method(call))(**parameters))

        answered = self._answered(call, parameters, answer)
        # Of what is no answer of this service, the page of a proxy, botocore makes an empty one.
        if not answered.keys() & _model(client, call).output_shape.members.keys():
            raise NotAnsweredError(
                f"the answer to {call.action} is empty: check the connection and the proxy"
            )
        return answered

    def pages(self, name: str, key: str, /, **parameters: Any) -> list[Any]:
        """Return a list of an answer, from all its pages; never a part of it.

        Raises NotThereError if AWS says that it does not exist, otherwise NotAnsweredError.
        """
        call = CALLS[name]
        client = self._client(call.service)
        paginator = client.get_paginator(_method(call))
        given = {**_largest_page(client, call, parameters), **parameters}

        def whole() -> list[Any]:
            entries: list[Any] = []
            for number, page in enumerate(paginator.paginate(**given), 1):
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

        return self._answered(call, parameters, whole)

    def _answered(
        self, call: Call, parameters: dict[str, Any], result: Callable[[], Result]
    ) -> Result:
        """Return the result; raise what an error of botocore means."""
        try:
            return result()
        except NotAnsweredError:
            raise
        except Exception as error:  # its parsers trip over odd answers in many ways
            vault = call.service == "backup" and "BackupVaultName" in parameters
            raise of_error(error, call.action, self.region, vault=vault) from error

    def _client(self, service: str) -> Any:
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        config = Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
            max_pool_connections=MOST_AT_ONCE,
        )
        with self._one_at_a_time:
            if service not in self._clients:
                try:
                    client = self._session.client(  # type: ignore[call-overload] # the stub wants a literal
                        service, region_name=self.region, config=config
                    )
                except (BotoCoreError, ValueError) as error:
                    raise NotAnsweredError(
                        f"{one_line(error)}: correct the AWS configuration or the environment"
                    ) from error
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
