"""The last hours: jobs that failed, copies, restores, and the last restore test."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cached_property

from generator.live import checks
from generator.live.carriers import carriers
from generator.live.facts import Facts
from generator.live.findings import SINCE, Answer, Finding, Verdict
from generator.live.protections import Protections
from generator.live.reading import Data
from generator.live.resources import BAD, History, age, told
from generator.protection.words import named

_FAILED_RESTORES = {"ABORTED", "FAILED"}
_USUAL, _MORE = timedelta(hours=24), timedelta(hours=2)
_SOON = timedelta(hours=1)
"""A copy that was not begun so long after its backup was complete is not begun at all."""


class Jobs:
    """The jobs since a time."""

    def __init__(self, facts: Facts, protections: Protections, history: History) -> None:
        self._facts, self._protections, self._history = facts, protections, history

    @cached_property
    def hours(self) -> int:
        """How far back jobs are looked at: as long as the worst loss, plus two."""
        if self._facts.hours is not None:
            return self._facts.hours
        longest = max(checks.until_open(self._worst_losses()), default=_USUAL)
        return round((longest + _MORE) / timedelta(hours=1))

    def _worst_losses(self) -> Iterator[timedelta]:
        for each in carriers(self._facts):
            backups = self._protections.backups(each.arn, each.tags)
            if backups and backups.worst_loss:
                yield backups.worst_loss

    @cached_property
    def _since(self) -> datetime:
        return self._facts.now - timedelta(hours=self.hours)

    def asks(self) -> list[Callable[[], object]]:
        """Return what asks for those that only the plan tells which they are."""
        return [lambda: self._copies, lambda: self._restores]

    def answer(self) -> Answer:
        """Return what failed, or did not end whole."""
        return checks.answer(
            SINCE,
            self._summary,
            [
                self._failed_backups,
                checks.if_there(self._failed_copies),
                self._failed_restores,
                self._restore_tests,
            ],
        )

    @cached_property
    def _backups(self) -> list[Data]:
        return [each for each in self._facts.jobs if each["CreationDate"] >= self._since]

    @cached_property
    def _destinations(self) -> set[str]:
        return {copy.vault for rule in self._protections.plan.rules for copy in rule.copies}

    @cached_property
    def _copies(self) -> list[Data]:
        return self._facts.copy_jobs(self._destinations, self._since)

    @cached_property
    def _restores(self) -> list[Data]:
        return self._facts.restore_jobs(self._since)

    def _summary(self) -> str:
        parts = [_count(self._backups, "backup")]
        if self._destinations:
            parts.append(_count(self._copies, "copy", "copies"))
        parts.append(_count(self._restores, "restore"))
        tests = [job for jobs in self._facts.test_jobs.values() for job in jobs]
        last = max((job["CreationDate"] for job in tests), default=None)
        return ", ".join(parts) + (f"; last restore test on {checks.day(last)}" if last else "")

    def _failed_backups(self) -> Iterator[Finding]:
        """Yield jobs that left no whole backup; one that was made good later is to know."""
        its = {each.arn: each for each in carriers(self._facts)}
        by_resource: dict[str, list[Data]] = {}
        for job in sorted(self._backups, key=_created):
            by_resource.setdefault(job.get("ResourceArn", ""), []).append(job)
        for arn, jobs in by_resource.items():
            bad = [job for job in jobs if _is_bad(job)]
            if not bad:
                continue
            carrier = its.get(arn)
            old = carrier and age(carrier, self._facts, self._protections, self._history)
            if old and old.verdict is Verdict.NOT_WELL:
                yield old  # it tells the job as well
                continue
            is_open = carrier is not None and bad[-1] is jobs[-1]
            then = "; a later one was completed" if bad[-1] is not jobs[-1] else ""
            yield Finding(
                Verdict.NOT_WELL if is_open else Verdict.TO_KNOW,
                f"{carrier or named(arn, alone=True)}: a backup job of {_when(bad[-1])} ended "
                f"{told(bad[-1])}{then}",
                "see Check the jobs, in docs/operations.md" if is_open else "",
                arn if carrier else "",
            )

    def _failed_copies(self) -> Iterator[Finding]:
        if not self._destinations:
            text = "backups are not copied: what happens to the vault happens to all of them"
            yield Finding(Verdict.TO_KNOW, text, "see docs/copies.md")
            return
        latest = {
            (job.get("ResourceArn", ""), job["DestinationBackupVaultArn"]): job
            for job in sorted(self._copies, key=_created)
        }
        for (arn, vault), job in latest.items():
            if _is_bad(job):
                yield Finding(
                    Verdict.NOT_WELL,
                    f"the copy of {named(arn, alone=True)} to {named(vault)} of {_when(job)} ended "
                    f"{told(job)}",
                    "see docs/copies.md",
                )
        yield from self._missing_copies({arn for arn, _ in latest})

    def _missing_copies(self, copied: set[str]) -> Iterator[Finding]:
        done = {
            job["ResourceArn"]
            for job in self._backups
            if job["State"] == "COMPLETED"
            and self._is_of_the_plan(job)
            and (job.get("CompletionDate") or job["CreationDate"]) <= self._facts.now - _SOON
        }
        if left := sorted(named(arn, alone=True) for arn in done - copied):
            yield Finding(
                Verdict.NOT_WELL,
                f"the backups of {checks.named(left)} completed, and no copy job was started",
                "see docs/copies.md",
            )

    def _is_of_the_plan(self, job: Data) -> bool:
        """Return whether the plan started a job as it is now: then it copies what the job made."""
        plan, by = self._facts.plan, job.get("CreatedBy", {})
        names = (("BackupPlanId", "BackupPlanId"), ("BackupPlanVersion", "VersionId"))
        return all(by.get(its) == plan[name] for its, name in names)

    def _failed_restores(self) -> Iterator[Finding]:
        for job in self._restores:
            if job["Status"] in _FAILED_RESTORES:
                what = job.get("SourceResourceArn") or job["RecoveryPointArn"]
                yield Finding(
                    Verdict.NOT_WELL,
                    f"the restore of {named(what, alone=True)} of {_when(job)} ended {_ended(job)}",
                    "see When a restore fails, in docs/operations.md",
                )

    def _restore_tests(self) -> Iterator[Finding]:
        plans = self._facts.test_plans
        if not plans:
            text = "no restore test takes backups out of the vault"
            yield Finding(Verdict.TO_KNOW, text, "see docs/restore-testing.md")
        for plan in plans:
            name = plan["RestoreTestingPlanName"]
            jobs = self._facts.test_jobs[name]
            if not jobs:
                at = plan.get("LastExecutionTime")
                last = f", and ran last on {checks.day(at)}" if at else ", and has not run yet"
                text = f"the restore test {name} has no job of the last 30 days{last}"
                yield Finding(Verdict.TO_KNOW, text)
            yield from _of_tests(name, jobs)


def _of_tests(plan: str, jobs: list[Data]) -> Iterator[Finding]:
    """Yield what is wrong with the last restore of each resource, and what was left behind."""
    last = {job.get("SourceResourceArn", ""): job for job in sorted(jobs, key=_created)}
    for arn, job in last.items():
        if job["Status"] in _FAILED_RESTORES:
            yield Finding(
                Verdict.NOT_WELL,
                f"the restore test {plan} of {named(arn, alone=True)} of {_when(job)} ended "
                f"{_ended(job)}",
                "see docs/restore-testing.md",
            )
        elif job.get("ValidationStatus") == "FAILED":
            why = job.get("ValidationStatusMessage")
            yield Finding(
                Verdict.NOT_WELL,
                f"the restore test {plan} of {named(arn, alone=True)} of {_when(job)} was called "
                f"invalid{f': {why}' if why else ''}",
                "see docs/restore-testing.md",
            )
    for job in jobs:
        if job.get("DeletionStatus") == "FAILED":
            made = job.get("CreatedResourceArn") or "what it restored"
            why = job.get("DeletionStatusMessage")
            yield Finding(
                Verdict.TO_KNOW,
                f"the restore test {plan} of {_when(job)} could not delete {made}"
                f"{f': {why}' if why else ''}",
                "delete it by hand: see docs/restore-testing.md",
            )


def _is_bad(job: Data) -> bool:
    """Return whether a job left no whole backup; a message with a blank tells of issues."""
    return job["State"] in BAD or (
        job["State"] == "COMPLETED" and " " in (job.get("StatusMessage") or "")
    )


def _created(job: Data) -> datetime:
    at: datetime = job["CreationDate"]
    return at


def _when(job: Data) -> str:
    return checks.minute(job["CreationDate"])


def _ended(job: Data) -> str:
    return told({"State": job["Status"], "StatusMessage": job.get("StatusMessage")})


def _count(jobs: list[Data], one: str, several: str = "") -> str:
    return f"{len(jobs)} {one if len(jobs) == 1 else several or f'{one}s'}"
