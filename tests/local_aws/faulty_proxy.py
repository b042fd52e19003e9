"""An HTTP proxy before the local S3 that fails as networks and S3 do, and is as strict as S3 is.

What moto 5.2.5 does not do, and S3 documents, is done here: a wrong checksum is refused, so is
another account's bucket, and of two conditional writes of one object at the same time one gets 409.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
"""

import base64
import contextlib
import hashlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from tests.local_aws.local_aws import ACCOUNT


class Answer(NamedTuple):
    """What a server says to a request."""

    status: int
    headers: dict[str, str]
    body: bytes


class Exchange:
    """A request of the publisher, and the means to answer it."""

    def __init__(self, handler: "_Handler", upstream: str) -> None:
        self._handler = handler
        self._upstream = upstream
        self.method = handler.command
        self.headers = handler.headers
        address = urlsplit(handler.path)
        self.query = address.query
        path = unquote(address.path)
        self.bucket, _, self.key = path.lstrip("/").partition("/")
        self.body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))

    def forward(self) -> Answer:
        """Let the local S3 do it, and return its answer."""
        connection = HTTPConnection(self._upstream, timeout=60)
        try:
            connection.request(
                self.method, self._handler.path, body=self.body, headers=dict(self.headers)
            )
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def send(self, answer: Answer, *, until: int | None = None) -> None:
        """Answer the publisher; with ``until``, that many bytes of the body only."""
        handler = self._handler
        handler.send_response_only(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                handler.send_header(name, value)
        length = answer.headers.get("Content-Length", str(len(answer.body)))
        handler.send_header("Content-Length", length)
        handler.end_headers()
        if self.method != "HEAD":
            handler.wfile.write(answer.body[:until])
        handler.wfile.flush()

    def write(self, parts: Iterable[bytes], pause: float = 0.0) -> None:
        """Answer with these bytes, whatever they are, until the publisher or the proxy ends."""
        proxy = self._handler.server
        self._handler.close_connection = True
        with contextlib.suppress(OSError):
            for part in parts:
                self._handler.connection.sendall(part)
                proxy.sent += len(part)
                if proxy.closing.wait(pause):
                    break

    def wait_for_its_end(self) -> None:
        """Wait until the publisher gives up."""
        with contextlib.suppress(ConnectionError):
            self._handler.connection.recv(1)
        self.reset()

    def reset(self) -> None:
        """Break the connection off, as a peer that has gone does."""
        handler = self._handler
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = True
        handler.connection.close()
        handler.wfile = handler.rfile = _Closed()  # type: ignore[assignment] # nothing is left to say


class _Closed:
    """Stands for the files of a broken connection, which the server closes once more."""

    closed = True

    def close(self) -> None:
        """Do nothing."""

    def flush(self) -> None:
        """Do nothing."""


class Fault(NamedTuple):
    """What happens instead of a plain answer to the requests that fit, so many times."""

    happens: Callable[[Exchange], None]
    method: str = ""
    bucket: str = ""
    name: str = ""
    """How the key ends."""
    times: int = 1_000_000

    def fits(self, exchange: Exchange) -> bool:
        """Return whether this is a request that the fault is for."""
        return (
            self.method in ("", exchange.method)
            and self.bucket in ("", exchange.bucket)
            and exchange.key.endswith(self.name)
        )


class Proxy(ThreadingHTTPServer):
    """The proxy, listening on a free port of this machine while it is entered."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, upstream_url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(upstream_url).netloc
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.owners: dict[str, str] = {}
        """Bucket to account, where it is not moto's own."""
        self.latency_seconds = 0.0
        self.sent = 0
        """Bytes of the answers that are no plain ones."""
        self.closing = threading.Event()
        self.seen: list[tuple[str, str, str]] = []
        """Method, bucket and key of each request."""
        self._faults: list[tuple[Fault, list[int]]] = []
        self._lock = threading.Lock()
        self._being_written: set[tuple[str, str]] = set()

    def __enter__(self) -> "Proxy":  # noqa: PYI034 - typing has no Self before Python 3.11
        """Begin to listen."""
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self.closing.set()
        self.shutdown()
        self.server_close()

    def add(self, fault: Fault) -> None:
        """Let a fault happen from now on; the first that fits a request does."""
        self._faults.append((fault, [0]))

    def heal(self) -> None:
        """Let no fault happen any more."""
        self._faults.clear()

    def handle_error(self, *_: Any) -> None:
        """Stay silent: a publisher that was killed breaks its connections."""

    def take(self, exchange: Exchange) -> Fault | None:
        """Return the fault that is to happen to this request."""
        with self._lock:
            self.seen.append((exchange.method, exchange.bucket, exchange.key))
            for fault, happened in self._faults:
                if fault.fits(exchange) and happened[0] < fault.times:
                    happened[0] += 1
                    return fault
        return None

    def answer(self, exchange: Exchange) -> Answer:
        """Return what S3 would answer."""
        expected = exchange.headers.get("x-amz-expected-bucket-owner")
        if expected not in (None, self.owners.get(exchange.bucket, ACCOUNT)):
            return error(403, "AccessDenied")
        if exchange.method != "PUT" or not exchange.key:
            return exchange.forward()
        digest = base64.b64encode(hashlib.sha256(exchange.body).digest()).decode()
        if exchange.headers.get("x-amz-checksum-sha256", digest) != digest:
            return error(400, "BadDigest")
        place = (exchange.bucket, exchange.key)
        with self._lock:
            if place in self._being_written:
                return error(409, "ConditionalRequestConflict")
            self._being_written.add(place)
        try:
            return exchange.forward()
        finally:
            with self._lock:
                self._being_written.discard(place)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: S3's clients would wait for the second one
    disable_nagle_algorithm = True
    server: Proxy

    def do_GET(self) -> None:
        exchange = Exchange(self, self.server.upstream)
        time.sleep(self.server.latency_seconds)
        fault = self.server.take(exchange)
        if fault:
            fault.happens(exchange)
        else:
            exchange.send(self.server.answer(exchange))

    do_PUT = do_HEAD = do_POST = do_GET  # noqa: N815 - the names that http.server calls

    def handle_expect_100(self) -> bool:
        """Ask for the body at once; botocore waits a second for it."""
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


def error(status: int, code: str, message: str = "said the test") -> Answer:
    """Return an error as S3 writes it."""
    text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Answer(status, {"Content-Type": "application/xml"}, text.encode())


def answers(status: int, code: str) -> Callable[[Exchange], None]:
    """Answer with an error; S3 has done nothing."""
    return lambda exchange: exchange.send(error(status, code))


def does_it_but_answers(status: int, code: str) -> Callable[[Exchange], None]:
    """Answer with an error although S3 has done what was asked."""

    def happens(exchange: Exchange) -> None:
        exchange.forward()
        exchange.send(error(status, code))

    return happens


def breaks_off(exchange: Exchange) -> None:
    """Reset the connection in the middle of the body."""
    answer = exchange.forward()
    exchange.send(answer, until=len(answer.body) // 2)
    exchange.reset()


def hangs_up(exchange: Exchange) -> None:
    """Reset the connection instead of answering."""
    exchange.reset()


def stalls(exchange: Exchange) -> None:
    """Send half of the body, then nothing more."""
    answer = exchange.forward()
    exchange.send(answer, until=len(answer.body) // 2)
    exchange.wait_for_its_end()


def never_answers(exchange: Exchange) -> None:
    """Say nothing."""
    exchange.wait_for_its_end()


def corrupts(*, checksum: bool) -> Callable[[Exchange], None]:
    """Change a byte of the body, with or without a checksum from which that shows.

    S3 sends the checksum that came with the object; moto 5.2.5 forgets one that the caller made.
    """

    def happens(exchange: Exchange) -> None:
        answer = exchange.forward()
        if answer.body and answer.status == 200:
            headers = dict(answer.headers)
            if checksum:
                digest = hashlib.sha256(answer.body).digest()
                headers["x-amz-checksum-sha256"] = base64.b64encode(digest).decode()
            body = bytes([answer.body[0] ^ 1]) + answer.body[1:]
            answer = Answer(answer.status, headers, body)
        exchange.send(answer)

    return happens


def ignores_the_condition(exchange: Exchange) -> None:
    """Do as an S3 that knows no conditional writes."""
    del exchange.headers["If-None-Match"]
    exchange.send(exchange.forward())
