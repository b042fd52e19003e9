"""W9511: vaults that go with their stack."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.rule import BackupRule, Finding
from _backup.template import VAULTS, to_be_kept
from _backup.values import Values


class VaultKept(BackupRule):
    id = "W9511"
    shortdesc = "Vault that CloudFormation tries to delete with the stack"
    description = (
        "A vault with recovery points cannot be deleted: without attributes that keep it, "
        "deleting the stack, or an update that replaces the vault, fails halfway (DELETE_FAILED)."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/integrate-cloudformation-with-aws-backup.html"
    tags = ["resources", "backup", "vault"]

    def check(self, values: Values) -> Iterator[Finding]:
        """Look at what keeps the vaults."""
        for name, vault in values.of_type(*VAULTS):
            missing = to_be_kept(values, name)
            if missing:
                yield Finding(
                    ("Resources", name),
                    f"Vault {name!r} is not kept: CloudFormation cannot delete a vault with "
                    "recovery points, so deleting the stack or replacing the vault fails: add "
                    f"{missing}",
                    vault.given,
                )
