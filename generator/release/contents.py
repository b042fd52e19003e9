"""What a release is: its objects, their bytes, and the order in which they are written."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generator.release import manifest

NAME = "soca-backup"
# Named after the template, because SOCA's folder also holds the files of other components.
SUMS = "Backup.SHA256SUMS"
MANIFEST = "Backup.manifest.json"

CONTENT_TYPES = {
    ".template": "application/yaml",
    ".json": "application/json",
    ".SHA256SUMS": "text/plain; charset=utf-8",
}


class Object(NamedTuple):
    """A file of a release."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Return the SHA-256 checksum in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def is_template(self) -> bool:
        """Return whether the file is a template."""
        return self.name.endswith(".template")

    @property
    def content_type(self) -> str:
        """Return the media type that S3 serves with the object."""
        suffix = self.name[self.name.rindex(".") :]
        return CONTENT_TYPES.get(suffix, "application/octet-stream")


class Release(NamedTuple):
    """A release, where it belongs, and how it is published."""

    objects: Sequence[Object]
    """In the order in which they are written."""
    folder: str
    owner: str | None = None
    """The account that has to own every bucket; None: any account."""
    replace: bool = False
    """Whether objects with other content are overwritten."""


def objects(texts: Mapping[str, str]) -> list[Object]:
    """Return the objects of a release of these files; the manifest, which completes it, is last.

    The order matters: if two publishers write different content to one folder, each stops at the
    first object that has the other's bytes. Both write in the same order, so one of them never
    stops.
    """
    files = [Object(name, texts[name].encode()) for name in sorted(texts)]
    manifest_text = manifest.text(NAME, {file.name: file.content for file in files})
    checksums = sums({file.name: file.sha256 for file in files})
    return [*files, checksums, Object(MANIFEST, manifest_text.encode())]


def sums(checksums: Mapping[str, str]) -> Object:
    """Return the object with the checksums (by file name), as `sha256sum -c` reads them."""
    lines = (f"{sha256}  {name}\n" for name, sha256 in checksums.items())
    return Object(SUMS, "".join(lines).encode())


def key(folder: str, name: str) -> str:
    """Return the key of an object of the release in a folder."""
    return f"{folder}/templates/{name}"
