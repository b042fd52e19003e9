"""What a template protects less than another one, in words."""

from collections.abc import Iterator

from generator.compare.alert_losses import alert_losses
from generator.compare.copy_losses import copy_losses
from generator.compare.loss import Loss, sentences
from generator.compare.restore_test_losses import restore_test_losses
from generator.compare.role_losses import role_losses
from generator.compare.selection_losses import selected, selection_losses
from generator.compare.timing_losses import timing_losses
from generator.compare.vault_losses import vault_losses
from generator.protection.model import Protection
from generator.protection.resource_types import CONTINUOUS, GIVEN


def losses(old: Protection, new: Protection) -> list[str]:
    """Return what is lost from the old protection to the new one, a sentence each."""
    found = [loss for of_subject in _SUBJECTS for loss in of_subject(old, new)]
    return sentences(found)


def plan_losses(old: Protection, new: Protection) -> Iterator[Loss]:
    """Yield what plans and selections lose: what is backed up, when, for how long, and copied."""
    yield from selection_losses(old, new)
    for each in selected(old, new):
        if not each.old or each.old == each.new:
            continue
        pauses, still = (
            any(rule.pauses_windows for rule in rules) for rules in (each.old, each.new)
        )
        if each.new and pauses and not still:
            yield Loss("Windows instances no longer write their data to disk before a backup")
        was, is_still = (any(rule.continuous for rule in rules) for rules in (each.old, each.new))
        if each.new and was and not is_still and each.type in CONTINUOUS | {GIVEN}:
            yield Loss("", each.name, " can no longer be restored to any second")
        for end in timing_losses(each.old, each.new, each.type):
            yield Loss("", each.name, end)
        if each.new:
            for end in copy_losses(each.old, each.new, each.type):
                yield Loss("", each.name, end)


_SUBJECTS = (plan_losses, role_losses, vault_losses, alert_losses, restore_test_losses)
