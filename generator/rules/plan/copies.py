"""E9506: copies to something that is not a vault, to their own vault, or twice to one."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import TOKEN, Case, both
from _backup.rule import BackupRule, Problem, problem
from _backup.template import (
    arn_parts,
    copies_of,
    rules_of_plans,
    selections,
    vault_at,
    vault_named,
)
from _backup.values import Values
from _backup.vault_arns import vault_arn_fault


class Copies(BackupRule):
    id = "E9506"
    shortdesc = "Copy to something that is not another vault in the same partition"
    description = (
        "A copy action needs the ARN of a vault, not its name. The vault must be in the stack's "
        "partition, it must not be the vault that the rule already uses, and a rule may name it "
        "only once. CloudFormation and cfn-lint's own rules accept any text; then AWS refuses the "
        "plan, or every copy job fails."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CopyAction.html"
    tags = ["resources", "backup", "plan", "copy"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the copy actions of all rules."""
        home = list(self._partitions(values))
        for rule in rules_of_plans(values):
            targets = values.at(rule, "TargetBackupVault")
            seen: list[Case] = []
            for copy in copies_of(values, rule):
                for destination in values.at(copy, "DestinationBackupVaultArn"):
                    if destination.text is None:
                        continue
                    yield from self._form(values, destination)
                    yield from self._same(values, destination, targets)
                    yield from self._twice(destination, copy, seen)
                    yield from self._elsewhere(destination, home)
                    seen.append(destination)

    def _form(self, values: Values, destination: Case) -> Iterator[Problem]:
        fault = vault_arn_fault(values, destination)
        if fault:
            yield problem(
                destination,
                f"AWS Backup cannot copy to DestinationBackupVaultArn {destination}, because "
                f"{fault}",
            )

    def _same(self, values: Values, destination: Case, targets: list[Case]) -> Iterator[Problem]:
        copied_to = vault_at(values, destination)
        for target in targets:
            filled = vault_named(values, target)
            if not copied_to or not filled or copied_to.name != filled.name:
                continue
            given = both(copied_to.given, filled.given)
            if given is not None:
                yield problem(
                    destination,
                    f"DestinationBackupVaultArn {destination} is the vault that the rule already "
                    "uses (TargetBackupVault), and a copy needs another one: use a vault in "
                    "another region or account, or remove the copy",
                    given,
                    "same",
                )

    def _twice(self, destination: Case, copy: Case, seen: list[Case]) -> Iterator[Problem]:
        for other in seen:
            given = both(destination.given, other.given)
            if (
                destination.text == other.text
                and given is not None
                and other.path[: len(copy.path)] != copy.path
            ):
                yield problem(
                    destination,
                    f"DestinationBackupVaultArn {destination} appears twice in this rule, which "
                    "may copy to a vault only once: use one copy action for each vault",
                    given,
                    "twice",
                )

    def _partitions(self, values: Values) -> Iterator[tuple[str, Case]]:
        """Yield the partitions in ARNs of what must be in the stack's own partition."""
        for selection in selections(values):
            arns = values.at(selection, "IamRoleArn")
            arns += values.items(values.at(selection, "Resources"))
            for arn in arns:
                parts = arn_parts(arn.text or "")
                if parts and not TOKEN.search(parts[1]):
                    yield parts[1], arn

    def _elsewhere(self, destination: Case, home: list[tuple[str, Case]]) -> Iterator[Problem]:
        parts = arn_parts(str(destination.text))
        if parts is None or TOKEN.search(parts[1]):
            return
        for partition, evidence in home:
            given = both(destination.given, evidence.given)
            if partition != parts[1] and given is not None:
                yield problem(
                    destination,
                    f"DestinationBackupVaultArn {destination} is in partition {parts[1]!r}, but "
                    f"{evidence.text!r} puts this stack in {partition!r}, and AWS Backup does not "
                    "copy between partitions: use a vault in the same partition",
                    given,
                    "partition",
                )
