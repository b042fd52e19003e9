"""E9531: selections that match nothing or that AWS Backup refuses."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import TOKEN, Case
from _backup.rule import BackupRule, Problem, problem
from _backup.template import filled_together, selections
from _backup.values import Values

PREFIX = "aws:ResourceTag/"
OPERATORS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")


class SelectionOfNothing(BackupRule):
    id = "E9531"
    shortdesc = "Selection that matches nothing or that AWS Backup refuses"
    description = (
        "ListOfTags needs the bare tag key; Conditions need aws:ResourceTag/<key>. AWS Backup "
        "accepts the wrong form, which matches nothing: there is no job and no error. It refuses "
        "Conditions alone."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html"
    tags = ["resources", "backup", "selection"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the keys of tags, and that there is something to select from."""
        for selection in selections(values):
            yield from self._tags(values, selection)
            yield from self._conditions(values, selection)
            yield from self._nothing(values, selection)

    def _tags(self, values: Values, selection: Case) -> Iterator[Problem]:
        for tag in values.items(values.at(selection, "ListOfTags")):
            for key in values.at(tag, "ConditionKey"):
                if (key.text or "").lower().startswith(PREFIX.lower()):
                    yield problem(
                        key,
                        f"ConditionKey {key} in ListOfTags is not a bare tag key, so it matches "
                        f"nothing and nothing is backed up: use {str(key.text)[len(PREFIX) :]!r}",
                    )

    def _conditions(self, values: Values, selection: Case) -> Iterator[Problem]:
        for operator in OPERATORS:
            for test in values.items(values.at(selection, "Conditions", operator)):
                for key in values.at(test, "ConditionKey"):
                    text = key.text or ""
                    beginning = TOKEN.split(text)[0]
                    bare = not beginning.startswith(PREFIX) and (
                        beginning == text or not PREFIX.startswith(beginning)
                    )
                    if text and bare:
                        yield problem(
                            key,
                            f"ConditionKey {key} in Conditions does not begin with {PREFIX!r}, so "
                            "it refers to no tag and the selection is not what it says: use "
                            f"{PREFIX + text.rpartition('/')[2]!r}",
                        )

    def _nothing(self, values: Values, selection: Case) -> Iterator[Problem]:
        pairs = filled_together(values, selection, "Resources", "ListOfTags")
        for has_resources, has_tags, _, given in pairs:
            if has_resources is False and has_tags is False:
                yield problem(
                    selection,
                    "BackupSelection has neither Resources nor ListOfTags, so AWS Backup "
                    "refuses it, with or without Conditions: add Resources, for example "
                    "arn:aws:ec2:*:*:instance/*",
                    given,
                    "nothing",
                )
