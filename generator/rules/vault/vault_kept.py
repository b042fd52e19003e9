"""W9511: vaults that are deleted with their stack."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.rule import BackupRule, Problem
from _backup.template import VAULTS, to_be_kept, written_off
from _backup.values import Values


class VaultKept(BackupRule):
    id = "W9511"
    shortdesc = "Vault that CloudFormation tries to delete with its stack"
    description = (
        "CloudFormation cannot delete a vault that holds recovery points. Unless attributes keep "
        "the vault, deleting the stack or replacing the vault fails halfway (DELETE_FAILED). There "
        "is no finding if Delete is written for both attributes: that was decided."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/integrate-cloudformation-with-aws-backup.html"
    tags = ["resources", "backup", "vault"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check what keeps the vaults."""
        for name, vault in values.of_type(*VAULTS):
            missing = to_be_kept(values, name)
            if missing and not written_off(values, name):
                yield Problem(
                    ("Resources", name),
                    f"Vault {name!r} is not kept, but CloudFormation cannot delete a vault that "
                    "holds recovery points, so deleting the stack or replacing the vault fails: "
                    f"add {missing}",
                    vault.given,
                )
