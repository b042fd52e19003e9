"""What carries the tag, and what was meant to: near misses of key or value, or no tag at all."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from _backup.resource_arns import KINDS

from generator.live import checks
from generator.live.facts import Facts
from generator.live.findings import Finding, Verdict
from generator.live.protections import taking, type_of
from generator.live.stack_facts import TAG_KEYS
from generator.protection.model import Protection

INSTANCES, VOLUMES, FILE_SYSTEMS, FSX, FSX_VOLUMES = (
    "EC2 instances", "EBS volumes", "EFS file systems", "FSx file systems", "FSx volumes",
)  # fmt: skip
_KIND = {INSTANCES: "EC2", VOLUMES: "EBS", FILE_SYSTEMS: "EFS", FSX: "FSx", FSX_VOLUMES: "FSx"}
_PREFIX = "soca-"
BY_VOLUME = ("ONTAP", "OPENZFS")
"""The kinds of FSx that AWS Backup backs up volume by volume."""


@dataclass(frozen=True)
class Carrier:
    """A resource that carries the tag, or was meant to."""

    arn: str
    tags: Mapping[str, str]

    @property
    def type(self) -> str:
        """What people call its type."""
        return type_of(self.arn)

    @property
    def kind(self) -> str:
        """What AWS Backup calls it."""
        service = self.arn.split(":", 3)[2]
        tested = (kind.tested_as for kind in KINDS if kind.service == service and kind.tested_as)
        return _KIND.get(self.type) or next(tested, (service,))[0]

    @property
    def id(self) -> str:
        """Its id."""
        return self.arn.rpartition(":")[2].rpartition("/")[2]

    @property
    def name(self) -> str:
        """Its name; empty: it has none."""
        return self.tags.get("Name", "")

    def __str__(self) -> str:
        """Return what sentences call it."""
        return f"{self.id} ({self.name})" if self.name else self.id


def carriers(facts: Facts) -> list[Carrier]:
    """Return what carries the tag; what is gone may still be listed by its tag."""
    found = (Carrier(arn, tags) for arn, tags in facts.carriers.items())
    return [each for each in found if not _is_gone(each, facts)]


_THERE: dict[str, Callable[[Facts], Mapping[str, object]]] = {
    INSTANCES: lambda facts: facts.instances,
    VOLUMES: lambda facts: facts.volumes,
    FILE_SYSTEMS: lambda facts: facts.efs,
    FSX: lambda facts: facts.fsx_file_systems,
    FSX_VOLUMES: lambda facts: facts.fsx_volumes,
}
"""What there is of a type, by id or ARN."""


def _is_gone(carrier: Carrier, facts: Facts) -> bool:
    there = _THERE.get(carrier.type)
    if there is None or not checks.known(lambda: there(facts)):
        return False
    return not {carrier.id, carrier.arn} & there(facts).keys()


def near_misses(facts: Facts, protection: Protection) -> Iterator[tuple[Carrier, Finding]]:
    """Yield what was meant to carry the tag and does not, with why."""
    for carrier, finding in _misses(facts, protection):
        # Of instances and volumes, only those with the tag are described.
        if carrier.type in (INSTANCES, VOLUMES) or not _is_gone(carrier, facts):
            yield carrier, finding


def _misses(facts: Facts, protection: Protection) -> Iterator[tuple[Carrier, Finding]]:
    right = f"{facts.tag_key}={facts.cluster}"
    told = {*facts.carriers}

    def miss(carrier: Carrier, why: str) -> tuple[Carrier, Finding]:
        told.add(carrier.arn)
        return carrier, Finding(
            Verdict.NOT_WELL,
            f"{carrier} is not selected: {why}",
            _tagging(carrier, facts),
            carrier.arn,
            stops=(carrier.arn,),
        )

    for arn, tags in facts.tagged.items():
        value = tags[facts.tag_key]
        if arn not in told and _plain(value) == _plain(facts.cluster):
            yield miss(
                Carrier(arn, tags), f"it carries {_shown(facts.tag_key, value)}, not {right}"
            )
    for arn, tags in facts.tagged_otherwise.items():
        if arn not in told:
            key = next(key for key in TAG_KEYS if tags.get(key) == facts.cluster)
            yield miss(Carrier(arn, tags), f"it carries {_shown(key, facts.cluster)}, not {right}")
    for arn, tags in facts.of_the_cluster.items():
        carrier = Carrier(arn, tags)
        alike = [key for key in tags if key.casefold() == facts.tag_key.casefold()]
        if arn in told:
            continue
        if alike:  # the key, or one that differs in its case; of the key, the value is another one
            yield miss(carrier, f"it carries {_shown(alike[0], tags[alike[0]])}, not {right}")
        elif _is_meant(carrier, facts, protection):
            yield miss(carrier, f"it belongs to the cluster and does not carry {right}")


def _shown(key: str, value: str) -> str:
    """Return a tag; in quotation marks, if its key or its value begins or ends with a blank."""
    tag = f"{key}={value}"
    return tag if (key, value) == (key.strip(), value.strip()) else repr(tag)


def _is_meant(carrier: Carrier, facts: Facts, protection: Protection) -> bool:
    """Return whether a resource of the cluster that carries no tag at all is to be backed up."""
    if carrier.type == FILE_SYSTEMS:
        return True
    is_selected = taking(protection, carrier.arn, {facts.tag_key: facts.cluster})
    return carrier.type == FSX and bool(is_selected) and not why_never(carrier, facts)


def untagged_instances(facts: Facts) -> int:
    """Return how many instances of the cluster do not carry the tag: compute nodes, mostly."""
    return sum(
        type_of(arn) == INSTANCES and facts.tag_key not in tags
        for arn, tags in facts.of_the_cluster.items()
    )


def why_never(carrier: Carrier, facts: Facts) -> str:
    """Return why AWS Backup cannot back up an FSx file system; empty: it can.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/working-with-supported-services.html
    """
    if carrier.type != FSX:
        return ""
    its = facts.fsx_file_systems.get(carrier.arn, {})
    if its.get("FileSystemType") in BY_VOLUME:
        return f"{its['FileSystemType']} is backed up volume by volume: tag its volumes"
    lustre = its.get("LustreConfiguration") or {}
    if str(lustre.get("DeploymentType", "")).startswith("SCRATCH"):
        return "a scratch file system of Lustre cannot be backed up: take the tag off"
    if lustre.get("DataRepositoryConfiguration"):
        return (
            "a file system of Lustre that is linked to a data repository cannot be backed up: take "
            "the tag off"
        )
    return ""


def _plain(value: str) -> str:
    """Return an ID without blanks, and without the case and prefix that SOCA 2.6.1 confuses."""
    plain = value.strip().casefold()
    while plain.startswith(_PREFIX):
        plain = plain.removeprefix(_PREFIX)
    return plain


def _tagging(carrier: Carrier, facts: Facts) -> str:
    """Return the command that gives a resource the tag."""
    tag = f"Key={facts.tag_key},Value={facts.cluster}"
    if carrier.type in (INSTANCES, VOLUMES):
        return facts.command("aws", "ec2", "create-tags", "--resources", carrier.id, "--tags", tag)
    if carrier.type == FILE_SYSTEMS:
        return facts.command(
            "aws", "efs", "tag-resource", "--resource-id", carrier.id, "--tags", tag
        )
    return facts.command(
        *("aws", "resourcegroupstaggingapi", "tag-resources"),
        # Not KEY=VALUE: a key may have blanks, or an equals sign.
        *("--resource-arn-list", carrier.arn),
        *("--tags", json.dumps({facts.tag_key: facts.cluster})),
    )
