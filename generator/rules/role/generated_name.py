"""I9555: logical ids of roles that make a name which backup operators cannot pass."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import ABSENT, both
from _backup.roles import PASSABLE, used_roles
from _backup.rule import BackupRule, Problem
from _backup.values import Values


class GeneratedName(BackupRule):
    id = "I9555"
    shortdesc = "Logical id of a backup role without AWSBackup, whose name operators may not pass"
    description = (
        "CloudFormation makes the name of a role without RoleName from the names of the stack and "
        "of the resource. AWS's managed policies AWSBackupFullAccess and AWSBackupOperatorAccess "
        "allow passing only roles with AWSBackup or AwsBackup in their name. That matters only if "
        "somebody with these policies starts backups or restores by hand, so it is information."
    )
    source_url = (
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html"
    )
    tags = ["resources", "backup", "iam", "role"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the logical ids of the backup roles whose names CloudFormation makes."""
        for role in used_roles(values):
            for name in values.at(role.properties, "RoleName"):
                given = both(role.given, name.given)
                if name.value is ABSENT and given is not None and not PASSABLE.search(role.name):
                    yield Problem(
                        ("Resources", role.name),
                        f"Role {role.name!r} has no RoleName, so its name is made from its logical "
                        "id, which contains neither AWSBackup nor AwsBackup, and users of "
                        "AWSBackupFullAccess and AWSBackupOperatorAccess may not pass it for a "
                        "backup or a restore: if they have to, give the role a logical id with "
                        "AWSBackup, which makes a new role",
                        given,
                    )
