"""The lines of the page about restore tests: what is restored, when, from which backups."""

from collections.abc import Iterator
from dataclasses import replace

from _backup.cron import parse

from generator.protection.derived import as_rule
from generator.protection.explain import Explanation
from generator.protection.model import Launch, Protection, RestorePlan, RestoreTest, Value
from generator.protection.page_times import following
from generator.protection.words import day_count, listed, named, schedule, tags_text


def tested(protection: Protection) -> str:
    """Return the types that are restored."""
    names = dict.fromkeys(name for test in protection.restore_tests for name in test.types)
    return listed([*names]) or "nothing"


def tests(explanation: Explanation) -> Iterator[str]:
    """Yield what is restored to test it, plan by plan."""
    protection = explanation.protection
    together: dict[RestoreTest, dict[str, None]] = {}
    for test in protection.restore_tests:
        same = replace(test, types=(), arns=(), tags=frozenset(), launch=None)
        together.setdefault(same, {})[_what(test)] = None
    for same, names in together.items():
        start = f"{listed([*names])} are restored"
        end = "" if same.validation is None else f"; deleted after {_hours(same.validation)}"
        if same.plan is None:
            yield f"{start} by a plan that is not in the template{end}"
        else:
            yield f"{start} {_when(same.plan)}{end}"
            yield f"  next: {following(explanation, as_rule(same.plan))}"
            yield f"  from {_vaults(same.plan)}, by the role {named(same.role) or 'none'}"
    for test in protection.restore_tests:
        if test.launch:
            yield f"  {listed([*test.types])}: {_how(test.launch)}"
    for plan in protection.restore_plans:
        if plan not in {each.plan for each in together}:
            yield f"nothing by {named(plan.name)}: the template selects nothing for it"


def _what(test: RestoreTest) -> str:
    which = f" with the tag {tags_text(test.tags)}" if test.tags else ""
    named_ones = [named(arn, alone=True) for arn in test.arns]
    which += f" ({listed(named_ones)} only)" if named_ones else ""
    return (listed([*test.types]) or "resources of no type") + which


def _when(plan: RestorePlan) -> str:
    zone = "UTC" if plan.zone == "Etc/UTC" else plan.zone
    which = {True: "the newest backup", False: "a random backup", None: "a backup"}[plan.newest]
    return (
        f"{schedule(parse(plan.schedule), plan.schedule) or 'at no time'} {zone}, within "
        f"{_hours(plan.start_window)}; from {which} that is at most {day_count(plan.window)} old"
    )


def _vaults(plan: RestorePlan) -> str:
    start = f"the vault{'s' * (len(plan.vaults) > 1)} {listed([*map(named, plan.vaults)])}"
    start = "every vault" if "*" in plan.vaults else start if any(plan.vaults) else "no vault"
    return start + (f" but {listed([*map(named, plan.without)])}" if plan.without else "")


def _how(launch: Launch) -> str:
    """Return where instances are restored, and with what."""
    profile = f"with the profile {named(launch.profile, alone=True)}" if launch.profile else ""
    ways = "nothing gets in or out"
    if launch.ways is None:
        ways = f"with the security group {listed([*launch.groups]) or 'that AWS Backup chooses'}"
    elif launch.ways:
        ways = f"there is a way {listed(sorted(launch.ways))}"
    where = f"in {launch.subnet}" if launch.subnet else "in a subnet that AWS Backup chooses"
    return "; ".join([where, ways, profile or "no instance profile is given"])


def _hours(number: Value) -> str:
    return f"{number} hour{'s' * (number != 1)}"
