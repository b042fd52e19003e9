"""The Backup template: which parts, in which order, and what it tells the stack that nests it."""

from troposphere import GetAtt, If, Output, Ref, Sub, Template
from troposphere.backup import BackupPlan, BackupSelection
from troposphere.iam import Role

from generator import VERSION
from generator.stacks import cluster, console_urls, protected_types
from generator.stacks.parts import alerts, copies, extra_protection, plan, role, selection, vault

DESCRIPTION = (
    "(SO0072) - Scale-Out Computing on AWS: backs up and restores the EC2 instances, EBS volumes "
    f"and EFS file systems of a cluster with AWS Backup. Template version {VERSION}"
)


def template() -> Template:
    """Return the Backup template.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/integrate-cloudformation-with-aws-backup.html
    """
    made = Template(DESCRIPTION)
    made.set_version("2010-09-09")
    for element in (
        # The console shows them in this order: first what every cluster should look at, alerts
        # among it; last what reaches beyond the usual resources and the region.
        *cluster.DECLARED,
        *plan.DECLARED,
        *alerts.DECLARED,
        *vault.DECLARED,
        *role.DECLARED,
        *extra_protection.DECLARED,
        *copies.DECLARED,
        *console_urls.DECLARED,
    ):
        element.declare_in(made)

    the_key = vault.vault_key()
    the_vault = vault.backup_vault(the_key)
    vault_name = vault.name_of(the_vault)
    vault_arn = vault.arn_of(the_vault)
    the_plan = plan.backup_plan(
        vault_name, copies.copy_actions, extra_protection.windows_settings()
    )
    the_role = role.backup_role(
        [
            *(family.inline_policy() for family in protected_types.ALWAYS),
            extra_protection.PROTECTS_FSX.then(protected_types.FSX.inline_policy()),
            extra_protection.windows_policy(),
            copies.copy_policy(),
        ]
    )
    the_selection = selection.backup_selection(
        "SOCABackupSelection", "Tag-${ClusterId}", the_plan, the_role, protected_types.ALWAYS
    )
    fsx_selection = selection.backup_selection(
        "SOCAFSxBackupSelection",
        "FSx-${ClusterId}",
        the_plan,
        the_role,
        [protected_types.FSX],
        Condition=extra_protection.PROTECTS_FSX.name,
    )
    the_topic = alerts.alerts_topic()
    topic_arn = alerts.arn_of(the_topic)
    job_rules = alerts.job_rules(topic_arn, vault_name, vault_arn, GetAtt(the_role, "Arn"))
    silence = alerts.silence_alarms(topic_arn, vault_name)
    expired = alerts.expired_alarm(topic_arn, vault_name)
    for resource in (
        the_vault,
        the_key,
        vault.vault_key_alias(the_key),
        the_plan,
        the_selection,
        fsx_selection,
        the_role,
        the_topic,
        alerts.topic_policy(the_topic, job_rules, silence, expired),
        alerts.subscription(the_topic),
        *job_rules,
        *(alarm for _, alarm in silence),
        expired,
    ):
        made.add_resource(resource)

    for output in (
        *_outputs(vault_name, vault_arn, the_plan, the_selection, the_role),
        Output(
            "VaultManagedByStack",
            Description="yes: the vault's key, lock and access policy are the stack's; no: adopted",
            Value=vault.managed_by_stack(),
        ),
        Output(
            "VaultKmsKeyArn",
            Description="Key of the vault: an ARN, aws/backup, or unknown for an adopted vault",
            Value=vault.key_of(the_key),
        ),
        Output(
            "VaultLockMode",
            Description="Lock of the vault: none, governance, compliance, or unknown if adopted",
            Value=vault.lock_mode(),
        ),
        Output(
            "AlertTopicArn",
            Description="ARN of the topic that alerts are sent to, or none",
            Value=alerts.ALERTS.then(topic_arn, "none"),
        ),
        Output(
            "TemplateVersion",
            Description="Version of the template this stack was made from",
            Value=VERSION,
        ),
    ):
        made.add_output(output)
    return made


def _outputs(
    vault_name: If,
    vault_arn: If,
    the_plan: BackupPlan,
    the_selection: BackupSelection,
    the_role: Role,
) -> list[Output]:
    """Return the outputs; none has a condition, so that a parent can read every one of them."""
    return [
        Output(
            "BackupVaultName",
            Description="Name of the vault that holds the backups",
            Value=vault_name,
        ),
        Output(
            "BackupVaultArn",
            Description="ARN of the vault that holds the backups",
            Value=vault_arn,
        ),
        Output("BackupPlanId", Description="ID of the backup plan", Value=Ref(the_plan)),
        Output(
            "BackupPlanArn",
            Description="ARN of the backup plan",
            Value=GetAtt(the_plan, "BackupPlanArn"),
        ),
        Output(
            "BackupSelectionId",
            Description="ID of the plan's resource assignment",
            Value=GetAtt(the_selection, "SelectionId"),
        ),
        Output(
            "BackupRoleName",
            Description="Name of the role for restores and backups on demand (SOCA's SOCA-Backup)",
            Value=Ref(the_role),
        ),
        Output(
            "BackupRoleArn",
            Description="ARN of the role for restores and backups on demand (SOCA's SOCA-Backup)",
            Value=GetAtt(the_role, "Arn"),
        ),
        Output(
            "BackupTag",
            Description="Tag, key=value, that has an instance, volume or file system backed up",
            Value=Sub("${BackupTagKey}=${ClusterId}"),
        ),
        Output(
            "VaultConsoleUrl",
            Description="The vault and its recovery points in the console",
            Value=console_urls.url("#/backupvaults/details/${VaultName}", VaultName=vault_name),
        ),
        Output(
            "PlanConsoleUrl",
            Description="The backup plan in the console",
            Value=console_urls.url("#/backupplan/details/${PlanId}", PlanId=Ref(the_plan)),
        ),
        Output(
            "JobsConsoleUrl",
            Description="Backup, copy and restore jobs in the console",
            Value=console_urls.url(console_urls.JOBS),
        ),
    ]
