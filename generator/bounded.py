"""Bounds what a server may answer: so many bytes, and so much time for the whole of it."""

import concurrent.futures
import io
import re
import threading
from collections.abc import Callable
from typing import Any, TypeVar

MAX_SECONDS = 60.0
"""For an answer from the first look-up of the name to the last byte."""

MAX_ERROR_BYTES = 65_536
"""More than an error of S3 ever has."""

_ELEMENT = re.compile(rb"<(Code|Message|Region)>([^<]*)</\1>")

Result = TypeVar("Result")


class BoundsError(Exception):
    """An answer "is larger", or "is not complete after": the message goes on with what is right."""


def in_time(call: Callable[[], Result]) -> Result:
    """Return what the call returns; raise BoundsError if it takes too long.

    A timeout of a socket begins again with every byte, and there is none for looking up a name. So
    the call runs in a thread, which is left alone after that time; the process can end without it.
    """
    future: concurrent.futures.Future[Result] = concurrent.futures.Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    concurrent.futures.wait([future], MAX_SECONDS)
    if not future.done():
        raise BoundsError(f"is not complete after {MAX_SECONDS:g} seconds")
    return future.result()


def bound(client: Any, max_bytes: int) -> None:
    """Let no object that a boto3 client for S3 reads be larger, and no answer take longer.

    Of answers that are no objects, only the headers and the three elements of an error that matter
    remain. botocore would read an error whole, whatever its size, expand its entities, and trip
    over elements that are nested or repeated.
    """
    _send_with(client, lambda session, request: _answer(session, request, max_bytes))


def bound_whole(client: Any, max_bytes: int) -> None:
    """Let no answer that a boto3 client reads be larger, an error included, or take longer.

    For the services that answer with documents, which botocore reads whole.
    """
    _send_with(client, lambda session, request: _whole_answer(session, request, max_bytes))


def _send_with(client: Any, send: Callable[[Any, Any], Any]) -> None:
    session = client._endpoint.http_session  # noqa: SLF001 - it knows the proxies and certificates

    def send_in_time(request: Any, **_: Any) -> Any:
        return in_time(lambda: send(session, request))

    # botocore's own way to let somebody else answer a request.
    client.meta.events.register("before-send", send_in_time)


class _Received(io.BytesIO):
    """Stands for the stream of an answer that has been received, or has failed."""

    error: Exception | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        if self.error:
            raise self.error
        return super().read(size)

    def stream(self) -> list[bytes]:
        return [self.read()]


def _answer(session: Any, request: Any, max_bytes: int) -> Any:
    from urllib3.exceptions import HTTPError

    is_object = request.stream_output
    request.stream_output = True  # or else the session reads the body, without a limit
    answer = session.send(request)
    is_object = is_object and answer.status_code < 300  # noqa: PLR2004 - as botocore does
    limit = max_bytes if is_object else MAX_ERROR_BYTES
    content = b""
    error: Exception | None = None
    try:
        content = answer.raw.read(limit + 1)
    except HTTPError as broken:
        error = broken
    if len(content) > limit:
        error = BoundsError(f"is larger than {limit} bytes")
    if error:
        answer.raw.close()
    if is_object:
        answer.raw = _Received(content)
        answer.raw.error = error
    else:
        answer.raw = _Received(b"" if error else _elements(content))
    return answer


def _whole_answer(session: Any, request: Any, max_bytes: int) -> Any:
    from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
    from urllib3 import exceptions

    request.stream_output = True  # or else the session reads the body, without a limit
    answer = session.send(request)
    try:
        content = answer.raw.read(max_bytes + 1)
    except exceptions.ReadTimeoutError as error:  # as the session does, or botocore tries once only
        raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
    except exceptions.HTTPError as error:
        raise ConnectionClosedError(
            endpoint_url=request.url, error=error, request=request
        ) from error
    if len(content) > max_bytes:
        answer.raw.close()
        raise BoundsError(f"is larger than {max_bytes} bytes")
    answer.raw = _Received(content)
    return answer


def _elements(content: bytes) -> bytes:
    """Return the error with what matters alone; empty if it is none, as S3 writes errors."""
    found: dict[bytes, bytes] = {}
    for element in _ELEMENT.finditer(content):
        found.setdefault(element[1], element[0])
    return b"<Error>%b</Error>" % b"".join(found.values()) if b"Code" in found else b""
