"""What stands before moto's server: it sees each request, answers what moto lacks, and fails.

A request is read, and an answer written, with botocore's model of the service; what the model
refuses breaks the test. The tests' own clients name their account in a header: they get the same
answers, and are neither recorded nor refused nor delayed.
"""

import io
import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest import mock
from xml.sax.saxutils import escape

from botocore.exceptions import ParamValidationError
from werkzeug.exceptions import HTTPException

from generator.live.calls import CALLS
from tests.local_aws import shapes
from tests.local_aws.errors import AnsweredError, DeploymentError
from tests.local_aws.faulty_proxy import Answer
from tests.local_aws.local_aws import ACCOUNT

Parameters = dict[str, Any]
Moto = Callable[[], dict[str, Any]]
"""Asks moto for its own answer."""
Serves = Callable[[Parameters, Moto], dict[str, Any]]
"""Answers a call. It takes out of the parameters what it serves: the others are refused."""
Happens = Callable[["Exchange"], Answer | None]
"""Answers a request otherwise than it should be; None: the connection has gone."""

_SERVICES = {"tagging": "resourcegroupstaggingapi", "elasticfilesystem": "efs",
             "monitoring": "cloudwatch"}  # fmt: skip
"""Signing name to botocore's name, where they differ."""
_MODELLED = {call.service for call in CALLS.values()}
_TO_THE_HOUR = re.compile(r"(datetime\.datetime\((?:\d+, ){4})[^)]*")
_SCOPE = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<name>[^/]+)/aws4_request")


class Seen(NamedTuple):
    """A request, as the model of its service reads it."""

    call: str
    """Of a service that no model is read for: its name, the method and the path."""
    region: str
    parameters: Parameters


class ForwardedError(Exception):
    """An error of moto's, which is answered as it is."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body)
        self.answer = answer


class Exchange:
    """A request and the means to answer it."""

    def __init__(self, front: "Front", app: Any, environ: dict[str, Any]) -> None:
        from moto.core.request import Request

        length = int(environ.get("CONTENT_LENGTH") or 0)
        self._body = environ["wsgi.input"].read(length)
        self._front, self._app, self._environ = front, app, environ
        self._request = Request(self._fresh())
        scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        region, name = scope.group("region", "name") if scope else ("", "")
        self.account = environ.get("HTTP_X_MOTO_ACCOUNT_ID", ACCOUNT)
        self.is_the_tests_own = "HTTP_X_MOTO_ACCOUNT_ID" in environ
        self.service = _SERVICES.get(name, name)
        self.socket: Any = environ.get("werkzeug.socket")
        self.protocol = "json"
        self._model: Any = None
        read = self._read() if self.service in _MODELLED else None
        call = f"{name} {environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        self.seen = Seen(read[0] if read else call, region, read[1] if read else {})

    def _fresh(self) -> dict[str, Any]:
        return {**self._environ, "wsgi.input": io.BytesIO(self._body)}

    def _read(self) -> tuple[str, Parameters] | None:
        from moto.core.parse import PROTOCOL_PARSERS
        from moto.core.request import determine_request_protocol
        from moto.core.routing import get_service_router
        from moto.core.utils import get_service_model

        request = self._request
        model = get_service_model(self.service)
        self.protocol = determine_request_protocol(model, request.content_type)
        try:
            self._model, url_parameters = get_service_router(self.service).match(request)
        except HTTPException:
            return None
        parameters = PROTOCOL_PARSERS[self.protocol](self._model).parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": self._body,
                "url_path": request.path,
                "url_params": url_parameters,
            }
        )
        return f"{self.service}.{self._model.name}", parameters

    def answer(self) -> Answer:
        """Answer as AWS does."""
        call = self.seen.call
        serves = self._front.serves(self.account, self.seen.region).get(call)
        try:
            if not serves:
                answer = self.forward()
                if call in CALLS:
                    self._parsed(answer)  # only to see that the model takes it
                return answer
            taken = dict(self.seen.parameters)
            if self._model.input_shape:
                shapes.validate(self._model.input_shape, taken)
                shapes.typed(self._model.input_shape, taken, call)
            result = serves(taken, self._moto)
            _nothing_is_left(taken)
            shapes.check(self._model.output_shape, result, call)
        except AnsweredError as error:
            return self.error(error.code, error.message, error.status)
        except ForwardedError as error:
            return error.answer
        except (DeploymentError, ParamValidationError) as error:
            self._front.broken.append(f"{call}: {error}")
            return self.error("InternalFailure", f"the local AWS: {error}", 500)
        return self._written(result)

    def _moto(self) -> dict[str, Any]:
        return self._parsed(self.forward())

    def _parsed(self, answer: Answer) -> dict[str, Any]:
        from botocore.parsers import create_parser

        if answer.status >= 400:
            raise ForwardedError(answer)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        said = {"status_code": answer.status, "headers": headers, "body": answer.body}
        parsed: dict[str, Any] = create_parser(self.protocol).parse(said, self._model.output_shape)
        del parsed["ResponseMetadata"]
        shapes.check(self._model.output_shape, parsed, self.seen.call)
        return parsed

    def forward(self) -> Answer:
        """Return moto's answer."""
        said: list[Any] = []
        parts = self._app(self._fresh(), lambda *head, **_: said.extend(head[:2]))
        body = b"".join(parts)
        return Answer(int(said[0].split()[0]), dict(said[1]), body)

    def error(self, code: str, message: str, status: int) -> Answer:
        """Return an error as the protocol of the service writes it.

        https://smithy.io/2.0/aws/protocols/index.html
        """
        if self.protocol in ("json", "rest-json"):
            headers = {"Content-Type": "application/json", "X-Amzn-Errortype": code}
            said = {"__type": code, "message": message}
            return Answer(status, headers, json.dumps(said).encode())
        what = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        text = (
            f"<Response><Errors><Error>{what}</Error></Errors><RequestID>1</RequestID></Response>"
            if self.protocol == "ec2"
            else f"<ErrorResponse><Error>{what}</Error><RequestId>1</RequestId></ErrorResponse>"
        )
        return Answer(status, {"Content-Type": "text/xml"}, text.encode())

    def _written(self, result: Any) -> Answer:
        from moto.core.serialize import DefaultAttributePicker, get_serializer_class

        serializer = get_serializer_class(self.service, self.protocol)(
            self._model, value_picker=DefaultAttributePicker()
        )
        written = serializer.serialize(result)
        body = written["body"]
        return Answer(
            written["status_code"],
            dict(written["headers"]),
            body if isinstance(body, bytes) else body.encode(),
        )


def _nothing_is_left(parameters: Parameters) -> None:
    if parameters:
        raise DeploymentError(f"{sorted(parameters)} are not served here")


class Fault(NamedTuple):
    """What happens to the requests of a call instead of an answer."""

    call: str
    """Empty: every one."""
    happens: Happens
    after: int
    """So many of them are answered well before."""
    times: int
    """Then so many are not."""
    where: Mapping[str, Any]
    """The parameters that such a request has."""

    def fits(self, seen: Seen) -> bool:
        """Return whether this is a request that the fault is for."""
        return self.call in ("", seen.call) and self.where.items() <= seen.parameters.items()


class Front:
    """Sees the requests, and decides who answers them."""

    def __init__(self, serves: Callable[[str, str], Mapping[str, Serves]]) -> None:
        self.serves = serves
        """By account and region: who answers which call; the others are moto's."""
        self.seen: list[Seen] = []
        self.broken: list[str] = []
        """What the models refused: our own faults."""
        self.latency_seconds = 0.0
        self.remembers = False
        """Whether an answer is given again to a question that is the same to the hour: for
        measuring, where what counts is the time that passes far away."""
        self._faults: list[tuple[Fault, list[int]]] = []
        self._known: dict[str, Answer] = {}
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Let a fault happen from now on; the first that fits a request does."""
        self._faults.append((fault, [0]))

    def heal(self) -> None:
        """Let no fault happen any more."""
        self._faults.clear()

    def answer(self, app: Any, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request, as WSGI has it."""
        exchange = Exchange(self, app, environ)
        fault = None
        if not exchange.is_the_tests_own:
            fault = self._take(exchange)
            time.sleep(self.latency_seconds)
        try:
            answer = fault.happens(exchange) if fault else self._answer(exchange)
        except Exception as error:
            self.broken.append(f"{exchange.seen.call}: {error!r}")
            raise
        if answer is None:
            raise ConnectionAbortedError
        headers = {name.lower(): str(value) for name, value in answer.headers.items()}
        headers.setdefault("content-length", str(len(answer.body)))
        start_response(f"{answer.status} -", list(headers.items()))
        return [answer.body]

    def _answer(self, exchange: Exchange) -> Answer:
        if not self.remembers or exchange.is_the_tests_own:
            return exchange.answer()
        question = _TO_THE_HOUR.sub(r"\1", repr(exchange.seen))
        if question not in self._known:
            self._known[question] = exchange.answer()
        return self._known[question]

    def _take(self, exchange: Exchange) -> Fault | None:
        with self._lock:
            self.seen.append(exchange.seen)
            for fault, met in self._faults:
                if fault.fits(exchange.seen):
                    met[0] += 1
                    if fault.after < met[0] <= fault.after + fault.times:
                        return fault
        return None


@contextmanager
def in_front(front: Front) -> Iterator[Front]:
    """Let it stand before moto's servers of this process; fail if a model refused something."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication

    original = DomainDispatcherApplication.__call__

    def answer(app: Any, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return front.answer(lambda *args: original(app, *args), environ, start_response)

    with mock.patch.object(DomainDispatcherApplication, "__call__", answer):
        yield front
    if front.broken:
        raise AssertionError("\n".join(front.broken))
