"""What AWS says about a backup stack: every fact is asked once, by whoever needs it first.

A fact that AWS did not answer raises that error again for everybody who needs it, so that what is
not known is never taken for what is well.
"""

import contextlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from generator.aws import in_parallel
from generator.live.errors import NotAnsweredError
from generator.live.findings import DAYS
from generator.live.once import answered, fact
from generator.live.reading import Data, side_by_side
from generator.live.resource_facts import ResourceFacts

_OF_ALERTS = ("topic", "subscriptions", "event_rules", "alarms")


class Facts(ResourceFacts):
    """All facts about a backup stack."""

    @fact
    def points(self) -> list[Data]:
        """The recovery points in the vault."""
        try:
            found = self.account.pages(
                "backup.ListRecoveryPointsByBackupVault",
                "RecoveryPoints",
                BackupVaultName=self.vault_name,
            )
        except NotAnsweredError:
            with contextlib.suppress(NotAnsweredError):
                self.vault  # noqa: B018 - it raises NotThereError if there is no such vault
            raise
        return self._dated(found)

    @fact
    def jobs(self) -> list[Data]:
        """The backup jobs into the vault; AWS Backup forgets those that are older than 30 days."""
        found = self.account.pages(
            "backup.ListBackupJobs",
            "BackupJobs",
            ByBackupVaultName=self.vault_name,
            ByCreatedAfter=self.now - timedelta(days=DAYS),
        )
        for each in found:
            each["State"]  # it raises
        return self._dated(found)

    def _dated(self, found: list[Data]) -> list[Data]:
        """Return them; raise if one has no time, or a time without a zone."""
        for each in found:
            each["CreationDate"] - self.now
        return found

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

    # All of them.

    def ask_all(
        self, asked: Callable[[int, int], None], more: Iterable[Callable[[], object]] = ()
    ) -> None:
        """Ask for all facts, and more, side by side.

        ``asked`` is called with how many of how many are there.
        """
        names = [
            name
            for its in type(self).__mro__
            for name, each in vars(its).items()
            if isinstance(each, fact) and (self.topic_arn or name not in _OF_ALERTS)
        ]
        asks: list[Callable[[], object]] = [
            *(partial(getattr, self, name) for name in names),
            *more,
        ]
        done = count(1)
        in_parallel.side_by_side(answered, asks, lambda _: asked(next(done), len(asks)))
