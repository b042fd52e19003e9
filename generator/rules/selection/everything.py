"""W9532: selections of more than their tags say."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case, both
from _backup.rule import BackupRule, Finding, finding
from _backup.template import filled_together, selections
from _backup.values import Values


class SelectionScope(BackupRule):
    id = "W9532"
    shortdesc = "Selection of every resource, whatever its tags"
    description = (
        "Resources and ListOfTags add up: what either of them names is backed up, while "
        "Resources and Conditions narrow each other down. '*' alone is everything in the account."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html"
    tags = ["resources", "backup", "selection"]

    def check(self, values: Values) -> Iterator[Finding]:
        """Look at what the parts of a selection make together."""
        for selection in selections(values):
            yield from self._union(values, selection)
            yield from self._everything(values, selection)

    def _union(self, values: Values, selection: Case) -> Iterator[Finding]:
        both_properties = filled_together(values, selection, "Resources", "ListOfTags")
        for has_resources, has_tags, tags, given in both_properties:
            if has_resources and has_tags:
                yield finding(
                    tags,
                    "ListOfTags beside Resources does not narrow them down: both are backed "
                    "up, every resource in Resources and everything with one of the tags: "
                    "use Conditions with aws:ResourceTag/<key> to get those with the tag",
                    given,
                    "union",
                )

    def _everything(self, values: Values, selection: Case) -> Iterator[Finding]:
        limits = list(filled_together(values, selection, "Conditions", "NotResources"))
        for item in values.items(values.at(selection, "Resources")):
            for has_conditions, has_others, _, unlimited in limits:
                given = both(item.given, unlimited)
                nothing_limits = has_conditions is False and has_others is False
                if item.text == "*" and nothing_limits and given is not None:
                    yield finding(
                        item,
                        f"Resources {item} without Conditions selects every resource of the "
                        "account that AWS Backup supports: name types, for example "
                        "arn:aws:ec2:*:*:instance/*, or add Conditions",
                        given,
                    )
