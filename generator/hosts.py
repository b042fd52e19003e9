"""The addresses of S3 and of the console in every partition, without asking AWS."""

import functools
import re
from typing import Any

# AWS does not publish the host names of the consoles in other partitions.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
CONSOLE_HOSTS = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def partition(region: str) -> str:
    """Return the partition of a region, even if the region is newer than botocore.

    Raises ValueError if the name is not that of a region.
    """
    return str(_partition(region)["id"])


def url_suffix(region: str) -> str:
    """Return the domain of the services in a region: AWS::URLSuffix.

    Raises ValueError if the name is not that of a region.
    """
    return str(_partition(region)["outputs"]["dnsSuffix"])


def url_suffixes() -> list[str]:
    """Return the domains of the services in all partitions."""
    return sorted({str(each["outputs"]["dnsSuffix"]) for each in _partitions()})


def object_url(bucket: str, region: str, key: str) -> str:
    """Return the URL of an object, in the form that CloudFormation takes as TemplateURL.

    The bucket is part of the host, or of the path if its name has a dot: no TLS certificate matches
    a host with such a name.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
    """
    from urllib.parse import quote  # templates are made without it, and it takes a while

    host = f"s3.{region}.{url_suffix(region)}"
    path = quote(key)
    if "." in bucket:
        return f"https://{host}/{bucket}/{path}"
    return f"https://{bucket}.{host}/{path}"


def bucket_arn(bucket: str, region: str) -> str:
    """Return the ARN of a bucket; the ARN of an object adds a slash and the key."""
    return f"arn:{partition(region)}:s3:::{bucket}"


def launch_url(template_url: str, region: str, stack_name: str | None) -> str | None:
    """Return the console page that creates a stack of the template; None if none is known.

    Without a name for the stack, whoever creates it thinks of one.
    """
    from urllib.parse import quote

    host = CONSOLE_HOSTS.get(partition(region))
    if host is None:
        return None
    name = f"&stackName={quote(stack_name, safe='')}" if stack_name else ""
    return (
        f"https://{region}.{host}/cloudformation/home?region={region}#/stacks/create/review"
        f"?templateURL={quote(template_url, safe='')}{name}"
    )


def _partition(region: str) -> dict[str, Any]:
    for each in _partitions():
        if re.fullmatch(each["regionRegex"], region):
            return each
    raise ValueError(f"{region!r} is not the name of a region: write one such as us-east-1")


@functools.cache
def _partitions() -> list[dict[str, Any]]:
    # botocore makes the addresses of its requests from this table, which is part of the package. It
    # would take one in the user's ~/.aws/models first, and make other addresses on one machine.
    from botocore.loaders import Loader

    loader = Loader([Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    partitions: list[dict[str, Any]] = loader.load_data("partitions")["partitions"]
    return partitions
