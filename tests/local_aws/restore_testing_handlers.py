"""The handlers of restore testing, which moto 5.2.5 lacks, with the service's limits and refusals.

https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
"""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from tests.local_aws.backup_handlers import check_assumable
from tests.local_aws.errors import DeploymentError
from tests.local_aws.handler import Created, Handler, Order
from tests.local_aws.requests import Requests

MAY_BE_OVERRIDDEN = {
    "EBS": {"availabilityZone", "iops", "kmsKeyId", "throughput"},
    "EC2": {
        "iamInstanceProfileName",
        "instanceType",
        "requireImdsV2",
        "securityGroupIds",
        "subnetId",
    },
    "EFS": {"kmsKeyId", "performanceMode"},
}
"""Type to what of a restore is not inferred from the backup.

https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
"""

# botocore's model has none of these.
_NAME = re.compile(r"[A-Za-z0-9_]{1,50}")
_RANGES = {
    "StartWindowHours": (1, 168),
    "SelectionWindowDays": (1, 365),
    "ValidationWindowHours": (0, 168),
}
_MAX_ARNS = 30


def _create_plan(order: Order) -> Created:
    name, tags = order.need("RestoreTestingPlanName"), order.take("Tags", [])
    plan = {
        "RestoreTestingPlanName": name,
        **order.take_all(
            "RecoveryPointSelection",
            "ScheduleExpression",
            "ScheduleExpressionTimezone",
            "StartWindowHours",
        ),
    }
    calls = order.calls
    calls.call(
        "backup",
        "CreateRestoreTestingPlan",
        RestoreTestingPlan=plan,
        Tags={tag["Key"]: tag["Value"] for tag in tags},
    )
    typed = calls.made[-1].parameters["RestoreTestingPlan"]
    _check_name(name)
    _check_ranges({**typed["RecoveryPointSelection"], **typed})
    if name in calls.aws.restore_tests:
        raise DeploymentError(f"AlreadyExistsException: the restore testing plan {name} exists.")
    calls.aws.restore_tests[name] = {}
    place = order.place
    arn = f"arn:{place.partition}:backup:{place.region}:{place.account}:restore-testing-plan:"
    return Created(name, {"RestoreTestingPlanArn": f"{arn}{name}-{uuid.uuid4()}"})


def _delete_plan(calls: Requests, plan: Created) -> None:
    if calls.aws.restore_tests[plan.ref]:
        raise DeploymentError(
            "InvalidRequestException: its restore testing selections have to be deleted first."
        )
    calls.call("backup", "DeleteRestoreTestingPlan", RestoreTestingPlanName=plan.ref)
    del calls.aws.restore_tests[plan.ref]


def _create_selection(order: Order) -> Created:
    plan, name = order.need("RestoreTestingPlanName"), order.need("RestoreTestingSelectionName")
    selection = {
        "RestoreTestingSelectionName": name,
        **order.take_all(
            "IamRoleArn",
            "ProtectedResourceArns",
            "ProtectedResourceConditions",
            "ProtectedResourceType",
            "RestoreMetadataOverrides",
            "ValidationWindowHours",
        ),
    }
    calls = order.calls
    calls.call(
        "backup",
        "CreateRestoreTestingSelection",
        RestoreTestingPlanName=plan,
        RestoreTestingSelection=selection,
    )
    typed = calls.made[-1].parameters["RestoreTestingSelection"]
    if plan not in calls.aws.restore_tests:
        raise DeploymentError(f"ResourceNotFoundException: there is no restore testing plan {plan}")
    _check_name(name)
    _check_ranges(typed)
    _check_selected(typed)
    check_assumable(calls, typed["IamRoleArn"])
    calls.aws.restore_tests[plan][name] = typed
    return Created(f"{plan}|{name}", {"Plan": plan, "Name": name})


def _delete_selection(calls: Requests, selection: Created) -> None:
    plan, name = selection.attributes["Plan"], selection.attributes["Name"]
    calls.call(
        "backup",
        "DeleteRestoreTestingSelection",
        RestoreTestingPlanName=plan,
        RestoreTestingSelectionName=name,
    )
    del calls.aws.restore_tests[plan][name]


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise DeploymentError(f"{name!r} has more than 50 letters, digits and _, or other signs.")


def _check_ranges(given: Mapping[str, Any]) -> None:
    for name, (least, most) in _RANGES.items():
        if not least <= given.get(name, least) <= most:
            raise DeploymentError(f"{name}: {given[name]} is not in {least}-{most}.")


def _check_selected(selection: Mapping[str, Any]) -> None:
    kind = selection["ProtectedResourceType"]
    if kind not in MAY_BE_OVERRIDDEN:
        raise DeploymentError(f"{kind} is not among {[*MAY_BE_OVERRIDDEN]}: see its metadata.")
    if unknown := {*selection.get("RestoreMetadataOverrides", {})} - MAY_BE_OVERRIDDEN[kind]:
        raise DeploymentError(f"{sorted(unknown)} of {kind} may not be overridden.")
    arns = selection.get("ProtectedResourceArns", [])
    conditions = any(selection.get("ProtectedResourceConditions", {}).values())
    if conditions and arns != ["*"]:
        raise DeploymentError("Resources are selected by ARNs or by conditions, not by both.")
    if not arns or len(arns) > _MAX_ARNS or ("*" in arns and len(arns) > 1):
        raise DeploymentError(f"1 to {_MAX_ARNS} ARNs, or * alone, are needed, not {arns}.")


HANDLERS = {
    "AWS::Backup::RestoreTestingPlan": Handler(_create_plan, _delete_plan),
    "AWS::Backup::RestoreTestingSelection": Handler(_create_selection, _delete_selection),
}
