"""docs/operations.md shows what the live check prints, and the pages have what its advice names."""

import ast
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from generator.live.findings import Inspection, Question
from generator.live.page import as_text
from generator.paths import ROOT
from tests.live.asking import NOW, asked
from tests.live.faults import FAULTS
from tests.local_aws.cluster import Cluster, healthy_cluster
from tests.local_aws.local_aws import ACCOUNT
from tests.project.pages import OPERATIONS
from tests.support.cli_lines import aws_findings
from tests.support.soca import CLUSTER_ID

ADVICE = re.compile(
    r"(?:see |.*?: )(?P<section>.+), in (?P<page>\S+)"
    r"|(?:see |.*: see )(?P<alone>docs/[\w-]+\.md)(?:: (?P<its>.+))?"
)
"""How an advice names a page: a section in it, or the page, perhaps with what it is about."""


def test_the_page_shows_what_is_printed(endpoint_url: str) -> None:
    text = OPERATIONS.read_text("utf-8").split("\n### Ask inspect\n")[1]
    well, unwell = re.findall(r"^```text\n(.*?)^```", text, re.DOTALL | re.MULTILINE)[:2]
    with healthy_cluster(endpoint_url, NOW) as cluster:
        _forget(cluster, "Lustre")
        cluster.here.fsx_file_systems.clear()  # every cluster of SOCA has the others
        assert well == as_text(_as_in_aws(asked(cluster), cluster))
        _forget(cluster, "EFSData")
        FAULTS["a value in capital letters"].breaks(cluster)
        cluster.deny("sns.ListSubscriptionsByTopic")
        printed = iter(as_text(_as_in_aws(asked(cluster), cluster)).splitlines())
    for line in unwell.splitlines():
        assert line == "..." or line in printed, line  # "in" goes on after the last one


def test_a_command_gives_the_tag_whatever_its_key(endpoint_url: str) -> None:
    key = "Backup plan=a@b"
    with healthy_cluster(endpoint_url, NOW, BackupTagKey=key) as cluster:
        advice = [each.advice for answer in asked(cluster).answers for each in answer.findings]
    commands = [shlex.split(each) for each in advice if each.startswith("aws ")]
    assert not [finding for words in commands for finding in aws_findings(words)]
    # The AWS CLI takes no such key before an equals sign, or another part of it.
    tags = {words[1]: words[words.index("--tags") + 1] for words in commands}
    assert json.loads(tags.pop("resourcegroupstaggingapi")) == {key: CLUSTER_ID}
    assert tags == dict.fromkeys(("ec2", "efs"), f"Key={key},Value={CLUSTER_ID}")


def _forget(cluster: Cluster, name: str) -> None:
    """Let a resource have never been backed up."""
    arn = cluster.resource(name).arn
    for its in (cluster.here.points, cluster.here.jobs, cluster.here.copy_jobs):
        its[:] = [each for each in its if each["ResourceArn"] != arn]


def _as_in_aws(inspection: Inspection, cluster: Cluster) -> Inspection:
    """Return the inspection with ids that are as long as those of AWS, and always the same."""
    names = {
        "Scheduler": "i-0123456789abcdef0",
        "EFSApps": "fs-0fedcba9876543210",
        "EFSData": "fs-0123456789abcdef0",
    }
    new = {re.split("[:/]", cluster.resource(name).arn)[-1]: its for name, its in names.items()}
    new |= {
        cluster.backup.name: "mycluster-Backup-1A2B3C4D5E6F",
        cluster.aws.region: "eu-west-1",
        ACCOUNT: "111122223333",
    }
    found: Inspection = _renamed(inspection, new)
    return found


def _renamed(value: Any, new: dict[str, str]) -> Any:
    if isinstance(value, str):
        for old, name in new.items():
            value = value.replace(old, name)
    elif is_dataclass(value) and not isinstance(value, type):
        its = {each.name: _renamed(getattr(value, each.name), new) for each in fields(value)}
        value = replace(value, **its)
    elif isinstance(value, list | tuple) and not isinstance(value, Question):
        value = [_renamed(each, new) for each in value]
    return value


def _texts() -> Iterator[str]:
    for path in (ROOT / "generator" / "live").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and ".md" in (text := str(node.value)):
                yield text


@pytest.mark.parametrize("text", sorted({*_texts()}))
def test_every_page_and_section_that_an_advice_names_exists(text: str) -> None:
    named = ADVICE.fullmatch(text)
    assert named, "say 'see SECTION, in docs/PAGE.md', or 'see docs/PAGE.md'"
    page = (ROOT / (named["page"] or named["alone"])).read_text("utf-8")
    headings = re.findall(r"^#+ (?:\d\. )?(.*)$", page, re.MULTILINE)
    assert named["section"] in (None, *headings)
    assert named["its"] in (None, *map(str.lower, headings))
