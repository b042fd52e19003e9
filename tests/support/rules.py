"""The Rules section: what a template asserts about its parameters together.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
Its functions are its own: Fn::If, Fn::Sub, Fn::Join and references to Conditions are refused.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tests.local_aws.errors import RefusedError


def check(rules: Mapping[str, Any], ref: Callable[[str], Any]) -> None:
    """Raise RefusedError for the first assertion that does not hold."""
    for name, rule in rules.items():
        if unknown := sorted(set(rule) - {"RuleCondition", "Assertions"}):
            raise RefusedError(f"Rule {name} has unknown keys {unknown}.")
        if "RuleCondition" in rule and not _truth(rule["RuleCondition"], ref):
            continue
        for assertion in rule["Assertions"]:
            if not _truth(assertion["Assert"], ref):
                why = assertion.get("AssertDescription", "an assertion does not hold")
                raise RefusedError(f"Rule {name}: {why}")


def _truth(node: Any, ref: Callable[[str], Any]) -> bool:
    if not isinstance(node, dict) or len(node) != 1:
        raise RefusedError(f"{node!r} is not a rule function.")
    [(function, arguments)] = node.items()
    if function == "Fn::Not" and len(arguments) == 1:
        return not _truth(arguments[0], ref)
    if function in {"Fn::And", "Fn::Or"} and 2 <= len(arguments) <= 10:
        every = [_truth(argument, ref) for argument in arguments]
        return all(every) if function == "Fn::And" else any(every)
    if function not in _COMPARISONS or len(arguments) != 2:
        raise RefusedError(f"{function} with {len(arguments)} arguments is not used in our Rules.")
    left, right = (_operand(argument, ref) for argument in arguments)
    return _COMPARISONS[function](left, right)


def _operand(node: Any, ref: Callable[[str], Any]) -> Any:
    if isinstance(node, list):
        return [_operand(item, ref) for item in node]
    if isinstance(node, dict):
        if list(node) != ["Ref"]:
            raise RefusedError(f"{sorted(node)} cannot stand in a Rule.")
        return ref(node["Ref"])
    return str(node).lower() if isinstance(node, bool) else str(node)


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "Fn::Equals": lambda left, right: bool(left == right),
    "Fn::Contains": lambda members, value: value in members,
    "Fn::EachMemberEquals": lambda members, value: all(member == value for member in members),
    "Fn::EachMemberIn": lambda members, allowed: all(member in allowed for member in members),
}
