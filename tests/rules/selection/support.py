"""Selections, and the parameters and conditions that they depend on."""

from typing import Any

from tests.rules.support import found, selection, template

TYPES = ["arn:aws:ec2:*:*:instance/*"]
TAGS = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "stage", "ConditionValue": "prod"}]
NO = {"Ref": "AWS::NoValue"}
PARAMETERS = {
    "Key": {"Type": "String", "Default": "stage"},
    "Given": {"Type": "String"},
    "List": {"Type": "CommaDelimitedList"},
}
CONDITIONS = {
    "Tagged": {"Fn::Equals": [{"Ref": "Given"}, "tags"]},
    "Typed": {"Fn::Not": [{"Condition": "Tagged"}]},
}


def where(key: Any, operator: str = "StringEquals") -> dict[str, Any]:
    """Return Conditions about one tag."""
    return {operator: [{"ConditionKey": key, "ConditionValue": "prod"}]}


def messages(rule: str, **properties: Any) -> list[str]:
    """Return what the rule finds in a selection with these properties."""
    whole = template(
        Selection=selection(**properties), Parameters=PARAMETERS, Conditions=CONDITIONS
    )
    return found(rule, whole)
