"""What the stack tells its parent stack and the console.

No output has a condition, so a parent can read every one of them.
"""

from troposphere import AWSHelperFn, GetAtt, If, Output, Ref, Sub
from troposphere.backup import BackupPlan, BackupSelection
from troposphere.iam import Role

from generator import VERSION
from generator.stacks import console_urls
from generator.stacks.parts import alerts, vault


def vault_arn(arn: If) -> Output:
    """Name the vault in use, new or adopted."""
    return Output(
        "BackupVaultArn", Description="ARN of the vault that holds the backups", Value=arn
    )


def of_vault(
    name: If,
    arn: Output,
    key_arn: AWSHelperFn,
    what: str = "backups",
    keys: str = "an ARN, aws/backup",
) -> list[Output]:
    """Describe the vault in use, new or adopted, by what it holds and what keys it may have."""
    return [
        Output(
            "BackupVaultName",
            Description=f"Name of the vault that holds the {what}",
            Value=name,
        ),
        arn,
        Output(
            "VaultManagedByStack",
            Description=(
                "yes: the stack manages the vault's key, lock and access policy; no: adopted vault"
            ),
            Value=vault.managed_by_stack(),
        ),
        Output(
            "VaultKmsKeyArn",
            Description=f"Key of the vault: {keys}, or unknown for an adopted vault",
            Value=vault.key_of(key_arn),
        ),
        Output(
            "VaultLockMode",
            Description="Lock of the vault: none, governance, compliance, or unknown if adopted",
            Value=vault.lock_mode(),
        ),
        Output(
            "VaultConsoleUrl",
            Description="Console page of the vault and its recovery points",
            Value=console_urls.url("#/backupvaults/details/${VaultName}", VaultName=name),
        ),
    ]


def of_plan(plan: BackupPlan, selection: BackupSelection) -> list[Output]:
    """Describe the plan, what it selects, and where to see its jobs."""
    return [
        Output("BackupPlanId", Description="ID of the backup plan", Value=Ref(plan)),
        Output(
            "BackupPlanArn",
            Description="ARN of the backup plan",
            Value=GetAtt(plan, "BackupPlanArn"),
        ),
        Output(
            "BackupSelectionId",
            Description="ID of the plan's resource assignment",
            Value=GetAtt(selection, "SelectionId"),
        ),
        Output(
            "BackupTag",
            Description="Tag (key=value) that marks a resource for backup",
            Value=Sub("${BackupTagKey}=${ClusterId}"),
        ),
        Output(
            "PlanConsoleUrl",
            Description="Console page of the backup plan",
            Value=console_urls.url("#/backupplan/details/${PlanId}", PlanId=Ref(plan)),
        ),
        jobs_url(),
    ]


def jobs_url() -> Output:
    """Say where to see the jobs."""
    return Output(
        "JobsConsoleUrl",
        Description="Console page of backup, copy and restore jobs",
        Value=console_urls.url(console_urls.JOBS),
    )


def of_role(role: Role) -> list[Output]:
    """Describe the role that people choose for restores and on-demand backups."""
    return [
        Output(
            "BackupRoleName",
            Description=(
                "Name of the role for restores and on-demand backups, SOCA-Backup in SOCA's page"
            ),
            Value=Ref(role),
        ),
        Output(
            "BackupRoleArn",
            Description=(
                "ARN of the role for restores and on-demand backups, SOCA-Backup in SOCA's page"
            ),
            Value=GetAtt(role, "Arn"),
        ),
    ]


def of_restore_role(role_arn: If) -> Output:
    """Name the role that only restores, if there is one."""
    return Output(
        "RestoreRoleArn",
        Description="ARN of the role for restores of the copies, or none",
        Value=role_arn,
    )


def of_alerts(topic_arn: If) -> Output:
    """Name the topic in use, given or created."""
    return Output(
        "AlertTopicArn",
        Description="ARN of the topic that receives alerts, or none",
        Value=alerts.ALERTS.then(topic_arn, "none"),
    )


def of_template() -> Output:
    """Say which release the stack is."""
    return Output(
        "TemplateVersion",
        Description="Version of this stack's template",
        Value=VERSION,
    )
