"""Does CloudFormation take a TemplateURL."""

import re
from collections.abc import Iterator

from generator import hosts
from generator.cloudformation.finding import Finding
from generator.cloudformation.possible_values import UNKNOWN
from generator.cloudformation.read import Template
from generator.parent.nested_stacks import NestedStack

# An id that starts with W is a warning, as in cfn-lint.
REGION = "W9603"
REFUSED = "E9605"
DOT = "W9606"

_HOST_WITHOUT_REGION = re.compile(
    r"https?://([^/]*\.)?s3(-accelerate)?(\.dualstack)?\.amazonaws\.com(\.cn)?(:443)?/", re.ASCII
)
_S3 = re.compile(r"(?:(?P<bucket>.+)\.)?s3(?:-[^.]+)?(?:\.[^.]+)*?")
_USE = "https://<bucket>.s3.<region of the bucket>.${AWS::URLSuffix}/..."


def url_findings(parent: Template, stack: NestedStack) -> Iterator[Finding]:
    """Yield what is wrong with the addresses that TemplateURL can be.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
    """
    position = parent.position(stack.path("TemplateURL"))
    for url in stack.urls:
        if reason := _refusal(url):
            yield Finding(*position, REFUSED, f"{reason}: use {_USE}")
            continue
        if _HOST_WITHOUT_REGION.match(url):
            yield Finding(
                *position,
                REGION,
                "warning: this TemplateURL names no region, so it fails outside the partition aws: "
                f"use {_USE}",
            )
        if "." in (bucket := _bucket(url)):
            shown = bucket.replace(UNKNOWN, "...")
            yield Finding(
                *position,
                DOT,
                f"warning: the bucket name {shown!r} has a dot, and no TLS certificate of S3 "
                "covers a host that begins with it: use https://s3.<region of the bucket>."
                "${AWS::URLSuffix}/<bucket>/...",
            )


def _refusal(url: str) -> str:
    """Return why CloudFormation refuses the address; empty if it may take it.

    An address without a scheme is a file that `aws cloudformation package` uploads.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or UNKNOWN in scheme:
        return ""
    if scheme.lower() != "https":
        return f"TemplateURL begins with {scheme}://, and CloudFormation takes only https://"
    host = _host(rest)
    if _may_be_s3(host):
        return ""
    shown = host.rpartition("@")[2].replace(UNKNOWN, "...")
    return f"TemplateURL is not an address of S3 ({shown}), and CloudFormation takes no other"


def _host(rest: str) -> str:
    return rest.partition("/")[0].partition("?")[0].lower().removesuffix(":443")


def _may_be_s3(host: str) -> bool:
    if UNKNOWN not in host:
        return _s3(host) is not None
    known = host.rpartition(UNKNOWN)[2]
    ends = [f".{suffix}" for suffix in hosts.url_suffixes()]
    return not known.startswith(".") or any(
        known.endswith(end) or end.endswith(known) for end in ends
    )


def _bucket(url: str) -> str:
    """Return the bucket that the host begins with; empty if it is in the path, or not known."""
    match = _s3(_host(url.partition("://")[2]))
    bucket = (match["bucket"] if match else None) or ""
    return "" if ".vpce-" in f".{bucket}" else bucket


def _s3(host: str) -> re.Match[str] | None:
    for suffix in hosts.url_suffixes():
        if host.endswith(f".{suffix}"):
            return _S3.fullmatch(host.removesuffix(f".{suffix}"))
    return None
