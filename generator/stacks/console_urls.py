"""Addresses of AWS Backup's console, in every partition."""

from typing import Any

from troposphere import Equals, Ref, Sub

from generator.hosts import CONSOLE_HOSTS
from generator.stacks.declarations import Flag

IS_CHINA = Flag("IsChina", Equals(Ref("AWS::Partition"), "aws-cn"))
IS_GOVCLOUD = Flag("IsGovCloud", Equals(Ref("AWS::Partition"), "aws-us-gov"))

# Conditions, not a mapping: in a partition without a row in the mapping, no stack could deploy.
HOST = IS_CHINA.then(
    CONSOLE_HOSTS["aws-cn"],
    IS_GOVCLOUD.then(CONSOLE_HOSTS["aws-us-gov"], CONSOLE_HOSTS["aws"]),
)

DECLARED = (IS_CHINA, IS_GOVCLOUD)


def address(page: str) -> str:
    """Return the address of a page as a string for ``Sub``, which also needs ``Host=HOST``."""
    return "https://${AWS::Region}.${Host}/backup/home?region=${AWS::Region}" + page


def url(page: str, **values: Any) -> Sub:
    """Return the address of a page, in which ``values`` are filled in."""
    return Sub(address(page), Host=HOST, **values)


JOBS = "#/jobs"
JOBS_ADDRESS = address(JOBS)
