"""Which backups AWS Backup refuses to make."""

from generator.protection.model import Lock, Rule
from generator.protection.words import days, kept

NO_STACK = "The stack cannot be created"
LEAST_COLD = 90
"""AWS Backup refuses fewer days in cold storage."""


def refusal(rule: Rule, lock: Lock | None) -> str:
    """Return why a rule makes no backups, in a sentence; empty: none of this keeps it from it."""
    warm = rule.cold_after
    if isinstance(rule.kept, int) and isinstance(warm, int) and 0 <= warm > rule.kept - LEAST_COLD:
        its = f"{rule.name} has {days(max(rule.kept - warm, 0))} in cold storage"
        return f"{NO_STACK}: {its}, and AWS Backup asks for {LEAST_COLD}"
    asked = _asked(rule, lock)
    its = f"the backups of {rule.name}, kept {kept(rule.kept)}"
    return f"The lock refuses {its}: {asked}" if asked else ""


def _asked(rule: Rule, lock: Lock | None) -> str:
    """Return how long a lock asks to keep backups if a rule does not; empty: it takes them."""
    low, high = (lock.minimum, lock.maximum) if lock else (None, None)
    its = float("inf") if rule.kept is None else rule.kept
    if isinstance(its, str):
        return ""
    if isinstance(low, int) and its < low:
        return f"it asks for at least {days(low)}"
    return f"it asks for at most {days(high)}" if isinstance(high, int) and its > high else ""
