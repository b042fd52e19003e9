"""W9533: selections that depend on the region's settings."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.rule import BackupRule, Problem, checks_off, problem
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
        by_tags = [
            (tags, given)
            for selection in selections(values)
            for has_resources, has_tags, tags, given in filled_together(
                values, selection, "Resources", "ListOfTags"
            )
            if has_resources is False and has_tags and values.possible(given)
        ]
        # The settings of the region are one cause, however many selections depend on them.
        off = [self.id in checks_off(values.resources[str(tags.path[1])]) for tags, _ in by_tags]
        wanted = [each for each, is_off in zip(by_tags, off, strict=True) if not is_off] or by_tags
        names = list(dict.fromkeys(str(tags.path[1]) for tags, _ in wanted))
        for tags, given in wanted[:1]:
            others = f" (so do {', '.join(names[1:])})" if names[1:] else ""
            yield problem(
                tags,
                f"ListOfTags without Resources depends on the region's service opt-in{others}: AWS "
                "Backup skips the resources of a service that is turned off there, and there is no "
                "error. Name resource types in Resources and use Conditions, or check aws backup "
                "describe-region-settings",
                given,
            )
