"""Which changes to our own template cost protection, and what people are told of it."""

import copy
from collections.abc import Mapping
from functools import cache

import pytest

from generator.cloudformation.functions import scalar
from generator.cloudformation.read import Template
from generator.compare.protection_losses import losses
from generator.protection.model import Protection
from generator.protection.reading import protection
from generator.stacks import MAIN
from tests.compare import companion_slips
from tests.compare.companion_slips import companion
from tests.compare.harmless_changes import HARMLESS
from tests.compare.protection_slips import ON, SLIPS, Edit, Slip
from tests.protection.support import ROLE_ARN, of_type
from tests.protection.support import protected as by_resources
from tests.support.compared import Document
from tests.support.generated import template
from tests.support.parameter_values import CLUSTER


def protected(document: Document, parameters: Mapping[str, str]) -> Protection:
    """Return what a stack of a template protects."""
    defaults = {
        name: scalar(parameter["Default"])
        for name, parameter in document["Parameters"].items()
        if "Default" in parameter
    }
    values = {**defaults, "ClusterId": CLUSTER, "AWS::Partition": "aws", **parameters}
    return protection(Template("ours", document), values)


def documents() -> dict[str, Document]:
    """Return our templates."""
    return {MAIN: template(), **{name: companion(name) for name in companion_slips.SLIPS}}


@cache
def ours(name: str, parameters: tuple[tuple[str, str], ...]) -> Protection:
    return protected(documents()[name], dict(parameters))


def lost(name: str, parameters: Mapping[str, str], edit: Edit) -> list[str]:
    """Return what a stack with the parameters loses by a change of one of our templates."""
    changed = copy.deepcopy(documents()[name])
    edit(changed)
    return losses(ours(name, tuple(parameters.items())), protected(changed, parameters))


EVERY_SLIP = {
    f"{name.partition('.')[0]}: {what}": (name, slip)
    for name, slips in {MAIN: SLIPS, **companion_slips.SLIPS}.items()
    for what, slip in slips.items()
}
EVERY_HARMLESS = {
    f"{name.partition('.')[0]}: {what}": (name, edit)
    for name, edits in {MAIN: HARMLESS, **companion_slips.HARMLESS}.items()
    for what, edit in edits.items()
}
EVERY_ON = {MAIN: ON, **companion_slips.ON}


@pytest.mark.parametrize(("name", "slip"), EVERY_SLIP.values(), ids=EVERY_SLIP)
def test_a_slip_that_costs_protection(name: str, slip: Slip) -> None:
    assert sorted(lost(name, slip.parameters, slip.edit)) == sorted(slip.losses)


@pytest.mark.parametrize(("name", "edit"), EVERY_HARMLESS.values(), ids=EVERY_HARMLESS)
def test_a_harmless_change(name: str, edit: Edit) -> None:
    assert lost(name, EVERY_ON[name], edit) == []


def test_the_tables_are_as_long_as_they_have_to_be() -> None:
    assert (len(SLIPS), len(HARMLESS)) >= (60, 30)


@pytest.mark.parametrize(("arn", "ends"), [("rds:*:*:db:*", True), ("ec2:*:*:volume/*", False)])
def test_continuous_backups_that_end(arn: str, ends: bool) -> None:
    selected = {"IamRoleArn": ROLE_ARN, "Resources": [f"arn:aws:{arn}"]}
    properties = {"BackupPlanId": {"Ref": "Plan"}, "BackupSelection": selected}

    def of(**rule: bool) -> Protection:
        rules = [{"RuleName": "r", "TargetBackupVault": "v", **rule}]
        plan = of_type("Backup::BackupPlan", {"BackupPlan": {"BackupPlanRule": rules}})
        selection = of_type("Backup::BackupSelection", properties)
        return by_resources({"Plan": plan, "Selection": selection})

    before, after = of(EnableContinuousBackup=True), of()
    assert losses(before, after) == ["RDS databases can no longer be restored to any second"] * ends
    assert losses(after, before) == []


def test_restore_tests_that_are_not_closed_lose_nothing_as_they_are() -> None:
    changed = copy.deepcopy(companion("BackupRestoreTesting.template"))
    for what in ("a profile", "a way out", "one file system only", "a vault left out"):
        companion_slips.TESTING_SLIPS[what].edit(changed)
    same = protected(changed, companion_slips.INSTANCES)
    assert losses(same, same) == []
