"""The protection of a live stack before and after an update, for the values that it may have."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

from generator.cloudformation.functions import scalar
from generator.cloudformation.read import Template
from generator.cloudformation.references import conditions_of, references
from generator.compare.alert_losses import alert_losses
from generator.compare.change import ProtectionLoss
from generator.compare.differences import changed_names, differing_nodes
from generator.compare.loss import Loss, sentences
from generator.compare.options_together import at_once, together
from generator.compare.parameter_values import Assignment, around, extremes, with_bases
from generator.compare.protection_losses import plan_losses
from generator.compare.restore_test_losses import restore_test_losses
from generator.compare.role_losses import role_losses
from generator.compare.vault_losses import vault_losses
from generator.protection.model import Protection
from generator.protection.reading import protection_of
from generator.protection.texts import VAULTS, Stack

_MOST = 256
"""The most sets of values to which each other option is added."""


class Part(NamedTuple):
    """What is read of a template together, because it changes together."""

    types: tuple[str, ...]
    """How the types of its resources begin."""
    without: frozenset[str]
    """The properties that say nothing about it, at any depth."""

    def has(self, resource: Mapping[str, Any]) -> bool:
        """Return whether a resource belongs to it."""
        return str(resource["Type"]).startswith(self.types)


_IDLE = frozenset(
    {"AlarmDescription", "BackupPlanName", "BackupPlanTags", "BackupVaultTags", "Description",
     "DisplayName", "EnableKeyRotation", "InputTransformer", "PendingWindowInDays", "PolicyName",
     "RecoveryPointTags", "SelectionName", "Tags"}
)  # fmt: skip
"""What protects nothing."""
_SCHEDULES = frozenset(
    {"ScheduleExpression", "ScheduleExpressionTimezone", "StartWindowMinutes",
     "CompletionWindowMinutes"}
)  # fmt: skip
_PLANS = ("AWS::Backup::BackupPlan", "AWS::Backup::BackupSelection")
PLANS = Part(_PLANS, _IDLE)
ROLES = Part((*_PLANS, "AWS::IAM::"), _IDLE | _SCHEDULES | {"Lifecycle"})
STORES = Part(
    ("AWS::Backup::BackupPlan", *VAULTS, "AWS::KMS::"),
    _IDLE | _SCHEDULES | {"AdvancedBackupSettings", "CopyActions"},
)
TESTS = Part(("AWS::Backup::RestoreTesting", "AWS::EC2::SecurityGroup"), _IDLE)
ALERTS = Part(
    ("AWS::Backup::", "AWS::KMS::", "AWS::SNS::", "AWS::Events::", "AWS::CloudWatch::",
     "AWS::IAM::Role"),
    _IDLE
    | _SCHEDULES
    | {"AccessPolicy", "AdvancedBackupSettings", "Conditions", "CopyActions", "EncryptionKeyArn",
       "Lifecycle", "ListOfTags", "LockConfiguration", "ManagedPolicyArns", "NotResources",
       "PermissionsBoundary", "Policies", "ProtectedResourceArns", "RestoreMetadataOverrides",
       "Resources"},
)  # fmt: skip

Subject = Callable[[Protection, Protection], Iterable[Loss]]
_SUBJECTS: tuple[tuple[Subject, Part], ...] = (
    (plan_losses, PLANS),
    (role_losses, ROLES),
    (vault_losses, STORES),
    (alert_losses, ALERTS),
    (restore_test_losses, TESTS),
)
"""What finds losses, and the part that it looks at."""

Where = tuple[tuple[str, str], ...]


class Case(NamedTuple):
    """For which parameters there is a loss."""

    where: dict[str, str]
    is_example: bool = False
    """Whether there are others, without some of these."""


Cases = dict[Loss, Case]


def protection_losses(old: Template, new: Template) -> list[ProtectionLoss]:
    """Return what a stack is protected less by after the update, for any parameters.

    A loss under several values is told once, with the fewest that are out of the ordinary. Raises
    UnreadableError if a condition or a function of a template cannot be evaluated.
    """
    before, after = _Side(old), _Side(new)
    changed = changed_names(old, new)
    differing = {
        part: nodes
        for _, part in _SUBJECTS
        if (nodes := differing_nodes(before.part(part), after.part(part), changed))
    }
    read = [side.part(part).resources for part in differing for side in (before, after)]
    options = around(old, new, *(each for resources in read for each in resources.values()))
    several = together(old, new, options) if differing else []
    found: Cases = {}
    for subject, part in _SUBJECTS:
        if part in differing:
            own, bases = with_bases(old, new, *differing[part])
            singly = _with_options(own, bases, options)
            lost = _Lost(subject, part, before, after)
            of_it = _of_subject(lost, own[0], options[0], singly, several)
            # What a lock refuses is decided by rules that are as they were.
            used = before.part(part).resources if part is STORES else differing[part]
            outer = extremes(old, new, options[0], used)
            found |= of_it | _of_extremes(lost, bases, outer, of_it)
    return [
        ProtectionLoss(
            sentence, dict(where), any(found[each] == (dict(where), True) for each in of)
        )
        for where, several in _together(found).items()
        for of in _by_sentence(several)
        for sentence in sentences(of)
    ]


def _by_sentence(losses: list[Loss]) -> list[list[Loss]]:
    """Return the losses that are told in one sentence together."""
    found: dict[tuple[str, str], list[Loss]] = {}
    for loss in losses:
        found.setdefault((loss.start, loss.end), []).append(loss)
    return [*found.values()]


def _together(found: Cases) -> dict[Where, list[Loss]]:
    """Return the losses by the parameters for which they are told.

    What more resources lose with one more option is told with what is lost without it.
    """
    told: dict[Where, list[Loss]] = {}
    for loss, case in sorted(found.items(), key=lambda item: len(item[1].where)):
        given = case.where.items()
        alike = next(
            (one for one, losses in told.items() if {*one} <= given and _is_told(loss, losses)),
            None,
        )
        told.setdefault(tuple(given) if alike is None else alike, []).append(loss)
    return told


def _is_told(loss: Loss, others: list[Loss]) -> bool:
    return any(
        (loss.start, loss.end) == (other.start, other.end) and (loss.of or not other.of)
        for other in others
    )


def _of_subject(
    lost: "_Lost",
    own: Assignment,
    usual: Assignment,
    singly: list[Assignment],
    several: list[list[Assignment]],
) -> Cases:
    """Return what a subject finds with one option, and then what with several alone."""
    found: Cases = {}
    for assignment in singly:
        for loss in lost(assignment):
            case = found.setdefault(loss, Case(assignment.where))
            if not case.is_example and not case.where.items() <= assignment.where.items():
                found[loss] = Case(case.where, is_example=True)
    # What differs as it usually is, and as the options have it.
    for row, values in product(several, (own, Assignment({}))):
        for loss in lost(_with(usual, row, values)):
            if loss not in found:
                found[loss] = Case(_fewest(loss, lost, usual, row, values).where)
    return found


def _of_extremes(
    lost: "_Lost", own: list[Assignment], outer: list[Assignment], found: Iterable[Loss]
) -> Cases:
    """Return what is lost with a least or a greatest value alone.

    What is lost anyway, but with another number in its sentence, is not told again.
    """
    more: Cases = {}
    told = {_without_numbers(loss) for loss in found}
    for each, extreme in product(own, outer):
        assignment = Assignment(extreme.choices | each.choices)
        for loss in lost(assignment):
            if (alike := _without_numbers(loss)) not in told:
                told.add(alike)
                more[loss] = Case(assignment.where, is_example=True)
    return more


def _without_numbers(loss: Loss) -> Loss:
    return Loss(*(re.sub(r"(\d+( [a-z]+)? ?)+", "#", part) for part in loss))


class _Lost:
    """What a subject finds, once for values that make no difference to it."""

    def __init__(self, subject: Subject, part: Part, old: "_Side", new: "_Side") -> None:
        self._subject, self._part, self._old, self._new = subject, part, old, new
        self._usual = new.usual | old.usual  # an update keeps what the stack has
        self._found: dict[tuple[tuple[str, ...], ...], list[Loss]] = {}

    def __call__(self, assignment: Assignment) -> list[Loss]:
        was, is_now = (
            self._usual
            | {name: value for name, value in given.items() if not _is_open(name, value)}
            for given in (assignment.old, assignment.new)
        )
        key = (self._old.key(self._part, was), self._new.key(self._part, is_now))
        if key not in self._found:
            sides = self._old.read(self._part, was), self._new.read(self._part, is_now)
            self._found[key] = [*self._subject(*sides)]
        return self._found[key]


def _with(usual: Assignment, options: list[Assignment], values: Assignment) -> Assignment:
    """Return values that a stack has with options that it may have at once."""
    return Assignment(at_once(usual, options).choices | values.choices)


def _fewest(
    loss: Loss, lost: _Lost, usual: Assignment, options: list[Assignment], values: Assignment
) -> Assignment:
    """Return values for which there is a loss, with as few of the options as it takes."""
    for option in options:
        rest = [each for each in options if each is not option]
        if loss in lost(_with(usual, rest, values)):
            options = rest
    return _with(usual, options, values)


def _is_open(name: str, value: Any) -> bool:
    """Return whether a pseudo parameter is left as it usually is."""
    return name.startswith("AWS::") and value == {"Ref": name}


def _with_options(
    own: list[Assignment], bases: list[Assignment], options: list[Assignment]
) -> list[Assignment]:
    """Return the values for what differs, alone and with each option of the rest.

    If that were too many, only the bases and one value by itself have an option beside them.
    """
    usual, *others = options
    varied = own[0].choices.keys()
    more = [
        each.choices
        for each in others
        if any(each.choices[name] != usual.choices[name] for name in each.choices.keys() - varied)
    ]
    fewer = own
    if len(own) * len(more) > _MOST:
        fewer = [*bases, *(each for each in own if len(each.where) == 1)]
    found = [Assignment(usual.choices | each.choices) for each in own]
    found += [Assignment(base | each.choices) for base in more for each in fewer]
    return sorted(found, key=lambda each: len(each.where))


class _Side:
    """A template, and what is read of it, once for values that make no difference."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self._parts: dict[Part, Template] = {}
        self._names: dict[Part, tuple[str, ...]] = {}
        self._read: dict[tuple[Part, tuple[str, ...]], Protection] = {}

    @cached_property
    def usual(self) -> dict[str, Any]:
        """The values of a stack that sets only the required parameters."""
        return {
            "AWS::Partition": "aws",
            **{
                name: scalar(parameter["Default"])
                for name, parameter in self.template.parameters.items()
                if isinstance(parameter, dict) and "Default" in parameter
            },
        }

    def part(self, part: Part) -> Template:
        """Return the template with the resources of a part, and the names of all vaults."""
        if part not in self._parts:
            resources = {
                name: _without(resource, part.without) if part.has(resource) else _named(resource)
                for name, resource in self.template.resources.items()
                if part.has(resource) or resource["Type"] in VAULTS
            }
            if part is ALERTS and "KmsMasterKeyId" not in str(resources):
                # No topic has a key.
                resources = {n: r for n, r in resources.items() if "KMS" not in str(r["Type"])}
            document = {**self.template.document, "Resources": resources}
            self._parts[part] = replace(self.template, document=document)
        return self._parts[part]

    def key(self, part: Part, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the values that can make a difference to a part."""
        if part not in self._names:
            resources = [*self.part(part).resources.values()]
            conditions = self.template.conditions
            named = {name for each in resources for name in conditions_of(each, conditions)}
            deciding = [conditions.get(name) for name in named]
            self._names[part] = tuple(sorted(references([resources, deciding])))
        return tuple(str(values.get(name)) for name in self._names[part])

    def read(self, part: Part, values: Mapping[str, Any]) -> Protection:
        """Return what a part protects."""
        key = (part, self.key(part, values))
        if key not in self._read:
            self._read[key] = protection_of(Stack(self.part(part), dict(values)))
        return self._read[key]


def _without(node: Any, names: frozenset[str]) -> Any:
    """Return a node without the properties with these names."""
    if isinstance(node, dict):
        return {key: _without(each, names) for key, each in node.items() if key not in names}
    return [_without(each, names) for each in node] if isinstance(node, list) else node


def _named(resource: dict[str, Any]) -> dict[str, Any]:
    """Return a vault with its name alone."""
    properties = resource.get("Properties")
    name = properties.get("BackupVaultName") if isinstance(properties, dict) else None
    kept: dict[str, Any] = {k: resource[k] for k in ("Type", "Condition") if k in resource}
    return {**kept, "Properties": {} if name is None else {"BackupVaultName": name}}
