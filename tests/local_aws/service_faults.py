"""How services and networks fail, each as its service writes it."""

import contextlib
import socket

from generator.live.calls import CALLS
from tests.local_aws.faulty_proxy import Answer
from tests.local_aws.front import Exchange, Happens

_DENIED = {"ec2": "UnauthorizedOperation", "sns": "AuthorizationError"}
_QUERY = ("cloudformation", "iam", "sns")
"""The services of the query protocol, whose codes have no "Exception" at their end."""
_STATUS_DENIED = {
    "ec2": 403,
    "cloudformation": 403,
    "iam": 403,
    "sns": 403,
    "efs": 403,
    "backup": 403,
}


def refused(code: str, status: int, message: str = "said the test") -> Happens:
    """Answer with an error."""
    return lambda exchange: exchange.error(code, message, status)


def denied(call: str) -> Happens:
    """Answer that IAM does not allow the call."""
    service = CALLS[call].service
    code = _DENIED.get(service, "AccessDenied" if service in _QUERY else "AccessDeniedException")
    message = (
        "User: arn:aws:iam::123456789012:user/reader is not authorized to perform: "
        f"{CALLS[call].action} because no identity-based policy allows the "
        f"{CALLS[call].action} action"
    )
    return refused(code, _STATUS_DENIED.get(service, 400), message)


def throttled(call: str) -> Happens:
    """Answer that there were too many requests."""
    service = CALLS[call].service
    if service == "ec2":
        return refused("RequestLimitExceeded", 503, "Request limit exceeded.")
    code = "Throttling" if service in _QUERY else "ThrottlingException"
    return refused(code, 400, "Rate exceeded")


def says(body: bytes, status: int = 200, kind: str = "text/html") -> Happens:
    """Answer with these bytes, as something between us and AWS might: see ``breaks_off``."""
    return lambda _: Answer(status, {"Content-Type": kind}, body)


def hangs_up(exchange: Exchange) -> None:
    """Close the connection instead of answering."""
    exchange.socket.shutdown(socket.SHUT_RDWR)


def never_answers(exchange: Exchange) -> None:
    """Say nothing until the client gives up."""
    exchange.socket.settimeout(60)
    with contextlib.suppress(OSError):
        exchange.socket.recv(1)


def breaks_off(exchange: Exchange) -> Answer:
    """Close the connection in the middle of the body.

    botocore does not compare the length, and takes JSON that it cannot read for an empty answer.
    """
    answer = exchange.answer()
    whole = {**answer.headers, "Content-Length": str(len(answer.body))}
    return Answer(answer.status, whole, answer.body[: len(answer.body) // 2])
