"""Asks the local AWS about the cluster, as the command does."""

import os
from datetime import datetime, timezone
from typing import NamedTuple
from unittest import mock

from generator.live.account import Account
from generator.live.findings import Inspection
from generator.live.inspection import inspect
from tests.local_aws.cluster import NAME, Cluster
from tests.local_aws.local_s3 import SIGNED_IN

NOW = datetime(2026, 11, 25, 16, 20, tzinfo=timezone.utc)
"""Well after the jobs of the night."""
RARE = "backup.ListBackupVaults"
"""The request that is made only if the vault cannot be described."""


class Found(NamedTuple):
    """A finding, and the questions that it answers."""

    questions: str
    verdict: str
    text: str


def asked(cluster: Cluster, stack: str = NAME, since: int | None = None) -> Inspection:
    """Return what the live check finds out about the cluster."""
    environment = {**SIGNED_IN, "AWS_ENDPOINT_URL": cluster.aws.endpoint_url}
    with mock.patch.dict(os.environ, {**environment, "AWS_MAX_ATTEMPTS": "1"}):
        account = Account(region=cluster.aws.region)
        return inspect(account, stack, since, now=cluster.now)


def found(inspection: Inspection) -> list[Found]:
    """Return the findings, each once."""
    questions: dict[tuple[str, str], list[str]] = {}
    for answer in inspection.answers:
        for each in answer.findings:
            its = questions.setdefault((each.verdict.words, each.text), [])
            its.append(answer.question.key)
    return [Found(" ".join(keys), *rest) for rest, keys in questions.items()]
