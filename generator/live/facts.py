"""What AWS says about a backup stack: every fact is asked once, by whoever needs it first.

A fact that AWS did not answer raises that error again for everybody who needs it, so that what is
not known is never taken for what is well.
"""

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, TypeVar

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.read import Template, parse
from generator.live.account import Account
from generator.live.errors import NotAnsweredError, NotThereError
from generator.live.findings import DAYS
from generator.live.once import Once, fact
from generator.protection.texts import Place

T = TypeVar("T")
Data = dict[str, Any]
MAX_THREADS = 32
MOST_IN_A_FILTER = 200
"""Values that a filter of EC2 takes.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html
"""
TAG_KEYS = ("soca:BackupPlan", "edh:BackupPlan")
"""What SOCA tags with before and since 26.4.0."""
CLUSTER_KEYS = ("soca:ClusterId", "edh:ClusterId")
RESTORE_TEST_KEY = "awsbackup-restore-test"
"""The tag of what a restore test has made, which plans leave out."""
_TAGGED_TYPES = (
    "ec2:instance", "ec2:volume", "elasticfilesystem:file-system", "fsx:file-system", "fsx:volume",
    "rds:db", "rds:cluster", "dynamodb:table", "s3",
)  # fmt: skip
"""What is looked for by tag; without it, every recovery point with the tag would be found, too."""
_CLUSTER_TYPES = ("ec2:instance", "elasticfilesystem:file-system", "fsx:file-system", "fsx:volume")


@dataclass(frozen=True)
class Key:
    """A KMS key that encrypts something of the cluster."""

    arn: str
    metadata: Data
    policy: Data | None
    """None: it is AWS's own key, which everybody may use through its service."""

    @property
    def is_awss(self) -> bool:
        """Whether it is an AWS managed key, such as aws/ebs."""
        return bool(self.metadata.get("KeyManager") == "AWS")


@dataclass
class Facts:
    """The facts about one backup stack, which DescribeStacks has described."""

    account: Account
    stack: Data
    now: datetime
    hours: int | None = None
    """How far back jobs are looked at; None: as long as the worst loss, plus two."""
    once: Once = field(default_factory=Once)
    """The answers."""

    # The stack.

    @cached_property
    def place(self) -> Place:
        """Where the stack is."""
        _, partition, _, region, account, _ = str(self.stack["StackId"]).split(":", 5)
        return Place(partition, region, account)

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The parameters of the stack."""
        return {
            each["ParameterKey"]: each.get("ResolvedValue", each.get("ParameterValue", ""))
            for each in self.stack.get("Parameters", [])
        }

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The outputs of the stack."""
        return {each["OutputKey"]: each["OutputValue"] for each in self.stack.get("Outputs", [])}

    @cached_property
    def cluster(self) -> str:
        """The ID of the cluster, which is the value of the tag."""
        return self.parameters.get("ClusterId", "")

    @cached_property
    def tag_key(self) -> str:
        """The key of the tag that marks a resource for backup."""
        return self.parameters.get("BackupTagKey") or TAG_KEYS[0]

    @cached_property
    def vault_name(self) -> str:
        """The vault that holds the backups."""
        return self.outputs["BackupVaultName"]

    @cached_property
    def vault_arn(self) -> str:
        """Its ARN."""
        place = self.place
        return (
            f"arn:{place.partition}:backup:{place.region}:{place.account}:backup-vault:"
            f"{self.vault_name}"
        )

    @cached_property
    def role_arn(self) -> str:
        """The role for backup and restore."""
        return self.outputs["BackupRoleArn"]

    @cached_property
    def topic_arn(self) -> str:
        """The topic that receives alerts; empty: there is none."""
        arn = self.outputs.get("AlertTopicArn", "none")
        return "" if arn == "none" else arn

    @fact
    def template(self) -> Template:
        """The deployed template."""
        stack = self.stack["StackId"]
        answer = self.account.ask("cloudformation.GetTemplate", StackName=stack)
        body = answer.get("TemplateBody", "")
        try:
            return parse(self.stack["StackName"], body if isinstance(body, str) else _text(body))
        except UnreadableError as error:
            raise NotAnsweredError(f"the template of the stack cannot be read: {error}") from error

    @fact
    def stack_resources(self) -> list[Data]:
        """The resources of the stack, of which DescribeStackResources would tell 100 at most."""
        return self.account.pages(
            "cloudformation.ListStackResources",
            "StackResourceSummaries",
            StackName=self.stack["StackId"],
        )

    def physical_ids(self, kind: str) -> list[str]:
        """Return the physical ids of the stack's resources of a type."""
        return [
            each["PhysicalResourceId"]
            for each in self.stack_resources
            if each["ResourceType"] == kind and each.get("PhysicalResourceId")
        ]

    # What makes the backups.

    @fact
    def plan(self) -> Data:
        """The plan, with its next ten runs."""
        plan = self.outputs["BackupPlanId"]
        answer = self.account.ask(
            "backup.GetBackupPlan", BackupPlanId=plan, MaxScheduledRunsPreview=10
        )
        if answer.get("DeletionDate"):  # AWS Backup remembers it
            raise NotThereError(f"the plan {plan} is deleted", "")
        return answer

    @fact
    def selections(self) -> list[Data]:
        """The resource assignments of the plan."""
        plan = self.outputs["BackupPlanId"]
        listed = self.account.pages(
            "backup.ListBackupSelections", "BackupSelectionsList", BackupPlanId=plan
        )
        return [
            answer["BackupSelection"]
            for answer in side_by_side(
                lambda its: self.account.ask(
                    "backup.GetBackupSelection", BackupPlanId=plan, SelectionId=its["SelectionId"]
                ),
                listed,
            )
        ]

    @fact
    def vault(self) -> Data:
        """The vault; of one that does not exist, AWS Backup says that it is denied."""
        name = self.vault_name
        try:
            return self.account.ask("backup.DescribeBackupVault", BackupVaultName=name)
        except NotAnsweredError as error:
            if error.action:
                with contextlib.suppress(NotAnsweredError):
                    listed = self.account.pages("backup.ListBackupVaults", "BackupVaultList")
                    if name not in {each["BackupVaultName"] for each in listed}:
                        raise NotThereError(f"there is no vault {name}", "") from error
            raise

    @fact
    def vault_policy(self) -> str | None:
        """The access policy of the vault; None: it has none."""
        try:
            answer = self.account.ask(
                "backup.GetBackupVaultAccessPolicy", BackupVaultName=self.vault_name
            )
        except NotThereError:
            return None
        return str(answer.get("Policy", "")) or None

    @fact
    def role(self) -> Data:
        """The role."""
        found: Data = self.account.ask("iam.GetRole", RoleName=_name(self.role_arn))["Role"]
        return found

    @fact
    def role_policies(self) -> dict[str, Data]:
        """The role's own policies, by name."""
        role = _name(self.role_arn)
        names = self.account.pages("iam.ListRolePolicies", "PolicyNames", RoleName=role)
        answers = side_by_side(
            lambda name: self.account.ask("iam.GetRolePolicy", RoleName=role, PolicyName=name),
            names,
        )
        return {each["PolicyName"]: each["PolicyDocument"] for each in answers}

    @fact
    def attached_policies(self) -> list[str]:
        """The ARNs of the policies that are attached to the role."""
        return [
            each["PolicyArn"]
            for each in self.account.pages(
                "iam.ListAttachedRolePolicies",
                "AttachedPolicies",
                RoleName=_name(self.role_arn),
            )
        ]

    @fact
    def managed_policies(self) -> dict[str, Data]:
        """The policies that are attached to the role, and its boundary, by ARN."""
        boundary = self.role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")

        def asked(arn: str) -> Data:
            policy = self.account.ask("iam.GetPolicy", PolicyArn=arn)["Policy"]
            version = policy["DefaultVersionId"]
            answer = self.account.ask("iam.GetPolicyVersion", PolicyArn=arn, VersionId=version)
            return _document(answer["PolicyVersion"]["Document"])

        return _by_key(asked, [*self.attached_policies, *filter(None, [boundary])])

    @fact
    def region_settings(self) -> Data:
        """Which types the region is opted in to."""
        answer = self.account.ask("backup.DescribeRegionSettings")
        found: Data = answer.get("ResourceTypeOptInPreference", {})
        return found

    # What is backed up.

    @fact
    def tagged(self) -> dict[str, dict[str, str]]:
        """The tags of what carries the stack's key, with any value, by ARN."""
        return self._carrying([self.tag_key], None, _TAGGED_TYPES)

    @fact
    def tagged_otherwise(self) -> dict[str, dict[str, str]]:
        """The tags of what carries the cluster's ID under the key of another release of SOCA."""
        keys = [key for key in TAG_KEYS if key != self.tag_key]
        return self._carrying(keys, self.cluster, _TAGGED_TYPES)

    @fact
    def of_the_cluster(self) -> dict[str, dict[str, str]]:
        """The tags of instances and file systems that SOCA made for the cluster, by ARN."""
        return self._carrying(CLUSTER_KEYS, self.cluster, _CLUSTER_TYPES)

    def _carrying(
        self, keys: Iterable[str], value: str | None, types: Sequence[str]
    ) -> dict[str, dict[str, str]]:
        def asked(key: str) -> list[Data]:
            return self.account.pages(
                "resourcegroupstaggingapi.GetResources",
                "ResourceTagMappingList",
                TagFilters=[{"Key": key, **({} if value is None else {"Values": [value]})}],
                ResourceTypeFilters=[*types],
            )

        found = {}
        for each in (one for several in side_by_side(asked, [*keys]) for one in several):
            tags = {tag["Key"]: tag["Value"] for tag in each.get("Tags", [])}
            if RESTORE_TEST_KEY not in tags:
                found[each["ResourceARN"]] = tags
        return found

    @fact
    def instances(self) -> dict[str, Data]:
        """The instances that carry the tag, by id; those that are gone are left out."""
        pages = self.account.pages(
            "ec2.DescribeInstances",
            "Reservations",
            Filters=[{"Name": f"tag:{self.tag_key}", "Values": [_literal(self.cluster)]}],
        )
        return {
            each["InstanceId"]: each
            for reservation in pages
            for each in reservation["Instances"]
            if each["State"]["Name"] not in ("terminated", "shutting-down")
        }

    @fact
    def volumes(self) -> dict[str, Data]:
        """The volumes that carry the tag and those of instances that do, by id."""
        ids = [*self.instances]
        attached = (
            {"Name": "attachment.instance-id", "Values": ids[at : at + MOST_IN_A_FILTER]}
            for at in range(0, len(ids), MOST_IN_A_FILTER)
        )
        tagged = {"Name": f"tag:{self.tag_key}", "Values": [_literal(self.cluster)]}
        found = side_by_side(
            lambda its: self.account.pages("ec2.DescribeVolumes", "Volumes", Filters=[its]),
            [tagged, *attached],
        )
        return {each["VolumeId"]: each for several in found for each in several}

    @fact
    def efs(self) -> dict[str, Data]:
        """The EFS file systems of the region, by ARN."""
        found = self.account.pages("efs.DescribeFileSystems", "FileSystems")
        return {each["FileSystemArn"]: each for each in found}

    @fact
    def efs_backups(self) -> dict[str, str]:
        """Whether EFS backs up each tagged file system by itself: ENABLED or another state."""

        def asked(arn: str) -> str:
            try:
                answer = self.account.ask("efs.DescribeBackupPolicy", FileSystemId=_name(arn))
            except NotThereError:
                return "DISABLED"
            return str(answer["BackupPolicy"]["Status"])

        return _by_key(asked, self.tagged_efs)

    @fact
    def efs_policies(self) -> dict[str, Data]:
        """The policy of each tagged file system that has one, by ARN."""

        def asked(arn: str) -> Data | None:
            try:
                answer = self.account.ask("efs.DescribeFileSystemPolicy", FileSystemId=_name(arn))
            except NotThereError:
                return None
            return _document(answer["Policy"])

        return {arn: its for arn, its in _by_key(asked, self.tagged_efs).items() if its}

    @cached_property
    def tagged_efs(self) -> list[str]:
        """The ARNs of the EFS file systems that carry the tag."""
        return [arn for arn in self.carriers if ":elasticfilesystem:" in arn]

    @fact
    def fsx_file_systems(self) -> dict[str, Data]:
        """The FSx file systems of the region, by ARN, if the cluster has any."""
        if not self._has_fsx:
            return {}
        found = self.account.pages("fsx.DescribeFileSystems", "FileSystems")
        return {each["ResourceARN"]: each for each in found}

    @fact
    def fsx_volumes(self) -> dict[str, Data]:
        """The FSx volumes of the region, by ARN, if the cluster has any."""
        if not self._has_fsx:
            return {}
        found = self.account.pages("fsx.DescribeVolumes", "Volumes")
        return {each["ResourceARN"]: each for each in found}

    @property
    def _has_fsx(self) -> bool:
        return any(":fsx:" in arn for arn in (*self.carriers, *self.of_the_cluster))

    @property
    def carriers(self) -> dict[str, dict[str, str]]:
        """The tags of what carries the tag with its value, by ARN."""
        return {
            arn: tags for arn, tags in self.tagged.items() if tags[self.tag_key] == self.cluster
        }

    # Keys and roles.

    @fact
    def instance_roles(self) -> dict[str, list[str] | None]:
        """The ARNs of the roles of each instance profile, by its ARN; None: it is gone."""
        profiles = {
            each["IamInstanceProfile"]["Arn"]
            for each in self.instances.values()
            if each.get("IamInstanceProfile")
        }

        def asked(arn: str) -> list[str] | None:
            try:
                answer = self.account.ask("iam.GetInstanceProfile", InstanceProfileName=_name(arn))
            except NotThereError:
                return None
            return [role["Arn"] for role in answer["InstanceProfile"]["Roles"]]

        return _by_key(asked, sorted(profiles))

    def key(self, arn: str) -> Key | None:
        """Return a key by its ARN, asked once; None: there is no such key."""
        return self.once.answer(f"key {arn}", lambda: self._asked_key(arn))

    def _asked_key(self, arn: str) -> Key | None:
        try:
            metadata: Data = self.account.ask("kms.DescribeKey", KeyId=arn)["KeyMetadata"]
            key = Key(arn, metadata, None)
            if key.is_awss:
                return key
            policy = self.account.ask("kms.GetKeyPolicy", KeyId=arn, PolicyName="default")
        except NotThereError:
            return None
        return Key(arn, metadata, _document(policy["Policy"]))

    # What has happened.

    @fact
    def points(self) -> list[Data]:
        """The recovery points in the vault."""
        try:
            return self.account.pages(
                "backup.ListRecoveryPointsByBackupVault",
                "RecoveryPoints",
                BackupVaultName=self.vault_name,
            )
        except NotAnsweredError:
            with contextlib.suppress(NotAnsweredError):
                self.vault  # noqa: B018 - it raises NotThereError if there is no such vault
            raise

    @fact
    def jobs(self) -> list[Data]:
        """The backup jobs into the vault; AWS Backup forgets those that are older than 30 days."""
        return self.account.pages(
            "backup.ListBackupJobs",
            "BackupJobs",
            ByBackupVaultName=self.vault_name,
            ByCreatedAfter=self.now - timedelta(days=DAYS),
        )

    def copy_jobs(self, destinations: Iterable[str], since: datetime) -> list[Data]:
        """Return the jobs that copy from the vault to those vaults since a time."""
        found = side_by_side(
            lambda arn: self.account.pages(
                "backup.ListCopyJobs",
                "CopyJobs",
                ByDestinationVaultArn=arn,
                ByCreatedAfter=since,
            ),
            sorted({*destinations}),
        )
        jobs = (each for several in found for each in several)
        return [each for each in jobs if each.get("SourceBackupVaultArn") == self.vault_arn]

    def restore_jobs(self, since: datetime) -> list[Data]:
        """Return the restore jobs with the stack's role since a time, without restore tests."""
        found = self.account.pages("backup.ListRestoreJobs", "RestoreJobs", ByCreatedAfter=since)
        return [
            each
            for each in found
            if each.get("IamRoleArn") == self.role_arn
            and not each.get("CreatedBy", {}).get("RestoreTestingPlanArn")
        ]

    @fact
    def test_plans(self) -> list[Data]:
        """The plans of restore tests that take backups out of the vault."""
        listed = self.account.pages("backup.ListRestoreTestingPlans", "RestoreTestingPlans")
        answers = side_by_side(
            lambda its: self.account.ask(
                "backup.GetRestoreTestingPlan",
                RestoreTestingPlanName=its["RestoreTestingPlanName"],
            ),
            listed,
        )
        plans = (each["RestoreTestingPlan"] for each in answers)
        return [each for each in plans if self._takes_from_the_vault(each)]

    def _takes_from_the_vault(self, plan: Data) -> bool:
        chosen = plan["RecoveryPointSelection"]
        wanted = {self.vault_arn, "*"}
        return bool(wanted & {*chosen.get("IncludeVaults", [])}) and not (
            wanted & {*chosen.get("ExcludeVaults", [])}
        )

    @fact
    def test_jobs(self) -> dict[str, list[Data]]:
        """The restore jobs of each plan of restore tests, by its name."""
        found = side_by_side(
            lambda plan: self.account.pages(
                "backup.ListRestoreJobs",
                "RestoreJobs",
                ByRestoreTestingPlanArn=plan["RestoreTestingPlanArn"],
            ),
            self.test_plans,
        )
        names = (plan["RestoreTestingPlanName"] for plan in self.test_plans)
        return dict(zip(names, found, strict=True))

    # Who hears of it.

    @fact
    def topic(self) -> Data:
        """The attributes of the topic."""
        answer = self.account.ask("sns.GetTopicAttributes", TopicArn=self.topic_arn)
        found: Data = answer["Attributes"]
        return found

    @fact
    def subscriptions(self) -> list[Data]:
        """The subscriptions to the topic."""
        return self.account.pages(
            "sns.ListSubscriptionsByTopic", "Subscriptions", TopicArn=self.topic_arn
        )

    @fact
    def event_rules(self) -> dict[str, tuple[Data, list[Data]] | None]:
        """The stack's rules of EventBridge, each with its targets, by name; None: it is gone."""

        def asked(name: str) -> tuple[Data, list[Data]] | None:
            try:
                rule = self.account.ask("events.DescribeRule", Name=name)
                targets = self.account.pages("events.ListTargetsByRule", "Targets", Rule=name)
            except NotThereError:
                return None
            return rule, targets

        return _by_key(asked, self.physical_ids("AWS::Events::Rule"))

    @fact
    def alarms(self) -> list[Data]:
        """The stack's alarms that are there."""
        names = self.physical_ids("AWS::CloudWatch::Alarm")
        if not names:
            return []
        return self.account.pages("cloudwatch.DescribeAlarms", "MetricAlarms", AlarmNames=names)

    # All of them.

    def ask_all(
        self, asked: Callable[[int, int], None], more: Iterable[Callable[[], object]] = ()
    ) -> None:
        """Ask for all facts, and more, side by side.

        ``asked`` is called with how many of how many are there.
        """
        names = [name for name, its in vars(Facts).items() if isinstance(its, fact)]
        if not self.topic_arn:
            names = [name for name in names if name not in _OF_ALERTS]
        asks: list[Callable[[], object]] = [
            *(partial(getattr, self, name) for name in names),
            *more,
        ]
        with ThreadPoolExecutor(MAX_THREADS) as pool:
            running = [pool.submit(_ask, each) for each in asks]
            try:
                for done, one in enumerate(as_completed(running), 1):
                    one.result()
                    asked(done, len(running))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def _ask(ask: Callable[[], object]) -> None:
    with contextlib.suppress(NotAnsweredError, NotThereError):
        ask()  # whoever needs it hears of the error


_OF_ALERTS = ("topic", "subscriptions", "event_rules", "alarms")
Item = TypeVar("Item")


def side_by_side(ask: Callable[[Item], T], items: Iterable[Item]) -> list[T]:
    """Return the answer for each item, asked side by side."""
    several = [*items]
    if len(several) <= 1:
        return [ask(each) for each in several]
    with ThreadPoolExecutor(min(len(several), MAX_THREADS)) as pool:
        return [*pool.map(ask, several)]


def _by_key(ask: Callable[[str], T], keys: Sequence[str]) -> dict[str, T]:
    return dict(zip(keys, side_by_side(ask, keys), strict=True))


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]


def _text(document: Mapping[str, Any]) -> str:
    """Return a template that the SDK has read, because it is JSON, as text."""
    return json.dumps(document, default=str)


def _document(policy: Any) -> Data:
    """Return a policy, whatever its form."""
    found = json.loads(policy) if isinstance(policy, str) else policy
    return found if isinstance(found, dict) else {}


def _literal(text: str) -> str:
    """Return a text for a filter of EC2, which takes * and ? for wildcards."""
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")
