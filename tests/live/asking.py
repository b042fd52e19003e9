"""Asks the local AWS about the cluster, as the command does."""

import os
from collections.abc import Callable
from datetime import datetime, timezone
from functools import cache
from typing import NamedTuple
from unittest import mock

from generator.live.account import Account
from generator.live.findings import Inspection
from generator.live.inspection import inspect
from tests.local_aws.cluster import NAME, Cluster

NOW = datetime(2026, 11, 25, 16, 20, tzinfo=timezone.utc)
"""Well after the jobs of the night."""
RARE = "backup.ListBackupVaults"
"""The request that is made only if the vault cannot be described."""


class Found(NamedTuple):
    """A finding, and the questions that it answers."""

    questions: str
    verdict: str
    text: str


def asked(
    cluster: Cluster,
    stack: str = NAME,
    since: int | None = None,
    told: Callable[[int, int], None] = lambda *_: None,
) -> Inspection:
    """Return what the live check finds out about the cluster."""
    with mock.patch.dict(os.environ, {**cluster.environment, "AWS_MAX_ATTEMPTS": "1"}):
        account = _account(cluster.aws.endpoint_url, cluster.aws.region)
        account.calls = 0
        return inspect(account, stack, since, told, cluster.now)


@cache
def _account(_: str, region: str) -> Account:
    """Return one account for all tests with this endpoint: to make its clients takes long."""
    return Account(region=region)


def found(inspection: Inspection) -> list[Found]:
    """Return the findings, each once."""
    questions: dict[tuple[str, str], list[str]] = {}
    for answer in inspection.answers:
        for each in answer.findings:
            its = questions.setdefault((each.verdict.words, each.text), [])
            its.append(answer.question.key)
    return [Found(" ".join(keys), *rest) for rest, keys in questions.items()]
