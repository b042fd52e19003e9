"""The handlers of AWS Backup's resource types, and the service's refusals that moto lacks."""

import json
import uuid
from typing import Any

from tests.local_aws.errors import DeploymentError
from tests.local_aws.handler import Created, Handler, Order
from tests.local_aws.requests import Requests


def _create_vault(order: Order) -> Created:
    name = order.need("BackupVaultName")
    lock, policy = order.take("LockConfiguration"), order.take_json("AccessPolicy")
    arn = order.calls.call(
        "backup",
        "CreateBackupVault",
        BackupVaultName=name,
        **order.take_all("BackupVaultTags", "EncryptionKeyArn"),
    )["BackupVaultArn"]
    order.made = Created(name, {"BackupVaultArn": arn, "BackupVaultName": name})
    for operation, settings in [
        ("PutBackupVaultAccessPolicy", policy and {"Policy": policy}),
        ("PutBackupVaultLockConfiguration", lock),
    ]:
        if settings:
            order.calls.call("backup", operation, BackupVaultName=name, **settings)
    return order.made


def _delete_vault(calls: Requests, vault: Created) -> None:
    for found in calls.call("backup", "ListBackupVaults")["BackupVaultList"]:
        # moto 5.2.5 deletes a vault with all that it holds; the service does not.
        if found["BackupVaultName"] == vault.ref and found["NumberOfRecoveryPoints"]:
            raise DeploymentError(
                "InvalidRequestException: Backup vault cannot be deleted because it contains "
                "recovery points."
            )
    calls.call("backup", "DeleteBackupVault", BackupVaultName=vault.ref)


def _create_plan(order: Order) -> Created:
    plan = order.need("BackupPlan")
    rules = [_renamed(rule, {"TargetBackupVault": "TargetBackupVaultName"})
             for rule in plan.get("BackupPlanRule", [])]  # fmt: skip
    for rule in rules:
        # moto 5.2.5 takes a plan for a vault that does not exist; the service does not.
        order.calls.call(
            "backup", "DescribeBackupVault", BackupVaultName=rule.get("TargetBackupVaultName")
        )
    api = {**_renamed(plan, {}), "Rules": rules}
    api.pop("BackupPlanRule", None)
    made = order.calls.call(
        "backup", "CreateBackupPlan", BackupPlan=api, **order.take_all("BackupPlanTags")
    )
    names = ("BackupPlanId", "BackupPlanArn", "VersionId")
    return Created(made["BackupPlanId"], {name: made[name] for name in names})


def _renamed(properties: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in properties.items()}


def _delete_plan(calls: Requests, plan: Created) -> None:
    if calls.aws.selections[plan.ref]:
        raise DeploymentError(
            "InvalidRequestException: Related backup plan selections must be deleted prior to "
            "backup plan deletion."
        )
    calls.call("backup", "DeleteBackupPlan", BackupPlanId=plan.ref)


def _create_selection(order: Order) -> Created:
    plan, selection = order.need("BackupPlanId"), order.need("BackupSelection")
    order.calls.call("backup", "GetBackupPlan", BackupPlanId=plan)
    if not selection.get("Resources") and not selection.get("ListOfTags"):
        raise DeploymentError(
            "InvalidParameterValueException: Either 'ListOfTags' or 'Resources' section must be "
            "non-empty."
        )
    check_assumable(order.calls, selection.get("IamRoleArn", ""))
    order.calls.call(
        "backup", "CreateBackupSelection", BackupPlanId=plan, BackupSelection=selection
    )
    made = str(uuid.uuid4())
    order.calls.aws.selections[plan][made] = order.calls.made[-1].parameters["BackupSelection"]
    # The form of Id is AWS's own affair; a template that takes it apart is wrong.
    return Created(
        f"{made}_{plan}",
        {"Id": f"{made}_{plan}", "SelectionId": made, "BackupPlanId": plan},
    )


def check_assumable(calls: Requests, role_arn: str) -> None:
    """Refuse a role that AWS Backup cannot assume, as the service does when a selection is made.

    Which condition keys the service sends is not documented, so a statement with a condition
    does not count.
    """
    role = calls.call("iam", "GetRole", RoleName=role_arn.rpartition("/")[2])["Role"]
    trust = role["AssumeRolePolicyDocument"]
    for statement in trust["Statement"]:
        services = statement.get("Principal", {}).get("Service", [])
        actions = statement.get("Action", [])
        if (
            statement["Effect"] == "Allow"
            and "Condition" not in statement
            and "backup.amazonaws.com" in ([services] if isinstance(services, str) else services)
            and "sts:AssumeRole" in ([actions] if isinstance(actions, str) else actions)
        ):
            return
    raise DeploymentError(f"{role_arn} cannot be assumed by AWS Backup: {json.dumps(trust)}")


def _delete_selection(calls: Requests, selection: Created) -> None:
    plan, made = (selection.attributes[name] for name in ("BackupPlanId", "SelectionId"))
    calls.call("backup", "DeleteBackupSelection", BackupPlanId=plan, SelectionId=made)
    del calls.aws.selections[plan][made]


HANDLERS = {
    "AWS::Backup::BackupVault": Handler(_create_vault, _delete_vault),
    "AWS::Backup::BackupPlan": Handler(_create_plan, _delete_plan),
    "AWS::Backup::BackupSelection": Handler(_create_selection, _delete_selection),
}
