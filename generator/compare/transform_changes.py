"""What an update changes for the macros, which rewrite a template before a stack is made of it."""

from collections.abc import Iterator
from typing import Any

from generator.cloudformation.expand import loops_in, transforms, transforms_in
from generator.cloudformation.read import Template, entry
from generator.cloudformation.references import references
from generator.compare.change import Change, Level


def transform_changes(old: Template, new: Template) -> Iterator[Change]:
    """Yield the changes to what macros are given: what they make of it is unknown.

    The templates are as they are written, with their loops.
    """
    before, after = _given(old), _given(new)
    for name in before | after:
        if before.get(name) != after.get(name):
            change = "removed" if name not in after else "changed" if name in before else "added"
            text = "what a macro makes of it is not in the template: look at a change set"
            yield Change("template", name, change, Level.MAJOR, text)


def _given(template: Template) -> dict[str, Any]:
    """Return what macros are told, by the place where it stands."""
    given: dict[str, Any] = {}
    if macros := transforms(template):
        given["Transform"] = macros
    if "Globals" in template.document:
        given["Globals"] = template.document["Globals"]
    for path, macro in transforms_in(template.document):
        given[".".join(map(str, path))] = macro
    for path, collection in loops_in(template.document):
        # A list that is written out is compared copy by copy.
        if names := references(collection):
            defaults = {name: entry(template.parameters, name).get("Default") for name in names}
            given[".".join(map(str, path))] = [collection, defaults]
    return given
