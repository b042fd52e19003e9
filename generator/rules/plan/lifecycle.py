"""E9503: retention and cold storage that AWS Backup refuses."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case, together
from _backup.rule import BackupRule, Problem, problem
from _backup.template import copies_of, rules_of_plans
from _backup.values import Values

COLD_DAYS = 90
LONGEST_DAYS = 36_500
LONGEST_CONTINUOUS_DAYS = 35
NONE = -1  # no limit, as the API puts it


class Lifecycle(BackupRule):
    id = "E9503"
    shortdesc = "Retention or cold storage that AWS Backup refuses"
    description = (
        "AWS Backup keeps a recovery point for 1 to 36500 days. If it moves to cold storage, it "
        "must stay there for at least 90 days. Continuous backups are kept for at most 35 days "
        "and never move. Where both numbers are written in the lifecycle itself, cfn-lint's own "
        "E3504 reports that they are too close; this rule follows parameters and mappings."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html"
    tags = ["resources", "backup", "plan", "lifecycle"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the lifecycles of all rules and their copies."""
        for rule in rules_of_plans(values):
            for lifecycle in values.at(rule, "Lifecycle"):
                yield from self._days(values, lifecycle)
                yield from self._continuous(values, rule, lifecycle)
            for copy in copies_of(values, rule):
                for lifecycle in values.at(copy, "Lifecycle"):
                    yield from self._days(values, lifecycle)

    def _days(self, values: Values, lifecycle: Case) -> Iterator[Problem]:
        deletes = values.at(lifecycle, "DeleteAfterDays")
        moves = values.at(lifecycle, "MoveToColdStorageAfterDays")
        for name, cases in (("DeleteAfterDays", deletes), ("MoveToColdStorageAfterDays", moves)):
            for days in cases:
                number = days.number
                if number is None or number == NONE or 1 <= number <= LONGEST_DAYS:
                    continue
                yield problem(
                    days,
                    f"{name} {days} is outside the range of 1 to 36500 days, so AWS Backup refuses "
                    f"the plan: use a number in the range or remove {name}",
                )
        for (delete, move), given in together(deletes, moves):
            if delete.number is None or move.number is None or min(delete.number, move.number) < 1:
                continue
            whole = all(isinstance(case.value, int) for case in (delete, move))
            if whole and all(map(values.cfn_lint_reads, (delete, move))):
                continue  # cfn-lint's E3504
            if delete.number < move.number + COLD_DAYS:
                yield problem(
                    delete,
                    f"DeleteAfterDays {delete} is less than 90 days after "
                    f"MoveToColdStorageAfterDays {move}, so AWS Backup refuses the plan: use "
                    f"{move.number + COLD_DAYS} or more, or no cold storage",
                    given,
                )

    def _continuous(self, values: Values, rule: Case, lifecycle: Case) -> Iterator[Problem]:
        deletes = values.at(lifecycle, "DeleteAfterDays")
        moves = values.at(lifecycle, "MoveToColdStorageAfterDays")
        continuous = [case for case in values.at(rule, "EnableContinuousBackup") if case.true]
        for (on, delete), given in together(continuous, deletes):
            if delete.number is not None and delete.number > LONGEST_CONTINUOUS_DAYS:
                yield problem(
                    delete,
                    f"DeleteAfterDays {delete} is over the maximum of 35 days for continuous "
                    f"backups (EnableContinuousBackup {on}), so AWS Backup refuses the plan: use "
                    "35 or less, and another rule for backups that you keep longer",
                    given,
                    "continuous",
                )
        for (on, move), given in together(continuous, moves):
            if move.number is not None and move.number > 0:
                yield problem(
                    move,
                    f"MoveToColdStorageAfterDays {move} is not possible for continuous backups "
                    f"(EnableContinuousBackup {on}), so AWS Backup refuses the plan: remove one "
                    "of the two",
                    given,
                    "continuous",
                )
