"""W9516: access policies that not even CloudFormation can change any more."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import ABSENT, Case
from _backup.roles import covers, principals, statements, texts
from _backup.rule import BackupRule, Problem, problem
from _backup.template import VAULTS
from _backup.values import Values

# What CloudFormation calls to update or delete a vault and its policy.
NEEDED = (
    "backup:PutBackupVaultAccessPolicy",
    "backup:DeleteBackupVaultAccessPolicy",
    "backup:DeleteBackupVault",
)


class VaultPolicyLockout(BackupRule):
    id = "W9516"
    shortdesc = "Access policy of a vault that locks CloudFormation out"
    description = (
        "A Deny for everyone on changing the policy or deleting the vault also applies to "
        "CloudFormation: later updates of the policy and the deletion of the vault fail."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html"
    tags = ["resources", "backup", "vault", "iam"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the unconditional denials in access policies."""
        for _, properties in values.of_type(*VAULTS):
            documents = values.at(properties, "AccessPolicy")
            for statement in statements(values, documents):
                denies = any(case.text == "Deny" for case in values.at(statement, "Effect"))
                conditions = values.at(statement, "Condition")
                # A condition for some values of a parameter exempts nobody for the other values.
                exempts = "NotPrincipal" in statement.value or all(
                    case.value is not ABSENT and case.value for case in conditions
                )
                named = principals(values, statement, "AWS")
                if denies and not exempts and any(principal.text == "*" for principal in named):
                    yield from self._denied(values, statement)

    def _denied(self, values: Values, statement: Case) -> Iterator[Problem]:
        for action in texts(values, statement, "Action"):
            if any(covers(action.text or "", needed) for needed in NEEDED):
                yield self._finding(f"Action {action}", action)
        spared = list(texts(values, statement, "NotAction"))
        for needed in NEEDED:
            if spared and not any(covers(action.text or "", needed) for action in spared):
                yield self._finding(f"{needed} (not in NotAction)", statement)

    def _finding(self, what: str, place: Case) -> Problem:
        return problem(
            place,
            f"{what} is denied to everyone, including CloudFormation, so a later update or "
            "deletion of the vault fails: exempt an administrator's role with ArnNotEquals on "
            "aws:PrincipalArn",
        )
