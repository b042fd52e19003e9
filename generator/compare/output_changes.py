"""What an update changes for whoever reads outputs."""

from collections.abc import Iterator
from typing import Any

from generator.cloudformation.evaluate import ABSENT, View
from generator.cloudformation.read import Template
from generator.compare.change import Change, Level, shown
from generator.compare.parameter_values import assignments, same_ground
from generator.compare.versions import VERSION_OUTPUT


def output_changes(old: Template, new: Template) -> Iterator[Change]:
    """Yield what whoever reads outputs meets."""
    before, after = old.outputs, new.outputs
    come = [name for name in after if name not in before]
    for name, was in before.items():
        if name in after:
            yield from _output(old, new, name)
            continue
        twin = next((other for other in come if after[other].get("Value") == was.get("Value")), "")
        text = f"is now {twin}; " if twin else ""
        text += "a parent that reads it cannot update"
        yield Change("output", name, "renamed" if twin else "removed", Level.MAJOR, text)
    for name in come:
        yield Change("output", name, "added", Level.MINOR)


def _output(old: Template, new: Template, name: str) -> Iterator[Change]:
    was, is_now = old.outputs[name], new.outputs[name]
    told: list[Change] = []
    same = was == is_now and same_ground(old, new, was)
    for assignment in [] if same else assignments(old, new, was, is_now):
        values = [
            _output_value(output, View(template, given))
            for template, output, given in (
                (old, was, assignment.old),
                (new, is_now, assignment.new),
            )
        ]
        if values[0] == values[1] or values[0] is ABSENT:
            continue
        if values[1] is ABSENT:
            text = "a parent that reads it there cannot update"
            told.append(
                Change("output", name, "missing", Level.MAJOR, text, "", False, assignment.where)
            )
        elif name != VERSION_OUTPUT or not isinstance(values[1], str):
            text = f"{shown(values[0])} -> {shown(values[1])}"
            told.append(
                Change("output", name, "changed", Level.MINOR, text, "", False, assignment.where)
            )
    if told:
        yield max(told, key=lambda change: (change.level, -len(change.where)))
    view = View(old, {})
    exports = [view.resolve(output.get("Export")) for output in (was, is_now)]
    if exports[0] != exports[1]:
        level = Level.MAJOR if was.get("Export") else Level.MINOR
        yield Change("output", name, "exported otherwise", level, "stacks may import it by name")
    if was.get("Description") != is_now.get("Description"):
        yield Change("output", name, "described otherwise", Level.PATCH)


def _output_value(output: dict[str, Any], view: View) -> Any:
    return view.resolve(output.get("Value")) if view.exists(output) else ABSENT
