"""W9532: selections of more than their tags say."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case, both
from _backup.rule import BackupRule, Finding, finding
from _backup.template import filled, selections
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
        for has_resources, resources in filled(values, values.at(selection, "Resources")):
            for has_tags, tags in filled(values, values.at(selection, "ListOfTags")):
                given = both(resources.given, tags.given)
                if has_resources and has_tags and given is not None:
                    yield finding(
                        tags,
                        "ListOfTags beside Resources does not narrow them down: both are backed "
                        "up, every resource in Resources and everything with one of the tags: "
                        "use Conditions with aws:ResourceTag/<key> to get those with the tag",
                        given,
                        "union",
                    )

    def _everything(self, values: Values, selection: Case) -> Iterator[Finding]:
        for item in values.items(values.at(selection, "Resources")):
            if item.text != "*":
                continue
            for limited, case in self._limits(values, selection):
                given = both(item.given, case.given)
                if limited is False and given is not None:
                    yield finding(
                        item,
                        f"Resources {item} without Conditions selects every resource of the "
                        "account that AWS Backup supports: name types, for example "
                        "arn:aws:ec2:*:*:instance/*, or add Conditions",
                        given,
                    )

    def _limits(self, values: Values, selection: Case) -> Iterator[tuple[bool | None, Case]]:
        """Yield whether anything narrows the selection down, and when; None: not known."""
        for has_conditions, conditions in filled(values, values.at(selection, "Conditions")):
            for has_others, others in filled(values, values.at(selection, "NotResources")):
                given = both(conditions.given, others.given)
                if given is not None:
                    known = None not in (has_conditions, has_others)
                    limited = bool(has_conditions or has_others) if known else None
                    yield limited, Case(None, conditions.path, given)
