"""W9532: selections of more than the tagged resources."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case, both, together
from _backup.rule import BackupRule, Problem, problem
from _backup.template import filled, filled_together, narrows, selections
from _backup.values import Values


class SelectionOfEverything(BackupRule):
    id = "W9532"
    shortdesc = "Selection of every resource, with or without the tag"
    description = (
        "Resources and ListOfTags add up: AWS Backup backs up what matches either of them. "
        "Resources and Conditions narrow each other down: it backs up what matches both. '*' "
        "alone selects everything in the account. Conditions with empty lists narrow nothing down."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html"
    tags = ["resources", "backup", "selection"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check what the parts of a selection select together."""
        for selection in selections(values):
            yield from self._union(values, selection)
            yield from self._everything(values, selection)

    def _union(self, values: Values, selection: Case) -> Iterator[Problem]:
        pairs = filled_together(values, selection, "Resources", "ListOfTags")
        for has_resources, has_tags, tags, given in pairs:
            if has_resources and has_tags:
                yield problem(
                    tags,
                    "ListOfTags does not narrow down Resources, so AWS Backup backs up both, every "
                    "resource in Resources and everything with one of the tags: use Conditions "
                    "with aws:ResourceTag/<key> to select only resources with the tag",
                    given,
                    "union",
                )

    def _everything(self, values: Values, selection: Case) -> Iterator[Problem]:
        conditions = values.at(selection, "Conditions")
        exceptions = values.at(selection, "NotResources")
        limits = [
            (narrows(values, one), filled(values, other), given)
            for (one, other), given in together(conditions, exceptions)
        ]
        items = list(values.items(values.at(selection, "Resources")))
        for item in items:
            for has_conditions, has_others, unlimited in limits:
                given = both(item.given, unlimited)
                nothing_limits = has_conditions is False and has_others is False
                if item.text == "*" and nothing_limits and given is not None:
                    yield problem(
                        item,
                        f"Resources {item} without Conditions selects every resource in the "
                        "account that AWS Backup supports: name resource types, for example "
                        "arn:aws:ec2:*:*:instance/*, or add Conditions",
                        given,
                    )
        for case in conditions:
            written = isinstance(case.value, dict) and narrows(values, case) is False
            if written and items and all(item.text != "*" for item in items):
                yield problem(
                    case,
                    "Conditions holds no condition, so it narrows nothing down, and AWS Backup "
                    "backs up everything in Resources: add a condition on aws:ResourceTag/<key>, "
                    "or remove Conditions",
                    about="empty",
                )
