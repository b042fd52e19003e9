"""E9513: vault locks that contradict themselves or the retention of the vault's backups."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import ABSENT, Case, both, together
from _backup.rule import BackupRule, Problem, problem
from _backup.template import (
    AIR_GAPPED_VAULT,
    VAULT,
    Vault,
    copies_of,
    rules_of_plans,
    vault_at,
    vault_named,
)
from _backup.values import Values

SHORTEST_GRACE_DAYS = 3
LONGEST_DAYS = 36_500
SHORTEST_DAYS = {VAULT: 1, AIR_GAPPED_VAULT: 7}


class VaultLock(BackupRule):
    id = "E9513"
    shortdesc = "Vault lock that AWS refuses, or that refuses the plan's own backups"
    description = (
        "The minimum and maximum retention of a lock are 1 to 36500 days (at least 7 in an "
        "air-gapped vault); its grace time is at least 3 days. A backup or copy job fails if its "
        "retention is outside the lock's range, or if it has no retention and the lock has a "
        "maximum."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html"
    tags = ["resources", "backup", "vault", "lock"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the locks, and the rules whose backups go to locked vaults."""
        locks: dict[str, list[Case]] = {}
        for kind, shortest in SHORTEST_DAYS.items():
            for name, properties in values.of_type(kind):
                itself = [properties]  # an air-gapped vault is its own lock
                found = values.at(properties, "LockConfiguration") if kind == VAULT else itself
                locks[name] = [lock for lock in found if isinstance(lock.value, dict)]
                for lock in locks[name]:
                    yield from self._lock(values, lock, shortest)
        if any(locks.values()):
            yield from self._retentions(values, locks)

    def _lock(self, values: Values, lock: Case, shortest: int) -> Iterator[Problem]:
        minima = values.at(lock, "MinRetentionDays")
        maxima = values.at(lock, "MaxRetentionDays")
        for name, cases in (("MinRetentionDays", minima), ("MaxRetentionDays", maxima)):
            for days in cases:
                if days.number is not None and not shortest <= days.number <= LONGEST_DAYS:
                    yield problem(
                        days,
                        f"{name} {days} is outside AWS Backup's range of {shortest} to 36500 "
                        "days: use a number in the range",
                    )
        for grace in values.at(lock, "ChangeableForDays"):
            if grace.number is not None and not SHORTEST_GRACE_DAYS <= grace.number <= LONGEST_DAYS:
                yield problem(
                    grace,
                    f"ChangeableForDays {grace} is outside AWS Backup's range of 3 to 36500 days: "
                    "use 3 or more, or remove it for a lock that can be removed later",
                )
        for (low, high), given in together(minima, maxima):
            if low.number is not None and high.number is not None and low.number > high.number:
                yield problem(
                    low,
                    f"MinRetentionDays {low} is over MaxRetentionDays {high}, so no retention "
                    "fits: make the minimum the smaller number",
                    given,
                    "order",
                )

    def _retentions(self, values: Values, locks: dict[str, list[Case]]) -> Iterator[Problem]:
        for rule in rules_of_plans(values):
            filled = [vault_named(values, name) for name in values.at(rule, "TargetBackupVault")]
            arns = values.at(rule, "TargetLogicallyAirGappedBackupVaultArn")
            filled += [vault_at(values, arn) for arn in arns]
            for vault in filled:
                if vault:
                    yield from self._fits(values, rule, vault, locks[vault.name])
            for copy in copies_of(values, rule):
                for arn in values.at(copy, "DestinationBackupVaultArn"):
                    vault = vault_at(values, arn)
                    # AWS does not say clearly which retention a copy without a lifecycle gets.
                    stated = any(case.value is not ABSENT for case in values.at(copy, "Lifecycle"))
                    if vault and stated:
                        yield from self._fits(values, copy, vault, locks[vault.name])

    def _fits(
        self, values: Values, owner: Case, vault: Vault, locks: list[Case]
    ) -> Iterator[Problem]:
        days = values.at(owner, "Lifecycle", "DeleteAfterDays")
        for lock in locks:
            for (kept, low), holds in together(days, values.at(lock, "MinRetentionDays")):
                given = both(vault.given, holds)
                if given is not None and 0 < (kept.number or 0) < (low.number or 0):
                    yield problem(
                        kept,
                        f"DeleteAfterDays {kept} is under MinRetentionDays {low} of vault "
                        f"{vault.name!r}, so every such job fails: keep the backups longer or "
                        "lower the minimum",
                        given,
                        "minimum",
                    )
            for (kept, high), holds in together(days, values.at(lock, "MaxRetentionDays")):
                given = both(vault.given, holds)
                forever = kept.value is ABSENT or kept.number == -1
                if given is None or high.number is None:
                    continue
                if forever or (kept.number or 0) > high.number:
                    shown = "is not set (kept forever), which" if forever else str(kept)
                    yield problem(
                        kept,
                        f"DeleteAfterDays {shown} is over MaxRetentionDays {high} of vault "
                        f"{vault.name!r}, so every such job fails: keep the backups for at most "
                        f"{high.number} days or raise the maximum",
                        given,
                        "maximum",
                    )
