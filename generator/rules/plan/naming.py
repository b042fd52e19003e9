"""E9505: names that AWS Backup refuses."""

import re
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import TOKEN, Case, both
from _backup.restore_tests import restore_plans, restore_selections
from _backup.rule import BackupRule, Problem, problem
from _backup.template import VAULTS, plan_rules, selections
from _backup.values import Values

# Property: allowed characters (None: AWS documents none), minimum and maximum length.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html
# https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html
# https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html
NAMES: dict[str, tuple[str | None, int, int]] = {
    "BackupVaultName": ("A-Za-z0-9_-", 2, 50),
    "TargetBackupVault": ("A-Za-z0-9_-", 2, 50),
    "BackupPlanName": (None, 1, 50),
    "RuleName": ("A-Za-z0-9_.-", 1, 50),
    "SelectionName": ("A-Za-z0-9_.-", 1, 50),
    "RestoreTestingPlanName": ("A-Za-z0-9_", 1, 50),
    "RestoreTestingSelectionName": ("A-Za-z0-9_", 1, 50),
}
# What cfn-lint itself refuses (E3031), if the name is written in the property.
REFUSED_BY_CFN_LINT = {
    "BackupVaultName": "(?![A-Za-z0-9_-]{2,50}$)",
    "SelectionName": "(?![A-Za-z0-9_.:-]+$)",
}
WORDS = {
    "A-Za-z0-9_.-": "letters, digits, '-', '_' and '.'",
    "A-Za-z0-9_-": "letters, digits, '-' and '_'",
    "A-Za-z0-9_": "letters, digits and '_'",
}
# What stands in a name once it is deployed. Only isolated partitions have a longer region's name.
DEPLOYED = {
    "${AWS::AccountId}": "1" * 12,
    "${AWS::Region}": "ap-southeast-1",
    "${AWS::URLSuffix}": "amazonaws.com",
}


def name_fault(kind: str, text: str) -> str | None:
    """Return why AWS Backup refuses the name, as far as it is known; None: no reason found."""
    characters, shortest, longest = NAMES[kind]
    deployed = TOKEN.sub(lambda token: DEPLOYED.get(token[0], token[0]), text)
    it = "it" if deployed == text else f"once it is deployed, for example as {deployed!r}, it"
    known = TOKEN.sub("", deployed)
    wrong = sorted(set(re.sub(f"[{characters}]", "", known))) if characters else []
    if wrong:
        return f"{it} contains {', '.join(map(repr, wrong))}: use only {WORDS[str(characters)]}"
    if len(known) > longest:
        return f"{it} has {len(known)} characters or more: use at most {longest}"
    if known == text and len(text) < shortest:
        return f"it is too short: use {shortest} to {longest} characters"
    return None


class Naming(BackupRule):
    id = "E9505"
    shortdesc = "Name of a vault, plan, rule, selection or restore test that AWS Backup refuses"
    description = (
        "The name of a vault has 2 to 50 letters, digits, '-' or '_'. The name of a rule or a "
        "selection has 1 to 50 and may contain '.'. The name of a plan has at most 50 characters. "
        "Each rule of a plan needs its own name. The name of a restore testing plan or selection "
        "has at most 50 letters, digits or '_'. A name counts as it is deployed: an account id has "
        "12 characters, and the name of a region up to 14."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html"
    tags = ["resources", "backup", "name"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check all names."""
        # A wrong name is reported where the vault or the plan gets it, not where it is used again.
        given = {
            kind: [name.text for owner in owners for name in values.at(owner, kind)]
            for kind, owners in {
                "BackupVaultName": [vault for _, vault in values.of_type(*VAULTS)],
                "RestoreTestingPlanName": list(restore_plans(values)),
            }.items()
        }
        for _, vault in values.of_type(*VAULTS):
            yield from self._name(values, vault, "BackupVaultName")
        for selection in selections(values):
            yield from self._name(values, selection, "SelectionName")
        for plan, rules in plan_rules(values):
            yield from self._name(values, plan, "BackupPlanName")
            for rule in rules:
                yield from self._name(values, rule, "RuleName")
                yield from self._name(values, rule, "TargetBackupVault", given["BackupVaultName"])
            yield from self._twice(values, rules)
        for restore_plan in restore_plans(values):
            yield from self._name(values, restore_plan, "RestoreTestingPlanName")
        for restore in restore_selections(values):
            names = given["RestoreTestingPlanName"]
            yield from self._name(values, restore, "RestoreTestingPlanName", names)
            yield from self._name(values, restore, "RestoreTestingSelectionName")

    def _name(
        self, values: Values, owner: Case, kind: str, elsewhere: Collection[str | None] = ()
    ) -> Iterator[Problem]:
        for name in values.at(owner, kind):
            if name.text is None or name.text in elsewhere:
                continue
            fault = name_fault(kind, name.text)
            refused = re.match(REFUSED_BY_CFN_LINT.get(kind, "(?!)"), name.text)
            if fault and not (refused and values.cfn_lint_reads(name)):
                yield problem(name, f"AWS Backup refuses {kind} {name}, because {fault}")

    def _twice(self, values: Values, rules: list[Case]) -> Iterator[Problem]:
        seen: list[Case] = []
        for rule in rules:
            for name in values.at(rule, "RuleName"):
                for other in seen:
                    given = both(name.given, other.given)
                    same = name.text is not None and name.text == other.text
                    if same and given is not None and name.path != other.path:
                        yield problem(
                            name,
                            f"RuleName {name} is also the name of another rule of this plan, so "
                            "jobs do not show which rule started them: give each its own name",
                            given,
                            "twice",
                        )
                seen.append(name)
