"""W9551: roles that may not read the vault."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.actions import READING_VAULTS
from _backup.permissions import Need, arn_of, refused
from _backup.roles import used_roles
from _backup.rule import BackupRule, Problem
from _backup.values import Values


class ReadingVaults(BackupRule):
    id = "W9551"
    shortdesc = "Role of a selection that may not call backup:DescribeBackupVault"
    description = (
        "AWS documents backup:DescribeBackupVault as needed for backups, and its managed policy "
        "AWSBackupServiceRolePolicyForBackup allows it. Backups with roles that lack it are known "
        "to work, so this is a warning. What policies outside of the template allow is unknown, "
        "and is no finding."
    )
    source_url = (
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html"
    )
    tags = ["resources", "backup", "iam", "role"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the roles of selections."""
        harm = "Backups are known to work without it, but AWS documents it as needed"
        arns = {action: [arn_of("backup:")] for action in READING_VAULTS}
        needs = (
            (role.name, role.properties, Need(arns, "every backup", role.given))
            for role in used_roles(values)
        )
        for name, message, given, reason in refused(values, needs, harm):
            yield Problem(("Resources", name), message, given, reason)
