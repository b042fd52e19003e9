"""What AWS says of permissions: IAM's actions and ARNs, and what CloudFormation calls."""

import json
from functools import cache
from importlib import resources
from typing import Any

from generator.cloudformation.schemas import schema


@cache
def iam_table() -> dict[str, Any]:
    """Return cfn-lint's table of services, actions and the ARNs that each takes."""
    from cfnlint.data import AdditionalSpecs

    text = resources.files(AdditionalSpecs).joinpath("Policies.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


def handlers(kind: str, *names: str) -> set[str]:
    """Return what CloudFormation calls for a resource of the type, from its birth to its end.

    ``names`` are the handlers, if not all of them are meant.
    """
    known = schema(kind) or {}
    called = {
        action
        for handler, needs in known["handlers"].items()
        if handler in (names or {*known["handlers"]} - {"list"})
        for action in needs["permissions"]
    }
    return called | set(known.get("tagging", {}).get("permissions", []))
