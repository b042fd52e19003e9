"""E9542: ARNs in policies that match no resource."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case
from _backup.roles import all_documents, covers, statements, texts
from _backup.rule import BackupRule, Problem, problem
from _backup.template import arn_parts
from _backup.values import Values

# Resources of AWS Backup that have a colon before the name.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html
WITH_COLON = re.compile("(backup-vault|recovery-point|backup-plan)/")


class RoleArns(BackupRule):
    id = "E9542"
    shortdesc = "ARN in a policy that matches nothing: backup-vault/ or an instance profile to pass"
    description = (
        "AWS Backup's ARNs have a colon between type and name (backup-vault:name), so a statement "
        "with a slash allows nothing. iam:PassRole needs the ARN of a role, not of its instance "
        "profile. Otherwise copies and restores fail on the day you need them."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html"
    tags = ["resources", "backup", "iam", "policy"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the resources of every identity policy."""
        for statement in statements(values, all_documents(values)):
            passes = any(
                covers(action.text or "", "iam:PassRole")
                for action in texts(values, statement, "Action")
            )
            for resource in texts(values, statement, "Resource"):
                parts = arn_parts(resource.text or "") or [""] * 6
                yield from self._resource(resource, parts, passes)

    def _resource(self, resource: Case, parts: list[str], passes: bool) -> Iterator[Problem]:
        slash = WITH_COLON.match(parts[5]) if parts[2] == "backup" else None
        if slash:
            yield problem(
                resource,
                f"Resource {resource} matches no ARN of AWS Backup, so the statement allows "
                f"nothing: use {slash[1]}: instead of {slash[0]}",
            )
        elif passes and parts[2] == "iam" and parts[5].startswith("instance-profile/"):
            yield problem(
                resource,
                f"Resource {resource} is an instance profile, but iam:PassRole needs its role, so "
                "a restore of the instance is denied: use the role's ARN",
            )
