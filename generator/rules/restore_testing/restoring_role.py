"""E9552: roles that may not do what the restore tests of their selection need."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.actions import RESTORING
from _backup.cases import Case, both
from _backup.permissions import Need, arn_of, refused
from _backup.restore_tests import restore_selections
from _backup.roles import roles_at
from _backup.rule import BackupRule, Problem
from _backup.values import Values


class RestoringRole(BackupRule):
    id = "E9552"
    shortdesc = "Role of a restore testing selection that lacks actions its restores need"
    description = (
        "A restore test of EC2 instances, EBS volumes or EFS file systems needs a role that may "
        "create what it restores, as AWS's managed policy AWSBackupServiceRolePolicyForRestores "
        "allows it. A Deny, the Resource of the statements, and a permissions boundary in the "
        "template count as well. What policies outside of the template and conditions in policies "
        "allow is unknown, and is no finding."
    )
    source_url = (
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html"
    )
    tags = ["resources", "backup", "restore", "iam", "role"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Compare what the roles of restore tests may do with what they restore."""
        harm = "Without these actions there is no restore, so every restore test of this type fails"
        for name, message, given, reason in refused(values, self._needs(values), harm):
            yield Problem(("Resources", name), message, given, reason)

    def _needs(self, values: Values) -> Iterator[tuple[str, Case, Need]]:
        """Yield the roles of restore tests, their properties, and what they need."""
        for selection in restore_selections(values):
            for name, properties, used in roles_at(values, values.at(selection, "IamRoleArn")):
                for kind in values.at(selection, "ProtectedResourceType"):
                    actions = RESTORING.get(kind.text or "", ()) if kind.known else ()
                    given = both(used, kind.given)
                    if actions and given is not None:
                        arns = {act: [arn_of(act.partition(":")[0] + ":")] for act in actions}
                        yield name, properties, Need(arns, f"restores of {kind.text}", given)
