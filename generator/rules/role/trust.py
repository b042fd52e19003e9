"""E9541: roles that AWS Backup cannot assume."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case, Partial, both
from _backup.restore_tests import restore_roles
from _backup.roles import allows, condition_keys, covers, texts, used_roles
from _backup.rule import BackupRule, Problem, problem
from _backup.values import Values

SERVICE = "backup.amazonaws.com"
# Keys that AWS Backup is not documented to send when it assumes a role.
NOT_SENT = ("aws:sourcearn", "sts:externalid", "aws:multifactorauthpresent", "aws:sourceip")
# Operators that are true if the key is missing.
LENIENT = ("null", "forallvalues:", "stringnot", "arnnot", "numericnot", "datenot", "notipaddress")


class RoleTrust(BackupRule):
    id = "E9541"
    shortdesc = "Role of a selection or restore test that AWS Backup cannot assume"
    description = (
        "The role of a selection must trust backup.amazonaws.com, which has this name in every "
        "partition, without a condition on a key that AWS Backup does not send. If AWS Backup "
        "cannot assume the role, it starts no backup job, so no job fails either. The role of a "
        "restore testing selection must trust the same name."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html"
    tags = ["resources", "backup", "iam", "role"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the trust policies of the roles that selections and restore tests use."""
        roles = [
            (role.name, role.properties, role.given, "nothing is backed up")
            for role in used_roles(values)
        ]
        roles += [(*role, "every restore test fails") for role in restore_roles(values)]
        for name, properties, used, harm in roles:
            for document in values.at(properties, "AssumeRolePolicyDocument"):
                given = both(used, document.given)
                if isinstance(document.value, dict) and given is not None:
                    yield from self._trust(values, name, document, harm)

    def _trust(self, values: Values, role: str, document: Case, harm: str) -> Iterator[Problem]:
        trusted: list[Case] = []
        unmet: list[list[Problem]] = []  # of each statement that names the service
        for statement in values.items(values.at(document, "Statement")):
            if self._is_open(values, statement):
                trusted.append(statement)
            if not allows(values, statement) or not self._assumes(values, statement):
                continue
            for service in self._services(values, statement):
                text = service.text or ""
                built = text.startswith("backup.") and "${AWS::URLSuffix}" in text
                if built:
                    yield problem(
                        service,
                        f"Principal {service} of role {role!r} becomes backup.amazonaws.com.cn "
                        "in China, but the service is called backup.amazonaws.com in every "
                        "partition: use that name",
                    )
                elif text in (SERVICE, "*"):
                    unmet.append([*self._conditions(values, role, statement, harm)])
                if built or text in (SERVICE, "*") or isinstance(service.value, Partial):
                    trusted.append(service)
        # One statement that AWS Backup fulfils is enough.
        if all(unmet):
            yield from (found for problems in unmet for found in problems)
        # A statement or a principal behind a condition counts: it is there for some parameters.
        if not trusted:
            yield problem(
                document,
                f"Role {role!r} does not trust {SERVICE}, so AWS Backup cannot assume it and "
                f"{harm}: allow {SERVICE} to call sts:AssumeRole",
                about="trust",
            )

    def _is_open(self, values: Values, statement: Case) -> bool:
        """Return whether this rule cannot know if the statement trusts the service."""
        effects = values.at(statement, "Effect")
        return any(isinstance(effect.value, Partial) for effect in effects) or (
            allows(values, statement) and bool({"NotAction", "NotPrincipal"} & {*statement.value})
        )

    def _assumes(self, values: Values, statement: Case) -> bool:
        return any(
            covers(action.text or "", "sts:AssumeRole") or isinstance(action.value, Partial)
            for action in texts(values, statement, "Action")
        )

    def _services(self, values: Values, statement: Case) -> Iterator[Case]:
        for principal in values.at(statement, "Principal"):
            if isinstance(principal.value, dict):
                yield from texts(values, principal, "Service")
            elif principal.text is not None:
                yield principal

    def _conditions(
        self, values: Values, role: str, statement: Case, harm: str
    ) -> Iterator[Problem]:
        for operator, key, place in condition_keys(values, statement):
            lenient = operator.lower().startswith(LENIENT) or operator.endswith("IfExists")
            if key in NOT_SENT and not lenient:
                yield problem(
                    place,
                    f"Condition {operator} on {place.text!r} in the trust policy of role {role!r} "
                    "needs a key that AWS Backup is not documented to send, and without the key "
                    f"{harm}: remove the condition",
                )
