"""What restore tests do not test, who does not hear of them, and what their instances can reach."""

from collections.abc import Iterator

from generator.protection.abilities import RESTORE
from generator.protection.explain import Explanation
from generator.protection.gap import Gap
from generator.protection.model import Protection, RestoreTest
from generator.protection.words import listed, named

_SWITCHES = {
    "EC2 instances": "TestEC2",
    "EBS volumes": "TestEBS",
    "EFS file systems": "TestEFS",
}
"""The types of resources that SOCA has, and parameters of our own template."""


def of_tests(explanation: Explanation) -> Iterator[Gap]:
    """Yield what is missing, the worst first; nothing, if the template has no restore tests."""
    protection = explanation.protection
    if not protection.restore_plans and not protection.restore_tests:
        return
    for test in protection.restore_tests:
        yield from _of_role(protection, test)
        yield from _of_launch(test)
    yield from _not_heard(protection)
    has = explanation.template.parameters
    selected = {each.type for each in explanation.types}
    tested = {name for test in protection.restore_tests for name in test.types}
    # Of other templates nobody knows what there is besides what they select.
    for name, switch in _SWITCHES.items():
        if name not in tested and (switch in has or name in selected):
            yield Gap(f"{name} are not restored to test their backups", (switch,))


def _of_role(protection: Protection, test: RestoreTest) -> Iterator[Gap]:
    role = protection.roles.get(test.role)
    if role is None:
        return
    if role.trusted is False:
        yield Gap(f"Tests of {listed([*test.types])} fail: AWS Backup may not assume the role")
    for name in test.types:
        if lacks := role.lacks.get((name, RESTORE)):
            yield Gap(f"Tests of {name} fail: the role lacks {listed([*lacks])}")


def _of_launch(test: RestoreTest) -> Iterator[Gap]:
    if test.launch is None:
        return
    if test.launch.profile:
        profile = named(test.launch.profile, alone=True)
        yield Gap(f"A restored instance may do what its profile lets it: {profile}")
    if test.launch.ways is None:
        which = "not in the template" if test.launch.groups else "none that the template names"
        yield Gap(f"A restored instance may have a way in or out: its security group is {which}")
    elif test.launch.ways:
        yield Gap(f"A restored instance has a way {listed(sorted(test.launch.ways))}")


def _not_heard(protection: Protection) -> Iterator[Gap]:
    if any(each.what == "failed restores" for each in protection.heard):
        return
    if any(test.role in protection.roles for test in protection.restore_tests):
        yield Gap("Nobody hears of a test that fails")
    elif protection.restore_tests:
        text = (
            "Only the alerts of the stack that made the role, if it has them, tell of failed tests"
        )
        yield Gap(text, ("BackupRoleArn",))
