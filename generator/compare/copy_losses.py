"""What is copied no longer, more rarely, or kept for a shorter time where it is copied to."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from generator.compare.timing_losses import COPIES, timing_losses
from generator.protection.model import Rule


def copy_losses(old: Iterable[Rule], new: Iterable[Rule], type_name: str) -> Iterator[str]:
    """Yield what resources of a type lose if the old rules give way to the new ones."""
    before, after = _by_vault(old), _by_vault(new)
    if before and not after:
        yield " have no copies any more"
        return
    for vault, rules in before.items():
        if vault not in after:
            yield f" are no longer copied to {vault}"
        elif rules != after[vault]:
            yield from timing_losses(rules, after[vault], type_name, COPIES)


def _by_vault(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """Return the copies as if they were backups, by the vault that they go to."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        for copy in rule.copies:
            made = replace(rule, kept=copy.kept, cold_after=None, copies=())
            found.setdefault(copy.vault, []).append(made)
    return found
