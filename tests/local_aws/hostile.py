"""Answers that no S3 and no web server gives, unless it is broken or wants to break us.

The table is one for https, for objects in S3, and for releases; each of their tests says what
people are told.
"""

import gzip
from collections.abc import Callable
from itertools import chain, repeat

from tests.local_aws.faulty_proxy import Exchange

PIECE = b"x" * 65_536
ENDLESS = 1024
"""So many pieces, 64 MiB, are endless: reading them all is a mistake, and it ends."""

MOST_BYTES = 40 * 1_048_576
"""Above what is ever read, and what the buffers of both sides of a connection hold besides."""

OK = b"HTTP/1.1 200 OK\r\n"
ERROR = b"HTTP/1.1 404 Not Found\r\n"
ZEROS = gzip.compress(bytes(16 * 1_048_576)) * 32  # 512 MiB in 0.5 MiB

FORGED = "a\n::error::b\r\x1b[31m\u202ewhole"
"""What a message may hold to look like a line, a command or a colour of somebody else."""


def says(*parts: bytes, then: bytes = b"", pause: float = 0.0) -> Callable[[Exchange], None]:
    """Answer with these bytes, then endlessly with the same ones, with a pause after each part."""
    return lambda exchange: exchange.write(
        chain(parts, repeat(then, ENDLESS if then else 0)), pause
    )


def body(head: bytes, content: bytes) -> Callable[[Exchange], None]:
    """Answer with a body of the right length."""
    return says(head, b"Content-Length: %d\r\n\r\n" % len(content), content)


def error(text: str) -> Callable[[Exchange], None]:
    """Answer with an error in which S3's three elements stand as given."""
    return body(ERROR, f"<Error>{text}</Error>".encode())


ENTITIES = "".join(
    f'<!ENTITY e{number} "{f"&e{number - 1};" * 10 if number else "x" * 100}">'
    for number in range(9)
)

ANSWERS: dict[str, Callable[[Exchange], None]] = {
    "endless-body": says(OK, b"\r\n", then=PIECE),
    "endless-chunks": says(
        OK,
        b"Transfer-Encoding: chunked\r\n\r\n",
        then=b"10000\r\n" + PIECE + b"\r\n",
    ),
    "endless-error": says(ERROR, b"\r\n", then=PIECE),
    "endless-header": says(OK, b"X-Long: ", then=PIECE),
    "endless-headers": says(OK, then=b"X-One: more\r\n" * 1000),
    "endless-status": says(b"HTTP/1.1 200 ", then=PIECE),
    "header-of-1-mib": says(OK, b"X-Long: ", PIECE * 16, b"\r\n\r\n"),
    "slow-body": says(OK, b"\r\n", then=b"x", pause=0.01),
    "slow-error": says(ERROR, b"\r\n", then=b"x", pause=0.01),
    "slow-headers": says(OK, b"X-Long: ", then=b"x", pause=0.01),
    "only-continue": says(then=b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.01),
    "length-too-long": says(OK, b"Content-Length: 99\r\n\r\n", b"Resources: {}"),
    "length-of-1-tib": says(OK, b"Content-Length: 1099511627776\r\n\r\n", b"Resources: {}"),
    "length-no-number": says(OK, b"Content-Length: some\r\n\r\n", b"Resources: {}"),
    "length-negative": says(OK, b"Content-Length: -1\r\n\r\n", b"Resources: {}"),
    "date-no-date": says(OK, b"Content-Length: 2\r\nLast-Modified: some\r\n\r\n", b"{}"),
    "date-too-large": says(OK, b"Content-Length: 2\r\nLast-Modified: 9e99\r\n\r\n", b"{}"),
    "gzip-bomb": body(OK, ZEROS),
    "not-http": says(b"\x00\xff nothing that a server says\r\n\r\n"),
    "nothing": says(),
    "html-error": body(ERROR, b"<!DOCTYPE html><html><head><title>404</title></head></html>"),
    "xml-bomb": body(
        ERROR,
        f"<!DOCTYPE Error [{ENTITIES}]><Error><Code>&e8;</Code></Error>".encode(),
    ),
    "nested-error": error("<a>" * 9_000 + "</a>" * 9_000),
    "repeated-code": error("<Code>One</Code><Code>Two</Code>"),
    "code-in-code": error("<Code><Code>One</Code></Code>"),
    "forged-error": error(f"<Code>Forged</Code><Message>{FORGED.replace(chr(27), '')}</Message>"),
    "forged-code": error(f"<Code>{FORGED.replace(chr(27), '')}</Code>"),
    "long-code": error(f"<Code>{'Long' * 9_000}</Code>"),
    "forged-reason": says(
        b"HTTP/1.1 404 Not\x1b[31m\x85::error::\r\n", b"Content-Length: 0\r\n\r\n"
    ),
    "long-reason": says(b"HTTP/1.1 404 " + b"long" * 9_000, b"\r\nContent-Length: 0\r\n\r\n"),
}
"""By name. The slow ones are for a limit of time that the test has lowered."""
SLOW = ("slow-body", "slow-error", "slow-headers", "only-continue")
