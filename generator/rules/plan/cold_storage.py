"""W9563: cold storage for backups that never move to it."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import ABSENT, Case
from _backup.resource_arns import kinds_named
from _backup.rule import BackupRule, Problem, problem
from _backup.template import copies_of, filled, plan_rules, selections_of_plans
from _backup.values import Values

EBS = ("ec2", "volume/")


class ColdStorage(BackupRule):
    id = "W9563"
    shortdesc = "Cold storage for resources whose backups AWS Backup never moves there"
    description = (
        "AWS Backup moves only backups of some resource types to cold storage, and ignores the "
        "setting for all others, for example EC2 instances, FSx, RDS and S3. It archives EBS "
        "snapshots only with OptInToArchiveForSupportedResources. The backups then cost as much as "
        "without cold storage. A plan is checked only if all its selections in the template name "
        "such types alone."
    )
    source_url = (
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html"
    )
    tags = ["resources", "backup", "plan", "lifecycle"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Compare the lifecycles of each plan with what its selections name."""
        for plan, rules in plan_rules(values):
            selected = self._selected(values, str(plan.path[1]))
            for owner in (case for rule in rules for case in (rule, *copies_of(values, rule))):
                for lifecycle in values.at(owner, "Lifecycle"):
                    yield from self._lifecycle(values, lifecycle, selected)

    def _lifecycle(
        self, values: Values, lifecycle: Case, selected: dict[tuple[str, str], bool]
    ) -> Iterator[Problem]:
        archives = values.at(lifecycle, "OptInToArchiveForSupportedResources")
        archived = any(case.value is not ABSENT and case.text != "false" for case in archives)
        if not selected or not all(
            warm or (kind == EBS and not archived) for kind, warm in selected.items()
        ):
            return
        for move in values.at(lifecycle, "MoveToColdStorageAfterDays"):
            if move.number is None or move.number < 1:
                continue
            names = ", ".join(sorted(f"{':'.join(kind)}*" for kind in selected))
            advice = "remove it"
            if EBS in selected:
                advice += ", or set OptInToArchiveForSupportedResources to archive EBS snapshots"
            yield problem(
                move,
                f"MoveToColdStorageAfterDays {move} has no effect: the selections of this plan "
                f"name only {names}, and AWS Backup does not move backups of these to cold "
                f"storage, so they stay in warm storage until they are deleted: {advice}",
            )

    def _selected(self, values: Values, plan: str) -> dict[tuple[str, str], bool]:
        """Return what the selections of a plan name, and whether it stays warm; empty: unknown."""
        selected: dict[tuple[str, str], bool] = {}
        for whole, selection in selections_of_plans(values):
            if all(case.reference[0] != plan for case in values.at(whole, "BackupPlanId")):
                continue
            tags = [filled(values, case) for case in values.at(selection, "ListOfTags")]
            items = list(values.items(values.at(selection, "Resources")))
            kinds = [kinds_named(values, item) for item in items]
            if any(tag is not False for tag in tags) or not items or not all(kinds):
                return {}
            selected |= {
                (kind.service, kind.resource): kind.warm for each in kinds for kind in each
            }
        return selected
