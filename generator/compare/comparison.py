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

import json
from dataclasses import dataclass
from typing import Any

from generator.cloudformation.evaluate import View, section
from generator.cloudformation.read import UnreadableError
from generator.compare.interface_changes import interface_changes
from generator.compare.resource_changes import Change, Level, place, resource_changes
from generator.compare.versions import Version, needed, text, version_of

SCHEMA = 1
"""Goes up when a key of ``as_json`` is renamed or goes."""


@dataclass(frozen=True)
class Comparison:
    """What changes between two templates."""

    names: tuple[str, str]
    """Where the old and the new one came from."""
    changes: list[Change]
    versions: tuple[Version | None, Version | None]

    @property
    def verdict(self) -> str:
        """none, patch, minor or major."""
        level = max((change.level for change in self.changes), default=Level.NONE)
        return level.name.lower()

    @property
    def needed_version(self) -> Version | None:
        """The lowest version that the new template may state; None where the old states none."""
        return needed(self.versions[0], self.verdict) if self.versions[0] else None

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


def compare(
    old: dict[str, Any], new: dict[str, Any], names: tuple[str, str] = ("old", "new")
) -> Comparison:
    """Return what the update of a stack of the old template to the new one changes.

    Raises UnreadableError for a template whose conditions or functions cannot be evaluated.
    """
    for name, template in zip(names, (old, new), strict=True):
        _evaluate(name, template)
    found = [*resource_changes(old, new), *interface_changes(old, new)]
    if max((change.level for change in found), default=Level.NONE) == Level.NONE and (
        _as_written(old) != _as_written(new)
    ):
        told = "texts, or what has no effect on a stack"
        found.append(Change("template", "the rest", "written otherwise", Level.PATCH, told))
    return Comparison(names, found, (version_of(old), version_of(new)))


def as_text(comparison: Comparison) -> str:
    """Return the comparison for people: what an update does, the parent's side, the verdict."""
    lines = [f"{comparison.names[0]} -> {comparison.names[1]}", "", "Resources"]
    resources = [change for change in comparison.changes if change.about == "resource"]
    others = [change for change in comparison.changes if change.about != "resource"]
    for change in resources:
        lines += _lines(change, f"{change.name} ({change.kind})")
    if others:
        lines += ["", "For the parent, and for whoever updates"]
        for change in others:
            lines += _lines(change, f"{change.about} {change.name}")
    lines += ["", f"Verdict: {comparison.verdict}"]
    lines += [f"  {failure}" for failure in comparison.failures]
    return "\n".join(lines) + "\n"


def as_json(comparison: Comparison) -> str:
    """Return the comparison for machines.

    Keys: schema; old and new, each with source and version (null: not stated); verdict;
    needed_version (null: the old one states none); ok; failures; changes, each with about, name,
    type, change, level, danger, text and where (the parameters for which it happens, by name).
    """
    old, new = comparison.versions
    lowest = comparison.needed_version
    document = {
        "schema": SCHEMA,
        "old": {"source": comparison.names[0], "version": text(old) if old else None},
        "new": {"source": comparison.names[1], "version": text(new) if new else None},
        "verdict": comparison.verdict,
        "needed_version": text(lowest) if lowest else None,
        "ok": not comparison.failures,
        "failures": comparison.failures,
        "changes": [
            {
                "about": change.about,
                "name": change.name,
                "type": change.kind or None,
                "change": change.change,
                "level": change.level.name.lower(),
                "danger": change.danger,
                "text": change.text,
                "where": change.where,
            }
            for change in comparison.changes
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _evaluate(name: str, template: dict[str, Any]) -> None:
    """Find out now, and by name, that a template cannot be evaluated."""
    view = View(template, {})
    try:
        for condition in section(template, "Conditions"):
            view.holds(condition)
        view.resolve([section(template, "Resources"), section(template, "Outputs")])
    except UnreadableError as error:
        raise UnreadableError(f"{name}: {error}: correct the template") from None


def _lines(change: Change, name: str) -> list[str]:
    mark = "!" if change.danger else " "
    where = f", {place(change.where)}" if change.where else ""
    lines = [f"{mark} {name}: {change.change}{where}"]
    return [*lines, f"      {change.text}"] if change.text else lines


def _as_written(node: Any) -> Any:
    """Return the template without the differences between JSON, YAML and their short forms."""
    if isinstance(node, dict):
        if set(node) == {"Fn::GetAtt"} and isinstance(node["Fn::GetAtt"], str):
            return {"Fn::GetAtt": node["Fn::GetAtt"].split(".", 1)}
        return {key: _as_written(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_as_written(item) for item in node]
    return str(node).lower() if isinstance(node, bool) else str(node)
