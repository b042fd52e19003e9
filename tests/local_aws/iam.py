"""Whether IAM documents allow a request: the part of IAM's logic that our documents use.

An evaluator of our own, because moto's (``moto.iam.access_control``, 5.2.5) takes an unmet
condition for a denial and knows few operators, and no library of that purpose is in wide use.
Every element and operator that is not known here is refused.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Context = Mapping[str, str | list[str]]
"""What a request says beside its action and resource: condition key to value or values."""

_KNOWN = {"Sid", "Effect", "Action", "Resource", "Condition"}
_VARIABLE = re.compile(r"\$\{([^}]+)\}")


def allows(
    documents: Iterable[Mapping[str, Any]], action: str, arn: str, context: Context | None = None
) -> bool:
    """Return whether identity policies allow the action on the ARN: allowed and nowhere denied."""
    keys = {key.lower(): value for key, value in (context or {}).items()}
    effects = {
        statement["Effect"]
        for document in documents
        for statement in as_list(document["Statement"])
        if _applies(statement, action, arn, keys)
    }
    return effects == {"Allow"}


def as_list(value: Any) -> list[Any]:
    """Return what IAM lets stand alone as a list of one."""
    return value if isinstance(value, list) else [value]


def _applies(statement: Mapping[str, Any], action: str, arn: str, keys: Context) -> bool:
    if unknown := sorted(set(statement) - _KNOWN):
        raise ValueError(f"this evaluator does not know {unknown} in a statement")
    return (
        any(_like(wanted.lower(), action.lower()) for wanted in as_list(statement["Action"]))
        and any(_like(wanted, arn) for wanted in as_list(statement["Resource"]))
        and all(
            _holds(operator, key, [str(value) for value in as_list(values)], keys)
            for operator, block in statement.get("Condition", {}).items()
            for key, values in block.items()
        )
    )


def _holds(operator: str, key: str, wanted: list[str], keys: Context) -> bool:
    """Return whether one condition key fulfils one operator.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    given = keys.get(key.lower())
    values = None if given is None else as_list(given)
    if operator == "Null":
        return wanted == [str(values is None).lower()]
    quantifier, _, name = operator.rpartition(":")
    if name not in _MATCH or quantifier not in {"", "ForAllValues", "ForAnyValue"}:
        raise ValueError(f"this evaluator does not know the condition operator {operator!r}")
    if values is None:
        return quantifier == "ForAllValues"  # IAM: true where the request lacks the key
    if not quantifier and len(values) != 1:
        raise ValueError(f"{key} has {len(values)} values, and {operator} compares one")
    quantified = all if quantifier == "ForAllValues" else any
    targets = [_VARIABLE.sub(lambda found: _variable(found[1], keys), text) for text in wanted]
    return quantified(any(_MATCH[name](target, value) for target in targets) for value in values)


def _variable(name: str, keys: Context) -> str:
    value = keys.get(name.lower())
    # IAM: a variable without a value makes the condition fail; no value contains this character.
    return value if isinstance(value, str) else "\0"


def _like(pattern: str, text: str) -> bool:
    parts = {"*": ".*", "?": "."}
    return bool(
        re.fullmatch("".join(parts.get(c) or re.escape(c) for c in pattern), text, re.DOTALL)
    )


_MATCH: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringLike": _like,
    "Bool": lambda wanted, value: wanted.lower() == value.lower(),
}
