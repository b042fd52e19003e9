"""Turns an error of S3 into one sentence for people: what went wrong, and what to do."""

from typing import Any, NamedTuple

from generator.bounded import BoundsError
from generator.hosts import bucket_arn
from generator.printable import printable, without_secrets

EXPIRED = "the credentials have expired: sign in again (aws sso login, or the way you got them)"
UNKNOWN_CREDENTIALS = (
    "AWS does not accept the credentials ({code}): check the profile and the environment"
)
BUSY = "S3 is overloaded or failing ({code}), even after retries: run the same command later"
DAMAGED = "the data was damaged in transit ({code}): run the same command again"
ELSEWHERE = "the bucket is not in {region}: give its own region in --regions"

# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
SENTENCES = {
    "AccessDenied": "access denied: {allow}",
    "403": "access denied: {allow}",
    "AuthorizationHeaderMalformed": ELSEWHERE,
    "BadDigest": DAMAGED,
    "ConditionalRequestConflict": (
        "another publisher keeps writing {key}: run the same command again when it has finished"
    ),
    "ExpiredToken": EXPIRED,
    "ExpiredTokenException": EXPIRED,
    "IllegalLocationConstraintException": ELSEWHERE,
    "InternalError": BUSY,
    "InvalidAccessKeyId": UNKNOWN_CREDENTIALS,
    "InvalidToken": UNKNOWN_CREDENTIALS,
    "NoSuchBucket": "there is no such bucket: create it, or correct --bucket",
    "404": "there is no such bucket: create it, or correct --bucket",
    "NotImplemented": (
        "this S3 does not support conditional writes (If-None-Match), so a release could be "
        "overwritten: use an S3 that does"
    ),
    "PermanentRedirect": ELSEWHERE,
    "301": ELSEWHERE,
    "RequestExpired": EXPIRED,
    "RequestTimeTooSkewed": "this machine's clock is wrong: set it, then run the command again",
    "ServiceUnavailable": BUSY,
    "SignatureDoesNotMatch": UNKNOWN_CREDENTIALS,
    "SlowDown": BUSY,
    "XAmzContentChecksumMismatch": DAMAGED,
    "XAmzContentSHA256Mismatch": DAMAGED,
}


UNREADABLE = (ValueError, RuntimeError)
"""What botocore raises besides its own exceptions: a header is no number, or no date."""


class S3Error(Exception):
    """S3 refused a request, or holds something wrong; the message is one sentence for people."""


class Request(NamedTuple):
    """A request to S3; the key is empty if it is about the bucket."""

    permission: str
    bucket: str
    region: str
    key: str = ""
    owner: str | None = None

    def allow(self) -> str:
        """Say which permission is missing, or that the bucket belongs to another account."""
        arn = bucket_arn(self.bucket, self.region) + (f"/{self.key}" if self.key else "")
        right = f"belongs to the account {self.owner}" if self.owner else "is yours"
        return f"allow {self.permission} on {arn}, and check that the bucket {right}"


def sentence(error: Exception, request: Request) -> str:
    """Return the sentence for an exception from botocore, or from reading an answer."""
    from botocore import exceptions

    # The first that fits counts: some of these classes are subclasses of others.
    connection: list[tuple[tuple[type[Exception], ...], str]] = [
        (
            (BoundsError,),
            (
                "the answer to {request} {error}: check the connection, --endpoint-url and what "
                "else writes there"
            ),
        ),
        (
            (exceptions.NoCredentialsError, exceptions.PartialCredentialsError),
            "no credentials were found: set AWS_PROFILE or --profile, or sign in",
        ),
        (
            (
                exceptions.UnauthorizedSSOTokenError,
                exceptions.SSOTokenLoadError,
                exceptions.TokenRetrievalError,
            ),
            EXPIRED,
        ),
        (
            (exceptions.ConnectTimeoutError, exceptions.ReadTimeoutError),
            "S3 did not answer in time: check the connection, then run the same command again",
        ),
        (
            (exceptions.SSLError,),
            "no trusted TLS connection to S3 ({error}): check the proxy and the certificates",
        ),
        (
            (exceptions.EndpointConnectionError, exceptions.ProxyConnectionError),
            "S3 cannot be reached ({error}): check the connection, the region and --endpoint-url",
        ),
        (
            (
                exceptions.ConnectionClosedError,
                exceptions.IncompleteReadError,
                exceptions.ResponseStreamingError,
                exceptions.HTTPClientError,
            ),
            "the connection to S3 broke: run the same command again",
        ),
        (
            (exceptions.FlexibleChecksumError,),
            "the content of {key} does not match its checksum: run the same command again",
        ),
        (
            UNREADABLE,
            "the answer to {request} cannot be understood ({error}): check --endpoint-url",
        ),
    ]
    if isinstance(error, exceptions.ClientError):
        return _of_answer(error.response, request)
    if "Invalid header value" in str(error):
        return (
            "the credentials hold a character that no request may hold, such as a line end: "
            "correct the environment or the AWS configuration"
        )
    for classes, text in connection:
        if isinstance(error, classes):
            asked = f"{request.permission} {request.key}".rstrip()
            return text.format(error=_one_line(error), key=request.key, request=asked)
    return f"{_one_line(error).rstrip('.:')}: check --profile and the AWS configuration"


def _of_answer(answer: Any, request: Request) -> str:
    code, message = (printable(answer["Error"].get(name) or "") for name in ("Code", "Message"))
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    text = SENTENCES.get(code)
    if text is None and status in (500, 502, 503, 504):
        text = BUSY
    if text is None:
        return f"S3 refused {request.permission}: {code} {message}".rstrip()
    return text.format(allow=request.allow(), code=code, key=request.key, region=request.region)


def _one_line(error: Exception) -> str:
    return printable(" ".join(without_secrets(error).split()))
