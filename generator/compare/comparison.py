"""Two templates -> what the update of a live stack from one to the other does, and the verdict.

The verdict is the highest level among the changes; the version has to go up at least so much:

none    the same template, however it is written
patch   an update changes nothing in AWS: descriptions, labels, order, what has no effect
minor   an update changes what exists: a resource, an output or a parameter with a default is added;
        a parameter accepts more; a default, a property or an output's value changes; a plan or a
        selection, which hold no data, is replaced
major   an update can fail or take something away: a parameter is removed, renamed, newly required,
        of another type or accepts less; a rule is added or changed; an output is removed, renamed,
        conditional or exported otherwise; a capability is newly needed; a resource is removed,
        left outside the stack, renamed or of another type; any but a plan or a selection is
        replaced; one loses what keeps or protects it

What cannot be known from the text counts as the worse: "may be replaced" is a replacement, another
pattern accepts less.
"""

from dataclasses import dataclass
from typing import Any

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.evaluate import View
from generator.cloudformation.functions import scalar
from generator.cloudformation.read import Template, check_sections
from generator.compare.change import Change, Level
from generator.compare.interface_changes import interface_changes
from generator.compare.resource_changes import resource_changes
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
        """The lowest version that the new template may state; None where the old states none."""
        old, _ = self.versions
        return needed(old, self.verdict) if old else None

    @property
    def failures(self) -> list[str]:
        """Why this must not be released, a sentence each; empty: it may."""
        found = [
            f"{change.name} {change.change}: data may be lost; nothing in a version allows that"
            for change in self.changes
            if change.danger
        ]
        old, new = self.versions
        lowest = self.needed_version
        if lowest and (new is None or new < lowest):
            found.append(
                f"the verdict is {self.verdict} against {text(old or lowest)}, so the version has "
                f"to be {text(lowest)} or later; it is {text(new) if new else 'not stated'}: "
                "raise VERSION"
            )
        return found


def compare(old: Template, new: Template) -> Comparison:
    """Return what the update of a stack of the old template to the new one changes.

    Raises UnreadableError for a template whose conditions or functions cannot be evaluated.
    """
    for template in (old, new):
        check_sections(template)
        _evaluate(template)
    found = [*resource_changes(old, new), *interface_changes(old, new)]
    if max((change.level for change in found), default=Level.NONE) == Level.NONE and (
        _as_written(old.document) != _as_written(new.document)
    ):
        told = "texts, or what has no effect on a stack"
        found.append(Change("template", "the rest", "written otherwise", Level.PATCH, told))
    return Comparison(old, new, found)


def _evaluate(template: Template) -> None:
    """Find out now, and by name, that a template cannot be evaluated."""
    view = View(template, {})
    try:
        for condition in template.conditions:
            view.holds(condition)
        view.resolve([template.resources, template.outputs])
    except UnreadableError as error:
        raise UnreadableError(f"{template.name}: {error}: correct the template") from None


def _as_written(node: Any) -> Any:
    """Return the template with text for every scalar: 30 and '30' are the same."""
    if isinstance(node, dict):
        return {key: _as_written(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_as_written(item) for item in node]
    return scalar(node)
