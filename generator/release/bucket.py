"""The few requests to S3 that a release needs, and what it takes to rely on the answers."""

import base64
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from generator.aws.connection import Connection
from generator.bounded import BoundsError, bound
from generator.hosts import partition
from generator.printable import printable
from generator.release import manifest
from generator.release.contents import MANIFEST, Object, Release, key
from generator.release.options import Target
from generator.release.s3_errors import UNREADABLE, Request, S3Error, sentence

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

# The pauses between attempts at what the SDK does not retry: an answer that broke off after its
# first byte, and a write that S3 asks to repeat because of another write at the same time.
PAUSES_SECONDS = (0.1, 0.4, 1.6)

# The region of a bucket of which nobody says where it is, until S3 is asked.
ASSUMED_REGION = "us-east-1"

Result = TypeVar("Result")


class Bucket:
    """A bucket in its region.

    If S3 does not do what it is asked, every method raises S3Error with a sentence for people.
    """

    def __init__(self, client: Any, name: str, region: str, owner: str | None = None) -> None:
        self._client = client
        self.name = name
        self.region = region
        self.owner = owner
        self._parameters = {"Bucket": name}
        if owner:
            self._parameters["ExpectedBucketOwner"] = owner

    def actual_region(self, key: str) -> str:
        """Return the region that S3 says the bucket is in, or this one if S3 does not say.

        ``key`` is an object that the caller is going to read.
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
        """
        from botocore.exceptions import ClientError

        with self._sentences("s3:ListBucket"):
            try:
                answer = self._client.head_bucket(**self._parameters)
            except ClientError as error:
                self._look_closer(error, key)
                raise
        return str(answer.get("BucketRegion", self.region))

    def read(self, key: str) -> bytes | None:
        """Return the bytes of an object as S3 holds them; None if there is no such object."""
        from botocore.exceptions import ClientError

        with self._sentences("s3:GetObject", key):
            try:
                return self._read(key)
            except ClientError as error:
                if _code(error) == "NoSuchKey":
                    return None
                raise

    def create(self, key: str, content: Object) -> bool:
        """Write an object unless there is one already; return whether it was written.

        Also False if an earlier attempt, whose answer was lost, wrote it.
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
        """
        from botocore.exceptions import ClientError

        with self._sentences("s3:PutObject", key):
            try:
                _repeated(
                    lambda: self._put(key, content, IfNoneMatch="*"),
                    lambda error: _code(error) == "ConditionalRequestConflict",
                )
            except ClientError as error:
                if _code(error) in ("PreconditionFailed", "412"):
                    return False
                raise
        return True

    def replace(self, key: str, content: Object) -> None:
        """Write an object, whatever was there before."""
        with self._sentences("s3:PutObject", key):
            self._put(key, content)

    def _read(self, key: str) -> bytes:
        from botocore.exceptions import (
            IncompleteReadError,
            ReadTimeoutError,
            ResponseStreamingError,
        )

        def read() -> bytes:
            answer = self._client.get_object(Key=key, **self._parameters)
            # As a context manager, the body would give the raw stream, without the checksum.
            with closing(answer["Body"]) as body:
                return bytes(body.read())

        broke_off = (IncompleteReadError, ReadTimeoutError, ResponseStreamingError)
        return _repeated(read, lambda error: isinstance(error, broke_off))

    def _put(self, key: str, content: Object, **condition: str) -> None:
        digest = hashlib.sha256(content.content).digest()
        self._client.put_object(
            Key=key,
            Body=content.content,
            ContentType=content.content_type,
            ChecksumSHA256=base64.b64encode(digest).decode(),
            **self._parameters,
            **condition,
        )

    def _look_closer(self, error: "ClientError", key: str) -> None:
        """Raise an error that says more than the answer to HEAD, a status code without a text."""
        from botocore.exceptions import ClientError

        try:
            self._client.get_object(Key=key, **self._parameters)["Body"].close()
        except ClientError as answer:
            if _code(answer) not in ("NoSuchKey", "AccessDenied"):
                raise
        if self.owner and _code(error) == "403":
            try:
                self._client.head_bucket(Bucket=self.name)
            except ClientError:
                return
            raise S3Error(
                f"the bucket does not belong to the account {self.owner}: correct --bucket or "
                "--expected-bucket-owner"
            )

    @contextmanager
    def _sentences(self, permission: str, key: str = "") -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (BotoCoreError, ClientError, BoundsError, *UNREADABLE) as error:
            request = Request(permission, self.name, self.region, key, self.owner)
            raise S3Error(sentence(error, request)) from error


def open_bucket(connection: Connection, target: Target, release: Release) -> Bucket:
    """Return the bucket of the release, in the region it is in.

    Raises AwsError if there is no such bucket, if it belongs to another account, or if it is not in
    the region: the URLs of what is published there would be wrong.
    """
    name, region = target
    assumed = region or connection.region or ASSUMED_REGION
    bucket = Bucket(_client(connection, assumed), name, assumed, release.owner)
    actual = bucket.actual_region(key(release.folder, MANIFEST))
    if actual == assumed:
        return bucket
    if region:
        raise S3Error(f"the bucket is in {printable(actual)}, not in {region}: correct --regions")
    try:
        partition(actual)
    except ValueError as error:
        raise S3Error(
            f"S3 says that the bucket is in {printable(actual)}, which is not a region: set "
            "--regions"
        ) from error
    return Bucket(_client(connection, actual), name, actual, release.owner)


def _client(connection: Connection, region: str) -> Any:
    # Outside AWS, the name of a bucket is hardly ever part of the host name.
    style = {"addressing_style": "path"} if connection.endpoint_url else None
    client = connection.client("s3", region, s3=style)
    bound(client, manifest.MAX_BYTES)
    return client


def _repeated(call: Callable[[], Result], is_transient: Callable[[Exception], bool]) -> Result:
    """Return what the call returns, after some attempts where its error is transient."""
    for pause in PAUSES_SECONDS:
        try:
            return call()
        except Exception as error:
            if not is_transient(error):
                raise
        time.sleep(pause)
    return call()


def _code(error: Exception) -> str:
    """Return the code of S3's answer; empty where there was none."""
    response: dict[str, Any] = getattr(error, "response", None) or {}  # of no answer: None
    return str(response.get("Error", {}).get("Code", ""))
