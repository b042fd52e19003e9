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
        resource other than a plan or a selection is replaced; a resource is no longer kept or
        protected

If the text does not decide, the worse case counts: "may be replaced" is a replacement, and a
pattern that is not the same accepts less.
"""

from dataclasses import dataclass
from typing import Any

from generator.cloudformation.evaluate import View
from generator.cloudformation.expand import expanded, has_unknown_macro
from generator.cloudformation.functions import scalar
from generator.cloudformation.read import Template, check_sections
from generator.compare.change import Change, Level, clause
from generator.compare.interface_changes import interface_changes
from generator.compare.lookup_changes import lookup_changes
from generator.compare.resource_changes import resource_changes
from generator.compare.transform_changes import transform_changes
from generator.compare.versions import Version, needed, text, version_of


@dataclass(frozen=True)
class Comparison:
    """What changes between two templates."""

    old: Template
    new: Template
    changes: list[Change]

    @property
    def versions(self) -> tuple[Version | None, Version | None]:
        """The versions that the old and the new template state."""
        return version_of(self.old), version_of(self.new)

    @property
    def verdict(self) -> str:
        """none, patch, minor or major."""
        level = max((change.level for change in self.changes), default=Level.NONE)
        return level.name.lower()

    @property
    def needed_version(self) -> Version | None:
        """The lowest version that the new template may state; None if the old one states none."""
        old, _ = self.versions
        return needed(old, self.verdict) if old else None

    @property
    def failures(self) -> list[str]:
        """Why the new template must not be released, a sentence each; empty if it may be."""
        sentences = [
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
        old, new = self.versions
        lowest = self.needed_version
        if lowest and (new is None or new < lowest):
            sentences.append(
                f"the verdict against {text(old or lowest)} is {self.verdict}, so the version has "
                f"to be {text(lowest)} or later; it is {text(new) if new else 'not stated'}: "
                "raise VERSION"
            )
        return sentences


def compare(old: Template, new: Template) -> Comparison:
    """Return what changes when a stack of the old template is updated to the new one.

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
    return Comparison(old, new, changes)


def _rest(old: Template, new: Template) -> Change:
    if has_unknown_macro(old) or has_unknown_macro(new):
        text = "a macro reads the whole template, so what this changes is unknown"
        return Change("template", "the rest", "changed", Level.MAJOR, text)
    text = "texts, or parts that have no effect on a stack"
    return Change("template", "the rest", "changed", Level.PATCH, text)


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
