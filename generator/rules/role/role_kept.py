"""W9517: roles, and policies of roles, that go before the recovery points they look after."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.roles import policies_of, used_roles
from _backup.rule import BackupRule, Finding
from _backup.template import to_be_kept
from _backup.values import Values


class RoleKept(BackupRule):
    id = "W9517"
    shortdesc = "Role of a selection that goes before the recovery points it looks after"
    description = (
        "AWS Backup expires recovery points with the role that made them. Where the role, or a "
        "policy that is a resource of its own, goes with the stack, they can stay as EXPIRED: "
        "billed, and in the way of deleting the vault."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/deleting-backups.html"
    tags = ["resources", "backup", "iam", "role"]

    def check(self, values: Values) -> Iterator[Finding]:
        """Look at what keeps the roles that selections use, and their policies."""
        for role in used_roles(values):
            why = (
                "with it go the permissions to expire recovery points, which then stay, billed, "
                "as EXPIRED"
            )
            missing = to_be_kept(values, role.name)
            if missing:
                yield Finding(
                    ("Resources", role.name),
                    f"Role {role.name!r} is not kept: {why}: add {missing}",
                    role.given,
                )
            for policy in policies_of(values, role.name, role.properties).separate:
                missing = to_be_kept(values, policy)
                if missing:
                    yield Finding(
                        ("Resources", policy),
                        f"Policy {policy!r} of role {role.name!r} is not kept: {why}: put it into "
                        f"the role's Policies, or add {missing}",
                        role.given,
                    )
