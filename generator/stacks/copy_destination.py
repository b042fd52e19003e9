"""The template of a vault for copies, in another region or account: its parts, in their order."""

from troposphere import GetAtt, Or, Output, Template

from generator import VERSION
from generator.stacks import cluster, console_urls, outputs, protected_types
from generator.stacks.declarations import Flag, declare
from generator.stacks.parts import alerts, copy_source, role, vault
from generator.stacks.policies.role import restore_half

DESCRIPTION = (
    "(SO0072) - Scale-Out Computing on AWS: a vault in another region or account for copies of a "
    f"cluster's backups. Template version {VERSION}"
)
VAULT_PREFIX = "Copies-"
KEY_NAME = "${ClusterId}-copies"
HAS_ACCESS_POLICY = Flag(
    "HasAccessPolicy", Or(copy_source.HAS_SOURCE_ACCOUNT.holds, vault.DENIES_DELETION.holds)
)


def template() -> Template:
    """Return the template of the destination.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
    """
    made = declare(
        DESCRIPTION,
        [
            cluster.cluster_id("It names the vault and its key"),
            *copy_source.DECLARED,
            alerts.notification_email(
                "the vault and, with a role for restores, about restores that fail"
            ),
            *alerts.TOPIC,
            vault.existing_vault_name(
                VAULT_PREFIX,
                "that is in this region, left by an earlier stack of this kind or made by hand",
            ),
            *vault.PROTECTIONS,
            vault.CREATES_VAULT,
            HAS_ACCESS_POLICY,
            vault.adopted_vault_stays_as_it_is(
                [copy_source.SOURCE_ACCOUNT_ID, copy_source.SOURCE_ROLE_ARN],
                [copy_source.ALLOW_COPY_BACK],
                "leave SourceAccountId and SourceRoleArn empty, set AllowCopyBack and "
                "DenyRecoveryPointDeletion to no and VaultLock to none",
            ),
            *role.OF_RESTORE_ROLE,
            *(each.flag for each in protected_types.EVERY if each.flag),
            *console_urls.DECLARED,
        ],
    )

    # Always a key of its own: backups of EC2, EBS and FSx cannot be copied under aws/backup, and
    # nothing can be copied to another account under a key of AWS.
    the_key = vault.vault_key(
        vault.CREATES_VAULT, KEY_NAME, "the copies of backups", copy_source.key_statements()
    )
    key_arn = GetAtt(the_key, "Arn")
    the_vault = vault.backup_vault(
        VAULT_PREFIX,
        key_arn,
        HAS_ACCESS_POLICY.then(copy_source.access_policy(vault.denial_if_chosen())),
    )
    vault_name = vault.name_of(the_vault)
    the_role = role.restore_role(
        [each.inline_policy(restore_half) for each in protected_types.EVERY]
    )
    role_arn = role.CREATES_RESTORE_ROLE.then(GetAtt(the_role, "Arn"), "none")
    the_topic = alerts.alerts_topic("Copies")
    topic_arn = alerts.arn_of(the_topic)
    alert_rule = alerts.copies_rule(topic_arn, vault_name, role_arn)
    expired = alerts.expired_alarm(
        topic_arn, vault_name, "Copies", "look at their status in the vault"
    )
    for resource in (
        the_vault,
        the_key,
        vault.vault_key_alias(the_key, vault.CREATES_VAULT, KEY_NAME),
        the_role,
        the_topic,
        alerts.topic_policy(the_topic, alert_rule, [], expired),
        alerts.subscription(the_topic),
        alert_rule,
        expired,
    ):
        made.add_resource(resource)

    destination = Output(
        "CopyDestinationVaultArn",
        Description="ARN of the vault: type it into CopyDestinationVaultArn of the backup stack",
        Value=vault.arn_of(the_vault),
    )
    for output in (
        *outputs.of_vault(vault_name, destination, key_arn, what="copies", keys="an ARN"),
        outputs.jobs_url(),
        outputs.of_restore_role(role_arn),
        outputs.of_alerts(topic_arn),
        outputs.of_template(),
    ):
        made.add_output(output)
    return made
