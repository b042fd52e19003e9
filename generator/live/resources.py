"""The resources: what carries the tag, what nearly does, and the newest backup of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from generator.live import checks
from generator.live.carriers import (
    FSX,
    FSX_VOLUMES,
    VOLUMES,
    Carrier,
    carriers,
    near_misses,
    untagged_instances,
    why_never,
)
from generator.live.facts import Facts
from generator.live.findings import DAYS, FAILED, NONE, POINT, RESOURCES, Answer, Finding, Verdict
from generator.live.protections import Protections, taking
from generator.live.reading import Data
from generator.protection.model import Protection

COMPLETE = {"AVAILABLE", "COMPLETED"}
RUNNING = {"CREATED", "PENDING", "RUNNING"}
BAD = {"ABORTED", "EXPIRED", "FAILED", "PARTIAL"}
"""States of jobs that leave no backup to count on."""


@dataclass(frozen=True)
class History:
    """The recovery points and the backup jobs in the vault, by the ARN of what is backed up."""

    facts: Facts

    @cached_property
    def _points(self) -> dict[str, list[Data]]:
        return _by_resource(self.facts.points)

    @cached_property
    def _jobs(self) -> dict[str, list[Data]]:
        return _by_resource(self.facts.jobs)

    def newest(self, arn: str) -> datetime | None:
        """Return when the newest complete recovery point was begun; None: there is none."""
        its = (each for each in self._points.get(arn, []) if each.get("Status") in COMPLETE)
        return max((each["CreationDate"] for each in its), default=None)

    def count(self, arn: str) -> int:
        """Return how many complete recovery points there are."""
        return sum(each.get("Status") in COMPLETE for each in self._points.get(arn, []))

    def last_job(self, arn: str) -> Data | None:
        """Return the last backup job; None: there is none."""
        return max(self._jobs.get(arn, []), key=lambda each: each["CreationDate"], default=None)

    def strip(self, arn: str) -> str:
        """Return one character per day (UTC), the last one for today."""
        points, failed = (
            {each["CreationDate"].astimezone(self.facts.now.tzinfo).date() for each in its}
            for its in (
                [each for each in self._points.get(arn, []) if each.get("Status") in COMPLETE],
                [each for each in self._jobs.get(arn, []) if each["State"] in BAD],
            )
        )
        today = self.facts.now.date()
        days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
        return "".join(POINT if d in points else FAILED if d in failed else NONE for d in days)


def _by_resource(several: list[Data]) -> dict[str, list[Data]]:
    found: dict[str, list[Data]] = {}
    for each in several:
        found.setdefault(each.get("ResourceArn", ""), []).append(each)
    return found


def told(job: Data) -> str:
    """Return state and message of a job."""
    message = job.get("StatusMessage") or ""
    return f"{job['State']}: {message}" if message else str(job["State"])


def the_resources(facts: Facts, protections: Protections, history: History) -> Answer:
    """Return what carries the tag, what was meant to, and what has no backup as new as it must."""
    return checks.answer(
        RESOURCES,
        lambda: f"{checks.counted(len(carriers(facts)), 'resource')} with the tag {_tag(facts)}",
        [
            lambda: _none(facts),
            lambda: (finding for _, finding in near_misses(facts, asked_for(protections))),
            lambda: _not_selected(facts, protections),
            checks.if_there(lambda: _old(facts, protections, history)),
            checks.asked(lambda: facts.jobs),
            lambda: _twice(facts),
            lambda: _untagged(facts),
        ],
    )


def asked_for(protections: Protections) -> Protection:
    """Return what the stack is to select; what it does, if its template is not known."""
    is_known = checks.known(lambda: protections.expected)
    return protections.expected if is_known else protections.plan


def _tag(facts: Facts) -> str:
    return f"{facts.tag_key}={facts.cluster}"


def _none(facts: Facts) -> Iterator[Finding]:
    if not carriers(facts):
        yield Finding(
            Verdict.NOT_WELL,
            f"nothing carries the tag {_tag(facts)}, so nothing is backed up",
            "tag what is to be backed up: Add or remove a resource, in docs/operations.md",
        )


def _not_selected(facts: Facts, protections: Protections) -> Iterator[Finding]:
    """Yield what carries the tag and is of a type that is not backed up."""
    asked = asked_for(protections)
    for carrier in carriers(facts):
        why = ""
        if not taking(asked, carrier.arn, carrier.tags):
            whose = "stack" if checks.known(lambda: protections.expected) else "plan"
            why = f"the {whose} does not back up {carrier.type}"
            if carrier.type in (FSX, FSX_VOLUMES):
                why += " unless ProtectFSx is yes"
        elif never := why_never(carrier, facts):
            why = never
        if why:
            yield _stopped(carrier, f"is not backed up: {why}")


def _stopped(carrier: Carrier, what: str, advice: str = "") -> Finding:
    return Finding(Verdict.NOT_WELL, f"{carrier} {what}", advice, carrier.arn, stops=(carrier.arn,))


def _old(facts: Facts, protections: Protections, history: History) -> Iterator[Finding]:
    """Yield what has no backup, or one that is older than the plan's worst loss."""
    for carrier in carriers(facts):
        finding = age(carrier, facts, protections, history)
        if finding:
            yield finding


def age(
    carrier: Carrier, facts: Facts, protections: Protections, history: History
) -> Finding | None:
    """Return what is wrong with the newest backup of a resource; None: nothing is."""
    backups = protections.backups(carrier.arn, carrier.tags)
    newest = history.newest(carrier.arn)
    if backups is None or why_never(carrier, facts) or not protections.plan.rules:
        return None  # it is told that it is not selected, or that no rule is left
    worst = backups.worst_loss
    its_age = facts.now - newest if newest else None
    if worst is None:
        text = f"{carrier}: how old its newest backup may be is not known"
        return Finding(Verdict.NOT_CHECKED, text, "check the schedule of the plan", carrier.arn)
    if its_age is not None and its_age <= worst:
        return None
    job = history.last_job(carrier.arn) if checks.known(lambda: facts.jobs) else None
    if its_age is None:
        text = f"{carrier} has no backup in the vault"
    else:
        old, most = (checks.hours(each) for each in (its_age, worst))
        text = f"{carrier}: the newest backup is {old} old, and by its plan {most} is the most"
    if _is_new(carrier, facts, backups.last_start):
        text = (
            f"{carrier} waits for its first backup by this stack: the resource or the stack is "
            "newer than the last start of the plan"
        )
        return Finding(Verdict.TO_KNOW, text, "", carrier.arn)
    if job and job["State"] in RUNNING:
        text += f"; one has been running since {checks.minute(job['CreationDate'])}"
        is_late = its_age is not None and facts.now - job["CreationDate"] > worst
        if not is_late:
            return Finding(Verdict.TO_KNOW, text, "", carrier.arn)
    else:
        text += f"; its last job: {told(job)}" if job else "; no job is known"
    advice = "see Check the jobs, in docs/operations.md"
    if its_age is None and not job and backups.last_start:  # nobody says when it was tagged
        since = checks.minute(backups.last_start)
        advice = f"if it was tagged after {since}, wait for the next start; otherwise {advice}"
    return Finding(Verdict.NOT_WELL, text, advice, carrier.arn)


def _is_new(carrier: Carrier, facts: Facts, last_start: datetime | None) -> bool:
    """Return whether a resource, or the stack, was not there when backups last started."""
    if last_start is None:
        return True
    began = [facts.stack["CreationTime"], *filter(None, [_created(carrier, facts)])]
    return bool(max(began) > last_start)


def _created(carrier: Carrier, facts: Facts) -> datetime | None:
    """Return when a resource was made; None: nobody can say."""
    at: datetime | None = None
    if carrier.kind == "EC2" and checks.known(lambda: facts.instances):
        # LaunchTime is that of the last start of the instance.
        its = facts.instances.get(carrier.id, {})
        times = [
            *(each.get("Ebs", {}).get("AttachTime") for each in its.get("BlockDeviceMappings", [])),
            *(
                each.get("Attachment", {}).get("AttachTime")
                for each in its.get("NetworkInterfaces", [])
            ),
            its.get("LaunchTime"),
        ]
        at = min(filter(None, times), default=None)
    elif carrier.type == VOLUMES and checks.known(lambda: facts.volumes):
        at = facts.volumes.get(carrier.id, {}).get("CreateTime")
    elif carrier.kind == "EFS" and checks.known(lambda: facts.efs):
        at = facts.efs.get(carrier.arn, {}).get("CreationTime")
    elif carrier.kind == "FSx" and checks.known(
        lambda: (facts.fsx_file_systems, facts.fsx_volumes)
    ):
        several = {**facts.fsx_file_systems, **facts.fsx_volumes}
        at = several.get(carrier.arn, {}).get("CreationTime")
    return at


def _twice(facts: Facts) -> Iterator[Finding]:
    """Yield the volumes that are backed up beside their instance."""
    for carrier in carriers(facts):
        if carrier.type != VOLUMES:
            continue
        of = [
            each["InstanceId"]
            for each in facts.volumes.get(carrier.id, {}).get("Attachments", [])
            if each["InstanceId"] in facts.instances
        ]
        if of:
            yield Finding(
                Verdict.TO_KNOW,
                f"{carrier} is backed up twice: with its instance {of[0]}, and by itself",
                facts.command(
                    *("aws", "ec2", "delete-tags", "--resources", carrier.id),
                    *("--tags", f"Key={facts.tag_key}"),
                ),
                carrier.arn,
            )


def _untagged(facts: Facts) -> Iterator[Finding]:
    if number := untagged_instances(facts):
        verb = "does" if number == 1 else "do"
        yield Finding(
            Verdict.TO_KNOW,
            f"{checks.counted(number, 'instance')} of the cluster {verb} not carry the tag; "
            "compute nodes are not meant to",
        )
