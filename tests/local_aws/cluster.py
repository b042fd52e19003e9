"""A healthy cluster in the local AWS, whose backups ran every night; a test changes one thing.

SOCA's main stack nests the Backup template; there are copies in another account and region, and
restore tests beside it.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from generator.stacks import MAIN
from tests.local_aws import cluster_parts as parts
from tests.local_aws.deployer import Deployer
from tests.local_aws.front import Fault, Front, Happens, Seen, Serves, in_front
from tests.local_aws.history import Maker, Tagged, nights, starts
from tests.local_aws.local_aws import ACCOUNT, LocalAws, local_aws
from tests.local_aws.other_services import serves
from tests.local_aws.served import Served
from tests.local_aws.service_faults import denied, refused, throttled
from tests.support import soca
from tests.support.generated import COPIES, TESTS, completed, text

OTHER_ACCOUNT, OTHER_REGION = "444455556666", "eu-west-1"
"""Where the copies are."""
NAME = "mycluster"
"""Of the main stack."""
EMAIL = "admin@example.com"
AGE = timedelta(days=100)
"""Of everything that the healthy cluster has."""
_JOBS_DAYS = 30
"""So long AWS Backup remembers a job."""


class Cluster:
    """The cluster, and the means to break it."""

    def __init__(self, aws: LocalAws, now: datetime | None) -> None:
        self.aws = aws
        self.now = now or datetime.now(timezone.utc)
        self._places: dict[tuple[str, str], tuple[Served, dict[str, Serves]]] = {}
        self.front = Front(lambda account, region: self._place(account, region)[1])
        self.here = self._place(aws.account, aws.region)[0]
        """What moto does not know of the cluster's account and region."""
        self.there = self._place(OTHER_ACCOUNT, OTHER_REGION)[0]
        """The same of the place of the copies."""

    def deploy(self, **parameters: str) -> None:
        """Deploy the stacks, and let time pass; the parameters are the nested stack's."""
        aws = self.aws
        soca.install(aws)
        given = completed(COPIES, {"SourceAccountId": ACCOUNT})
        there = aws.elsewhere(OTHER_REGION, OTHER_ACCOUNT)
        self.copies = Deployer(there).create(text(COPIES), "copies", given)
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        self.boundary: str = aws.client("iam").create_policy(
            PolicyName="boundary",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": everything}),
        )["Policy"]["Arn"]
        """The role's permissions boundary, which allows everything."""
        main = parts.main_template(
            {
                "ProtectFSx": "yes",
                "PermissionsBoundaryArn": self.boundary,
                "NotificationEmail": EMAIL,
                "CreateVaultKmsKey": "yes",  # copies to another account need it
                "CopyDestinationVaultArn": self.copies.outputs["CopyDestinationVaultArn"],
                **parameters,
            }
        )
        self.main = Deployer(aws).create(main, NAME, {"ClusterId": soca.CLUSTER_ID})
        self.backup = self.main.nested["Backup"]
        fed = {name: self.backup.outputs[name] for name in ("BackupVaultArn", "BackupRoleArn")}
        self.tests = Deployer(aws).create(text(TESTS), "restore-testing", completed(TESTS, fed))
        created = self.now - AGE
        self.here.stacks = [
            parts.described(self.main, main, created),
            parts.described(self.backup, text(MAIN), created, self.main),
            parts.described(self.tests, text(TESTS), created),
        ]
        self.key = self.main.attribute("Key", "Arn")
        """Of everything that the cluster stores."""
        self.resources = [*self._tagged_by_moto(), self._add_lustre()]
        """What carries the tag."""
        self._settle()
        self._plan()
        self.add_points(*self.resources)
        self._test_restores()

    def _place(self, account: str, region: str) -> tuple[Served, dict[str, Serves]]:
        if (account, region) not in self._places:
            served = Served(account, region)
            self._places[account, region] = (served, serves(served))
        return self._places[account, region]

    # What a test asks for.

    @property
    def vault(self) -> str:
        """Return the name of the vault."""
        return self.backup.outputs["BackupVaultName"]

    @property
    def seen(self) -> list[Seen]:
        """Return the requests so far, without those of the tests' own clients."""
        return self.front.seen

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables with which a client, or a command, asks this AWS."""
        return {
            "AWS_ENDPOINT_URL": self.aws.endpoint_url,
            "AWS_DEFAULT_REGION": self.aws.region,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "*",
        }

    def resource(self, name: str) -> Tagged:
        """Return what carries the tag, by the end of its name: Scheduler, EFSApps, Lustre."""
        [found] = [each for each in self.resources if each.name.endswith(f"-{name}")]
        return found

    def points(self, resource: Tagged) -> list[dict[str, Any]]:
        """Return the recovery points of a resource, the newest first."""
        found = (one for one in self.here.points if one["ResourceArn"] == resource.arn)
        return sorted(found, key=lambda point: point["CreationDate"], reverse=True)

    def jobs(self, resource: Tagged) -> list[dict[str, Any]]:
        """Return the backup jobs of a resource, the newest first."""
        found = (one for one in self.here.jobs if one["ResourceArn"] == resource.arn)
        return sorted(found, key=lambda job: job["CreationDate"], reverse=True)

    # How a test changes it.

    def happens(
        self, call: str, how: Happens, *, after: int = 0, times: int = 1_000_000, **where: Any
    ) -> None:
        """Let this happen to a call instead of an answer, after so many good ones; "": to all."""
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

    def tag(self, arn: str, changes: Mapping[str, str | None]) -> None:
        """Change tags of a resource; None takes one away."""
        new = {key: value for key, value in changes.items() if value is not None}
        for item in (*self.here.fsx_file_systems, *self.here.fsx_volumes):
            if item["ResourceARN"] == arn:
                old = {
                    tag["Key"]: tag["Value"] for tag in item["Tags"] if tag["Key"] not in changes
                }
                item["Tags"] = parts.as_list(old | new)
                return
        client = self.aws.client("resourcegroupstaggingapi")
        if gone := sorted({*changes} - {*new}):
            client.untag_resources(ResourceARNList=[arn], TagKeys=gone)
        if new:
            client.tag_resources(ResourceARNList=[arn], Tags=new)

    def set_age(self, age: timedelta) -> None:
        """Let all that moto has be so old: instances, volumes, EFS, plans, vaults."""
        from moto.backup.models import backup_backends
        from moto.ec2.models import ec2_backends
        from moto.efs.models import efs_backends

        then, account, region = self.now - age, self.aws.account, self.aws.region
        for instance in ec2_backends[account][region].all_instances():
            instance.launch_time = then
        for volume in ec2_backends[account][region].volumes.values():
            volume.create_time = then
        for file_system in efs_backends[account][region].file_systems_by_id.values():
            file_system.creation_time = then.timestamp()
        for plan in backup_backends[account][region].plans.values():
            plan.creation_date = then.timestamp()
        for vault in backup_backends[account][region].vaults.values():
            vault.creation_date = then.timestamp()

    def add_points(self, *resources: Tagged, number: int = 0) -> None:
        """Let resources have been backed up, and copied, so many nights; 0: as long as is kept."""
        for resource, at in nights(resources, self.starts[: number or self.maker.days]):
            point = self.maker.point(resource, at)
            self.here.points.append(point)
            if self.now - at < timedelta(days=_JOBS_DAYS):
                self.here.jobs.append(self.maker.job(point))
                if self.maker.copies:
                    self.here.copy_jobs.append(self.maker.copy_job(point))

    def add_fsx(self, kind: str, tags: Mapping[str, str]) -> dict[str, Any]:
        """Add an FSx file system of a type: LUSTRE, ONTAP or OPENZFS."""
        number = f"{len(self.here.fsx_file_systems):017x}"
        item = parts.fsx_file_system(
            *(self.aws.region, number, kind, tags),
            CreationTime=self.now - AGE,
            KmsKeyId=self.key,
        )
        self.here.fsx_file_systems.append(item)
        return item

    def add_fsx_volume(
        self, file_system: Mapping[str, Any], tags: Mapping[str, str]
    ) -> dict[str, Any]:
        """Add a volume of an ONTAP or OpenZFS file system."""
        item = parts.fsx_volume(file_system, f"{len(self.here.fsx_volumes):017x}", tags)
        self.here.fsx_volumes.append(item)
        return item

    # How it is made.

    def _tagged_by_moto(self) -> Iterator[Tagged]:
        place = f"arn:aws:ec2:{self.aws.region}:{ACCOUNT}"
        instance = self.main.resources["Scheduler"]
        yield Tagged("EC2", f"{place}:instance/{instance}", f"{soca.CLUSTER_ID}-Scheduler")
        for name in ("EFSApps", "EFSData"):
            yield Tagged("EFS", self.main.attribute(name, "Arn"), f"{soca.CLUSTER_ID}-{name}")

    def _add_lustre(self) -> Tagged:
        name = f"{soca.CLUSTER_ID}-Lustre"
        return Tagged("FSx", self.add_fsx("LUSTRE", parts.tags(name))["ResourceARN"], name)

    def _settle(self) -> None:
        """Let all be old and all alarms be OK, add compute nodes, opt in to all."""
        here, aws = self.here, self.aws
        here.selections = aws.selections
        watch = aws.client("cloudwatch")
        for alarm in watch.describe_alarms()["MetricAlarms"]:
            name = alarm["AlarmName"]
            here.alarms[name] = {"AlarmConfigurationUpdatedTimestamp": self.now - AGE}
            watch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="there were jobs")
        for call in (*self.main.calls.made, *self.tests.calls.made):
            asked = call.parameters
            if call.operation == "PutBackupVaultAccessPolicy":
                here.vault_policies[asked["BackupVaultName"]] = asked["Policy"]
            if "WarmUpConfiguration" in asked:
                warm_up = {"WarmUpConfiguration": asked["WarmUpConfiguration"]}
                here.alarms[asked["AlarmName"]] |= warm_up
            if call.operation == "CreateRestoreTestingPlan":
                arn = self.tests.outputs["RestoreTestingPlanArn"]
                plan = {"RestoreTestingPlanArn": arn, "CreationTime": self.now - AGE}
                here.restore_plans.append({**asked["RestoreTestingPlan"], **plan})
        nodes = parts.as_list(parts.untagged(f"{soca.CLUSTER_ID}-compute-node"))
        aws.client("ec2").run_instances(
            ImageId=parts.IMAGE,
            MinCount=2,
            MaxCount=2,
            TagSpecifications=[{"ResourceType": "instance", "Tags": nodes}],
        )
        here.region_settings = {
            "ResourceTypeOptInPreference": dict.fromkeys(parts.KINDS, True),
            "ResourceTypeManagementPreference": {"DynamoDB": True, "EFS": True},
        }
        self.set_age(AGE)

    def _plan(self) -> None:
        client, plan_id = self.aws.client("backup"), self.backup.outputs["BackupPlanId"]
        plan = client.get_backup_plan(BackupPlanId=plan_id)
        rules = plan["BackupPlan"]["Rules"]
        year = timedelta(days=366)
        for rule in rules:
            when = (rule["ScheduleExpression"], rule["ScheduleExpressionTimezone"])
            self.here.next_starts[rule["RuleName"]] = starts(*when, self.now, self.now + year)
        daily = rules[0]
        when = (daily["ScheduleExpression"], daily["ScheduleExpressionTimezone"])
        over = self.now - timedelta(hours=2)
        self.starts = starts(*when, self.now - year, over)[::-1]
        """Of the first rule, the last one whose jobs are over first."""
        self.maker = Maker(
            self.aws.region,
            self.vault,
            client.describe_backup_vault(BackupVaultName=self.vault)["EncryptionKeyArn"],
            self.backup.outputs["BackupRoleArn"],
            {
                "BackupPlanId": plan_id,
                "BackupPlanArn": plan["BackupPlanArn"],
                "BackupPlanVersion": plan["VersionId"],
                "BackupRuleId": daily["RuleId"],
            },
            self.copies.outputs["CopyDestinationVaultArn"] if daily.get("CopyActions") else "",
            daily["Lifecycle"]["DeleteAfterDays"],
        )

    def _test_restores(self) -> None:
        """Let the last restore test have restored each EFS, and cleaned up."""
        [test] = self.here.restore_plans
        when = (test["ScheduleExpression"], test["ScheduleExpressionTimezone"])
        over = self.now - timedelta(days=1)
        last = test["LastExecutionTime"] = starts(*when, over - timedelta(days=32), over)[-1]
        for resource in self.resources:
            if resource.kind == "EFS":
                point = self.maker.point(resource, last - timedelta(hours=2))
                arn = test["RestoreTestingPlanArn"]
                self.here.restore_jobs.append(self.maker.restore_test(point, arn, last))


@contextmanager
def healthy_cluster(
    endpoint_url: str, now: datetime | None = None, **parameters: str
) -> Iterator[Cluster]:
    """Give a cluster whose nested stack has these parameters, in an AWS that is otherwise empty."""
    with local_aws(endpoint_url, "us-east-1") as aws:
        cluster = Cluster(aws, now)
        with in_front(cluster.front):
            cluster.deploy(**parameters)
            yield cluster


@pytest.fixture
def cluster(endpoint_url: str) -> Iterator[Cluster]:
    """Give a healthy cluster."""
    with healthy_cluster(endpoint_url) as made:
        yield made
