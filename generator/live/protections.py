"""What the stack is to protect and what it does protect, each read once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from _backup.matching import Known, every, like, negated

from generator.cloudformation.read import Template, parse
from generator.live import checks, model
from generator.live.answers import Answers
from generator.live.errors import NotAnsweredError
from generator.live.facts import Facts
from generator.live.reading import name_in
from generator.protection.derived import OfType
from generator.protection.model import Protection, Reach, Role, Tag
from generator.protection.resource_types import NAMES
from generator.protection.restore_points import AHEAD, longest_gap, starts


@dataclass(frozen=True)
class Protections:
    """The protection of the deployed template, and that of what AWS has, in parts.

    Each part raises NotAnsweredError or NotThereError as the facts do that it is read from.
    """

    facts: Facts

    @cached_property
    def deployed(self) -> model.Deployed:
        """The stack by its template."""
        facts = self.facts
        facts.check_shown(*facts.parameters)
        physical = {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for each in facts.stack_resources
            if each.get("PhysicalResourceId")
        }
        return self._deployed(facts.template, physical)

    @cached_property
    def expected(self) -> Protection:
        """What the deployed template protects with the parameters of the stack."""
        return self.deployed.expected

    @cached_property
    def plan(self) -> Protection:
        """What plan and resource assignments do."""
        return self._live()

    @cached_property
    def with_role(self) -> Protection:
        """The same, and what the role may."""
        facts = self.facts
        return self._live(
            role=facts.role,
            inline=facts.role_policies,
            attached=facts.attached_policies,
            managed=facts.managed_policies,
        )

    @cached_property
    def with_vault(self) -> Protection:
        """The plan, and what the vault does with what it is given."""
        return self._live(vault=self.facts.vault, vault_policy=self.facts.vault_policy or "")

    @property
    def role(self) -> Role:
        """What the role may do."""
        role = self.with_role.roles.get(self.facts.role_arn)
        if role is None:
            raise NotAnsweredError(
                f"what the role {self.facts.role_arn} may do is not known: it is no role of the "
                "template of the stack"
            )
        return role

    def _live(self, **answers: Any) -> Protection:
        facts = self.facts
        has_template = checks.known(lambda: self.deployed)
        its = self.deployed if has_template else self._without_template
        found = Answers(plan=facts.plan, selections=facts.selections, **answers)
        return model.live(its, found)

    @cached_property
    def _without_template(self) -> model.Deployed:
        """The stack if AWS does not give its template: with what every backup needs."""
        facts = self.facts
        resources = {
            "Plan": ("AWS::Backup::BackupPlan", {}, facts.outputs["BackupPlanId"]),
            "Vault": (
                "AWS::Backup::BackupVault",
                {"BackupVaultName": facts.vault_name},
                facts.vault_name,
            ),
            "Role": ("AWS::IAM::Role", {}, name_in(facts.role_arn)),
        }
        document = {
            "Resources": {
                name: {"Type": kind, "Properties": properties}
                for name, (kind, properties, _) in resources.items()
            }
        }
        template = parse(facts.stack["StackName"], json.dumps(document))
        return self._deployed(template, {name: its[-1] for name, its in resources.items()})

    def _deployed(self, template: Template, physical: Mapping[str, str]) -> model.Deployed:
        facts = self.facts
        parameters = facts.stack.get("Parameters", [])
        stack_id = facts.stack["StackId"]
        return model.deployed(template, parameters, physical, facts.place, stack_id)

    # What follows from the plan, for a resource.

    def backups(self, arn: str, tags: Mapping[str, str]) -> "Backups | None":
        """Return how often the plan backs up a resource; None: it does not select it."""
        reaches = tuple(taking(self.plan, arn, tags))
        key = (type_of(arn), reaches)
        if key not in self._backups:
            self._backups[key] = self._read(*key) if reaches else None
        return self._backups[key]

    @cached_property
    def _backups(self) -> "dict[tuple[str, tuple[Reach, ...]], Backups | None]":
        return {}

    def _read(self, name: str, reaches: tuple[Reach, ...]) -> "Backups":
        now, plans = self.facts.now, frozenset(reach.plan for reach in reaches)
        its = OfType(self.plan, name, reaches, plans)
        # Whether the role may is asked elsewhere.
        gap = longest_gap(its.timings, now) if its.timings else None
        begun = (
            start.at
            for plan in its.timings or ()
            for start in starts(plan, now - AHEAD, now)
            if start.at + start.timing.start_window <= now
        )
        return Backups(reaches, gap.time if gap else None, max(begun, default=None))


class Backups(NamedTuple):
    """How often a resource is backed up."""

    reaches: tuple[Reach, ...]
    """What the plan's assignments take of it."""
    worst_loss: timedelta | None
    """The longest time between two backups; None: nobody can say."""
    last_start: datetime | None
    """When the newest one must have begun; None: none must have, or nobody can say."""


def type_of(arn: str) -> str:
    """Return what people call the type of a resource; its service, if AWS Backup has no such."""
    parts = arn.split(":", 5)
    for (service, beginning), name in NAMES.items():
        if parts[2] == service and parts[-1].startswith(beginning):
            return name
    return parts[2]


def taking(protection: Protection, arn: str, tags: Mapping[str, str]) -> list[Reach]:
    """Return what the selections of a protection take of a resource with these tags.

    Whether the region has to be opted in to its type is not looked at.
    """
    return [each for each in protection.reaches if is_taken(each, arn, tags)]


def is_taken(reach: Reach, arn: str, tags: Mapping[str, str]) -> Known:
    """Return whether a reach takes a resource; None: AWS does not document it.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Conditions.html
    """
    if reach.type != type_of(arn) or any(like(each, arn) for each in reach.without):
        return False
    is_named = not reach.arn or like(reach.arn, arn)
    return every([is_named, *(_holds(tag, tags.get(tag.key)) for tag in reach.tags)])


def _holds(tag: Tag, value: str | None) -> Known:
    """Return whether a condition holds; what AWS makes of a tag that is not there is not known."""
    if tag.operator == "StringEquals":
        return value == tag.value
    if value is None:
        return False if tag.operator == "StringLike" else None
    fits = like(tag.value, value) if "Like" in tag.operator else value == tag.value
    return negated(fits) if "Not" in tag.operator else fits
