"""Which resources a backup selection picks, by AWS's rules; it knows none of our templates.

- ``Resources`` and ``ListOfTags`` together are a union, ``Resources`` and ``Conditions`` an
  intersection; the conditions hold together (AND), one entry of ``ListOfTags`` is enough (OR).
- ``Conditions`` name a tag ``aws:ResourceTag/<key>``, ``ListOfTags`` name its bare key.
- Keys and values are compared with their case.
- A selection by tag alone skips a type that the region has not opted in; named types are not
  skipped.

https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

_PREFIX = "aws:ResourceTag/"
_KNOWN = {"SelectionName", "IamRoleArn", "Resources", "ListOfTags", "Conditions"}


@dataclass(frozen=True)
class Resource:
    """Something that could be backed up."""

    arn: str
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def service(self) -> str:
        """The service, as it is opted in."""
        return self.arn.split(":")[2]


def selected(
    selection: Mapping[str, Any], resource: Resource, opted_out: Collection[str] = ()
) -> bool:
    """Return whether the selection picks the resource; ``opted_out`` are services.

    Raises ValueError for a selection that AWS Backup refuses, or that is not known here.
    """
    if unknown := sorted(set(selection) - _KNOWN):
        raise ValueError(f"this evaluator does not know {unknown} in a selection")
    arns, tags = selection.get("Resources", []), selection.get("ListOfTags", [])
    if not arns and not tags:
        raise ValueError("Either 'ListOfTags' or 'Resources' section must be non-empty")
    named = any(_like(arn, resource.arn) for arn in arns)
    if not named and resource.service in opted_out:
        return False
    tagged = any(_tag_matches(entry, resource.tags) for entry in tags)
    return (named or tagged) and _conditions_hold(selection.get("Conditions", {}), resource.tags)


def _tag_matches(entry: Mapping[str, str], tags: Mapping[str, str]) -> bool:
    if entry["ConditionType"] != "STRINGEQUALS":
        raise ValueError(f"ListOfTags knows STRINGEQUALS only, not {entry['ConditionType']!r}")
    return tags.get(entry["ConditionKey"]) == entry["ConditionValue"]


def _conditions_hold(conditions: Mapping[str, Any], tags: Mapping[str, str]) -> bool:
    if unknown := sorted(set(conditions) - {"StringEquals"}):
        raise ValueError(f"this evaluator does not know {unknown} in Conditions")
    return all(
        condition["ConditionKey"].startswith(_PREFIX)
        and tags.get(condition["ConditionKey"].removeprefix(_PREFIX)) == condition["ConditionValue"]
        for condition in conditions.get("StringEquals", [])
    )


def _like(pattern: str, arn: str) -> bool:
    return bool(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), arn))
