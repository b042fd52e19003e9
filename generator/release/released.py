"""The templates of a release that is published, or downloaded: those that its manifest lists."""

import hashlib
import re

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.fetch import fetch, label
from generator.cloudformation.read import Template, entry, parse
from generator.release import manifest
from generator.release.contents import MANIFEST


def is_manifest(source: str) -> bool:
    """Return whether a file or an address has the name that the manifest of a release has."""
    return _path(source).rpartition("/")[2] == MANIFEST


def templates_of(source: str) -> dict[str, Template]:
    """Return the templates of the release with this manifest, by file name; they lie beside it.

    Raises UnreadableError if it is no manifest, or a template is not what it says.
    """
    if _path(source) != source:
        raise UnreadableError(
            f"{label(source)}: what follows the name leads to this file alone, and not to the "
            "templates beside it: give the address without it, or one of s3://BUCKET/KEY"
        )
    try:
        version, listed = manifest.read(fetch(source))
    except ValueError as error:
        raise UnreadableError(
            f"{label(source)}: {error}; give {MANIFEST} as it was published"
        ) from None
    templates = {}
    for file in listed:
        if file.name.endswith(".template"):
            address = f"{source.removesuffix(MANIFEST)}{file.name}"
            try:
                content = fetch(address)
            except UnreadableError as error:
                raise UnreadableError(
                    f"{error}; {MANIFEST} lists it, so it has to lie beside it"
                ) from None
            if hashlib.sha256(content).hexdigest() != file.sha256:
                raise UnreadableError(
                    f"{label(address)}: is not the file that {MANIFEST} lists: verify the release, "
                    "or download all of it again"
                )
            templates[file.name] = parse(label(address), content)
    if not templates:
        raise UnreadableError(f"{label(source)}: lists no template: give the manifest of a release")
    for template in templates.values():
        stated = entry(template.outputs, "TemplateVersion").get("Value")
        if stated != version:
            raise UnreadableError(
                f"{template.name}: states version {stated!r}, and {MANIFEST} {version!r}: give the "
                "files of one release"
            )
    return templates


def _path(source: str) -> str:
    """Return an address without what follows its path; a file may have ? and # in its name."""
    return re.split("[?#]", source)[0] if "://" in source else source
