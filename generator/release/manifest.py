"""The manifest of a release: how it is made, from the published files alone, and how it is read."""

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from generator.cloudformation.capabilities import capabilities
from generator.cloudformation.read import Template, parse
from generator.printable import printable
from generator.release.schema import violations

SCHEMA = Path(__file__).with_name("manifest.schema.json")
MAX_BYTES = 4 * 1_048_576
LONGEST_INTEGER = 20


class Listed(NamedTuple):
    """What a manifest says about a file."""

    name: str
    size: int
    sha256: str


def text(name: str, files: Mapping[str, bytes]) -> str:
    """Return the manifest of a release of these files; its schema is manifest.schema.json.

    Raises ValueError if the templates do not all state one version.
    """
    templates = {
        file: parse(file, content) for file, content in files.items() if file.endswith(".template")
    }
    entries = [_entry(file, content, templates.get(file)) for file, content in files.items()]
    stated = {
        file: template.outputs.get("TemplateVersion", {}).get("Value")
        for file, template in templates.items()
    }
    if len({*stated.values()}) != 1 or None in stated.values():
        raise ValueError(f"the templates of a release must all state one version, not {stated}")
    document = {"name": name, "version": stated.popitem()[1], "files": entries}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def read(content: bytes) -> tuple[str, list[Listed]]:
    """Return the version and the files that a manifest names.

    Raises ValueError if the content is not a manifest, as its schema says.
    """
    try:
        document = json.loads(
            content.decode(),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_number,
        )
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        violation = next(violations(schema, document), None)
    except (ValueError, RecursionError) as error:
        reason = "it nests too deep" if isinstance(error, RecursionError) else printable(error)
        raise ValueError(f"is not the manifest of a release: {reason}") from None
    if violation:
        raise ValueError(
            "is not the manifest of a release: manifest.schema.json refuses it at "
            f"{printable(violation)}"
        )
    files = [Listed(file["name"], file["size"], file["sha256"]) for file in document["files"]]
    if len({file.name for file in files}) < len(files):
        raise ValueError("is not the manifest of a release: it names a file twice")
    return document["version"], files


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("an object has a key twice")
    return made


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_INTEGER:  # reading so long a one takes long
        raise ValueError(f"an integer has {len(digits)} digits")
    return int(digits)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number


def _entry(name: str, content: bytes, template: Template | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": name,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    if template:
        entry |= {
            "description": template.document["Description"],
            "capabilities": capabilities(template),
            "parameters": template.parameters,
            "outputs": {
                output: {"Description": properties["Description"]}
                for output, properties in template.outputs.items()
            },
        }
    return entry
