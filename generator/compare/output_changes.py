"""What an update changes for those who read the outputs."""

from collections.abc import Iterator
from typing import Any

from generator.cloudformation.evaluate import ABSENT, View, lacking
from generator.cloudformation.read import Template
from generator.compare.change import Change, Level
from generator.compare.parameter_values import assignments, same_inputs
from generator.compare.values import Values, difference
from generator.compare.versions import VERSION_OUTPUT


def output_changes(old: Template, new: Template) -> Iterator[Change]:
    """Yield the changes to the outputs."""
    before, after = old.outputs, new.outputs
    added = [name for name in after if name not in before]
    for name, was in before.items():
        if name in after:
            yield from _output(old, new, name)
            continue
        twin = next((other for other in added if after[other].get("Value") == was.get("Value")), "")
        text = f"is now {twin}; " if twin else ""
        text += "a parent that reads it cannot update"
        yield Change("output", name, "renamed" if twin else "removed", Level.MAJOR, text)
    for name in added:
        yield Change("output", name, "added", Level.MINOR)


def _output(old: Template, new: Template, name: str) -> Iterator[Change]:
    was, is_now = old.outputs[name], new.outputs[name]
    changes: list[Change] = []
    same = was == is_now and same_inputs(old, new, was)
    for assignment in [] if same else assignments(old, new, was, is_now):
        before = _output_value(was, View(old, assignment.old))
        after = _output_value(is_now, View(new, assignment.new))
        where = assignment.where
        if before == after or before is ABSENT or lacking([before, after]):
            continue
        if after is ABSENT:
            text = "then a parent that reads it cannot update"
            changes.append(Change("output", name, "missing", Level.MAJOR, text, where=where))
        elif name != VERSION_OUTPUT or not isinstance(after, str):
            text, values = difference(before, after), (Values("Value", before, after),)
            changes.append(
                Change("output", name, "changed", Level.MINOR, text, where=where, values=values)
            )
    if changes:
        yield max(changes, key=lambda change: (change.level, -len(change.where)))
    view = View(old, {})
    before, after = (
        view.resolve(output["Export"]) if output.get("Export") else ABSENT
        for output in (was, is_now)
    )
    if before != after:
        level = Level.MAJOR if was.get("Export") else Level.MINOR
        text = f"{difference(before, after)}: stacks may import it by name"
        values = (Values("Export", before, after),)
        yield Change("output", name, "export changed", level, text, values=values)
    if was.get("Description") != is_now.get("Description"):
        yield Change("output", name, "description changed", Level.PATCH)


def _output_value(output: dict[str, Any], view: View) -> Any:
    return view.resolve(output.get("Value")) if view.exists(output) else ABSENT
