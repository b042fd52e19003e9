"""Checks the options of publish and verify, and turns them into buckets and folders."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from generator import VERSION
from generator.hosts import object_url, partition
from generator.printable import without_secrets
from generator.release.contents import MANIFEST, NAME, key

DEFAULT_FOLDER = f"{NAME}/v{VERSION}"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
MAX_TEMPLATE_URL = 1024
MAX_PORT = 65_535


class Target(NamedTuple):
    """A bucket; the region is None if only S3 knows it."""

    bucket: str
    region: str | None

    def __str__(self) -> str:
        """Return the bucket as messages show it."""
        return f"{self.bucket} ({self.region})" if self.region else self.bucket


def targets(bucket: str, regions: Sequence[str]) -> list[Target]:
    """Return the buckets that --bucket and --regions name, in the order of the regions.

    Raises ValueError, with a sentence for the user.
    """
    for region in regions:
        partition(region)
    if "{region}" in bucket and not regions:
        raise ValueError(f"--bucket {bucket} needs regions: add --regions us-east-1,...")
    if "{region}" not in bucket and len(regions) > 1:
        raise ValueError(
            f"--bucket {bucket} is one bucket, and a bucket is in one region: write {{region}} in "
            "the name, or give one region"
        )
    if len(set(regions)) < len(regions):
        raise ValueError(f"--regions {','.join(regions)} names a region twice: remove one")
    buckets = [Target(bucket.replace("{region}", region), region) for region in regions]
    buckets = buckets or [Target(bucket, None)]
    for target in buckets:
        _check_bucket(target.bucket)
    return buckets


def folder(prefix: str | None) -> str:
    """Return the folder, or the default if there is none; it needs no escaping in a URL.

    Raises ValueError, with a sentence for the user.
    """
    if prefix is None:
        return DEFAULT_FOLDER
    segment = r"(?!\.{1,2}(/|$))[A-Za-z0-9_.-]+"
    if not re.fullmatch(rf"{segment}(/{segment})*", prefix):
        raise ValueError(
            f"--folder {prefix!r} is not a folder: write letters, digits, '.', '_' and '-', with "
            f"single slashes between them and none at either end, such as {DEFAULT_FOLDER}"
        )
    longest = object_url("b" * 63, "us-gov-west-1", key(prefix, MANIFEST))
    if len(longest) > MAX_TEMPLATE_URL:
        raise ValueError(
            f"--folder has {len(prefix)} characters, and a TemplateURL at most {MAX_TEMPLATE_URL}: "
            "choose a shorter folder"
        )
    return prefix


def account(account_id: str | None) -> str | None:
    """Return the account ID, or None if there is none.

    Raises ValueError, with a sentence for the user.
    """
    if account_id is not None and not re.fullmatch(r"[0-9]{12}", account_id):
        raise ValueError(
            f"--expected-bucket-owner {account_id!r} is not an account ID: write its 12 digits"
        )
    return account_id


def endpoint(url: str | None) -> str | None:
    """Return the URL of an S3 endpoint, or None for AWS's own.

    Raises ValueError, with a sentence for the user.
    """
    label = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
    host = rf"({label}(\.{label})*|\[[0-9A-Fa-f:.]+\])"
    form = re.compile(rf"https?://{host}(:(?P<port>[0-9]{{1,5}}))?(/[^?#\s]*)?")
    if url is None:
        return None
    match = form.fullmatch(url)
    if not match or int(match["port"] or 0) > MAX_PORT:
        shown = without_secrets(url).rpartition("@")[2]
        raise ValueError(
            f"--endpoint-url cannot be used ({shown!r}): write http:// or https://, a host and a "
            "port, and no user, query or fragment"
        )
    return url


def _check_bucket(name: str) -> None:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    if not re.fullmatch(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name):
        raise ValueError(
            f"--bucket {name!r} is not the name of a bucket: write 3 to 63 lower-case letters, "
            "digits, '.' and '-' (and {region})"
        )
