"""W9514: vault locks that nobody can remove."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import ABSENT
from _backup.rule import BackupRule, Problem, problem
from _backup.template import VAULT
from _backup.values import Values

GRACE = ("LockConfiguration", "ChangeableForDays")


class ComplianceLock(BackupRule):
    id = "W9514"
    shortdesc = "Vault lock in compliance mode, which is permanent after the grace time"
    description = (
        "ChangeableForDays puts a lock into compliance mode. After that many days nobody can "
        "remove the lock, not even AWS, and nobody can delete a recovery point before its time. "
        "The vault of a test stack stays, and costs money, until then. Without ChangeableForDays "
        "the lock is in governance mode, and users with the permission can remove it. There is "
        "no finding if the parameters' defaults leave the lock off, because then whoever creates "
        "the stack asks for it."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html"
    tags = ["resources", "backup", "vault", "lock"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the grace time of the locks."""
        for _, properties in values.of_type(VAULT):
            for grace in values.at(properties, *GRACE):
                # What a macro or a parameter gives for the whole lock may lack it.
                written = GRACE[-1] in grace.path
                there = written and grace.value is not ABSENT and grace.text is not None
                if there and values.by_default(grace.given):
                    yield problem(
                        grace,
                        f"ChangeableForDays {grace} makes this a lock in compliance mode, which "
                        "nobody can remove after that many days: remove ChangeableForDays unless "
                        "a regulation requires it",
                    )
