"""The JSON on the pages: it parses, its actions exist, and it does what the text says."""

import fnmatch
import importlib
import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from _backup.iam import allows, as_list
from awacs.aws import Action

from tests.project.pages import OPERATIONS, PAGES, shown

FENCED = re.compile(r"^( *)```json\n(.*?)^\1```", re.DOTALL | re.MULTILINE)


def documents(page: Path) -> Iterator[Any]:
    """Yield what each JSON block of a page holds, in a list of the page or outside."""
    for _, text in FENCED.findall(page.read_text("utf-8")):
        yield json.loads(textwrap.dedent(text))


def statements(document: Any) -> list[dict[str, Any]]:
    """Return the statements of a policy, of a list of statements, or of one statement."""
    found = document.get("Statement", document) if isinstance(document, dict) else document
    return [each for each in (found if isinstance(found, list) else [found]) if "Effect" in each]


def actions(page: Path) -> list[str]:
    return [
        action
        for document in documents(page)
        for statement in statements(document)
        for action in as_list(statement["Action"])
    ]


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_action_of_a_policy_exists(page: Path) -> None:
    for action in actions(page):
        service, _, name = action.partition(":")
        known = vars(importlib.import_module(f"awacs.{service}")).values()
        names = [str(each.action) for each in known if isinstance(each, Action)]
        assert fnmatch.filter(names, name), action


def test_there_are_policies_to_check() -> None:
    assert len({action for page in PAGES for action in actions(page)}) > 10


@pytest.mark.parametrize(
    ("tag", "may"), [("soca:BackupPlan", False), ("edh:BackupPlan", False), ("Name", True)]
)
def test_a_compute_node_may_be_kept_from_the_backup_tag_alone(tag: str, may: bool) -> None:
    [denial] = [each for each in documents(OPERATIONS) if "LeaveTheBackupTagAlone" in str(each)]
    of_the_node = {"Statement": {"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*"}}
    volume = "arn:aws:ec2:us-east-1:111122223333:volume/vol-1"
    keys = {"aws:TagKeys": ["Owner", tag]}
    assert allows([of_the_node, denial], "ec2:CreateTags", volume, keys) is may
