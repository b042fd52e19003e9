"""Which resources a backup selection picks, by AWS's rules; it knows none of our templates.

- ``Resources`` and ``Conditions`` are an intersection, and the conditions hold together (AND).
- ``Conditions`` name a tag ``aws:ResourceTag/<key>``; keys and values are compared with their case.
- ``ListOfTags`` is refused here: alone it skips a type that the region has not opted in, and beside
  ``Resources`` it is a union, every instance of the account.

https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_PREFIX = "aws:ResourceTag/"
_KNOWN = {"SelectionName", "IamRoleArn", "Resources", "Conditions"}


@dataclass(frozen=True)
class Resource:
    """Something that could be backed up."""

    arn: str
    tags: Mapping[str, str] = field(default_factory=dict)


def selected(selection: Mapping[str, Any], resource: Resource) -> bool:
    """Return whether the selection picks the resource; ValueError for what is not known here."""
    conditions = selection.get("Conditions", {})
    if unknown := sorted({*selection} - _KNOWN | {*conditions} - {"StringEquals"}):
        raise ValueError(f"this evaluator does not know {unknown} in a selection")
    return any(_like(arn, resource.arn) for arn in selection["Resources"]) and all(
        condition["ConditionKey"].startswith(_PREFIX)
        and resource.tags.get(condition["ConditionKey"].removeprefix(_PREFIX))
        == condition["ConditionValue"]
        for condition in conditions.get("StringEquals", [])
    )


def _like(pattern: str, arn: str) -> bool:
    return bool(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), arn))
