"""A healthy cluster in the local AWS, whose backups ran every night; a test changes one thing.

SOCA's main stack nests the Backup template; there are copies in another account and region, and
restore tests beside it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from generator.stacks import MAIN
from tests.local_aws.deployer import Deployer, Stack
from tests.local_aws.front import Fault, Front, Happens, Seen, Serves, in_front
from tests.local_aws.history import HOUR, Maker, Tagged, last_start, nights
from tests.local_aws.local_aws import ACCOUNT, LocalAws, local_aws
from tests.local_aws.other_services import serves
from tests.local_aws.served import Served, ServedStack
from tests.local_aws.service_faults import denied, refused, throttled
from tests.support import soca
from tests.support.generated import COPIES, TESTS, completed, text

OTHER_ACCOUNT, OTHER_REGION = "444455556666", "eu-west-1"
NAME = "mycluster"
"""Of the main stack."""
KEPT_DAYS = 30
IMAGE = "ami-760aaa0f"
"""A Linux that moto knows."""
EMAIL = "admin@example.com"
_BACKUP_TAG = "soca:BackupPlan"


class Cluster:
    """The cluster, and the means to break it."""

    def __init__(self, aws: LocalAws, now: datetime | None, **parameters: str) -> None:
        self.aws = aws
        self.now = now or datetime.now(timezone.utc)
        self._places: dict[tuple[str, str], tuple[Served, dict[str, Serves]]] = {}
        self.front = Front(lambda account, region: self._place(account, region)[1])
        self.here = self._place(aws.account, aws.region)[0]
        """What moto does not know of the cluster's account and region."""
        there = aws.elsewhere(OTHER_REGION, OTHER_ACCOUNT)
        self.there = self._place(there.account, there.region)[0]
        """The same of the place of the copies."""
        soca.install(aws)
        given = {"SourceAccountId": ACCOUNT}
        self.copies = Deployer(there).create(text(COPIES), "copies", completed(COPIES, given))
        vault = self.copies.outputs["CopyDestinationVaultArn"]
        parameters = {
            "ProtectFSx": "yes",
            "NotificationEmail": EMAIL,
            "CreateVaultKmsKey": "yes",  # copies to another account need it
            "CopyDestinationVaultArn": vault,
            **parameters,
        }
        main = _main_template(parameters)
        self.main = Deployer(aws).create(main, NAME, {"ClusterId": soca.CLUSTER_ID})
        self.backup = self.main.nested["Backup"]
        fed = {name: self.backup.outputs[name] for name in ("BackupVaultArn", "BackupRoleArn")}
        self.tests = Deployer(aws).create(text(TESTS), "restore-testing", completed(TESTS, fed))
        self._describe(self.main, main)
        self._describe(self.backup, text(MAIN), parent=self.main)
        self._describe(self.tests, text(TESTS))
        self.resources = [*self._moto_resources(), self._add_fsx()]
        """What carries the tag."""
        self._settle()
        self._remember(vault)

    def _place(self, account: str, region: str) -> tuple[Served, dict[str, Serves]]:
        if (account, region) not in self._places:
            served = Served(account, region)
            self._places[account, region] = (served, serves(served))
        return self._places[account, region]

    # What a test asks for and changes.

    @property
    def vault(self) -> str:
        """Return the name of the vault."""
        return self.backup.outputs["BackupVaultName"]

    @property
    def seen(self) -> list[Seen]:
        """Return the requests so far, without those of the tests' own clients."""
        return self.front.seen

    def resource(self, name: str) -> Tagged:
        """Return the resource of that name."""
        [found] = [each for each in self.resources if each.name == name]
        return found

    def happens(
        self, call: str, how: Happens, *, after: int = 0, times: int = 1_000_000, **where: Any
    ) -> None:
        """Let this happen to a call instead of an answer, after so many good ones."""
        self.front.add(Fault(call, how, after, times, where))

    def deny(self, *calls: str, **where: Any) -> None:
        """Let IAM allow none of the calls."""
        for call in calls:
            self.happens(call, denied(call), **where)

    def throttle(self, *calls: str, **where: Any) -> None:
        """Let there be too many requests."""
        for call in calls:
            self.happens(call, throttled(call), **where)

    def refuse(self, call: str, code: str, status: int, *, after: int = 0, **where: Any) -> None:
        """Let a call be answered with an error."""
        self.happens(call, refused(code, status), after=after, **where)

    def tag(self, arn: str, **tags: str | None) -> None:
        """Change tags of a resource of moto's; None takes one away. _ stands for : in a key."""
        keys = {name.replace("_", ":"): value for name, value in tags.items()}
        client = self.aws.client("resourcegroupstaggingapi")
        if gone := [key for key, value in keys.items() if value is None]:
            client.untag_resources(ResourceARNList=[arn], TagKeys=gone)
        if new := {key: value for key, value in keys.items() if value is not None}:
            client.tag_resources(ResourceARNList=[arn], Tags=new)

    def add_points(self, *resources: Tagged, number: int = KEPT_DAYS) -> None:
        """Let resources have been backed up, and copied, so many nights."""
        for resource, at in nights(self.now, resources, number):
            point = self.maker.point(resource, at)
            self.here.points.append(point)
            self.here.jobs.append(self.maker.job(point))
            self.here.copy_jobs.append(self.maker.copy_job(point))

    # How it is made.

    def _describe(self, stack: Stack, template: str, parent: Stack | None = None) -> None:
        outputs = [{"OutputKey": k, "OutputValue": v} for k, v in stack.outputs.items()]
        parameters = [
            {"ParameterKey": k, "ParameterValue": v} for k, v in stack.evaluation.parameters.items()
        ]
        above = parent and parent.evaluation.place.stack_id
        created = self.now - timedelta(days=100)
        described = {
            "StackId": stack.evaluation.place.stack_id,
            "StackName": stack.name,
            "CreationTime": created,
            "StackStatus": "CREATE_COMPLETE",
            "Capabilities": ["CAPABILITY_IAM"],
            "Outputs": outputs,
            "Parameters": parameters,
            **({"ParentId": above, "RootId": above} if above else {}),
        }
        resources = [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": made.ref,
                "ResourceType": stack.evaluation.existing[name]["Type"],
                "LastUpdatedTimestamp": created,
                "ResourceStatus": "CREATE_COMPLETE",
            }
            for name, made in stack.created.items()
        ]
        self.here.stacks.append(ServedStack(described, template, resources))

    def _moto_resources(self) -> Iterator[Tagged]:
        made = self.main.resources
        arn = f"arn:aws:ec2:{self.aws.region}:{ACCOUNT}:instance/{made['Scheduler']}"
        yield Tagged("EC2", arn, "soca-mycluster-Scheduler")
        for name in ("EFSApps", "EFSData"):
            yield Tagged("EFS", self.main.attribute(name, "Arn"), f"soca-mycluster-{name}")

    def _add_fsx(self) -> Tagged:
        number = "fs-0123456789abcdef0"
        arn = f"arn:aws:fsx:{self.aws.region}:{ACCOUNT}:file-system/{number}"
        resource = Tagged("FSx", arn, "soca-mycluster-Lustre")
        self.here.tags[arn] = tags = _tags(resource.name)
        self.here.fsx_file_systems.append(
            {
                "OwnerId": ACCOUNT,
                "CreationTime": self.now - timedelta(days=100),
                "FileSystemId": number,
                "FileSystemType": "LUSTRE",
                "Lifecycle": "AVAILABLE",
                "StorageCapacity": 1200,
                "StorageType": "SSD",
                "KmsKeyId": self.main.attribute("Key", "Arn"),
                "ResourceARN": arn,
                "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
                "LustreConfiguration": {
                    "DeploymentType": "PERSISTENT_2",
                    "PerUnitStorageThroughput": 125,
                },
            }
        )
        return resource

    def _settle(self) -> None:
        """Let all be old and all alarms be OK, add compute nodes, opt in to all."""
        here, aws = self.here, self.aws
        here.selections = aws.selections
        watch = aws.client("cloudwatch")
        for alarm in watch.describe_alarms()["MetricAlarms"]:
            here.alarms[alarm["AlarmName"]] = {
                "AlarmConfigurationUpdatedTimestamp": self.now - timedelta(days=100)
            }
            watch.set_alarm_state(
                AlarmName=alarm["AlarmName"], StateValue="OK", StateReason="there were jobs"
            )
        for stack in (self.main, self.tests):
            for call in stack.calls.made:
                asked = call.parameters
                if call.operation == "PutBackupVaultAccessPolicy":
                    here.vault_policies[asked["BackupVaultName"]] = asked["Policy"]
                if "WarmUpConfiguration" in asked:
                    warm_up = {"WarmUpConfiguration": asked["WarmUpConfiguration"]}
                    here.alarms[asked["AlarmName"]] |= warm_up
                if call.operation == "CreateRestoreTestingPlan":
                    here.restore_plans.append(
                        {
                            **asked["RestoreTestingPlan"],
                            "RestoreTestingPlanArn": self.tests.outputs["RestoreTestingPlanArn"],
                            "CreationTime": self.now - timedelta(days=100),
                        }
                    )
        aws.client("ec2").run_instances(
            ImageId=IMAGE,
            MinCount=2,
            MaxCount=2,
            TagSpecifications=[
                {
                    "ResourceType": "instance",
                    "Tags": [
                        {"Key": "soca:ClusterId", "Value": soca.CLUSTER_ID},
                        {"Key": "Name", "Value": "soca-mycluster-compute-node"},
                    ],
                }
            ],
        )
        kinds = ["Aurora", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "RDS", "S3"]
        self._make_old(self.now - timedelta(days=100))
        here.region_settings = {
            "ResourceTypeOptInPreference": dict.fromkeys(kinds, True),
            "ResourceTypeManagementPreference": {"DynamoDB": True, "EFS": True},
        }

    def _make_old(self, then: datetime) -> None:
        from moto.backup.models import backup_backends
        from moto.ec2.models import ec2_backends
        from moto.efs.models import efs_backends

        account, region = self.aws.account, self.aws.region
        ec2, efs = ec2_backends[account][region], efs_backends[account][region]
        backup = backup_backends[account][region]
        for instance in ec2.all_instances():
            instance.launch_time = then
        for volume in ec2.volumes.values():
            volume.create_time = then
        for file_system in efs.file_systems_by_id.values():
            file_system.creation_time = then.timestamp()
        for plan in backup.plans.values():
            plan.creation_date = then.timestamp()
        for vault in backup.vaults.values():
            vault.creation_date = then.timestamp()

    def _remember(self, copies: str) -> None:
        plan_id = self.backup.outputs["BackupPlanId"]
        plan = self.aws.client("backup").get_backup_plan(BackupPlanId=plan_id)
        [rule] = plan["BackupPlan"]["Rules"]
        vault = self.aws.client("backup").describe_backup_vault(BackupVaultName=self.vault)
        self.maker = Maker(
            self.aws.region,
            self.vault,
            vault["EncryptionKeyArn"],
            self.backup.outputs["BackupRoleArn"],
            {
                "BackupPlanId": plan_id,
                "BackupPlanArn": plan["BackupPlanArn"],
                "BackupPlanVersion": plan["VersionId"],
                "BackupRuleId": rule["RuleId"],
            },
            copies,
            KEPT_DAYS,
        )
        tomorrow = self.now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
        tomorrow += timedelta(days=self.now >= tomorrow)
        self.here.next_starts[rule["RuleName"]] = [
            tomorrow + timedelta(days=day) for day in range(10)
        ]
        self.add_points(*self.resources)
        month = last_start(self.now).replace(day=2, hour=7)
        if month > self.now - timedelta(days=1):
            month = (month - timedelta(days=5)).replace(day=2)
        [test] = self.here.restore_plans
        test["LastExecutionTime"] = month
        for resource in self.resources:
            if resource.kind == "EFS":
                point = self.maker.point(resource, month - timedelta(hours=2))
                arn = test["RestoreTestingPlanArn"]
                self.here.restore_jobs.append(self.maker.restore_test(point, arn, month))


def _tags(name: str) -> dict[str, str]:
    return {"soca:ClusterId": soca.CLUSTER_ID, _BACKUP_TAG: soca.CLUSTER_ID, "Name": name}


def _main_template(parameters: dict[str, str]) -> str:
    """Return the main stack: SOCA's, with two file systems, and a key for all that it stores."""
    document: dict[str, Any] = json.loads(soca.cluster(**parameters))
    resources = document["Resources"]
    everything = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    owner = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    policy = {"Version": "2012-10-17", "Statement": [{**everything, "Principal": owner}]}
    resources["Key"] = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}
    key = {"Fn::GetAtt": ["Key", "Arn"]}
    resources["Scheduler"]["Properties"]["ImageId"] = IMAGE
    disk = {"VolumeSize": 30, "Encrypted": True, "KmsKeyId": key}
    resources["Scheduler"]["Properties"]["BlockDeviceMappings"] = [
        {"DeviceName": "/dev/xvda", "Ebs": disk}
    ]
    resources["EFSApps"] = json.loads(json.dumps(resources["EFSData"]))
    for name, member in (
        ("Scheduler", "Tags"),
        ("EFSApps", "FileSystemTags"),
        ("EFSData", "FileSystemTags"),
    ):
        properties = resources[name]["Properties"]
        named = {"Key": "Name", "Value": {"Fn::Sub": f"${{ClusterId}}-{name}"}}
        properties[member] = [*properties[member], named]
        if name != "Scheduler":
            properties["KmsKeyId"] = key
    return json.dumps(document)


@contextmanager
def healthy_cluster(
    endpoint_url: str, now: datetime | None = None, **parameters: str
) -> Iterator[Cluster]:
    """Give a cluster whose nested stack has these parameters, in an AWS that is otherwise empty."""
    with local_aws(endpoint_url, "us-east-1") as aws:
        cluster = Cluster(aws, now, **parameters)
        with in_front(cluster.front):
            yield cluster


@pytest.fixture
def cluster(endpoint_url: str) -> Iterator[Cluster]:
    """Give a healthy cluster."""
    with healthy_cluster(endpoint_url) as made:
        yield made
