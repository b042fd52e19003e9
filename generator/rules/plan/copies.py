"""E9506: copies to something that is not a vault, to their own vault, or twice to one."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import TOKEN, Case, both
from _backup.rule import BackupRule, Problem, problem
from _backup.template import (
    arn_parts,
    can_become_arn,
    copies_of,
    rules_of_plans,
    selections,
    vault_at,
    vault_named,
)
from _backup.values import Values

FORM = "arn:<partition>:backup:<region>:<account>:backup-vault:<name>"
# How the names of regions begin, by partition; all others are in `aws`,
# except those of isolated partitions, which are not checked.
REGIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
ISOLATED = re.compile(r"[a-z]{2}-iso")


def arn_fault(text: str) -> str | None:
    """Return why the text is not a vault's ARN, as far as it is known; None: no reason found."""
    parts = arn_parts(text)
    if parts is None:
        return None if can_become_arn(text) else f"it is not the ARN of a vault: use {FORM}"
    _, partition, service, region, _, *resource = parts
    if not TOKEN.search(service) and service != "backup":
        return f"it is an ARN of {service!r}, not of a vault: use {FORM}"
    if not TOKEN.match(resource[0]) and resource[0] != "backup-vault":
        return f"{resource[0]!r} is not 'backup-vault': use {FORM}"
    if not TOKEN.search(partition + region):
        expected = partition_of(region)
        if expected not in (None, partition):
            return (
                f"region {region!r} is in partition {expected!r}, not in {partition!r}: use the "
                "partition of the region"
            )
    return None


def partition_of(region: str) -> str | None:
    """Return the partition of the region; None: an isolated one, whose regions are not known."""
    for beginning, partition in REGIONS.items():
        if region.startswith(beginning):
            return partition
    return None if ISOLATED.match(region) else "aws"


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
        text = str(destination.text)
        vault = vault_named(values, destination)
        fault = arn_fault(text)
        if vault and TOKEN.fullmatch(text):
            fault = f"that is the vault's name: use its ARN, !GetAtt {vault.name}.BackupVaultArn"
        if fault:
            yield problem(destination, f"DestinationBackupVaultArn {destination}: {fault}")

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
                    "uses (TargetBackupVault): copy to a vault in another region or account, or "
                    "remove the copy",
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
                    f"DestinationBackupVaultArn {destination} appears twice in this rule: use "
                    "one copy action for each vault",
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
