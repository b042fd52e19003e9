"""The Backup template: its parts, in their order."""

from troposphere import GetAtt, Ref, Template

from generator import VERSION
from generator.stacks import cluster, console_urls, outputs, protected_types
from generator.stacks.declarations import declare
from generator.stacks.parts import alerts, copies, plan, role, selection, vault, windows

DESCRIPTION = (
    "(SO0072) - Scale-Out Computing on AWS: AWS Backup for a cluster's EC2 instances, EBS volumes "
    f"and EFS file systems. Template version {VERSION}"
)


def template() -> Template:
    """Return the Backup template.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/integrate-cloudformation-with-aws-backup.html
    """
    made = declare(
        DESCRIPTION,
        [
            # The console's order: first what every administrator should look at, including alerts;
            # last what goes beyond the usual resources and the region.
            *cluster.DECLARED,
            *plan.DECLARED,
            *alerts.DECLARED,
            *vault.DECLARED,
            *role.DECLARED,
            *protected_types.DECLARED,
            *windows.DECLARED,
            *copies.DECLARED,
            *console_urls.DECLARED,
        ],
    )

    key_name = "${ClusterId}-backup"
    the_key = vault.vault_key(
        vault.CREATES_KEY, key_name, "the backups in the vault", copies.key_statements()
    )
    the_vault = vault.backup_vault("Vault-", vault.key_arn(the_key), vault.access_policy())
    vault_name = vault.name_of(the_vault)
    vault_arn = vault.arn_of(the_vault)
    the_plan = plan.backup_plan(vault_name, copies.copy_actions, windows.plan_settings())
    the_role = role.backup_role(
        [
            *(each.inline_policy() for each in protected_types.EVERY),
            windows.inline_policy(),
            copies.inline_policy(),
        ]
    )
    the_selection, *optional_selections = selection.backup_selections(
        the_plan, the_role, protected_types.EVERY
    )
    the_topic = alerts.alerts_topic("Backup")
    topic_arn = alerts.arn_of(the_topic)
    alert_rule = alerts.alert_rule(
        topic_arn, vault_name, vault_arn, GetAtt(the_role, "Arn"), Ref(the_plan)
    )
    silence = alerts.silence_alarms(topic_arn, vault_name)
    expired = alerts.expired_alarm(
        topic_arn, vault_name, "Recovery points", "check that the backup role still exists"
    )
    for resource in (
        the_vault,
        the_key,
        vault.vault_key_alias(the_key, vault.CREATES_KEY, key_name),
        the_plan,
        the_selection,
        *optional_selections,
        the_role,
        the_topic,
        alerts.topic_policy(the_topic, alert_rule, silence, expired),
        alerts.subscription(the_topic),
        alert_rule,
        *(alarm for _, alarm in silence),
        expired,
    ):
        made.add_resource(resource)

    for output in (
        *outputs.of_vault(
            vault_name, outputs.vault_arn(vault_arn), vault.key_arn(the_key, otherwise="aws/backup")
        ),
        *outputs.of_plan(the_plan, the_selection),
        *outputs.of_role(the_role),
        outputs.of_alerts(topic_arn),
        outputs.of_template(),
    ):
        made.add_output(output)
    return made
