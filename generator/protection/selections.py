"""Which resources a selection takes.

https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
"""

import re
from collections.abc import Iterator
from typing import Any

from _backup.matching import Known, like, unknown
from _backup.resource_arns import KIND_OF_TYPE

from generator.cloudformation.read import entry
from generator.protection.model import Reach, Selection, Tag
from generator.protection.resource_types import ARNS, GIVEN, NAMES
from generator.protection.texts import Stack, maps, text, texts

_TAG = "aws:ResourceTag/"
_REFERENCE = re.compile("\0=?([A-Za-z0-9]+)(?:\\.[A-Za-z0-9.]+)?\0")


def selections(stack: Stack) -> Iterator[Selection]:
    """Yield the selections of all plans."""
    for name, properties in stack.of_type("AWS::Backup::BackupSelection"):
        selection = entry(properties, "BackupSelection")
        yield Selection(
            name=name,
            plan=text(properties.get("BackupPlanId")),
            role=text(selection.get("IamRoleArn")),
            arns=texts(selection.get("Resources")),
            not_arns=texts(selection.get("NotResources")),
            any_tags=tuple(
                Tag("StringEquals", text(tag.get("ConditionKey")), text(tag.get("ConditionValue")))
                for tag in maps(selection.get("ListOfTags"))
            ),
            all_tags=tuple(
                Tag(operator, text(test.get("ConditionKey")), text(test.get("ConditionValue")))
                for operator, tests in entry(selection, "Conditions").items()
                for test in maps(tests)
            ),
        )


def searches(selection: Selection) -> bool:
    """Return whether AWS Backup has to look for what a selection takes, not only to take it."""
    tags = selection.any_tags or selection.all_tags
    return bool(tags) or any(re.search("[*?]", arn) for arn in selection.arns)


def reaches(stack: Stack, selection: Selection) -> Iterator[Reach]:
    """Yield what a selection takes: Resources and ListOfTags are a union, Conditions hold for all.

    Conditions name a tag with a prefix, and ListOfTags without: what does not, matches nothing.
    """
    if any(_is_none(tag) for tag in selection.all_tags):
        return
    everywhere = frozenset(
        Tag(tag.operator, tag.key.removeprefix(_TAG), tag.value) for tag in selection.all_tags
    )
    named = {arn: _type_of(stack, arn) for arn in (*selection.arns, *selection.not_arns)}
    for kind, rest in ARNS.items():
        arn = rest.replace(unknown("AWS::Region"), stack.place.region).replace(
            unknown("AWS::AccountId"), stack.place.account
        )
        takes = {
            pattern: its == kind if its else _takes(pattern, arn) for pattern, its in named.items()
        }
        without = frozenset(each for each in selection.not_arns if takes[each] is not False)
        if any(takes[each] for each in without if not named[each]):
            continue
        options = [
            ("" if takes[each] and not named[each] else each, frozenset[Tag](), each == "*")
            for each in selection.arns
            if takes[each] is not False and not any(like(but, each) for but in without)
        ]
        options += [
            ("", frozenset([tag]), True)
            for tag in selection.any_tags
            if not tag.key.startswith(_TAG)
        ]
        for pattern, tags, opted_in in options:
            yield Reach(
                kind,
                pattern,
                tags | everywhere,
                without,
                opted_in,
                selection.plan,
                selection.role,
            )
    for each in selection.arns:
        if named[each] == GIVEN:
            yield Reach(GIVEN, each, everywhere, frozenset(), False, selection.plan, selection.role)


def _is_none(tag: Tag) -> bool:
    """Return whether no resource fulfils a condition, because its key is no tag's."""
    is_tag = tag.key.startswith((_TAG, "\0"))
    return not is_tag and tag.operator in ("StringEquals", "StringLike")


def _type_of(stack: Stack, arn: str) -> str:
    """Return the type of what a reference means; empty: it is no reference."""
    found = _REFERENCE.fullmatch(arn)
    if not found:
        return GIVEN if arn.startswith("\0") else ""
    resource: dict[str, Any] = stack.resources.get(found[1], {})
    kind = KIND_OF_TYPE.get(str(resource.get("Type")))
    return NAMES[kind.service, kind.resource] if kind else GIVEN


def _takes(pattern: str, arn: str) -> Known:
    """Return whether a pattern takes all of the resources of a type; None: some, or unknown.

    ``arn`` is from the service on: a stack has only one partition.
    """
    if pattern == "*":
        return True
    return like(pattern.split(":", 2)[-1], arn) if pattern.startswith("arn:") else False
