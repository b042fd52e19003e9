"""W9573: restore testing plans that do not say within how many hours they start."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import ABSENT
from _backup.restore_tests import restore_plans
from _backup.rule import BackupRule, Problem, problem
from _backup.values import Values


class StartWindow(BackupRule):
    id = "W9573"
    shortdesc = "Restore testing plan without StartWindowHours"
    description = (
        "AWS Backup starts a restore test at a random time in the start window. Without "
        "StartWindowHours that is within 24 hours of the schedule. Users report that an update "
        "which removes StartWindowHours leaves the old value: write the value that you want."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html"
    tags = ["resources", "backup", "restore"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check that each restore testing plan has a start window."""
        for plan in restore_plans(values):
            for hours in values.at(plan, "StartWindowHours"):
                if hours.value is ABSENT:
                    yield problem(
                        hours,
                        "StartWindowHours is not set, so a new plan starts its tests at a random "
                        "time within 24 hours of the schedule, and a plan that had a value is "
                        "reported to keep it: set StartWindowHours, from 1 to 168",
                    )
