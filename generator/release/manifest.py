"""The manifest of a release: how it is made, from the published files alone, and how it is read."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from generator.cloudformation.capabilities import capabilities
from generator.cloudformation.read import Template, parse


class Listed(NamedTuple):
    """What a manifest says about a file."""

    name: str
    size: int
    sha256: str


def text(name: str, files: Mapping[str, bytes]) -> str:
    """Return the manifest of a release of these files; its schema is manifest.schema.json.

    Raises ValueError if the templates do not state exactly one version.
    """
    templates = {
        file: parse(file, content) for file, content in files.items() if file.endswith(".template")
    }
    entries = [_entry(file, content, templates.get(file)) for file, content in files.items()]
    versions = {
        template.outputs["TemplateVersion"]["Value"]
        for template in templates.values()
        if "TemplateVersion" in template.outputs
    }
    if len(versions) != 1:
        raise ValueError(
            f"the templates of a release must state one version, not {sorted(versions)}"
        )
    document = {"name": name, "version": versions.pop(), "files": entries}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def read(content: bytes) -> tuple[str, list[Listed]]:
    """Return the version and the files that a manifest names.

    Raises ValueError if the content is not a manifest.
    """
    try:
        document = json.loads(content)
        files = [
            Listed(str(file["name"]), int(file["size"]), str(file["sha256"]))
            for file in document["files"]
        ]
        version = str(document["version"])
    except (ValueError, LookupError, TypeError) as error:
        raise ValueError("is not the manifest of a release") from error
    if not files:
        raise ValueError("names no files")
    return version, files


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
