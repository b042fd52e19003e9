"""Whether the policy of a resource denies the backup role what it needs."""

from typing import Any

from _backup.iam import Answer, decide

from generator.live.errors import NotAnsweredError
from generator.live.facts import Facts
from generator.protection.texts import accounts


def denies(policy: Any, action: str, arn: str, facts: Facts) -> bool:
    """Return whether the policy of a resource, if it has one, denies the role an action.

    It need not allow it: the role's own policies do. Raises NotAnsweredError if nobody can know.
    """
    if not policy:
        return False
    anything = {
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]
    }
    context = {
        **accounts(facts.place),
        "aws:PrincipalArn": facts.role_arn,
        "aws:SecureTransport": "true",
    }
    principal = {"AWS": facts.role_arn}
    answer = decide([anything, policy], action, arn, context, principal=principal)
    if answer is Answer.UNKNOWN:
        name = arn.rpartition(":")[2].rpartition("/")[2]
        raise NotAnsweredError(
            f"whether the policy of {name} denies {action} depends on a condition that cannot be "
            "checked from here: check the policy"
        )
    return answer is Answer.DENIED
