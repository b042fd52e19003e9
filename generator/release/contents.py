"""What a release is: its objects, their bytes, and the order in which they are written."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from generator.release import manifest

NAME = "soca-backup"
# Named after the template, because SOCA's own folder holds the files of other components.
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
        """Return whether stacks are made from the file."""
        return self.name.endswith(".template")

    @property
    def content_type(self) -> str:
        """Return the media type that S3 hands out with the object."""
        suffix = self.name[self.name.rindex(".") :]
        return CONTENT_TYPES.get(suffix, "application/octet-stream")


def objects(made: Mapping[str, str]) -> list[Object]:
    """Return the objects of a release of these files, the manifest last: it makes them a release.

    The order is part of the promise. Of two publishers at one folder, each stops at the first
    object that holds the other's bytes; as both come by in the same order, one of them never does.
    """
    files = [Object(name, made[name].encode()) for name in sorted(made)]
    described = manifest.text(NAME, {file.name: file.content for file in files})
    checksums = sums({file.name: file.sha256 for file in files})
    return [*files, checksums, Object(MANIFEST, described.encode())]


def sums(files: Mapping[str, str]) -> Object:
    """Return the checksums, given by file name, as `sha256sum -c` reads them beside the files."""
    return Object(SUMS, "".join(f"{sha256}  {name}\n" for name, sha256 in files.items()).encode())


def key(folder: str, name: str) -> str:
    """Return the key of an object of the release in a folder."""
    return f"{folder}/templates/{name}"
