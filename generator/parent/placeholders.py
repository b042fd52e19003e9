"""Reads a parent in which placeholders stand, as in SOCA's source: ``%%BUCKET_NAME%%``.

SOCA's build fills them in. Before, many a source file is not even YAML, because no value may begin
with a percent sign.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.fetch import fetch, label
from generator.cloudformation.possible_values import UNKNOWN
from generator.cloudformation.read import Template, parse

ANY = ""
"""Stands among the placeholders for all that have no value."""

# Signs that YAML takes at the start of a value, and that no template has: as long as %%, so that
# columns stay.
_SIGNS = "\ue000\ue000"
_PLACEHOLDER = re.compile(r"%%([A-Za-z0-9_]+)%%")
_MARKED = re.compile(f"(?:%%|{_SIGNS})([A-Za-z0-9_]+)(?:%%|{_SIGNS})")


def read(source: str, placeholders: Mapping[str, str | None]) -> Template:
    """Return the template from a file, an https:// address or an s3:// object.

    ``placeholders`` has the values by name; None: any value will do, and nothing is checked that
    depends on it. ``ANY`` among them: so for every other one. Raises UnreadableError if there is no
    template, or if placeholders without a value keep it from being one.
    """
    return filled(label(source), fetch(source), placeholders)


def filled(name: str, content: bytes, placeholders: Mapping[str, str | None]) -> Template:
    """Return the template in the content; see ``read``."""
    text = content.decode("utf-8", "surrogateescape")
    there = dict.fromkeys(_PLACEHOLDER.findall(text))
    if unused := [each for each in placeholders if each not in there and each != ANY]:
        has = ", ".join(f"%%{each}%%" for each in there) or "none"
        raise UnreadableError(f"{name}: has no placeholder %%{unused[0]}%%: it has {has}")
    values = {each: value for each, value in placeholders.items() if value is not None}
    text = _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)
    try:
        template = parse(name, text.encode("utf-8", "surrogateescape"))
    except UnreadableError:
        open_ones = [each for each in there if each not in values]
        if not open_ones:
            raise
        marked = _PLACEHOLDER.sub(rf"{_SIGNS}\1{_SIGNS}", text)
        template = parse(name, marked.encode("utf-8", "surrogateescape"))
        if ANY not in placeholders and not placeholders.keys() >= {*open_ones}:
            raise UnreadableError(_not_filled(name, text, open_ones, placeholders)) from None
    positions = {tuple(map(_restored, path)): at for path, at in template.positions.items()}
    return replace(template, document=_unknown(template.document), positions=positions)


def _not_filled(name: str, text: str, open_ones: list[str], placeholders: Collection[str]) -> str:
    missing = [each for each in open_ones if each not in placeholders]
    line = 1 + text[: text.index(f"%%{missing[0]}%%")].count("\n")
    return (
        f"{name}:{line}: is a source file whose placeholders are not filled in "
        f"({', '.join(f'%%{each}%%' for each in missing)}): check the file that the build makes of "
        f"it, or give --placeholder {missing[0]}=VALUE, or --placeholder alone for any values"
    )


def _restored(key: Any) -> Any:
    return key.replace(_SIGNS, "%%") if isinstance(key, str) else key


def _unknown(node: Any) -> Any:
    """Return a part of the template in which placeholders are unknown; keys stay as they are."""
    if isinstance(node, dict):
        return {_restored(key): _unknown(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_unknown(item) for item in node]
    return _MARKED.sub(UNKNOWN, node) if isinstance(node, str) else node
