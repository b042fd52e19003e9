"""How a healthy cluster is broken, one thing at a time."""

import json
from datetime import timedelta
from typing import Any

from tests.local_aws.cluster import Cluster
from tests.local_aws.local_aws import ACCOUNT
from tests.support import soca

TAG = "soca:BackupPlan"
REGION = "us-east-1"
TAGS = {"soca:ClusterId": soca.CLUSTER_ID, TAG: soca.CLUSTER_ID}


def nothing(_: Cluster) -> None:
    """Break nothing: the parameters do."""


def efs_of(cluster: Cluster, name: str = "EFSData") -> str:
    """Return the id of a file system."""
    return cluster.main.resources[name]


def role(cluster: Cluster) -> str:
    return cluster.backup.outputs["BackupRoleName"]


def drop_policy(cluster: Cluster, name: str) -> None:
    cluster.aws.client("iam").delete_role_policy(RoleName=role(cluster), PolicyName=name)


def selection(cluster: Cluster) -> dict[str, Any]:
    [its] = cluster.here.selections.values()
    return next(each for each in its.values() if each["SelectionName"].startswith("Tag"))


def leave_out(cluster: Cluster, key: str, value: str) -> None:
    """Let the assignment leave out what carries a tag."""
    condition = {"ConditionKey": f"aws:ResourceTag/{key}", "ConditionValue": value}
    selection(cluster)["Conditions"]["StringNotLike"] = [condition]


def retag(cluster: Cluster, tags: dict[str, str | None]) -> None:
    """Change tags of a file system; None takes one away."""
    cluster.tag(cluster.resource("EFSData").arn, tags)


def forget(cluster: Cluster, nights: int) -> None:
    """Take the newest recovery points of a file system away, and let their jobs have failed."""
    its, here = cluster.resource("EFSData"), cluster.here
    gone = {each["RecoveryPointArn"] for each in cluster.points(its)[:nights]}
    here.points = [each for each in here.points if each["RecoveryPointArn"] not in gone]
    for job in cluster.jobs(its)[:nights]:
        job |= {"State": "FAILED", "StatusMessage": "Insufficient privileges"}
    here.copy_jobs = [each for each in here.copy_jobs if each["SourceRecoveryPointArn"] not in gone]


def last(items: list[dict[str, Any]], **changes: Any) -> None:
    """Change the newest job."""
    newest = max(items, key=lambda each: each["CreationDate"])
    newest |= changes


def moto_plan(cluster: Cluster) -> Any:
    from moto.backup.models import backup_backends

    backend = backup_backends[ACCOUNT][REGION]
    return backend.plans[cluster.backup.outputs["BackupPlanId"]]


def drop_plan(cluster: Cluster) -> None:
    plan = cluster.backup.outputs["BackupPlanId"]
    cluster.aws.client("backup").delete_backup_plan(BackupPlanId=plan)


def change_rule(cluster: Cluster, **changes: str) -> None:
    """Change the rule of the plan to what leaves nothing to foretell."""
    moto_plan(cluster).backup_plan["Rules"][0].update(changes)
    cluster.here.next_starts.clear()


def drop_vault(cluster: Cluster) -> None:
    from moto.backup.models import backup_backends

    del backup_backends[ACCOUNT][REGION].vaults[cluster.vault]
    cluster.here.points.clear()


def drop_profile(cluster: Cluster) -> None:
    iam, its = cluster.aws.client("iam"), cluster.main.resources
    profile = its["SchedulerProfile"]
    iam.remove_role_from_instance_profile(
        InstanceProfileName=profile, RoleName=its["SchedulerIAMRole"]
    )
    iam.delete_instance_profile(InstanceProfileName=profile)


def drop_role(cluster: Cluster) -> None:
    iam = cluster.aws.client("iam")
    for name in iam.list_role_policies(RoleName=role(cluster))["PolicyNames"]:
        drop_policy(cluster, name)
    iam.delete_role(RoleName=role(cluster))


def trust(cluster: Cluster, service: str) -> None:
    principal = {"Service": service}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    cluster.aws.client("iam").update_assume_role_policy(
        RoleName=role(cluster), PolicyDocument=document
    )


def narrow_boundary(cluster: Cluster) -> None:
    without = {"Effect": "Allow", "NotAction": "elasticfilesystem:Restore", "Resource": "*"}
    cluster.aws.client("iam").create_policy_version(
        PolicyArn=cluster.boundary,
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": without}),
        SetAsDefault=True,
    )


def vault_key(cluster: Cluster) -> str:
    return cluster.backup.resources["SOCABackupVaultKey"]


def key_policy(cluster: Cluster, key: str, account: str) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    kms = cluster.aws.client("kms")
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=document)


def key_denies_contractors(cluster: Cluster) -> None:
    kms, key = cluster.aws.client("kms"), vault_key(cluster)
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    contractors = {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/contractor*"}
    policy["Statement"].append(
        {
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": {"ArnLike": contractors, "StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
        }
    )
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))


def efs_policy(cluster: Cluster, action: str) -> None:
    everybody = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everybody]})
    efs = cluster.aws.client("efs")
    efs.put_file_system_policy(FileSystemId=efs_of(cluster), Policy=document)


def vault_denies_the_role(cluster: Cluster) -> None:
    role = {"AWS": cluster.backup.outputs["BackupRoleArn"]}
    deny = {"Effect": "Deny", "Principal": role, "Action": "backup:StartBackupJob", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [deny]}
    cluster.here.vault_policies[cluster.vault] = json.dumps(policy)


def one_denies_and_one_is_unknown(cluster: Cluster) -> None:
    efs_policy(cluster, "elasticfilesystem:Backup")
    apps = efs_of(cluster, "EFSApps")
    cluster.refuse("efs.DescribeFileSystemPolicy", "InternalFailure", 500, FileSystemId=apps)


def automatic(cluster: Cluster) -> None:
    from moto.efs.models import efs_backends

    its = efs_backends[ACCOUNT][REGION].file_systems_by_id[efs_of(cluster)]
    its._backup = True  # noqa: SLF001 - moto 5.2.5 has no PutBackupPolicy


def openzfs_without_opt_in(cluster: Cluster) -> None:
    volume = cluster.add_fsx_volume(cluster.add_fsx("OPENZFS", {"Name": "zfs"}), TAGS)
    volume["CreationTime"] = cluster.now - timedelta(hours=1)
    cluster.here.region_settings["ResourceTypeOptInPreference"]["FSx"] = False


def scratch(cluster: Cluster) -> None:
    cluster.add_fsx("LUSTRE", TAGS)["LustreConfiguration"] = {"DeploymentType": "SCRATCH_2"}


def add_volume(cluster: Cluster, **changes: Any) -> str:
    """Attach one more volume to the scheduler, and return its id."""
    ec2 = cluster.aws.client("ec2")
    scheduler = cluster.main.resources["Scheduler"]
    [reservation] = ec2.describe_instances(InstanceIds=[scheduler])["Reservations"]
    zone = reservation["Instances"][0]["Placement"]["AvailabilityZone"]
    made = ec2.create_volume(AvailabilityZone=zone, Size=8, **changes)["VolumeId"]
    ec2.attach_volume(Device="/dev/xvdf", InstanceId=scheduler, VolumeId=made)
    return str(made)


def volume_under_awss_key(cluster: Cluster) -> None:
    from moto.kms.models import kms_backends

    key = cluster.aws.client("kms").create_key()["KeyMetadata"]
    kms_backends[ACCOUNT][REGION].keys[key["KeyId"]].key_manager = "AWS"
    add_volume(cluster, Encrypted=True, KmsKeyId=key["Arn"])


def volume_under_anothers_key(cluster: Cluster) -> None:
    from moto.ec2.models import ec2_backends
    from moto.kms.models import kms_backends

    there = f"arn:aws:kms:{REGION}:444455556666:key/0b000000-0000-0000-0000-000000000000"
    number = cluster.aws.client("kms").create_key()["KeyMetadata"]["KeyId"]
    keys = kms_backends[ACCOUNT][REGION].keys
    keys[there.rpartition("/")[2]] = keys[number]  # so that it is described
    volume = ec2_backends[ACCOUNT][REGION].volumes[add_volume(cluster, Encrypted=True)]
    volume.kms_key_id = there


def tag_volume(cluster: Cluster) -> None:
    ec2 = cluster.aws.client("ec2")
    made = add_volume(cluster)
    ec2.create_tags(Resources=[made], Tags=[{"Key": TAG, "Value": soca.CLUSTER_ID}])


def untag_all(cluster: Cluster) -> None:
    for each in cluster.resources:
        cluster.tag(each.arn, {TAG: None})


def database(cluster: Cluster) -> None:
    cluster.aws.client("rds").create_db_instance(
        DBInstanceIdentifier="jobs",
        DBInstanceClass="db.t3.micro",
        Engine="mysql",
        Tags=[{"Key": TAG, "Value": soca.CLUSTER_ID}],
    )


def came_back(cluster: Cluster) -> None:
    """Let the stack be an hour old, and its newest recovery points be of yesterday."""
    here, today = cluster.here, cluster.now - timedelta(days=1)
    here.points = [each for each in here.points if each["CreationDate"] < today]
    here.jobs.clear()
    here.copy_jobs.clear()
    here.stacks[1].described["CreationTime"] = cluster.now - timedelta(hours=1)


def new_file_system(cluster: Cluster) -> None:
    """Make a file system after the last start."""
    from moto.efs.models import efs_backends

    tags = [{"Key": TAG, "Value": soca.CLUSTER_ID}]
    made = cluster.aws.client("efs").create_file_system(CreationToken="new", Tags=tags)
    its = efs_backends[ACCOUNT][REGION].file_systems_by_id[made["FileSystemId"]]
    its.creation_time = (cluster.now - timedelta(hours=2)).timestamp()


def never_backed_up(cluster: Cluster) -> None:
    forget(cluster, 30)
    arn = cluster.resource("EFSData").arn
    cluster.here.jobs = [each for each in cluster.here.jobs if each["ResourceArn"] != arn]


def running(cluster: Cluster) -> None:
    forget(cluster, 1)
    job = cluster.jobs(cluster.resource("EFSData"))[0]
    job |= {"State": "RUNNING", "StatusMessage": ""}


def cold(cluster: Cluster) -> None:
    then = cluster.now - timedelta(days=1)
    cluster.here.points[-1]["CalculatedLifecycle"]["MoveToColdStorageAt"] = then


def good_later(cluster: Cluster) -> None:
    resource = cluster.resource("EFSData")
    point = cluster.maker.point(resource, cluster.now - timedelta(hours=9))
    cluster.here.jobs.append(cluster.maker.job(point, State="ABORTED"))
    point = cluster.maker.point(resource, cluster.now - timedelta(hours=8))
    cluster.here.points.append(point)
    cluster.here.jobs.append(cluster.maker.job(point))


def by_hand(cluster: Cluster) -> None:
    point = cluster.maker.point(cluster.resource("EFSData"), cluster.now - timedelta(hours=6))
    cluster.here.points.append({name: its for name, its in point.items() if name != "CreatedBy"})
    job = cluster.maker.job(point)
    cluster.here.jobs.append({name: its for name, its in job.items() if name != "CreatedBy"})


def drop_copies_of_one(cluster: Cluster) -> None:
    arn = cluster.resource("EFSData").arn
    here = cluster.here
    here.copy_jobs = [each for each in here.copy_jobs if each["ResourceArn"] != arn]


def failed_restore(cluster: Cluster) -> None:
    job = dict(cluster.here.restore_jobs[0])
    del job["CreatedBy"], job["DeletionStatus"]
    at = cluster.now - timedelta(hours=3)
    changes = {"CreationDate": at, "Status": "FAILED", "StatusMessage": "no subnet"}
    cluster.here.restore_jobs.append(job | changes)


def never_tested(cluster: Cluster) -> None:
    cluster.here.restore_jobs.clear()
    del cluster.here.restore_plans[0]["LastExecutionTime"]


def subscriptions(cluster: Cluster) -> str:
    return cluster.backup.resources["SOCABackupAlertsSubscription"]


def alarm(cluster: Cluster) -> str:
    return cluster.backup.resources["SOCABackupSilenceEFSAlarm"]


def rule(cluster: Cluster) -> str:
    return cluster.backup.resources["SOCABackupJobAlert"]


def set_state(cluster: Cluster, state: str) -> None:
    cluster.aws.client("cloudwatch").set_alarm_state(
        AlarmName=alarm(cluster), StateValue=state, StateReason="for a test"
    )


def warming_up(cluster: Cluster) -> None:
    set_state(cluster, "INSUFFICIENT_DATA")
    its = cluster.here.alarms[alarm(cluster)]
    its["AlarmConfigurationUpdatedTimestamp"] = cluster.now - timedelta(hours=1)


def topic_policy(cluster: Cluster) -> None:
    cluster.aws.client("sns").set_topic_attributes(
        TopicArn=cluster.backup.outputs["AlertTopicArn"],
        AttributeName="Policy",
        AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": []}),
    )
