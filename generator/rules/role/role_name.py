"""W9545: names of roles that backup operators cannot pass."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import TOKEN
from _backup.roles import PASSABLE, used_roles
from _backup.rule import BackupRule, Problem, problem
from _backup.values import Values

# Unknown text that certainly does not contain the word.
HARMLESS = re.compile(r"\$\{AWS::(Region|AccountId|Partition|URLSuffix)\}")


class RoleName(BackupRule):
    id = "W9545"
    shortdesc = "Name of a backup role without AWSBackup, which operators may not pass"
    description = (
        "AWS's managed policies AWSBackupFullAccess and AWSBackupOperatorAccess allow passing "
        "only roles with AWSBackup or AwsBackup in their name. Users of these policies cannot "
        "start a backup or a restore with any other role."
    )
    source_url = (
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html"
    )
    tags = ["resources", "backup", "iam", "role"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the names that the template gives its backup roles."""
        for role in used_roles(values):
            for name in values.at(role.properties, "RoleName"):
                text = HARMLESS.sub("-", name.text or "")
                if not text or TOKEN.search(text) or PASSABLE.search(text):
                    continue
                instead = (
                    f"remove RoleName, since the logical id {role.name!r} puts it into the name"
                )
                if not PASSABLE.search(role.name):
                    instead = "remove RoleName and give the role a logical id with AWSBackup"
                yield problem(
                    name,
                    f"RoleName {name} contains neither AWSBackup nor AwsBackup, so users of "
                    "AWSBackupFullAccess and AWSBackupOperatorAccess may not pass the role for a "
                    f"backup or a restore: put AWSBackup into RoleName, or {instead}",
                )
