"""W9533: selections that depend on the region's settings."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.rule import BackupRule, Problem, problem
from _backup.template import filled_together, selections
from _backup.values import Values


class SelectionOptIn(BackupRule):
    id = "W9533"
    shortdesc = "Selection by tags alone, which depends on the region's service opt-in"
    description = (
        "A selection without Resources covers only the services that are turned on in the "
        "region's AWS Backup settings, and there is no error for the others. It also selects "
        "resource types that the role may not be able to back up. Resource types in Resources do "
        "not depend on these settings."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html"
    tags = ["resources", "backup", "selection"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check for selections that have nothing but tags."""
        for selection in selections(values):
            pairs = filled_together(values, selection, "Resources", "ListOfTags")
            for has_resources, has_tags, tags, given in pairs:
                if has_resources is False and has_tags:
                    yield problem(
                        tags,
                        "ListOfTags without Resources depends on the region's service opt-in: AWS "
                        "Backup skips the resources of a service that is turned off there, without "
                        "an error: name resource types in Resources and use Conditions, or check "
                        "aws backup describe-region-settings",
                        given,
                    )
