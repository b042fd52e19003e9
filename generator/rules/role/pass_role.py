"""W9544: roles of selections that may pass more roles than restores need."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.restore_tests import restore_roles
from _backup.roles import allows, condition_keys, covers, policies_of, statements, texts, used_roles
from _backup.rule import BackupRule, Problem, problem
from _backup.template import arn_parts
from _backup.values import Values

KEY = "iam:passedtoservice"


def is_every_role(arn: str) -> bool:
    """Return whether the pattern matches every role of an account."""
    parts = arn_parts(arn)
    return arn == "*" or (parts is not None and parts[2] == "iam" and parts[5] in ("*", "role/*"))


class PassRole(BackupRule):
    id = "W9544"
    shortdesc = (
        "Role of a selection or restore test that may pass any role, or pass roles to any service"
    )
    description = (
        "A restore of an instance passes its role to EC2. If a backup role may pass every role, "
        "or pass roles to every service, whoever uses it can become an administrator. Name the "
        "roles, and name the service with iam:PassedToService."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"
    tags = ["resources", "backup", "iam", "role"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the statements that allow iam:PassRole."""
        roles = {role.name: role.properties for role in used_roles(values)}
        roles |= {name: properties for name, properties, _ in restore_roles(values)}
        for name, properties in roles.items():
            documents = policies_of(values, name, properties).documents
            for statement in statements(values, documents):
                if not allows(values, statement):
                    continue
                for action in texts(values, statement, "Action"):
                    if not covers(action.text or "", "iam:PassRole"):
                        continue
                    for resource in texts(values, statement, "Resource"):
                        if is_every_role(resource.text or ""):
                            yield problem(
                                resource,
                                f"Role {name!r} may pass every role in the account "
                                f"({action.text} on {resource}), so whoever uses it for a restore "
                                "can start an instance with an administrator's role: name the "
                                "roles of the instances that it restores",
                            )
                    if not any(key == KEY for _, key, _ in condition_keys(values, statement)):
                        yield problem(
                            action,
                            f"Role {name!r} may pass roles to any service ({action.text}), "
                            "although a restore of an instance passes its role to EC2 only: add "
                            "the condition StringEquals iam:PassedToService ec2.amazonaws.com",
                        )
