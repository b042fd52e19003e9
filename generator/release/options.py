"""The options of publish and verify -> the buckets, and where in them; wrong ones are refused."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from generator import VERSION
from generator.hosts import object_url, partition
from generator.release.contents import MANIFEST, NAME, key

DEFAULT_FOLDER = f"{NAME}/v{VERSION}"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
MAX_TEMPLATE_URL = 1024
MAX_PORT = 65_535


class Target(NamedTuple):
    """A bucket; region None: the bucket's own, which S3 has to be asked for."""

    bucket: str
    region: str | None

    def __str__(self) -> str:
        """Return the bucket as messages name it."""
        return f"{self.bucket} ({self.region})" if self.region else self.bucket


def targets(bucket: str, regions: Sequence[str]) -> list[Target]:
    """Return the buckets that --bucket and --regions name, in the order of the regions.

    Raises ValueError with a sentence for whoever typed them.
    """
    for region in regions:
        partition(region)
    if "{region}" in bucket and not regions:
        raise ValueError(f"--bucket {bucket} needs the regions to put in: --regions us-east-1,...")
    if "{region}" not in bucket and len(regions) > 1:
        raise ValueError(
            f"--bucket {bucket} is one bucket, which is in one region: write {{region}} in the "
            "name, or name one region"
        )
    if len(set(regions)) < len(regions):
        raise ValueError(f"--regions {','.join(regions)} names a region twice: leave one out")
    named = [Target(bucket.replace("{region}", region), region) for region in regions]
    for target in (found := named or [Target(bucket, None)]):
        _check_bucket(target.bucket)
    return found


def folder(given: str | None) -> str:
    """Return the folder, checked: what is in it needs no escaping in a URL; None: the default.

    Raises ValueError with a sentence for whoever typed it.
    """
    if given is None:
        return DEFAULT_FOLDER
    segment = r"(?!\.{1,2}(/|$))[A-Za-z0-9_.-]+"
    if not re.fullmatch(rf"{segment}(/{segment})*", given):
        raise ValueError(
            f"--folder {given!r}: write letters, digits, '.', '_' and '-', with single slashes "
            f"between them and none at either end: {DEFAULT_FOLDER}"
        )
    longest = object_url("b" * 63, "us-gov-west-1", key(given, MANIFEST))
    if len(longest) > MAX_TEMPLATE_URL:
        raise ValueError(
            f"--folder of {len(given)} characters: a TemplateURL has at most {MAX_TEMPLATE_URL}: "
            "choose a shorter folder"
        )
    return given


def account(given: str | None) -> str | None:
    """Return the account ID, checked; None: not given.

    Raises ValueError with a sentence for whoever typed it.
    """
    if given is not None and not re.fullmatch(r"[0-9]{12}", given):
        raise ValueError(f"--expected-bucket-owner {given!r} is not an account ID: 12 digits")
    return given


def endpoint(given: str | None) -> str | None:
    """Return the URL of an S3, checked; None: not given, AWS's own.

    Raises ValueError with a sentence for whoever typed it.
    """
    label = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
    host = rf"({label}(\.{label})*|\[[0-9A-Fa-f:.]+\])"
    form = re.compile(rf"https?://{host}(:(?P<port>[0-9]{{1,5}}))?(/[^?#\s]*)?")
    if given is None:
        return None
    found = form.fullmatch(given)
    if not found or int(found["port"] or 0) > MAX_PORT:
        raise ValueError(f"--endpoint-url {given!r}: write http:// or https://, a host and a port")
    return given


def _check_bucket(name: str) -> None:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    if not re.fullmatch(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name):
        raise ValueError(
            f"--bucket {name!r} is not the name of a bucket: 3 to 63 lower-case letters, digits, "
            "'.' and '-' (and {region})"
        )
