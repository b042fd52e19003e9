"""Fetches a template from a file, an https:// address or an s3:// object, within limits."""

import gzip
import io
import os
import re
import select
import stat
import time
import zlib

from generator.bounded import BoundsError, bound, in_time
from generator.cloudformation.errors import UnreadableError
from generator.printable import printable, without_secrets

# The largest template that CloudFormation takes from S3.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_BYTES = 1_048_576

TIMEOUT_SECONDS = 20
"""For each connection and read; generator.bounded limits the whole."""

PIPE_SECONDS = 60

MAX_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)

ADVICE = "give a template file, https://... or s3://BUCKET/KEY"

_VERSION = re.compile(r"[?&](versionId=([^&#]+))")
_GZIP = b"\x1f\x8b"


def fetch(source: str) -> bytes:
    """Return the bytes of the file, address or object.

    Raises UnreadableError if they cannot be read, or are more than CloudFormation takes.
    """
    if not source:
        raise UnreadableError(f"the name of the template is empty: {ADVICE}")
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

    if odd := re.search("[^!-~]", source):
        raise UnreadableError(
            f"{label(source)}: no address holds {odd[0]!r}: write %20 for a space, and so on"
        )
    try:
        return in_time(lambda: _get(source))
    except BoundsError as error:
        raise UnreadableError(f"{label(source)}: the answer {error}: {ADVICE}") from None
    except OSError as error:
        reason = without_secrets(getattr(error, "reason", None) or error)
    except http.client.InvalidURL:  # its message holds all of the address
        reason = "that is no address"
    except http.client.HTTPException as error:
        reason = without_secrets(error) or type(error).__name__
    except ValueError:
        reason = "that is no address"
    raise UnreadableError(
        f"{label(source)}: download failed ({printable(reason)}): check the address and the network"
    )


def _get(source: str) -> bytes:
    import http.client
    import string
    from urllib.error import HTTPError
    from urllib.parse import quote, urljoin
    from urllib.request import (
        HTTPDefaultErrorHandler,
        HTTPErrorProcessor,
        HTTPSHandler,
        OpenerDirector,
        ProxyHandler,
    )

    # Nobody for redirects: urllib reads their bodies whole, and would ask http:// and ftp:// too.
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        HTTPSHandler(),
        HTTPErrorProcessor(),
        HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    address = source
    for _ in range(1 + MAX_REDIRECTS):
        try:
            with opener.open(address, timeout=TIMEOUT_SECONDS) as response:
                content: bytes = response.read(MAX_BYTES + 1)
                if len(content) <= MAX_BYTES and response.length:
                    raise http.client.IncompleteRead(content, response.length)
                return content
        except HTTPError as error:
            error.close()
            location = error.headers.get("Location", "") if error.code in REDIRECTS else ""
            if not location:
                reason = printable(without_secrets(error.reason))
                raise UnreadableError(
                    f"{label(source)}: the server answered {error.code} {reason}: check the "
                    "address (S3 may also answer 403 if the object does not exist)"
                ) from None
        # Headers are bytes, which http.client decodes so.
        address = urljoin(address, quote(location, encoding="iso-8859-1", safe=string.punctuation))
        if not address.startswith("https://"):
            raise UnreadableError(
                f"{label(source)}: redirects to {printable(label(address))}, and only https:// is "
                "safe from changes on the way: give an address that stays on https://"
            )
    raise UnreadableError(
        f"{label(source)}: redirects more than {MAX_REDIRECTS} times: give the address of the "
        "template itself"
    )


def _get_object(source: str) -> bytes:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    bucket, _, key = source.partition("://")[2].partition("/")
    key, asked, version = key.partition("?versionId=")  # as in the S3 console and in TemplateURL
    wanted = {"Bucket": bucket, "Key": key, **({"VersionId": version} if asked else {})}
    if asked and not re.fullmatch("[^&#]+", version):
        raise UnreadableError(
            f"{label(source)}: versionId names no version: write s3://BUCKET/KEY?versionId=VERSION"
        )
    if not bucket or not key:
        raise UnreadableError(f"{label(source)}: is not an object in S3: write s3://BUCKET/KEY")
    config = Config(
        connect_timeout=TIMEOUT_SECONDS,
        read_timeout=TIMEOUT_SECONDS,
        retries={"mode": "standard", "max_attempts": 3},
    )
    try:
        client = boto3.Session().client("s3", config=config)
        bound(client, MAX_BYTES)
        content: bytes = client.get_object(**wanted)["Body"].read()
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        action = "s3:GetObjectVersion" if version else "s3:GetObject"
        place = label(source).partition("://")[2].partition("?")[0]
        advice = {
            "AccessDenied": f"your credentials need {action} on arn:*:s3:::{place}",
            "NoSuchBucket": "check the bucket name",
            "NoSuchKey": "check the object key",
            "NoSuchVersion": "check the versionId",
        }.get(code, "check the bucket, the key and your credentials")
        raise UnreadableError(f"{label(source)}: S3 answered {printable(code)}: {advice}") from None
    except BoundsError as error:
        raise UnreadableError(f"{label(source)}: the answer {error}: {ADVICE}") from None
    except (BotoCoreError, OSError, ValueError, RuntimeError) as error:  # of headers: the last two
        reason = printable(" ".join(without_secrets(error).split()).rstrip("."))
        raise UnreadableError(
            f"{label(source)}: {reason}: check your credentials, the region and the network"
        ) from None
    return content
