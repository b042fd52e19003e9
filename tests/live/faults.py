"""What can be wrong with a cluster, one thing each, and what the live check is to find then."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.local_aws.cluster import EMAIL, Cluster
from tests.local_aws.local_aws import ACCOUNT
from tests.support import soca

NOT_WELL, NOT_CHECKED, TO_KNOW = "not well", "not checked", "to know"
TAG = "soca:BackupPlan"
REGION = "us-east-1"


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
    known: tuple[str, ...] = ()
    """What the parameters alone let the live check say to know."""


def nothing(_: Cluster) -> None:
    """Break nothing: the parameters do."""


def efs_of(cluster: Cluster, name: str = "EFSData") -> str:
    """Return the id of a file system."""
    return cluster.main.resources[name]


def _role(cluster: Cluster) -> str:
    return cluster.backup.outputs["BackupRoleName"]


def _drop_policy(cluster: Cluster, name: str) -> None:
    cluster.aws.client("iam").delete_role_policy(RoleName=_role(cluster), PolicyName=name)


def _selection(cluster: Cluster) -> dict[str, Any]:
    [its] = cluster.here.selections.values()
    return next(each for each in its.values() if each["SelectionName"].startswith("Tag"))


def _retag(cluster: Cluster, tags: dict[str, str | None]) -> None:
    """Change tags of a file system; None takes one away."""
    cluster.tag(cluster.resource("EFSData").arn, tags)


def _forget(cluster: Cluster, nights: int) -> None:
    """Take the newest recovery points of a file system away, and let their jobs have failed."""
    its, here = cluster.resource("EFSData"), cluster.here
    gone = {each["RecoveryPointArn"] for each in cluster.points(its)[:nights]}
    here.points = [each for each in here.points if each["RecoveryPointArn"] not in gone]
    for job in cluster.jobs(its)[:nights]:
        job |= {"State": "FAILED", "StatusMessage": "Insufficient privileges"}
    here.copy_jobs = [each for each in here.copy_jobs if each["SourceRecoveryPointArn"] not in gone]


def _last(items: list[dict[str, Any]], **changes: Any) -> None:
    """Change the newest job."""
    newest = max(items, key=lambda each: each["CreationDate"])
    newest |= changes


def _moto_plan(cluster: Cluster) -> Any:
    from moto.backup.models import backup_backends

    backend = backup_backends[ACCOUNT][REGION]
    return backend.plans[cluster.backup.outputs["BackupPlanId"]]


def _drop_vault(cluster: Cluster) -> None:
    from moto.backup.models import backup_backends

    del backup_backends[ACCOUNT][REGION].vaults[cluster.vault]
    cluster.here.points.clear()


def _drop_role(cluster: Cluster) -> None:
    iam = cluster.aws.client("iam")
    for name in iam.list_role_policies(RoleName=_role(cluster))["PolicyNames"]:
        _drop_policy(cluster, name)
    iam.delete_role(RoleName=_role(cluster))


def _trust(cluster: Cluster, service: str) -> None:
    principal = {"Service": service}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    cluster.aws.client("iam").update_assume_role_policy(
        RoleName=_role(cluster), PolicyDocument=document
    )


def _narrow_boundary(cluster: Cluster) -> None:
    without = {"Effect": "Allow", "NotAction": "elasticfilesystem:Restore", "Resource": "*"}
    cluster.aws.client("iam").create_policy_version(
        PolicyArn=cluster.boundary,
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": without}),
        SetAsDefault=True,
    )


def _vault_key(cluster: Cluster) -> str:
    return cluster.backup.resources["SOCABackupVaultKey"]


def _key_policy(cluster: Cluster, key: str, account: str) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    kms = cluster.aws.client("kms")
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=document)


def _efs_policy(cluster: Cluster, action: str) -> None:
    everybody = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everybody]})
    efs = cluster.aws.client("efs")
    efs.put_file_system_policy(FileSystemId=efs_of(cluster), Policy=document)


def _vault_denies_the_role(cluster: Cluster) -> None:
    role = {"AWS": cluster.backup.outputs["BackupRoleArn"]}
    deny = {"Effect": "Deny", "Principal": role, "Action": "backup:StartBackupJob", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [deny]}
    cluster.here.vault_policies[cluster.vault] = json.dumps(policy)


def _one_denies_and_one_is_unknown(cluster: Cluster) -> None:
    _efs_policy(cluster, "elasticfilesystem:Backup")
    apps = efs_of(cluster, "EFSApps")
    cluster.refuse("efs.DescribeFileSystemPolicy", "InternalFailure", 500, FileSystemId=apps)


def _automatic(cluster: Cluster) -> None:
    from moto.efs.models import efs_backends

    its = efs_backends[ACCOUNT][REGION].file_systems_by_id[efs_of(cluster)]
    its._backup = True  # noqa: SLF001 - moto 5.2.5 has no PutBackupPolicy


_TAGS = {"soca:ClusterId": soca.CLUSTER_ID, TAG: soca.CLUSTER_ID}


def _openzfs_without_opt_in(cluster: Cluster) -> None:
    volume = cluster.add_fsx_volume(cluster.add_fsx("OPENZFS", {"Name": "zfs"}), _TAGS)
    volume["CreationTime"] = cluster.now - timedelta(hours=1)
    cluster.here.region_settings["ResourceTypeOptInPreference"]["FSx"] = False


def _scratch(cluster: Cluster) -> None:
    cluster.add_fsx("LUSTRE", _TAGS)["LustreConfiguration"] = {"DeploymentType": "SCRATCH_2"}


def _add_volume(cluster: Cluster, **changes: Any) -> str:
    """Attach one more volume to the scheduler, and return its id."""
    ec2 = cluster.aws.client("ec2")
    scheduler = cluster.main.resources["Scheduler"]
    [reservation] = ec2.describe_instances(InstanceIds=[scheduler])["Reservations"]
    zone = reservation["Instances"][0]["Placement"]["AvailabilityZone"]
    made = ec2.create_volume(AvailabilityZone=zone, Size=8, **changes)["VolumeId"]
    ec2.attach_volume(Device="/dev/xvdf", InstanceId=scheduler, VolumeId=made)
    return str(made)


def _volume_under_awss_key(cluster: Cluster) -> None:
    from moto.kms.models import kms_backends

    key = cluster.aws.client("kms").create_key()["KeyMetadata"]
    kms_backends[ACCOUNT][REGION].keys[key["KeyId"]].key_manager = "AWS"
    _add_volume(cluster, Encrypted=True, KmsKeyId=key["Arn"])


def _volume_under_anothers_key(cluster: Cluster) -> None:
    from moto.ec2.models import ec2_backends
    from moto.kms.models import kms_backends

    there = f"arn:aws:kms:{REGION}:444455556666:key/0b000000-0000-0000-0000-000000000000"
    number = cluster.aws.client("kms").create_key()["KeyMetadata"]["KeyId"]
    keys = kms_backends[ACCOUNT][REGION].keys
    keys[there.rpartition("/")[2]] = keys[number]  # so that it is described
    volume = ec2_backends[ACCOUNT][REGION].volumes[_add_volume(cluster, Encrypted=True)]
    volume.kms_key_id = there


def _tag_volume(cluster: Cluster) -> None:
    ec2 = cluster.aws.client("ec2")
    made = _add_volume(cluster)
    ec2.create_tags(Resources=[made], Tags=[{"Key": TAG, "Value": soca.CLUSTER_ID}])


def _untag_all(cluster: Cluster) -> None:
    for each in cluster.resources:
        cluster.tag(each.arn, {TAG: None})


def _database(cluster: Cluster) -> None:
    cluster.aws.client("rds").create_db_instance(
        DBInstanceIdentifier="jobs",
        DBInstanceClass="db.t3.micro",
        Engine="mysql",
        Tags=[{"Key": TAG, "Value": soca.CLUSTER_ID}],
    )


def _came_back(cluster: Cluster) -> None:
    """Let the stack be an hour old, and its newest recovery points be of yesterday."""
    here, today = cluster.here, cluster.now - timedelta(days=1)
    here.points = [each for each in here.points if each["CreationDate"] < today]
    here.jobs.clear()
    here.copy_jobs.clear()
    here.stacks[1].described["CreationTime"] = cluster.now - timedelta(hours=1)


def _new_file_system(cluster: Cluster) -> None:
    """Make a file system after the last start."""
    from moto.efs.models import efs_backends

    tags = [{"Key": TAG, "Value": soca.CLUSTER_ID}]
    made = cluster.aws.client("efs").create_file_system(CreationToken="new", Tags=tags)
    its = efs_backends[ACCOUNT][REGION].file_systems_by_id[made["FileSystemId"]]
    its.creation_time = (cluster.now - timedelta(hours=2)).timestamp()


def _never_backed_up(cluster: Cluster) -> None:
    _forget(cluster, 30)
    arn = cluster.resource("EFSData").arn
    cluster.here.jobs = [each for each in cluster.here.jobs if each["ResourceArn"] != arn]


def _running(cluster: Cluster) -> None:
    _forget(cluster, 1)
    job = cluster.jobs(cluster.resource("EFSData"))[0]
    job |= {"State": "RUNNING", "StatusMessage": ""}


def _cold(cluster: Cluster) -> None:
    then = cluster.now - timedelta(days=1)
    cluster.here.points[-1]["CalculatedLifecycle"]["MoveToColdStorageAt"] = then


def _good_later(cluster: Cluster) -> None:
    resource = cluster.resource("EFSData")
    point = cluster.maker.point(resource, cluster.now - timedelta(hours=9))
    cluster.here.jobs.append(cluster.maker.job(point, State="ABORTED"))
    point = cluster.maker.point(resource, cluster.now - timedelta(hours=8))
    cluster.here.points.append(point)
    cluster.here.jobs.append(cluster.maker.job(point))


def _by_hand(cluster: Cluster) -> None:
    point = cluster.maker.point(cluster.resource("EFSData"), cluster.now - timedelta(hours=6))
    cluster.here.points.append({name: its for name, its in point.items() if name != "CreatedBy"})
    job = cluster.maker.job(point)
    cluster.here.jobs.append({name: its for name, its in job.items() if name != "CreatedBy"})


def _drop_copies_of_one(cluster: Cluster) -> None:
    arn = cluster.resource("EFSData").arn
    here = cluster.here
    here.copy_jobs = [each for each in here.copy_jobs if each["ResourceArn"] != arn]


def _failed_restore(cluster: Cluster) -> None:
    job = dict(cluster.here.restore_jobs[0])
    del job["CreatedBy"], job["DeletionStatus"]
    at = cluster.now - timedelta(hours=3)
    changes = {"CreationDate": at, "Status": "FAILED", "StatusMessage": "no subnet"}
    cluster.here.restore_jobs.append(job | changes)


def _never_tested(cluster: Cluster) -> None:
    cluster.here.restore_jobs.clear()
    del cluster.here.restore_plans[0]["LastExecutionTime"]


def _subscriptions(cluster: Cluster) -> str:
    return cluster.backup.resources["SOCABackupAlertsSubscription"]


def _alarm(cluster: Cluster) -> str:
    return cluster.backup.resources["SOCABackupSilenceEFSAlarm"]


def _rule(cluster: Cluster) -> str:
    return cluster.backup.resources["SOCABackupJobAlert"]


def _set_state(cluster: Cluster, state: str) -> None:
    cluster.aws.client("cloudwatch").set_alarm_state(
        AlarmName=_alarm(cluster), StateValue=state, StateReason="for a test"
    )


def _warming_up(cluster: Cluster) -> None:
    _set_state(cluster, "INSUFFICIENT_DATA")
    its = cluster.here.alarms[_alarm(cluster)]
    its["AlarmConfigurationUpdatedTimestamp"] = cluster.now - timedelta(hours=1)


def _topic_policy(cluster: Cluster) -> None:
    cluster.aws.client("sns").set_topic_attributes(
        TopicArn=cluster.backup.outputs["AlertTopicArn"],
        AttributeName="Policy",
        AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": []}),
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
        lambda c: _drop_policy(c, "ProtectEFS"),
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
        lambda c: _moto_plan(c).backup_plan["Rules"][0]["Lifecycle"].update(DeleteAfterDays=7),
        (("stack", NOT_WELL, "are kept 7 days instead of 30"),),
    ),
    "the assignment asks for another tag": Fault(
        lambda c: _selection(c)["Conditions"]["StringEquals"][0].update(ConditionValue="other"),
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
        _untag_all,
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
        lambda c: _forget(c, 2),
        (("resources since", NOT_WELL, "last job: FAILED: Insufficient privileges"),),
    ),
    "a resource was never backed up": Fault(
        _never_backed_up, (("resources", NOT_WELL, "has no backup in the vault"),)
    ),
    "the stack is new, and its vault is not": Fault(
        _came_back,
        tuple(
            ("resources", TO_KNOW, f"{name}) waits for its first backup by this stack")
            for name in ("Scheduler", "EFSApps", "EFSData", "Lustre")
        ),
    ),
    "a resource is new": Fault(
        _new_file_system, (("resources", TO_KNOW, "waits for its first backup by this stack"),)
    ),
    "a schedule that ends": Fault(
        lambda c: (
            _moto_plan(c)
            .backup_plan["Rules"][0]
            .update(ScheduleExpression="cron(0 5 26 11 ? 2026)")
        ),
        (
            ("stack", NOT_WELL, "are backed up only for some time"),
            ("stack", NOT_WELL, "are copied only for some time"),
            *(
                ("resources", NOT_CHECKED, f"{name}): its newest backup is")
                for name in ("Scheduler", "EFSApps", "EFSData", "Lustre")
            ),
        ),
    ),
    "a backup takes long": Fault(
        _running, (("resources", TO_KNOW, "one has been running since 2026-11-25 05:20 UTC"),)
    ),
    "a tag under the key of another release": Fault(
        lambda c: _retag(c, {TAG: None, "edh:BackupPlan": soca.CLUSTER_ID}),
        (("resources", NOT_WELL, "it carries edh:BackupPlan=soca-mycluster, not soca:BackupPlan"),),
        lost=1,
    ),
    "a value in capital letters": Fault(
        lambda c: _retag(c, {TAG: "soca-MyCluster"}),
        (("resources", NOT_WELL, "it carries soca:BackupPlan=soca-MyCluster, not"),),
        lost=1,
    ),
    "a value with the prefix twice": Fault(
        lambda c: _retag(c, {TAG: "soca-soca-mycluster"}),
        (("resources", NOT_WELL, "it carries soca:BackupPlan=soca-soca-mycluster, not"),),
        lost=1,
    ),
    "a value without the prefix": Fault(
        lambda c: _retag(c, {TAG: "mycluster"}),
        (("resources", NOT_WELL, "it carries soca:BackupPlan=mycluster, not"),),
        lost=1,
    ),
    "a value with a slip": Fault(
        lambda c: _retag(c, {TAG: "soca-myclustr"}),
        (("resources", NOT_WELL, "it carries soca:BackupPlan=soca-myclustr, not"),),
        lost=1,
    ),
    "a value with a slip, of the scheduler": Fault(
        lambda c: c.tag(c.resource("Scheduler").arn, {TAG: "true"}),
        (("resources", NOT_WELL, "it carries soca:BackupPlan=true, not"),),
        lost=1,
    ),
    "a key in capital letters": Fault(
        lambda c: _retag(c, {TAG: None, "SOCA:BackupPlan": soca.CLUSTER_ID}),
        (("resources", NOT_WELL, "it carries SOCA:BackupPlan=soca-mycluster, not"),),
        lost=1,
    ),
    "a file system without the tag": Fault(
        lambda c: _retag(c, {TAG: None}),
        (("resources", NOT_WELL, "it belongs to the cluster and does not carry soca:BackupPlan"),),
        lost=1,
    ),
    "a volume beside its instance": Fault(
        _tag_volume,
        (
            ("resources", TO_KNOW, "is backed up twice: with its instance"),
            ("resources", TO_KNOW, "waits for its first backup by this stack"),
        ),
    ),
    "ONTAP tagged instead of its volumes": Fault(
        lambda c: c.add_fsx("ONTAP", _TAGS),
        (("resources", NOT_WELL, "ONTAP is backed up volume by volume: tag its volumes"),),
        lost=1,
    ),
    "a scratch file system": Fault(
        _scratch,
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
        _database,
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
    "the plan is gone": Fault(
        lambda c: c.aws.client("backup").delete_backup_plan(
            BackupPlanId=c.backup.outputs["BackupPlanId"]
        ),
        (("stack tonight", NOT_WELL, "the plan"),),
        lost=4,
    ),
    "the vault is gone": Fault(
        _drop_vault, (("stack tonight vault", NOT_WELL, "does not exist"),), lost=4
    ),
    "the role is gone": Fault(_drop_role, (("stack tonight", NOT_WELL, "does not exist"),), lost=4),
    "the role trusts somebody else": Fault(
        lambda c: _trust(c, "ec2.amazonaws.com"),
        (("tonight", NOT_WELL, "does not trust AWS Backup"),),
        lost=4,
    ),
    "the key of the vault is disabled": Fault(
        lambda c: c.aws.client("kms").disable_key(KeyId=_vault_key(c)),
        (("tonight", NOT_WELL, "cannot be used (its state is Disabled)"),),
        lost=2,
    ),
    "the key of the vault is to be deleted": Fault(
        lambda c: c.aws.client("kms").schedule_key_deletion(KeyId=_vault_key(c)),
        (("tonight", NOT_WELL, "cannot be used (its state is PendingDeletion)"),),
        lost=2,
    ),
    "the key of the vault is for somebody else": Fault(
        lambda c: _key_policy(c, _vault_key(c), "111122223333"),
        (("tonight", NOT_WELL, "has a policy that does not let the role use it"),),
        lost=2,
    ),
    "the plan has no rule": Fault(
        lambda c: _moto_plan(c).backup_plan["Rules"].clear(),
        (
            ("stack", NOT_WELL, "are no longer backed up: no rule makes backups"),
            ("tonight", NOT_WELL, "the plan has no rule"),
            ("since", TO_KNOW, "backups are not copied"),
        ),
        lost=4,
    ),
    "the vault denies the role": Fault(
        _vault_denies_the_role,
        (("tonight", NOT_WELL, "denies the role backup:StartBackupJob"),),
        lost=4,
    ),
    "one file system denies, and of another nobody knows": Fault(
        _one_denies_and_one_is_unknown,
        (
            ("tonight", NOT_WELL, "denies the role its backup"),
            ("tonight restore", NOT_CHECKED, "elasticfilesystem:DescribeFileSystemPolicy fails"),
        ),
        lost=2,
    ),
    "EFS makes its own backup in the same hour": Fault(
        _automatic, (("tonight", NOT_WELL, "EFS starts its own backup in the same hour"),), lost=1
    ),
    "a file system denies its backup": Fault(
        lambda c: _efs_policy(c, "elasticfilesystem:Backup"),
        (("tonight", NOT_WELL, "denies the role its backup"),),
        lost=1,
    ),
    "OpenZFS without the opt-in": Fault(
        _openzfs_without_opt_in,
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
        _narrow_boundary, (("restore", NOT_WELL, "the role may not restore EFS file systems"),)
    ),
    "the key of the data is disabled": Fault(
        lambda c: c.aws.client("kms").disable_key(KeyId=c.main.resources["Key"]),
        (("restore", NOT_WELL, "cannot be used (its state is Disabled)"),),
    ),
    "the key of a volume is of another account": Fault(
        _volume_under_anothers_key,
        (("restore", NOT_CHECKED, "is known in the account 444455556666 alone"),),
    ),
    "the key of the data is for somebody else": Fault(
        lambda c: _key_policy(c, c.main.resources["Key"], "111122223333"),
        (("restore", NOT_WELL, "has a policy that does not let the role use it"),),
    ),
    "a file system denies a restore": Fault(
        lambda c: _efs_policy(c, "elasticfilesystem:Restore"),
        (("restore", NOT_WELL, "denies the role a restore into it"),),
    ),
    "cold storage": Fault(_cold, (("restore", TO_KNOW, "1 recovery point is in cold storage"),)),
    "copies to another account of a vault under aws/backup": Fault(
        nothing,
        (("restore", NOT_WELL, "backups of EFS cannot be copied to account 444455556666"),),
        {"CreateVaultKmsKey": "no"},
    ),
    "a volume under aws/ebs": Fault(
        _volume_under_awss_key,
        (("restore", NOT_WELL, "cannot be copied to account 444455556666: the key is aws/ebs"),),
    ),
}
OF_THE_LAST_HOURS = {
    "a partial backup": Fault(
        lambda c: _last(c.here.jobs, State="PARTIAL", StatusMessage="3 files were left out"),
        (("since", NOT_WELL, "ended PARTIAL: 3 files were left out"),),
    ),
    "a backup with issues": Fault(
        lambda c: _last(c.here.jobs, StatusMessage="Completed with issues"),
        (("since", NOT_WELL, "ended COMPLETED: Completed with issues"),),
    ),
    "a backup that was made good": Fault(
        _good_later, (("since", TO_KNOW, "ended ABORTED; a later one was completed"),)
    ),
    "a copy that failed": Fault(
        lambda c: _last(c.here.copy_jobs, State="FAILED", StatusMessage="no such key"),
        (("since", NOT_WELL, "ended FAILED: no such key"),),
    ),
    "no copy was started": Fault(
        lambda c: c.here.copy_jobs.clear(), (("since", NOT_WELL, "no copy job was started"),)
    ),
    "a backup by hand, which no plan copies": Fault(_by_hand, ()),
    "a copy of one resource was not started": Fault(
        _drop_copies_of_one, (("since", NOT_WELL, "and no copy job was started"),)
    ),
    "no copies are asked for": Fault(
        nothing, (("since", TO_KNOW, "backups are not copied"),), {"CopyDestinationVaultArn": ""}
    ),
    "a restore that failed": Fault(
        _failed_restore, (("since", NOT_WELL, "ended FAILED: no subnet"),)
    ),
    "a restore test that failed": Fault(
        lambda c: _last(c.here.restore_jobs, Status="FAILED", StatusMessage="no subnet"),
        (("since", NOT_WELL, "the restore test Test_soca_mycluster of"),),
    ),
    "a restore test that somebody called invalid": Fault(
        lambda c: _last(c.here.restore_jobs, ValidationStatus="FAILED"),
        (("since", NOT_WELL, "was called invalid"),),
    ),
    "a restore test that left something": Fault(
        lambda c: _last(c.here.restore_jobs, DeletionStatus="FAILED"),
        (("since", TO_KNOW, "could not delete arn:aws:elasticfilesystem"),),
    ),
    "a restore test that never ran": Fault(
        _never_tested,
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
        _topic_policy,
        (
            ("hears", NOT_WELL, "are no longer heard of"),
            ("hears", NOT_WELL, "the deletion of the plan"),
        ),
    ),
    "the rule is disabled": Fault(
        lambda c: c.aws.client("events").disable_rule(Name=_rule(c)),
        (("hears", NOT_WELL, "is disabled: nobody hears of a job that fails"),),
    ),
    "the rule tells another topic": Fault(
        lambda c: c.aws.client("events").put_targets(
            Rule=_rule(c), Targets=[{"Id": "Alerts", "Arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:x"}]
        ),
        (("hears", NOT_WELL, "admin@example.com no longer hears of aborted backups"),),
    ),
    "the subscription is not confirmed": Fault(
        lambda c: c.here.unconfirmed.add(EMAIL),
        (("hears", NOT_WELL, "admin@example.com has not confirmed the subscription"),),
    ),
    "somebody unsubscribed": Fault(
        lambda c: c.aws.client("sns").unsubscribe(SubscriptionArn=_subscriptions(c)),
        (("hears", NOT_WELL, "admin@example.com is not subscribed"),),
    ),
    "an alarm is gone": Fault(
        lambda c: c.aws.client("cloudwatch").delete_alarms(AlarmNames=[_alarm(c)]),
        (("hears", NOT_WELL, "missing backups"),),
    ),
    "an alarm does nothing": Fault(
        lambda c: c.aws.client("cloudwatch").disable_alarm_actions(AlarmNames=[_alarm(c)]),
        (("hears", NOT_WELL, "are switched off: it rings, and nobody hears it"),),
    ),
    "an alarm rings": Fault(
        lambda c: _set_state(c, "ALARM"), (("hears", TO_KNOW, "rings: No backup of EFS"),)
    ),
    "an alarm warms up": Fault(
        _warming_up, (("hears", TO_KNOW, "is quiet until 2026-11-27 15:20 UTC"),)
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
