"""Fetches a template from a file, an https:// address or an s3:// object, within limits."""

import gzip
import io
import os
import re
import select
import stat
import time
import zlib

from generator.cloudformation.errors import UnreadableError
from generator.printable import without_secrets

# The largest template that CloudFormation takes from S3.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_BYTES = 1_048_576
TIMEOUT_SECONDS = 20
PIPE_SECONDS = 60

ADVICE = "give a template file, https://... or s3://BUCKET/KEY"

_VERSION = re.compile(r"[?&](versionId=([^&#]+))")
_GZIP = b"\x1f\x8b"


def fetch(source: str) -> bytes:
    """Return the bytes of the file, address or object.

    Raises UnreadableError if they cannot be read, or are more than CloudFormation takes.
    """
    scheme, separator, address = source.partition("://")
    scheme = scheme.lower() if separator else ""
    if separator and _without_user(address) != address:
        raise UnreadableError(
            f"{label(source)}: has a user name before the host, and no server of templates asks "
            f"for one: leave it out, and {ADVICE}"
        )
    if scheme == "https":
        content = _download(source)
    elif scheme == "s3":
        content = _get_object(source)
    elif scheme:
        raise UnreadableError(f"{label(source)}: {scheme}:// is not supported: {ADVICE}")
    else:
        content = load(source)
    if content.startswith(_GZIP) and len(content) <= MAX_BYTES:
        content = _unzipped(source, content)
    if len(content) > MAX_BYTES:
        raise UnreadableError(
            f"{label(source)}: is larger than {MAX_BYTES} bytes, CloudFormation's limit for a "
            f"template: {ADVICE}"
        )
    return content


def label(source: str) -> str:
    """Return the source; of an address only what is no secret: not the user, nor the query.

    The version of an object stays, because it says which template it is.
    """
    scheme, separator, rest = source.partition("://")
    if not separator:
        return source
    version = _VERSION.search(source)
    address = re.split("[?#]", _without_user(rest))[0]
    return f"{scheme}://{address}" + (f"?{version[1]}" if version else "")


def _without_user(address: str) -> str:
    """Return the address without the name and the password before its host."""
    authority = re.split("[/?#]", address)[0]
    is_host = re.fullmatch(r"(\[.*\]|[^:@]*)(:[0-9]*)?", authority)
    # A password may have a slash in it that nobody has escaped.
    user = "" if is_host else (authority if "@" in authority else address).rpartition("@")[0]
    return address.removeprefix(f"{user}@")


def _unzipped(source: str, content: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableError(f"{label(source)}: is not whole gzip data ({error})") from None


def load(source: str) -> bytes:
    """Return the bytes of a file, or one more than CloudFormation takes.

    Raises UnreadableError if it cannot be read, and if nothing comes from a pipe or a device.
    """
    try:
        # A pipe without a writer would not even open.
        with os.fdopen(os.open(source, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as file:
            if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return _whole(file)
            return _piped(source, file)
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableError(f"{source}: {reason}: {ADVICE}") from None


def _whole(file: io.FileIO) -> bytes:
    content = b""
    while len(content) <= MAX_BYTES and (part := file.read(MAX_BYTES + 1 - len(content))):
        content += part
    return content


def _piped(source: str, file: io.FileIO) -> bytes:
    """Return what comes from a pipe or a device, such as /dev/stdin."""
    content = b""
    deadline = time.monotonic() + PIPE_SECONDS
    while len(content) <= MAX_BYTES:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([file], [], [], left)[0]:
            raise UnreadableError(
                f"{source}: did not end within {PIPE_SECONDS} seconds: write to it at once, or "
                "give a file"
            )
        part = file.read(MAX_BYTES + 1 - len(content))
        if part == b"":
            break
        content += part or b""  # None: there is nothing yet
    return content


def _download(source: str) -> bytes:
    import http.client
    from urllib.error import HTTPError
    from urllib.request import urlopen

    if odd := re.search("[^!-~]", source):
        raise UnreadableError(
            f"{label(source)}: no address holds {odd[0]!r}: write %20 for a space, and so on"
        )
    try:
        # S310: fetch() has checked the scheme.
        with urlopen(source, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
            if not response.url.startswith("https://"):
                raise UnreadableError(
                    f"{label(source)}: redirects to {label(response.url)}, where anybody on the "
                    "network can change the template: give an address that stays on https://"
                )
            content: bytes = response.read(MAX_BYTES + 1)
            if len(content) <= MAX_BYTES and response.length:
                raise http.client.IncompleteRead(content, response.length)
    except HTTPError as error:
        error.close()
        reason = without_secrets(error.reason)
        raise UnreadableError(
            f"{label(source)}: the server answered {error.code} {reason}: check the address "
            "(S3 may also answer 403 if the object does not exist)"
        ) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = without_secrets(getattr(error, "reason", None) or error)
        raise UnreadableError(
            f"{label(source)}: download failed ({reason}): check the address and the network"
        ) from None
    return content


def _get_object(source: str) -> bytes:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    bucket, _, key = source.partition("://")[2].partition("/")
    key, _, version = key.partition("?versionId=")  # as in the S3 console and in TemplateURL
    wanted = {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}
    if not bucket or not key:
        raise UnreadableError(f"{label(source)}: is not an object in S3: write s3://BUCKET/KEY")
    config = Config(
        connect_timeout=TIMEOUT_SECONDS,
        read_timeout=TIMEOUT_SECONDS,
        retries={"mode": "standard", "max_attempts": 3},
    )
    try:
        answer = boto3.Session().client("s3", config=config).get_object(**wanted)
        content: bytes = answer["Body"].read(MAX_BYTES + 1)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        action = "s3:GetObjectVersion" if version else "s3:GetObject"
        place = label(source).partition("://")[2].partition("?")[0]
        advice = {
            "AccessDenied": f"your credentials need {action} on arn:*:s3:::{place}",
            "NoSuchBucket": "check the bucket name",
            "NoSuchKey": "check the object key",
            "NoSuchVersion": "check the versionId",
        }.get(code, "check the bucket, the key and your credentials")
        raise UnreadableError(f"{label(source)}: S3 answered {code}: {advice}") from None
    except (BotoCoreError, OSError, ValueError) as error:
        reason = " ".join(without_secrets(error).split()).rstrip(".")
        raise UnreadableError(
            f"{label(source)}: {reason}: check your credentials, the region and the network"
        ) from None
    return content
