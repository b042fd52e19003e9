"""Compares two templates: what an update of a live stack does, and a verdict.

The verdict is the highest level among the changes. It says which part of the version has to go up:

none    the same template, however it is written
patch   an update changes nothing in AWS: descriptions, labels, order, what has no effect
minor   an update changes what exists: a resource, an output or a parameter with a default is added;
        a parameter accepts more; a default, a property or an output's value changes; a plan or a
        selection is replaced, which hold no data
major   an update can fail or take something away: a parameter is removed or renamed, is newly
        required, changes its type or accepts less; a rule refuses what was accepted before; an
        output is removed, renamed, made conditional or exported differently; a capability is newly
        needed; a resource is removed, left outside the stack, renamed or changes its type; a
        resource other than a plan or a selection is replaced; a resource is no longer kept; the
        stack protects less

If the text does not decide, the worse case counts: "may be replaced" is a replacement, and a
pattern that is not the same accepts less.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from generator.cloudformation.evaluate import View
from generator.cloudformation.expand import expanded, has_unknown_macro
from generator.cloudformation.functions import scalar
from generator.cloudformation.read import Template, check_sections
from generator.compare.accepted_losses import PATH, AcceptedLoss, not_lost
from generator.compare.change import Change, Level, ProtectionLoss, clause
from generator.compare.interface_changes import interface_changes
from generator.compare.lookup_changes import lookup_changes
from generator.compare.resource_changes import resource_changes
from generator.compare.transform_changes import transform_changes
from generator.compare.versions import Version, needed, too_low, version_of


@dataclass(frozen=True)
class Comparison:
    """What changes between two templates."""

    old: Template
    new: Template
    changes: list[Change]
    losses: list[ProtectionLoss] = field(default_factory=list)
    """What a stack is protected less by."""
    not_lost: list[AcceptedLoss] = field(default_factory=list)
    """What was accepted as a loss, and is none."""
    may_accept: bool = False
    """Whether the new template is this checkout's, which says what losses are accepted."""

    @property
    def versions(self) -> tuple[Version | None, Version | None]:
        """The versions that the old and the new template state."""
        return version_of(self.old), version_of(self.new)

    @property
    def level(self) -> Level:
        """The highest level among the changes."""
        levels = [change.level for change in self.changes]
        levels += [Level.MAJOR for _ in self.losses]
        return max(levels, default=Level.NONE)

    @property
    def verdict(self) -> str:
        """none, patch, minor or major."""
        return self.level.name.lower()

    @property
    def needed_version(self) -> Version | None:
        """The lowest version that the new template may state; None if the old one states none."""
        old, _ = self.versions
        return needed(old, self.verdict) if old else None

    @property
    def failures(self) -> list[str]:
        """Why the new template must not be released, a sentence each; empty if it may be."""
        return [*self.faults, *too_low(*self.versions, self.verdict)]

    @property
    def faults(self) -> list[str]:
        """The same without the version, which is for a whole release to raise."""
        count = sum(loss.reason is None for loss in self.losses)
        lost = f"{count} {'loss' if count == 1 else 'losses'} of protection"
        fix = (
            f"a release must not protect less: correct the template, or accept it in {PATH.name}"
            if self.may_accept
            else "the new template protects less than the old one: correct it, unless that is meant"
        )
        sentences = [f"{lost}: {fix}"] if count else []
        sentences += not_lost(self.not_lost)
        sentences += [
            f"{change.name} ({change.change}): data may be lost, and no version number allows that"
            for change in self.changes
            if change.danger
        ]
        sentences += [
            f"{change.name}: {change.change} {clause(change.where)}: {change.text}: correct the "
            "template"
            for change in self.changes
            if change.is_mistake
        ]
        return sentences


def compare(
    old: Template, new: Template, accepted: Sequence[AcceptedLoss] | None = None
) -> Comparison:
    """Return what changes when a stack of the old template is updated to the new one.

    ``accepted`` are the losses of protection that the new template may have; None: it may have
    none. Raises UnreadableError if a condition or a function of a template cannot be evaluated.
    """
    changes = property_changes(old, new)
    reasons = {loss.sentence: loss.reason for loss in accepted or ()}
    losses = [replace(loss, reason=reasons.get(loss.sentence)) for loss in _losses(old, new)]
    if losses:
        changes = [_TOGETHER if each == _NO_EFFECT else each for each in changes]
    lost = {loss.sentence for loss in losses}
    kept = [loss for loss in accepted or () if loss.sentence not in lost]
    return Comparison(old, new, changes, losses, kept, may_accept=accepted is not None)


def _losses(old: Template, new: Template) -> list[ProtectionLoss]:
    if old.document == new.document:
        return []
    from generator.compare.kept_losses import kept_losses
    from generator.compare.protection_changes import protection_losses

    before, after = expanded(old), expanded(new)
    losses = protection_losses(before, after)
    return [*losses, *kept_losses(before, after, losses)]


def property_changes(old: Template, new: Template) -> list[Change]:
    """Return what changes in each resource, and for the parent.

    Raises UnreadableError if a condition or a function of a template cannot be evaluated.
    """
    before, after = expanded(old), expanded(new)
    for template in (before, after):
        check_sections(template)
        _evaluate(template)
    changes = [
        *resource_changes(before, after),
        *interface_changes(before, after),
        *lookup_changes(before, after),
        *transform_changes(old, new),
    ]
    if max((change.level for change in changes), default=Level.NONE) == Level.NONE and (
        _as_written(old.document) != _as_written(new.document)
    ):
        changes.append(_rest(old, new))
    return changes


def _rest(old: Template, new: Template) -> Change:
    if has_unknown_macro(old) or has_unknown_macro(new):
        text = "a macro reads the whole template, so what this changes is unknown"
        return Change("template", "the rest", "changed", Level.MAJOR, text)
    return _NO_EFFECT


_NO_EFFECT = Change(
    "template",
    "the rest",
    "changed",
    Level.PATCH,
    "texts, or parts that have no effect on a stack",
)
_TOGETHER = replace(
    _NO_EFFECT, text="some sets of parameters together change it, which Protection tells"
)


def _evaluate(template: Template) -> None:
    """Find out now that a template cannot be evaluated."""
    view = View(template, {})
    for condition in template.conditions:
        view.holds(condition)
    view.resolve([template.resources, template.outputs])


def _as_written(node: Any) -> Any:
    """Return the template with every scalar as text: 30 and '30' are the same."""
    if isinstance(node, dict):
        return {key: _as_written(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_as_written(item) for item in node]
    return scalar(node)
