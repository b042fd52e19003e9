"""E9542: ARNs in policies that match no resource."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case, Given, both
from _backup.matching import unknown
from _backup.permissions import Permissions
from _backup.restore_tests import restore_roles
from _backup.roles import (
    PASSING,
    all_documents,
    allows,
    covers,
    policies_of,
    statements,
    texts,
    used_roles,
)
from _backup.rule import BackupRule, Problem, problem
from _backup.template import arn_parts
from _backup.values import Values

# Resources of AWS Backup that have a colon before the name.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html
WITH_COLON = re.compile("(backup-vault|recovery-point|backup-plan)/")
# Statements with these are for other actions as well.
EVERYTHING = ("*", "iam:*")
PART = unknown("part", colons=False)
A_ROLE = f"arn:{PART}:iam::{PART}:role/{unknown('name', colons=False)}"


class RoleArns(BackupRule):
    id = "E9542"
    shortdesc = "ARN in a policy that matches nothing: backup-vault/ or an instance profile to pass"
    description = (
        "AWS Backup's ARNs have a colon between type and name (backup-vault:name), so an ARN with "
        "a slash matches nothing. iam:PassRole needs the ARN of a role, not of its instance "
        "profile; the role of a selection or restore test that names an instance profile for "
        "it, and no role, can pass none. Otherwise copies and restores fail on the day you need "
        "them."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html"
    tags = ["resources", "backup", "iam", "policy"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the resources of every identity policy, and what backup roles may pass."""
        for statement in statements(values, all_documents(values)):
            for resource in texts(values, statement, "Resource"):
                parts = arn_parts(resource.text or "") or [""] * 6
                slash = WITH_COLON.match(parts[5]) if parts[2] == "backup" else None
                if slash:
                    yield problem(
                        resource,
                        f"Resource {resource} matches no ARN of AWS Backup, which has a colon "
                        f"there, so the statement has no effect on it: use {slash[1]}: instead of "
                        f"{slash[0]}",
                    )
        for role in used_roles(values):
            yield from self._passed(values, role.name, role.properties, role.given)
        for name, properties, given in restore_roles(values):
            yield from self._passed(values, name, properties, given)

    def _passed(
        self, values: Values, name: str, properties: Case, given: Given
    ) -> Iterator[Problem]:
        policies = policies_of(values, name, properties)
        profiles = list(self._profiles(values, policies.documents))
        if not profiles:
            return
        for reason, when in Permissions(values, policies).refusals(PASSING, [A_ROLE], given):
            for profile in profiles if reason == "elsewhere" else []:
                together = both(profile.given, when)
                if together is not None:
                    yield problem(
                        profile,
                        f"Resource {profile} is an instance profile, and role {name!r} has no "
                        "other Resource for iam:PassRole, which takes roles only, so a restore of "
                        "an instance is denied: use the ARN of the profile's role",
                        together,
                    )

    def _profiles(self, values: Values, documents: list[Case]) -> Iterator[Case]:
        """Yield the instance profiles that statements name for iam:PassRole."""
        for statement in statements(values, documents):
            actions = [action.text or "" for action in texts(values, statement, "Action")]
            passes = [each for each in actions if covers(each, PASSING)]
            if not allows(values, statement) or not set(passes) - set(EVERYTHING):
                continue
            for resource in texts(values, statement, "Resource"):
                parts = arn_parts(resource.text or "")
                if parts and parts[2] == "iam" and parts[5].startswith("instance-profile/"):
                    yield resource
