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
from tests.compare.protection_slips import HARMLESS, ON, SLIPS, Edit, Slip
from tests.protection.support import ROLE_ARN, of_type
from tests.protection.support import protected as by_resources
from tests.support.compared import Document
from tests.support.generated import template
from tests.support.parameter_values import CLUSTER


def protected(document: Document, parameters: Mapping[str, str]) -> Protection:
    """Return what a stack of a template protects."""
    defaults = {
        name: scalar(parameter["Default"])
        for name, parameter in template()["Parameters"].items()
        if "Default" in parameter
    }
    values = {**defaults, "ClusterId": CLUSTER, "AWS::Partition": "aws", **parameters}
    return protection(Template("ours", document), values)


@cache
def ours(parameters: tuple[tuple[str, str], ...]) -> Protection:
    return protected(template(), dict(parameters))


def lost(parameters: Mapping[str, str], edit: Edit) -> list[str]:
    """Return what a stack with the parameters loses by a change of our template."""
    changed = copy.deepcopy(template())
    edit(changed)
    return losses(ours(tuple(parameters.items())), protected(changed, parameters))


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_slip_that_costs_protection(slip: Slip) -> None:
    assert sorted(lost(slip.parameters, slip.edit)) == sorted(slip.losses)


@pytest.mark.parametrize("edit", HARMLESS.values(), ids=HARMLESS)
def test_a_harmless_change(edit: Edit) -> None:
    assert lost(ON, edit) == []


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
