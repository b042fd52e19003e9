"""How S3 and the console are addressed, in every partition; known without asking anybody."""

import functools
import re
from typing import Any
from urllib.parse import quote

# Partitions that are not here have a console whose host name is not published.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
CONSOLE_HOSTS = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def partition(region: str) -> str:
    """Return the partition of a region, also of a region that is newer than botocore.

    Raises ValueError where the name is none of a region.
    """
    return str(_partition(region)["id"])


def url_suffix(region: str) -> str:
    """Return the domain of the services in a region: AWS::URLSuffix.

    Raises ValueError where the name is none of a region.
    """
    return str(_partition(region)["outputs"]["dnsSuffix"])


def object_url(bucket: str, region: str, key: str) -> str:
    """Return the URL of an object, in the form that CloudFormation takes as TemplateURL.

    Virtual-hosted, but path style for a name with a dot: no TLS certificate matches its host.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
    """
    host = f"s3.{region}.{url_suffix(region)}"
    path = quote(key)
    if "." in bucket:
        return f"https://{host}/{bucket}/{path}"
    return f"https://{bucket}.{host}/{path}"


def bucket_arn(bucket: str, region: str) -> str:
    """Return the ARN of a bucket; an object's is this one, a slash and its key."""
    return f"arn:{partition(region)}:s3:::{bucket}"


def launch_url(template_url: str, region: str, stack_name: str) -> str | None:
    """Return the console page that creates a stack of the template, None where none is known."""
    host = CONSOLE_HOSTS.get(partition(region))
    if host is None:
        return None
    return (
        f"https://{region}.{host}/cloudformation/home?region={region}#/stacks/create/review"
        f"?templateURL={quote(template_url, safe='')}&stackName={stack_name}"
    )


def _partition(region: str) -> dict[str, Any]:
    for each in _partitions():
        if re.fullmatch(each["regionRegex"], region):
            return each
    raise ValueError(f"{region!r} is not the name of a region: write one as in us-east-1")


@functools.cache
def _partitions() -> list[dict[str, Any]]:
    # The table from which botocore makes the addresses of its requests; it comes with the package.
    from botocore.loaders import Loader

    found: list[dict[str, Any]] = Loader().load_data("partitions")["partitions"]
    return found
