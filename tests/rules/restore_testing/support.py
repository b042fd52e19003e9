"""Restore testing plans and selections, as small as possible and right."""

from typing import Any

from tests.rules.support import ROLE_ARN, found, template

HERE = "arn:${AWS::Partition}:backup:${AWS::Region}:${AWS::AccountId}:backup-vault:"
NO = {"Ref": "AWS::NoValue"}
SECTIONS: dict[str, Any] = {
    "Parameters": {"Given": {"Type": "String"}, "List": {"Type": "CommaDelimitedList"}},
    "Conditions": {"On": {"Fn::Equals": [{"Ref": "Given"}, "on"]}},
}


def restore_plan(points: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    """Return a restore testing plan; a property that is None is left out."""
    recovery_points = {
        "Algorithm": "LATEST_WITHIN_WINDOW",
        "IncludeVaults": ["*"],
        "RecoveryPointTypes": ["SNAPSHOT"],
        **(points or {}),
    }
    whole = {
        "RestoreTestingPlanName": "monthly",
        "ScheduleExpression": "cron(0 3 1 * ? *)",
        "StartWindowHours": 24,
        "RecoveryPointSelection": recovery_points,
        **properties,
    }
    return {
        "Type": "AWS::Backup::RestoreTestingPlan",
        "Properties": {key: value for key, value in whole.items() if value is not None},
    }


def restore_selection(**properties: Any) -> dict[str, Any]:
    """Return a restore testing selection of every instance, with further properties."""
    return {
        "Type": "AWS::Backup::RestoreTestingSelection",
        "Properties": {
            "RestoreTestingPlanName": {"Ref": "RestorePlan"},
            "RestoreTestingSelectionName": "instances",
            "ProtectedResourceType": "EC2",
            "ProtectedResourceArns": ["*"],
            "IamRoleArn": ROLE_ARN,
            **properties,
        },
    }


def messages(rule: str, plan: dict[str, Any], selection: dict[str, Any], **more: Any) -> list[str]:
    """Return what the rule finds in a restore testing plan and its selection."""
    return found(rule, template(RestorePlan=plan, RestoreSelection=selection, **SECTIONS, **more))
