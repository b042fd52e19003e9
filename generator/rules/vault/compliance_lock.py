"""W9514: vault locks that nobody can take off again."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import ABSENT
from _backup.rule import BackupRule, Finding, finding
from _backup.template import VAULT
from _backup.values import Values


class ComplianceLock(BackupRule):
    id = "W9514"
    shortdesc = "Vault lock in compliance mode: for good after the grace time"
    description = (
        "ChangeableForDays puts a lock into compliance mode. After those days nobody, AWS "
        "included, removes the lock, and no recovery point goes before its time; a vault of a "
        "test stack stays and costs until then. Without ChangeableForDays it is governance mode, "
        "which users with the permission can lift. There is no finding where the parameters' "
        "defaults leave the lock off: then whoever makes the stack has asked for it."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html"
    tags = ["resources", "backup", "vault", "lock"]

    def check(self, values: Values) -> Iterator[Finding]:
        """Look for the grace time of locks."""
        for _, properties in values.of_type(VAULT):
            for grace in values.at(properties, "LockConfiguration", "ChangeableForDays"):
                there = grace.value is not ABSENT and grace.text is not None
                if there and values.by_default(grace.given):
                    yield finding(
                        grace,
                        f"ChangeableForDays {grace} makes this a lock in compliance mode: after "
                        "that many days nobody can ever remove it: leave ChangeableForDays out "
                        "unless a regulation demands it",
                    )
