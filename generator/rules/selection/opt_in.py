"""W9533: selections that the region's settings can switch off."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.rule import BackupRule, Finding, finding
from _backup.template import filled_together, selections
from _backup.values import Values


class SelectionOptIn(BackupRule):
    id = "W9533"
    shortdesc = "Selection by tags alone, which obeys the region's service opt-in"
    description = (
        "A selection without Resources backs up only the services that are switched on in the "
        "region's AWS Backup settings, and says nothing about the others; it also selects types "
        "that the role may not be able to back up. Resources by type ignore those settings."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html"
    tags = ["resources", "backup", "selection"]

    def check(self, values: Values) -> Iterator[Finding]:
        """Look for selections that have nothing but tags."""
        for selection in selections(values):
            both_properties = filled_together(values, selection, "Resources", "ListOfTags")
            for has_resources, has_tags, tags, given in both_properties:
                if has_resources is False and has_tags:
                    yield finding(
                        tags,
                        "ListOfTags without Resources obeys the region's service opt-in: "
                        "resources of a service that is switched off there are skipped "
                        "without an error: use Resources by type with Conditions, or check "
                        "aws backup describe-region-settings",
                        given,
                    )
