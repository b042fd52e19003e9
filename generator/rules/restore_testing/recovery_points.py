"""E9571: restore testing plans that AWS Backup refuses, or that find no recovery point."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case, Partial
from _backup.restore_tests import restore_plans, restore_selections
from _backup.rule import BackupRule, Problem, problem
from _backup.values import Values
from _backup.vault_arns import vault_arn_fault

WILDCARD = "${*}"  # what stands for any text, as an unknown part
HARM = {
    "IncludeVaults": "so the plan tests no recovery point of that vault",
    "ExcludeVaults": "so the plan does not exclude that vault",
}


# Property: the lowest and the highest number, and the unit.
RANGES = {
    "SelectionWindowDays": (1, 365, "days"),
    "StartWindowHours": (1, 168, "hours"),
    "ValidationWindowHours": (0, 168, "hours"),
}


def out_of_range(values: Values, owner: Case, name: str) -> Iterator[Problem]:
    """Yield a problem for each number of the property that AWS Backup does not accept."""
    low, high, unit = RANGES[name]
    for number in values.at(owner, name):
        if number.number is not None and not low <= number.number <= high:
            yield problem(
                number,
                f"{name} {number} is outside AWS Backup's range of {low} to {high} {unit}, so it "
                "refuses the restore test: use a number in the range",
            )


class RestoredRecoveryPoints(BackupRule):
    id = "E9571"
    shortdesc = "Restore test that AWS Backup refuses, or that looks in no vault"
    description = (
        "A restore testing plan needs the ARNs of vaults, or '*', not their names. It looks back 1 "
        "to 365 days for recovery points (SelectionWindowDays), starts within 1 to 168 hours "
        "(StartWindowHours), and keeps what it restored for 0 to 168 hours "
        "(ValidationWindowHours). cfn-lint knows none of these limits."
    )
    source_url = (
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/"
        "API_RestoreTestingRecoveryPointSelection.html"
    )
    tags = ["resources", "backup", "restore"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the vaults and the windows of restore testing plans and selections."""
        for plan in restore_plans(values):
            yield from out_of_range(values, plan, "StartWindowHours")
            for points in values.at(plan, "RecoveryPointSelection"):
                yield from out_of_range(values, points, "SelectionWindowDays")
                for name, harm in HARM.items():
                    for vault in values.items(values.at(points, name)):
                        yield from self._vault(values, vault, name, harm)
        for selection in restore_selections(values):
            yield from out_of_range(values, selection, "ValidationWindowHours")

    def _vault(self, values: Values, vault: Case, name: str, harm: str) -> Iterator[Problem]:
        if vault.text is None:
            return
        pattern = Partial(vault.text.replace("*", WILDCARD))
        fault = vault_arn_fault(values, Case(pattern, vault.path, vault.given))
        if fault:
            why, _, instead = fault.replace(WILDCARD, "*").partition(": ")
            yield problem(vault, f"{name} {vault}: {why}, {harm}: {instead}")
