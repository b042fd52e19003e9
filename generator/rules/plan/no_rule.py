"""E9562: plans without a rule."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.rule import BackupRule, Problem, problem
from _backup.template import PLAN
from _backup.values import Values


class NoRule(BackupRule):
    id = "E9562"
    shortdesc = "Plan without a rule"
    description = (
        "A plan consists of one or more rules. AWS Backup refuses a plan without any, and cfn-lint "
        "accepts an empty list. A plan whose rules all depend on conditions has no finding: which "
        "of them are true is known at deployment."
    )
    source_url = (
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup-plan.html"
    )
    tags = ["resources", "backup", "plan"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check that each plan has a rule, under some condition at least."""
        for _, properties in values.of_type(PLAN):
            for rules in values.at(properties, "BackupPlan", "BackupPlanRule"):
                if rules.value in ([], {}) or (
                    isinstance(rules.value, list) and not any(values.items([rules]))
                ):
                    yield problem(
                        rules,
                        "BackupPlanRule has no rule, so AWS Backup refuses the plan: add a rule, "
                        "or remove the plan",
                    )
