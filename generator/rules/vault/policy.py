"""E9515: access policies of vaults that AWS Backup refuses or that have no effect."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.actions import ON_VAULTS
from _backup.cases import ABSENT, TOKEN, Case
from _backup.roles import statements, texts
from _backup.rule import BackupRule, Problem, problem
from _backup.template import VAULTS
from _backup.values import Values


def action_fault(action: str) -> str | None:
    """Return why the action is wrong in a vault's policy; None: it is not."""
    if "*" in action or "?" in action:
        return "has a wildcard, which AWS Backup does not support there: list each action"
    if TOKEN.search(action):
        return None
    service, _, name = action.partition(":")
    if service.lower() != "backup":
        return (
            "is not an action of AWS Backup, and a vault's policy controls no others: put it in an "
            "identity policy or in the other service's own policy"
        )
    if name.lower() not in {known.lower() for known in ON_VAULTS}:
        return (
            "is not an action on vaults or recovery points, so the statement has no effect: use "
            "one that is, for example backup:DeleteRecoveryPoint"
        )
    return None


class VaultPolicy(BackupRule):
    id = "E9515"
    shortdesc = "Access policy of a vault that AWS Backup refuses or that has no effect"
    description = (
        "Unlike other policies, a vault's policy accepts no wildcard in an action. Each statement "
        "needs a Principal, and the document needs a Version. cfn-lint does not check this "
        "property."
    )
    source_url = (
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html"
    )
    tags = ["resources", "backup", "vault", "iam"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the access policies of all vaults."""
        for _, properties in values.of_type(*VAULTS):
            for document in values.at(properties, "AccessPolicy"):
                if not isinstance(document.value, dict):
                    continue
                for version in values.at(document, "Version"):
                    if version.value is ABSENT:
                        yield problem(
                            document,
                            "AccessPolicy has no Version, so it gets version 2008-10-17, which has "
                            "no policy variables: add Version: '2012-10-17'",
                            version.given,
                            "version",
                        )
                for statement in statements(values, [document]):
                    yield from self._statement(values, statement)

    def _statement(self, values: Values, statement: Case) -> Iterator[Problem]:
        if "Principal" not in statement.value and "NotPrincipal" not in statement.value:
            yield problem(
                statement,
                "this statement of AccessPolicy has no Principal, and the policy of a resource has "
                "to say whom it is about: add one, for example Principal: '*'",
                about="principal",
            )
        for action in texts(values, statement, "Action"):
            fault = action_fault(action.text or "")
            if fault:
                yield problem(action, f"Action {action} in AccessPolicy {fault}")
