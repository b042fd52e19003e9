"""What an account has in a region, as plain data, of what moto 5.2.5 does not know."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, NamedTuple

from tests.local_aws.errors import AnsweredError
from tests.local_aws.front import Parameters


@dataclass
class ServedStack:
    """A stack of CloudFormation."""

    described: dict[str, Any]
    """As DescribeStacks has it."""
    template: str
    resources: list[dict[str, Any]] = field(default_factory=list)
    """As ListStackResources has them."""


@dataclass
class Served:
    """The data; a test changes it at will. Members are named as in AWS's answers."""

    account: str
    region: str
    stacks: list[ServedStack] = field(default_factory=list)
    vaults: defaultdict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    """Vault to what DescribeBackupVault says otherwise than moto."""
    vault_policies: dict[str, str] = field(default_factory=dict)
    selections: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Plan id to selection id to selection."""
    next_starts: dict[str, list[datetime]] = field(default_factory=dict)
    """Rule name to its next runs."""
    points: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    copy_jobs: list[dict[str, Any]] = field(default_factory=list)
    restore_jobs: list[dict[str, Any]] = field(default_factory=list)
    restore_plans: list[dict[str, Any]] = field(default_factory=list)
    region_settings: dict[str, dict[str, bool]] = field(default_factory=dict)
    fsx_file_systems: list[dict[str, Any]] = field(default_factory=list)
    fsx_volumes: list[dict[str, Any]] = field(default_factory=list)
    alarms: defaultdict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    """Alarm to what DescribeAlarms says otherwise than moto."""
    unconfirmed: set[str] = field(default_factory=set)
    """Endpoints whose owners have not confirmed the subscription."""
    most_per_page: int = 1000
    """No page of a list is longer."""


class Paging(NamedTuple):
    """What a service calls the parameters of its pages, and how long a page is."""

    limit: str = "MaxResults"
    token: str = "NextToken"
    usual: int = 1000


PAGING = Paging()


def page(
    served: Served, asked: Parameters, items: Iterable[Any], paging: Paging = PAGING
) -> tuple[list[Any], str | None]:
    """Return a page of the list, and the token of the next one.

    The token belongs to the question: with other filters it is refused, as services do.
    """
    size = min(asked.pop(paging.limit, paging.usual), paging.usual, served.most_per_page)
    given = asked.pop(paging.token, None)
    question = hashlib.sha256(repr(asked).encode()).hexdigest()
    start = 0
    if given:
        start, _, of = given.partition("-")
        if of != question:
            raise AnsweredError(
                "InvalidParameterValueException", f"{paging.token} is of another question"
            )
    end = int(start) + size
    found = list(items)
    return found[int(start) : end], f"{end}-{question}" if end < len(found) else None


def without_none(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer without the members that have no value."""
    return {name: value for name, value in answer.items() if value is not None}


def utc(value: datetime) -> datetime:
    """Return the time with its zone; moto takes it away."""
    return value if value.tzinfo else value.replace(tzinfo=timezone.utc)
