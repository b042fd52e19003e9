"""What AWS says about what is backed up: resources by their tags, their keys and roles."""

import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from generator.live.errors import NotAnsweredError, NotThereError
from generator.live.once import answered, fact, fact_of
from generator.live.reading import Data, document, name_in, side_by_side
from generator.live.stack_facts import TAG_KEYS, StackFacts

MOST_IN_A_FILTER = 200
"""Values that a filter of EC2 takes.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html
"""
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
    """None: it is AWS's own key, which everybody may use through its service, or the key of another
    account, which alone can read its policy."""

    @property
    def account(self) -> str:
        """The account that it belongs to."""
        return self.arn.split(":")[4]

    @property
    def is_awss(self) -> bool:
        """Whether it is an AWS managed key, such as aws/ebs."""
        return bool(self.metadata.get("KeyManager") == "AWS")


class ResourceFacts(StackFacts):
    """The facts about what the stack backs up."""

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

    @fact_of
    def efs_backup(self, arn: str) -> str:
        """Return whether EFS backs up a file system by itself: ENABLED or another state."""
        try:
            answer = self.account.ask("efs.DescribeBackupPolicy", FileSystemId=name_in(arn))
        except NotThereError:
            return "DISABLED"
        return str(answer["BackupPolicy"]["Status"])

    @fact_of
    def efs_policy(self, arn: str) -> Data | None:
        """Return the policy of a file system; None: it has none."""
        try:
            answer = self.account.ask("efs.DescribeFileSystemPolicy", FileSystemId=name_in(arn))
        except NotThereError:
            return None
        policy: Data = document(answer["Policy"])
        return policy

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
        found = (*self.tagged, *self.tagged_otherwise, *self.of_the_cluster)
        return any(":fsx:" in arn for arn in found)

    @property
    def carriers(self) -> dict[str, dict[str, str]]:
        """The tags of what carries the tag with its value, by ARN."""
        return {
            arn: tags for arn, tags in self.tagged.items() if tags[self.tag_key] == self.cluster
        }

    # Keys and roles.

    @property
    def profiles(self) -> dict[str, list[str]]:
        """The ids of the tagged instances of each instance profile, by its ARN."""
        found: dict[str, list[str]] = {}
        for name, its in self.instances.items():
            if profile := its.get("IamInstanceProfile"):
                found.setdefault(profile["Arn"], []).append(name)
        return found

    @fact_of
    def roles_of(self, profile: str) -> list[str] | None:
        """Return the ARNs of the roles of an instance profile; None: it is gone."""
        name = name_in(profile)
        try:
            answer = self.account.ask("iam.GetInstanceProfile", InstanceProfileName=name)
        except NotThereError:
            return None
        return [role["Arn"] for role in answer["InstanceProfile"]["Roles"]]

    @fact_of
    def key(self, arn: str) -> Key | None:
        """Return a key by its ARN; None: there is no such key."""
        try:
            metadata: Data = self.account.ask("kms.DescribeKey", KeyId=arn)["KeyMetadata"]
            key = Key(arn, metadata, None)
            if key.is_awss or key.account != self.place.account:
                return key
            policy = self.account.ask("kms.GetKeyPolicy", KeyId=arn, PolicyName="default")
        except NotThereError:
            return None
        return Key(arn, metadata, document(policy["Policy"]))

    @property
    def vault_key(self) -> Key | None:
        """The key of the vault; None: AWS Backup names none, or there is no such key."""
        arn = self.vault.get("EncryptionKeyArn")
        return self.key(arn) if arn else None

    def ask_one_by_one(self) -> None:
        """Ask for what no list has: about each tagged file system, and each profile."""
        asks: list[Callable[[], object]] = []
        with contextlib.suppress(NotAnsweredError):
            for arn in self.tagged_efs:
                asks += [partial(self.efs_backup, arn), partial(self.efs_policy, arn)]
        with contextlib.suppress(NotAnsweredError):
            asks += [partial(self.roles_of, arn) for arn in self.profiles]
        side_by_side(answered, asks)


def _literal(text: str) -> str:
    """Return a text for a filter of EC2, which takes * and ? for wildcards."""
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")
