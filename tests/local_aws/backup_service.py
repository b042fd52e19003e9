"""AWS Backup's answers about plans, jobs and recovery points, which moto 5.2.5 lacks.

https://docs.aws.amazon.com/aws-backup/latest/devguide/api-reference.html
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from tests.local_aws.errors import AnsweredError
from tests.local_aws.front import Moto, Parameters, Serves
from tests.local_aws.served import Served, page, utc, without_none

Filter = Callable[[Mapping[str, Any], Any], bool]


def _is(*path: str) -> Filter:
    return lambda item, value: _at(item, path) == value


def _after(*path: str) -> Filter:
    return lambda item, value: bool(found := _at(item, path)) and found > utc(value)


def _before(*path: str) -> Filter:
    return lambda item, value: bool(found := _at(item, path)) and found < utc(value)


def _at(item: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        item = item.get(step, {})
    return item


_JOBS = {
    "ByResourceArn": _is("ResourceArn"),
    "ByResourceType": _is("ResourceType"),
    "ByState": _is("State"),
    "ByCreatedAfter": _after("CreationDate"),
    "ByCreatedBefore": _before("CreationDate"),
    "ByCompleteAfter": _after("CompletionDate"),
    "ByCompleteBefore": _before("CompletionDate"),
    "ByParentJobId": _is("ParentJobId"),
    "ByMessageCategory": _is("MessageCategory"),
}
_LISTS: dict[str, tuple[str, str, dict[str, Filter]]] = {
    "ListBackupJobs": (
        "jobs",
        "BackupJobs",
        {**_JOBS, "ByBackupVaultName": _is("BackupVaultName")},
    ),
    "ListCopyJobs": (
        "copy_jobs",
        "CopyJobs",
        {**_JOBS, "ByDestinationVaultArn": _is("DestinationBackupVaultArn")},
    ),
    "ListRestoreJobs": (
        "restore_jobs",
        "RestoreJobs",
        {
            **{name: _JOBS[name] for name in _JOBS if name.startswith(("ByC", "ByP"))},
            "ByResourceType": _is("ResourceType"),
            "ByStatus": _is("Status"),
            "ByRestoreTestingPlanArn": _is("CreatedBy", "RestoreTestingPlanArn"),
        },
    ),
    "ListRecoveryPointsByBackupVault": (
        "points",
        "RecoveryPoints",
        {
            "BackupVaultName": _is("BackupVaultName"),
            "ByResourceArn": _is("ResourceArn"),
            "ByResourceType": _is("ResourceType"),
            "ByBackupPlanId": _is("CreatedBy", "BackupPlanId"),
            "ByCreatedAfter": _after("CreationDate"),
            "ByCreatedBefore": _before("CreationDate"),
            "ByParentRecoveryPointArn": _is("ParentRecoveryPointArn"),
        },
    ),
    "ListRestoreTestingPlans": ("restore_plans", "RestoreTestingPlans", {}),
}
"""Operation to where its items are, what its answer calls them, and its filters."""
_ONLY_IN_GET = {"RecoveryPointSelection"}
"""What ListRestoreTestingPlans does not say of a plan."""


def _list(operation: str, served: Served, asked: Parameters, _: Moto) -> dict[str, Any]:
    data, member, filters = _LISTS[operation]
    if "BackupVaultName" in filters:
        _vault(served, asked["BackupVaultName"])
    items = getattr(served, data)
    shown, token = page(
        served,
        asked,
        (
            {name: value for name, value in item.items() if name not in _ONLY_IN_GET}
            for item in items
            if all(filters[name](item, asked[name]) for name in asked if name in filters)
        ),
    )
    for name in filters:
        asked.pop(name, None)
    return without_none({member: shown, "NextToken": token})


def _has_vault(served: Served, name: str) -> bool:
    from moto.backup.models import backup_backends

    return name in backup_backends[served.account][served.region].vaults


def _vault(served: Served, name: str) -> None:
    if not _has_vault(served, name):
        raise AnsweredError("ResourceNotFoundException", f"Backup vault {name} does not exist")


def _describe_vault(served: Served, asked: Parameters, moto: Moto) -> dict[str, Any]:
    """Moto's vault, with what it holds; of one that does not exist, AWS says that it is denied.

    https://github.com/aws/aws-sdk-js/issues/2625
    """
    name = asked.pop("BackupVaultName")
    if not _has_vault(served, name):
        message = "Insufficient privileges to perform this action."
        raise AnsweredError("AccessDeniedException", message, 403)
    vault = moto()
    if not vault.get("EncryptionKeyArn"):  # moto knows no key but one that is given
        vault["EncryptionKeyArn"] = _own_key(served)
    in_it = sum(point["BackupVaultName"] == name for point in served.points)
    return without_none({**vault, "NumberOfRecoveryPoints": in_it, **served.vaults[name]})


def _own_key(served: Served) -> str:
    """Return the ARN of the key aws/backup, which moto does not make by itself."""
    from moto.kms.models import kms_backends

    backend, alias = kms_backends[served.account][served.region], "alias/aws/backup"
    key = backend.get_key_id_from_alias(alias)
    if not key:
        key = backend.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", None).id
        backend.create_alias(key, alias)
    return backend.keys[key].arn


def _vault_policy(served: Served, asked: Parameters, _: Moto) -> dict[str, Any]:
    name = asked.pop("BackupVaultName")
    _vault(served, name)
    if name not in served.vault_policies:
        raise AnsweredError(
            "ResourceNotFoundException", f"Backup vault {name} has no access policy"
        )
    arn = f"arn:aws:backup:{served.region}:{served.account}:backup-vault:{name}"
    policy = served.vault_policies[name]
    return {"BackupVaultName": name, "BackupVaultArn": arn, "Policy": policy}


def _region_settings(served: Served, _: Parameters, __: Moto) -> dict[str, Any]:
    return served.region_settings


def _plan(served: Served, asked: Parameters, moto: Moto) -> dict[str, Any]:
    """Moto's plan, with the runs to come, the soonest first."""
    del asked["BackupPlanId"]
    answer = moto()
    if number := asked.pop("MaxScheduledRunsPreview", 0):
        runs = [
            {"ExecutionTime": at, "RuleId": rule["RuleId"], "RuleExecutionType": "SNAPSHOTS"}
            for rule in answer["BackupPlan"]["Rules"]
            for at in served.next_starts.get(rule["RuleName"], [])
        ]
        runs.sort(key=lambda run: run["ExecutionTime"])
        answer["ScheduledRunsPreview"] = runs[:number]
    return answer


def _selections(served: Served, asked: Parameters, _: Moto) -> dict[str, Any]:
    plan = asked.pop("BackupPlanId")
    found = [
        {
            "SelectionId": name,
            "SelectionName": selection["SelectionName"],
            "BackupPlanId": plan,
            "IamRoleArn": selection["IamRoleArn"],
        }
        for name, selection in served.selections.get(plan, {}).items()
    ]
    shown, token = page(served, asked, found)
    return without_none({"BackupSelectionsList": shown, "NextToken": token})


def _selection(served: Served, asked: Parameters, _: Moto) -> dict[str, Any]:
    plan, name = asked.pop("BackupPlanId"), asked.pop("SelectionId")
    if name not in served.selections.get(plan, {}):
        raise AnsweredError("ResourceNotFoundException", f"Cannot find selection {name}")
    selection = served.selections[plan][name]
    return {"BackupSelection": selection, "SelectionId": name, "BackupPlanId": plan}


def _restore_plan(served: Served, asked: Parameters, _: Moto) -> dict[str, Any]:
    name = asked.pop("RestoreTestingPlanName")
    for plan in served.restore_plans:
        if plan["RestoreTestingPlanName"] == name:
            return {"RestoreTestingPlan": plan}
    raise AnsweredError("ResourceNotFoundException", f"Restore testing plan {name} not found")


def serves(served: Served) -> dict[str, Serves]:
    """Return who answers which call."""
    return {
        **{f"backup.{name}": partial(_list, name, served) for name in _LISTS},
        "backup.DescribeBackupVault": partial(_describe_vault, served),
        "backup.GetBackupVaultAccessPolicy": partial(_vault_policy, served),
        "backup.DescribeRegionSettings": partial(_region_settings, served),
        "backup.GetBackupPlan": partial(_plan, served),
        "backup.ListBackupSelections": partial(_selections, served),
        "backup.GetBackupSelection": partial(_selection, served),
        "backup.GetRestoreTestingPlan": partial(_restore_plan, served),
    }
