"""W9517: roles, and policies of roles, that are deleted before their recovery points."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.roles import policies_of, used_roles
from _backup.rule import BackupRule, Problem
from _backup.template import to_be_kept, written_off
from _backup.values import Values


class RoleKept(BackupRule):
    id = "W9517"
    shortdesc = "Role of a selection that is deleted before the recovery points it manages"
    description = (
        "AWS Backup deletes recovery points with the role that made them. If the role, or a "
        "policy that is a resource of its own, is deleted with the stack, recovery points can "
        "stay, billed, as EXPIRED, and the vault cannot be deleted. There is no finding if Delete "
        "is written for both attributes: that was decided."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/deleting-backups.html"
    tags = ["resources", "backup", "iam", "role"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check what keeps the roles that selections use, and their policies."""
        why = (
            "and AWS Backup deletes recovery points with the permissions of the role that made "
            "them: without these, they can stay, billed, as EXPIRED"
        )
        for role in used_roles(values):
            missing = to_be_kept(values, role.name)
            if missing and not written_off(values, role.name):
                yield Problem(
                    ("Resources", role.name),
                    f"Role {role.name!r} is not kept, {why}: add {missing}",
                    role.given,
                )
            for policy in policies_of(values, role.name, role.properties).separate:
                missing = to_be_kept(values, policy)
                if missing and not written_off(values, policy):
                    yield Problem(
                        ("Resources", policy),
                        f"Policy {policy!r} of role {role.name!r} is not kept, {why}: move it into "
                        f"the role's Policies or add {missing}",
                        role.given,
                    )
