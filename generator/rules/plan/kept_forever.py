"""W9504: rules and copies that keep their recovery points forever."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import ABSENT, Case
from _backup.rule import BackupRule, Problem, problem
from _backup.template import copies_of, rules_of_plans
from _backup.values import Values


class KeptForever(BackupRule):
    id = "W9504"
    shortdesc = "Rule or copy without retention, whose recovery points are kept forever"
    description = (
        "Without DeleteAfterDays, AWS Backup never deletes a recovery point, and you pay for it "
        "until somebody deletes it by hand. Whether that is true of a copy without a lifecycle is "
        "not certain: AWS documents that it takes the lifecycle of its source, and a user reports "
        "that it is kept forever. Writing the lifecycle settles it."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html"
    tags = ["resources", "backup", "plan", "lifecycle"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the lifecycles of all rules and their copies."""
        for rule in rules_of_plans(values):
            yield from self._retention(
                values,
                rule,
                "AWS Backup keeps the recovery points of this rule forever, at your cost: set "
                "Lifecycle.DeleteAfterDays",
            )
            for copy in copies_of(values, rule):
                yield from self._retention(
                    values,
                    copy,
                    "AWS Backup keeps the copies forever, at your cost: set "
                    "Lifecycle.DeleteAfterDays in the copy action",
                    "it is not certain how long this copy is kept: AWS documents that it takes the "
                    "lifecycle of its source, and a user reports that it is kept forever. Set "
                    "Lifecycle.DeleteAfterDays in the copy action",
                )

    def _retention(
        self, values: Values, owner: Case, forever: str, without: str = ""
    ) -> Iterator[Problem]:
        for lifecycle in values.at(owner, "Lifecycle"):
            for days in values.at(lifecycle, "DeleteAfterDays"):
                if days.value is not ABSENT and days.number != -1:
                    continue
                missing = "Lifecycle" if lifecycle.value is ABSENT else "DeleteAfterDays"
                said = "-1" if days.number == -1 else "not set"
                consequence = without if without and lifecycle.value is ABSENT else forever
                yield problem(days, f"{missing} is {said}, so {consequence}", about=missing)
