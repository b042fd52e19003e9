"""Turns an error of S3 into one sentence for people: what went wrong, and what to do."""

from typing import Any, NamedTuple

from generator.aws import errors as aws_errors
from generator.aws.errors import AwsError, before_an_answer, of_configuration, one_line
from generator.bounded import BoundsError
from generator.hosts import bucket_arn
from generator.printable import printable

BUSY = "S3 is overloaded or failing ({code}), even after retries: run the same command later"
DAMAGED = "the data was damaged in transit ({code}): run the same command again"
ELSEWHERE = "the bucket is not in {region}: give its own region in --regions"

# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
SENTENCES = {
    **aws_errors.SENTENCES,
    "AccessDenied": "access denied: {allow}",
    "403": "access denied: {allow}",
    "AuthorizationHeaderMalformed": ELSEWHERE,
    "BadDigest": DAMAGED,
    "ConditionalRequestConflict": (
        "another publisher keeps writing {key}: run the same command again when it has finished"
    ),
    "IllegalLocationConstraintException": ELSEWHERE,
    "InternalError": BUSY,
    "NoSuchBucket": "there is no such bucket: create it, or correct --bucket",
    "404": "there is no such bucket: create it, or correct --bucket",
    "NotImplemented": (
        "this S3 does not support conditional writes (If-None-Match), so a release could be "
        "overwritten: use an S3 that does"
    ),
    "PermanentRedirect": ELSEWHERE,
    "301": ELSEWHERE,
    "ServiceUnavailable": BUSY,
    "SlowDown": BUSY,
    "XAmzContentChecksumMismatch": DAMAGED,
    "XAmzContentSHA256Mismatch": DAMAGED,
}


UNREADABLE = (ValueError, RuntimeError)
"""What botocore raises besides its own exceptions: a header is no number, or no date."""


class S3Error(AwsError):
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

    if isinstance(error, exceptions.ClientError):
        return _of_answer(error.response, request)
    asked = f"{request.permission} {request.key}".rstrip()
    if isinstance(error, BoundsError):
        return (
            f"the answer to {asked} {error}: check the connection, --endpoint-url and what else "
            "writes there"
        )
    told = before_an_answer(error, "S3", "the region and --endpoint-url")
    if told is None and isinstance(error, exceptions.FlexibleChecksumError):
        told = (
            f"the content of {request.key} does not match its checksum: run the same command again"
        )
    if told is None and isinstance(error, UNREADABLE):
        told = (
            f"the answer to {asked} cannot be understood ({one_line(error)}): check --endpoint-url"
        )
    return told or of_configuration(error)


def _of_answer(answer: Any, request: Request) -> str:
    code, message = (printable(answer["Error"].get(name) or "") for name in ("Code", "Message"))
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    text = SENTENCES.get(code)
    if text is None and status in (500, 502, 503, 504):
        text = BUSY
    if text is None:
        return f"S3 refused {request.permission}: {code} {message}".rstrip()
    return text.format(allow=request.allow(), code=code, key=request.key, region=request.region)
