"""What restore tests no longer test, or test more rarely, and what their instances can reach."""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from _backup.cron import Cron, parse

from generator.compare.loss import Loss, at_most, is_as_long
from generator.compare.timing_losses import REFERENCE
from generator.protection.model import Launch, Protection, RestorePlan, RestoreTest
from generator.protection.reaches import asks_no_more
from generator.protection.restore_points import Timing, worst_loss
from generator.protection.words import day_count, every, listed, tags_text


def restore_test_losses(old: Protection, new: Protection) -> Iterator[Loss]:
    """Yield what is tested no longer or less, by the new test that is most like the old one."""
    for before in old.restore_tests:
        for name in before.types:
            after = [each for each in new.restore_tests if name in each.types]
            if not after:
                yield Loss("", name, " are no longer restored to test their backups")
                continue
            fewest = min(([*_of_test(before, each)] for each in after), key=len)
            yield from (Loss("", name, f" {end}") for end in fewest)
            launches = [each.launch for each in after if each.launch]
            if before.launch and launches:
                several = ([*_of_launch(before.launch, each)] for each in launches)
                # What one test gives its instances is there, whatever others give theirs.
                yield from max(several, key=len)


def _of_test(before: RestoreTest, after: RestoreTest) -> Iterator[str]:
    if after.arns and (not before.arns or {*before.arns} - {*after.arns}):
        was = listed([*before.arns]) or "all"
        yield f"are tested only in part: {listed([*after.arns])} instead of {was}"
    if not asks_no_more(after.tags, before.tags):
        yield f"are tested only with the tag {tags_text(after.tags)}"
    if before.role != after.role:
        # The alerts of a stack tell of failed restores by its role.
        yield f"are tested with the role {after.role} instead of {before.role}"
    if not is_as_long(after.validation or 0, before.validation or 0):
        hours = f"{after.validation or 0} hours instead of {before.validation}"
        yield f"are deleted {hours} after they were restored, with less time for checks"
    if before.plan and after.plan is None:
        yield "are tested by a plan that is not in the template: nobody knows when"
    elif before.plan and after.plan and before.plan != after.plan:
        yield from _of_plan(before.plan, after.plan)


def _of_plan(before: RestorePlan, after: RestorePlan) -> Iterator[str]:
    yield from _of_interval(before, after)
    if not at_most(before.window, after.window):
        yield (
            f"are tested only from backups that are at most {day_count(after.window)} old instead "
            f"of {before.window}"
        )
    if before.newest is not after.newest:
        words = {True: "the newest backup", False: "a random backup", None: "an unknown backup"}
        yield f"are tested from {words[after.newest]} instead of {words[before.newest]}"
    if kinds := [each for each in before.kinds if each not in after.kinds]:
        yield f"are no longer tested from recovery points of the type {listed(kinds)}"
    gone = (
        [] if "*" in after.vaults else [each for each in before.vaults if each not in after.vaults]
    )
    gone += [each for each in after.without if each not in before.without]
    if gone:
        yield f"are no longer tested from {listed(gone)}"


def _of_interval(before: RestorePlan, after: RestorePlan) -> Iterator[str]:
    """Yield that tests are rarer; the time zone does not change how often they start."""
    if before.schedule == after.schedule:
        return
    old, new = parse(before.schedule), parse(after.schedule)
    if not old or not new:
        yield (
            f"are tested {after.schedule} instead of {before.schedule}: nobody can tell whether "
            "that is as often"
        )
        return
    was, is_now = map(_interval, (old, new))
    if was and is_now is None:
        yield "are tested only for some time"
    elif was and is_now and is_now > was:
        yield f"are tested {every(is_now)} instead of {every(was)}"


@lru_cache(maxsize=256)
def _interval(cron: Cron) -> timedelta | None:
    """Return the longest time from one test to the next; None: some day none follows."""
    timing = Timing("", cron, ZoneInfo("UTC"), start_window=timedelta(), kept=timedelta(days=1))
    return worst_loss([[timing]], REFERENCE)


def _of_launch(before: Launch, after: Launch) -> Iterator[Loss]:
    if after.profile and after.profile != before.profile:
        yield Loss(f"instances that are restored to test now have the profile {after.profile}")
    if before.subnet and not after.subnet:
        yield Loss("AWS Backup chooses the subnet of instances that are restored to test")
    if before.ways is None:
        return
    if after.ways is None:
        group = listed([*after.groups]) or "one that AWS Backup chooses"
        yield Loss(f"instances that are restored to test get a security group nobody sees: {group}")
        return
    for way in sorted(after.ways - before.ways):
        yield Loss("instances that are restored to test now have a way ", way)
