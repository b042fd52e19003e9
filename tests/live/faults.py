"""What can be wrong with a cluster, one thing each, and what the live check is to find then."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.live.breaking import (
    REGION,
    TAG,
    TAGS,
    alarm,
    automatic,
    by_hand,
    came_back,
    change_rule,
    cold,
    database,
    drop_copies_of_one,
    drop_plan,
    drop_policy,
    drop_profile,
    drop_role,
    drop_vault,
    efs_policy,
    failed_restore,
    forget,
    good_later,
    key_denies_contractors,
    key_policy,
    last,
    leave_out,
    moto_plan,
    narrow_boundary,
    never_backed_up,
    never_tested,
    new_file_system,
    nothing,
    one_denies_and_one_is_unknown,
    openzfs_without_opt_in,
    retag,
    rule,
    running,
    scratch,
    selection,
    set_state,
    subscriptions,
    tag_volume,
    topic_policy,
    trust,
    untag_all,
    vault_denies_the_role,
    vault_key,
    volume_under_anothers_key,
    volume_under_awss_key,
    warming_up,
)
from tests.local_aws.cluster import EMAIL, Cluster
from tests.local_aws.local_aws import ACCOUNT
from tests.support import soca

SOMEBODYS_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0b000000-0000-0000-0000-000000000000"
CARRIERS = ("Scheduler", "EFSApps", "EFSData", "Lustre")
NOT_WELL, NOT_CHECKED, TO_KNOW = "not well", "not checked", "to know"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong."""

    breaks: Callable[[Cluster], object]
    finds: tuple[tuple[str, str, str], ...]
    """Question, verdict and a part of the text of each finding that a healthy cluster lacks."""
    parameters: dict[str, str] = field(default_factory=dict)
    """Those of the backup stack."""
    lost: int = 0
    """How many of the resources tonight's backup does not run for."""


def both(
    first: Callable[[Cluster], None], second: Callable[[Cluster], None]
) -> Callable[[Cluster], None]:
    """Return what breaks two things: of which one must not hide the other."""

    def breaks(cluster: Cluster) -> None:
        first(cluster)
        second(cluster)

    return breaks


def near_miss(tags: dict[str, str | None], told: str) -> Fault:
    """Return that a file system carries other tags, and what is told that it carries."""
    return Fault(
        lambda c: retag(c, tags),
        (("resources", NOT_WELL, f"it carries {told}, not {TAG}"),),
        lost=1,
    )


def unreadable(rule: dict[str, str], told: str) -> Fault:
    """Return that nobody knows when the rule starts backups, and what of it is told."""
    return Fault(
        lambda c: change_rule(c, **rule),
        (
            *(
                ("stack", NOT_WELL, f"are {done} by SOCADailyBackup in another way: {told}")
                for done in ("backed up", "copied")
            ),
            *(
                ("resources", NOT_CHECKED, f"{name}): how old its newest backup may be is not")
                for name in CARRIERS
            ),
            ("tonight", NOT_CHECKED, "when SOCADailyBackup starts is not known: "),
        ),
        lost=4,
    )


OF_THE_STACK = {
    "the stack is not complete": Fault(
        lambda c: c.here.stacks[1].described.update(StackStatus="UPDATE_ROLLBACK_FAILED"),
        (("stack", NOT_WELL, "not complete: UPDATE_ROLLBACK_FAILED"),),
    ),
    "the stack is being deleted": Fault(
        lambda c: c.here.stacks[1].described.update(StackStatus="DELETE_IN_PROGRESS"),
        (("stack", NOT_WELL, "the stack is being deleted"),),
        lost=4,
    ),
    "the role lost a policy": Fault(
        lambda c: drop_policy(c, "ProtectEFS"),
        (
            ("tonight", NOT_WELL, "the role may not back up EFS file systems: it lacks"),
            ("restore", NOT_WELL, "the role may not restore EFS file systems: it lacks"),
        ),
        lost=2,
    ),
    "the vault's policy is gone": Fault(
        lambda c: c.here.vault_policies.clear(),
        (("stack", NOT_WELL, "whoever IAM allows may delete recovery points"),),
        {"DenyRecoveryPointDeletion": "yes"},
    ),
    "the lock is gone": Fault(
        lambda c: c.here.vaults[c.vault].update(Locked=False, MinRetentionDays=None),
        (("stack", NOT_WELL, "the vault is no longer locked"),),
        {"VaultLock": "governance"},
    ),
    "the plan keeps backups for less time": Fault(
        lambda c: moto_plan(c).backup_plan["Rules"][0]["Lifecycle"].update(DeleteAfterDays=7),
        (("stack", NOT_WELL, "are kept 7 days instead of 30"),),
    ),
    "the assignment leaves out what is called EFS": Fault(
        lambda c: leave_out(c, "Name", "*EFS*"),
        (
            ("stack", NOT_WELL, "only what also carries Name not like *EFS* is still selected"),
            ("tonight", NOT_WELL, "EFSApps) is not selected: no resource assignment"),
            ("tonight", NOT_WELL, "EFSData) is not selected: no resource assignment"),
        ),
        lost=2,
    ),
    "the assignment leaves out a tag that nothing carries": Fault(
        lambda c: leave_out(c, "Owner", "x"),
        (
            ("stack", NOT_WELL, "only what also carries Owner not like x is still selected"),
            *(
                ("tonight", NOT_CHECKED, f"{name}): whether the plan selects it depends on a tag")
                for name in ("Scheduler", "EFSApps", "EFSData")
            ),
        ),
        lost=3,
    ),
    "the assignment asks for another tag": Fault(
        lambda c: selection(c)["Conditions"]["StringEquals"][0].update(ConditionValue="other"),
        (
            ("stack", NOT_WELL, "soca:BackupPlan=other"),
            ("tonight", NOT_WELL, "Scheduler) is not selected: no resource assignment"),
            ("tonight", NOT_WELL, "EFSApps) is not selected: no resource assignment"),
            ("tonight", NOT_WELL, "EFSData) is not selected: no resource assignment"),
        ),
        lost=3,
    ),
}
OF_THE_RESOURCES = {
    "nothing carries the tag": Fault(
        untag_all,
        (
            ("resources", NOT_WELL, "nothing carries the tag"),
            ("resources", NOT_WELL, "EFSApps) is not selected"),
            ("resources", NOT_WELL, "EFSData) is not selected"),
            ("resources", NOT_WELL, "Lustre) is not selected"),
            ("resources", TO_KNOW, "3 instances of the cluster do not carry the tag"),
        ),
        lost=3,
    ),
    "two nights failed": Fault(
        lambda c: forget(c, 2),
        (("resources since", NOT_WELL, "last job: FAILED: Insufficient privileges"),),
    ),
    "a resource was never backed up": Fault(
        never_backed_up, (("resources", NOT_WELL, "has no backup in the vault"),)
    ),
    "the stack is new, and its vault is not": Fault(
        came_back,
        tuple(
            ("resources", TO_KNOW, f"{name}) waits for its first backup by this stack")
            for name in CARRIERS
        ),
    ),
    "a resource is new": Fault(
        new_file_system, (("resources", TO_KNOW, "waits for its first backup by this stack"),)
    ),
    "a schedule that ends": Fault(
        lambda c: (
            moto_plan(c).backup_plan["Rules"][0].update(ScheduleExpression="cron(0 5 26 11 ? 2026)")
        ),
        (
            ("stack", NOT_WELL, "are backed up only for some time"),
            ("stack", NOT_WELL, "are copied only for some time"),
            *(
                (
                    "resources",
                    NOT_CHECKED,
                    f"{name}): how old its newest backup may be is not known",
                )
                for name in CARRIERS
            ),
        ),
    ),
    "a backup takes long": Fault(
        running, (("resources", TO_KNOW, "one has been running since 2026-11-25 05:20 UTC"),)
    ),
    "a tag under the key of another release": near_miss(
        {TAG: None, "edh:BackupPlan": soca.CLUSTER_ID}, "edh:BackupPlan=soca-mycluster"
    ),
    "a key in capital letters": near_miss(
        {TAG: None, "SOCA:BackupPlan": soca.CLUSTER_ID}, "SOCA:BackupPlan=soca-mycluster"
    ),
    "a value in capital letters": near_miss({TAG: "soca-MyCluster"}, f"{TAG}=soca-MyCluster"),
    "a value with the prefix twice": near_miss(
        {TAG: "soca-soca-mycluster"}, f"{TAG}=soca-soca-mycluster"
    ),
    "a value without the prefix": near_miss({TAG: "mycluster"}, f"{TAG}=mycluster"),
    "a value with a blank behind it": near_miss(
        {TAG: "soca-mycluster ", "soca:ClusterId": None}, f"'{TAG}=soca-mycluster '"
    ),
    "a value with a slip": near_miss({TAG: "soca-myclustr"}, f"{TAG}=soca-myclustr"),
    "a value with a slip, of the scheduler": Fault(
        lambda c: c.tag(c.resource("Scheduler").arn, {TAG: "true"}),
        (("resources", NOT_WELL, "it carries soca:BackupPlan=true, not"),),
        lost=1,
    ),
    "a file system without the tag": Fault(
        lambda c: retag(c, {TAG: None}),
        (("resources", NOT_WELL, "it belongs to the cluster and does not carry soca:BackupPlan"),),
        lost=1,
    ),
    "a volume beside its instance": Fault(
        tag_volume,
        (
            ("resources", TO_KNOW, "is backed up twice: with its instance"),
            ("resources", TO_KNOW, "waits for its first backup by this stack"),
        ),
    ),
    "ONTAP tagged instead of its volumes": Fault(
        lambda c: c.add_fsx("ONTAP", TAGS),
        (("resources", NOT_WELL, "ONTAP is backed up volume by volume: tag its volumes"),),
        lost=1,
    ),
    "a scratch file system": Fault(
        scratch,
        (("resources", NOT_WELL, "a scratch file system of Lustre cannot be backed up"),),
        lost=1,
    ),
    "a type that the stack does not select": Fault(
        nothing,
        (("resources", NOT_WELL, "does not back up FSx file systems unless ProtectFSx is yes"),),
        {"ProtectFSx": "no"},
        lost=1,
    ),
    "a database with the tag": Fault(
        database,
        (
            (
                "resources",
                NOT_WELL,
                "jobs is not backed up: the stack does not back up RDS databases",
            ),
        ),
        lost=1,
    ),
}
OF_TONIGHT = {
    "the plan is gone": Fault(drop_plan, (("stack tonight", NOT_WELL, "the plan"),), lost=4),
    "the plan is gone, and OpenZFS is without the opt-in": Fault(
        both(drop_plan, openzfs_without_opt_in),
        (
            ("stack tonight", NOT_WELL, "the plan"),
            ("tonight", NOT_WELL, "the region is not opted in to FSx"),
        ),
        lost=5,
    ),
    "the vault is gone": Fault(
        drop_vault, (("stack tonight vault", NOT_WELL, "does not exist"),), lost=4
    ),
    "the role is gone": Fault(drop_role, (("stack tonight", NOT_WELL, "does not exist"),), lost=4),
    "the role trusts somebody else": Fault(
        lambda c: trust(c, "ec2.amazonaws.com"),
        (("tonight", NOT_WELL, "does not trust AWS Backup"),),
        lost=4,
    ),
    "the key of the vault is disabled": Fault(
        lambda c: c.aws.client("kms").disable_key(KeyId=vault_key(c)),
        (("tonight", NOT_WELL, "cannot be used (its state is Disabled)"),),
        lost=2,
    ),
    "the key of the vault is to be deleted": Fault(
        lambda c: c.aws.client("kms").schedule_key_deletion(KeyId=vault_key(c)),
        (("tonight", NOT_WELL, "cannot be used (its state is PendingDeletion)"),),
        lost=2,
    ),
    "the key of the vault is for somebody else": Fault(
        lambda c: key_policy(c, vault_key(c), "111122223333"),
        (
            *(
                ("stack", NOT_WELL, f"the vault's key no longer lets {account} use kms:CreateGrant")
                for account in (ACCOUNT, "444455556666")
            ),
            ("tonight", NOT_WELL, "has a policy that does not let the role use it"),
        ),
        lost=2,
    ),
    "the key of the vault is not the stack's, and nobody may ask about it": Fault(
        lambda c: c.deny("kms.DescribeKey"),
        (("tonight restore", NOT_CHECKED, "kms:DescribeKey"),),
        {
            "CreateVaultKmsKey": "no",
            "VaultKmsKeyArn": SOMEBODYS_KEY,
        },
        lost=2,
    ),
    "the key of the vault denies some": Fault(
        key_denies_contractors,
        (
            ("stack", NOT_CHECKED, f"lets {ACCOUNT} and 444455556666 use it depends on a"),
            ("tonight", NOT_CHECKED, "lets the role use it depends on a condition"),
        ),
        lost=2,
    ),
    "the plan has no rule": Fault(
        lambda c: moto_plan(c).backup_plan["Rules"].clear(),
        (
            ("stack", NOT_WELL, "are no longer backed up: no rule makes backups"),
            ("tonight", NOT_WELL, "the plan has no rule"),
            ("since", TO_KNOW, "backups are not copied"),
        ),
        lost=4,
    ),
    "a schedule that cannot be read": unreadable(
        {"ScheduleExpression": "rate(1 day)"}, "rate(1 day)"
    ),
    "a time zone that is not known here": unreadable(
        {"ScheduleExpressionTimezone": "Mars/X"}, "in Mars/X"
    ),
    "AWS Backup refuses what the plan makes": Fault(
        lambda c: (
            moto_plan(c).backup_plan["Rules"][0]["Lifecycle"].update(MoveToColdStorageAfterDays=9)
        ),
        (
            ("stack", NOT_WELL, "moved to cold storage after 9 days instead of never"),
            ("tonight", NOT_WELL, "AWS Backup refuses what SOCADailyBackup makes"),
            ("since", TO_KNOW, "backups are not copied"),
        ),
        lost=4,
    ),
    "the vault denies the role": Fault(
        vault_denies_the_role,
        (("tonight", NOT_WELL, "denies the role backup:StartBackupJob"),),
        lost=4,
    ),
    "one file system denies, and of another nobody knows": Fault(
        one_denies_and_one_is_unknown,
        (
            ("tonight", NOT_WELL, "denies the role its backup"),
            ("tonight restore", NOT_CHECKED, "elasticfilesystem:DescribeFileSystemPolicy fails"),
        ),
        lost=2,
    ),
    "EFS makes its own backup in the same hour": Fault(
        automatic, (("tonight", NOT_WELL, "EFS starts its own backup in the same hour"),), lost=1
    ),
    "a file system denies its backup": Fault(
        lambda c: efs_policy(c, "elasticfilesystem:Backup"),
        (("tonight", NOT_WELL, "denies the role its backup"),),
        lost=1,
    ),
    "OpenZFS without the opt-in": Fault(
        openzfs_without_opt_in,
        (
            ("tonight", NOT_WELL, "the region is not opted in to FSx"),
            ("resources", TO_KNOW, "waits for its first backup by this stack"),
        ),
        lost=1,
    ),
    "the lock refuses what the plan makes": Fault(
        lambda c: c.here.vaults[c.vault].update(Locked=True, MinRetentionDays=60),
        (
            ("stack", NOT_WELL, "the lock refuses the backups of SOCADailyBackup, kept 30 days"),
            (
                "tonight",
                NOT_WELL,
                "AWS Backup refuses what SOCADailyBackup makes: the lock refuses",
            ),
        ),
        {"VaultLock": "governance"},
        lost=4,
    ),
}
OF_A_RESTORE = {
    "the role may not pass that of the scheduler": Fault(
        nothing,
        (("restore", NOT_WELL, "the backup role may not pass arn:aws:iam::123456789012:role/"),),
        {"SchedulerIAMRoleArn": ""},
    ),
    "the boundary of the role leaves no restore": Fault(
        narrow_boundary, (("restore", NOT_WELL, "the role may not restore EFS file systems"),)
    ),
    "the instance profile is gone": Fault(
        drop_profile, (("restore", NOT_WELL, "does not exist: the restore must do without it"),)
    ),
    "the key of the data is disabled": Fault(
        lambda c: c.aws.client("kms").disable_key(KeyId=c.main.resources["Key"]),
        (("restore", NOT_WELL, "cannot be used (its state is Disabled)"),),
    ),
    "the key of a volume is of another account": Fault(
        volume_under_anothers_key,
        (("restore", NOT_CHECKED, "is known only in the account 444455556666"),),
    ),
    "the key of the data is for somebody else": Fault(
        lambda c: key_policy(c, c.main.resources["Key"], "111122223333"),
        (("restore", NOT_WELL, "has a policy that does not let the role use it"),),
    ),
    "a file system denies a restore": Fault(
        lambda c: efs_policy(c, "elasticfilesystem:Restore"),
        (("restore", NOT_WELL, "denies the role a restore into it"),),
    ),
    "cold storage": Fault(cold, (("restore", TO_KNOW, "1 recovery point is in cold storage"),)),
    "copies to another account of a vault under aws/backup": Fault(
        nothing,
        (("restore", NOT_WELL, "backups of EFS cannot be copied to account 444455556666"),),
        {"CreateVaultKmsKey": "no"},
    ),
    "a volume under aws/ebs, and the vault is gone": Fault(
        both(volume_under_awss_key, drop_vault),
        (
            ("stack tonight vault", NOT_WELL, "does not exist"),
            ("restore", NOT_WELL, "cannot be copied to account 444455556666: the key is aws/ebs"),
        ),
        lost=4,
    ),
    "a volume under aws/ebs": Fault(
        volume_under_awss_key,
        (("restore", NOT_WELL, "cannot be copied to account 444455556666: the key is aws/ebs"),),
    ),
}
OF_THE_LAST_HOURS = {
    "a partial backup": Fault(
        lambda c: last(c.here.jobs, State="PARTIAL", StatusMessage="3 files were left out"),
        (("since", NOT_WELL, "ended PARTIAL: 3 files were left out"),),
    ),
    "a backup with issues": Fault(
        lambda c: last(c.here.jobs, StatusMessage="Completed with issues"),
        (("since", NOT_WELL, "ended COMPLETED: Completed with issues"),),
    ),
    "a backup that could not start in its window": Fault(
        lambda c: last(c.here.jobs, State="EXPIRED"), (("since", NOT_WELL, "ended EXPIRED"),)
    ),
    "a backup that was made good": Fault(
        good_later, (("since", TO_KNOW, "ended ABORTED; a later one was completed"),)
    ),
    "a copy that failed": Fault(
        lambda c: last(c.here.copy_jobs, State="FAILED", StatusMessage="no such key"),
        (("since", NOT_WELL, "ended FAILED: no such key"),),
    ),
    "no copy was started": Fault(
        lambda c: c.here.copy_jobs.clear(), (("since", NOT_WELL, "no copy job was started"),)
    ),
    "a backup by hand, which no plan copies": Fault(by_hand, ()),
    "a copy of one resource was not started": Fault(
        drop_copies_of_one, (("since", NOT_WELL, "and no copy job was started"),)
    ),
    "no copies are asked for": Fault(
        nothing, (("since", TO_KNOW, "backups are not copied"),), {"CopyDestinationVaultArn": ""}
    ),
    "a restore that failed": Fault(
        failed_restore, (("since", NOT_WELL, "ended FAILED: no subnet"),)
    ),
    "a restore test that failed": Fault(
        lambda c: last(c.here.restore_jobs, Status="FAILED", StatusMessage="no subnet"),
        (("since", NOT_WELL, "the restore test Test_soca_mycluster of"),),
    ),
    "a restore test that somebody called invalid": Fault(
        lambda c: last(c.here.restore_jobs, ValidationStatus="FAILED"),
        (("since", NOT_WELL, "was called invalid"),),
    ),
    "a restore test that left something": Fault(
        lambda c: last(c.here.restore_jobs, DeletionStatus="FAILED"),
        (("since", TO_KNOW, "could not delete arn:aws:elasticfilesystem"),),
    ),
    "a restore test that never ran": Fault(
        never_tested,
        (("since", TO_KNOW, "and has not run yet"),),
    ),
    "no restore test": Fault(
        lambda c: c.here.restore_plans.clear(), (("since", TO_KNOW, "no restore test takes"),)
    ),
}
OF_THE_VAULT = {
    "a recovery point that could not be deleted": Fault(
        lambda c: c.here.points[-1].update(Status="EXPIRED"),
        (("vault", TO_KNOW, "1 recovery point is EXPIRED"),),
    ),
    "a recovery point without an end": Fault(
        lambda c: c.here.points[-1].update(Lifecycle={}, CalculatedLifecycle={}),
        (("vault", TO_KNOW, "1 recovery point is without an end"),),
    ),
}
OF_THOSE_WHO_HEAR = {
    "no alerts are asked for": Fault(
        nothing, (("hears", TO_KNOW, "nobody hears of a failure"),), {"NotificationEmail": ""}
    ),
    "the topic is gone": Fault(
        lambda c: c.aws.client("sns").delete_topic(TopicArn=c.backup.outputs["AlertTopicArn"]),
        (("hears", NOT_WELL, "does not exist: nobody hears of anything"),),
    ),
    "the topic takes no message": Fault(
        topic_policy,
        (
            ("hears", NOT_WELL, "are no longer heard of"),
            ("hears", NOT_WELL, "the deletion of the plan"),
        ),
    ),
    "the rule is disabled": Fault(
        lambda c: c.aws.client("events").disable_rule(Name=rule(c)),
        (("hears", NOT_WELL, "is disabled: nobody hears of a job that fails"),),
    ),
    "the rule tells another topic": Fault(
        lambda c: c.aws.client("events").put_targets(
            Rule=rule(c), Targets=[{"Id": "Alerts", "Arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:x"}]
        ),
        (("hears", NOT_WELL, "admin@example.com no longer hears of aborted backups"),),
    ),
    "the subscription is not confirmed": Fault(
        lambda c: c.here.unconfirmed.add(EMAIL),
        (("hears", NOT_WELL, "admin@example.com has not confirmed the subscription"),),
    ),
    "somebody unsubscribed": Fault(
        lambda c: c.aws.client("sns").unsubscribe(SubscriptionArn=subscriptions(c)),
        (("hears", NOT_WELL, "nobody is subscribed to"),),
    ),
    "an alarm is gone": Fault(
        lambda c: c.aws.client("cloudwatch").delete_alarms(AlarmNames=[alarm(c)]),
        (("hears", NOT_WELL, "missing backups"),),
    ),
    "an alarm does nothing": Fault(
        lambda c: c.aws.client("cloudwatch").disable_alarm_actions(AlarmNames=[alarm(c)]),
        (("hears", NOT_WELL, "are switched off: it rings, and nobody hears it"),),
    ),
    "an alarm rings": Fault(
        lambda c: set_state(c, "ALARM"), (("hears", TO_KNOW, "rings: No backup of EFS"),)
    ),
    "an alarm warms up": Fault(
        warming_up, (("hears", TO_KNOW, "is quiet until 2026-11-27 15:20 UTC"),)
    ),
}
FAULTS = {
    **OF_THE_STACK,
    **OF_THE_RESOURCES,
    **OF_TONIGHT,
    **OF_A_RESTORE,
    **OF_THE_LAST_HOURS,
    **OF_THE_VAULT,
    **OF_THOSE_WHO_HEAR,
}
