"""The few requests to S3 that a release needs, and what it takes to rely on the answers."""

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from generator.bounded import BoundsError, bound
from generator.hosts import partition
from generator.printable import printable, without_secrets
from generator.release import manifest
from generator.release.contents import MANIFEST, Object, Release, key
from generator.release.options import Target
from generator.release.s3_errors import UNREADABLE, Request, S3Error, sentence

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

# The files are small. After a timeout, the SDK retries as often as the AWS configuration says.
CONNECT_TIMEOUT_SECONDS = 10
READ_TIMEOUT_SECONDS = 20

# The pauses between attempts at what the SDK does not retry: an answer that broke off after its
# first byte, and a write that S3 asks to repeat because of another write at the same time.
PAUSES_SECONDS = (0.1, 0.4, 1.6)

# The region of a bucket of which nobody says where it is, until S3 is asked.
ASSUMED_REGION = "us-east-1"

Result = TypeVar("Result")


class Connection:
    """The caller's credentials, and a client for each region."""

    def __init__(self, profile: str | None = None, endpoint_url: str | None = None) -> None:
        """Find the profile, without contacting AWS.

        Raises ValueError if there is no such profile, or if the AWS configuration is wrong.
        """
        import boto3
        from botocore.exceptions import BotoCoreError

        self._endpoint_url = endpoint_url
        self._one_at_a_time = threading.Lock()  # unlike clients, sessions are not thread-safe
        try:
            self._session = boto3.Session(profile_name=profile)
            self.region: str | None = self._session.region_name
        except BotoCoreError as error:
            raise ValueError(
                f"{without_secrets(error)}: check --profile and the AWS configuration"
            ) from error
        if self.region:
            partition(self.region)

    def sign_in(self) -> None:
        """Find the credentials, once for all buckets; raise S3Error if there are none."""
        from botocore.exceptions import BotoCoreError, NoCredentialsError

        no_request = Request("", "", "")
        try:
            credentials = self._session.get_credentials()
        except BotoCoreError as error:
            raise S3Error(sentence(error, no_request)) from error
        except (OSError, ValueError) as error:  # of a file, a process or an address
            raise S3Error(
                f"the credentials cannot be read ({printable(without_secrets(error))}): check "
                "--profile and the AWS configuration"
            ) from error
        if credentials is None:
            raise S3Error(sentence(NoCredentialsError(), no_request))

    def client(self, region: str) -> Any:
        """Return a client for a region, with the retries of the AWS configuration.

        Raises S3Error if that configuration is wrong.
        """
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        config = Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
            # Outside AWS, the name of a bucket is hardly ever part of the host name.
            s3={"addressing_style": "path"} if self._endpoint_url else None,
        )
        try:
            with self._one_at_a_time:
                client = self._session.client(
                    "s3", region_name=region, endpoint_url=self._endpoint_url, config=config
                )
        except (BotoCoreError, ValueError) as error:
            why = without_secrets(error)
            raise S3Error(f"{why}: correct the AWS configuration or the environment") from error
        bound(client, manifest.MAX_BYTES)
        return client


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

    Raises S3Error if there is no such bucket, if it belongs to another account, or if it is not in
    the region: the URLs of what is published there would be wrong.
    """
    name, region = target
    assumed = region or connection.region or ASSUMED_REGION
    bucket = Bucket(connection.client(assumed), name, assumed, release.owner)
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
    return Bucket(connection.client(actual), name, actual, release.owner)


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
