"""Verifies a published release: what is missing in a bucket, or different."""

import hashlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

from generator import VERSION
from generator.aws.connection import Connection
from generator.aws.errors import AwsError
from generator.aws.in_parallel import side_by_side
from generator.release import contents, manifest
from generator.release.bucket import Bucket, open_bucket
from generator.release.contents import Release
from generator.release.manifest import Listed
from generator.release.options import Target
from generator.stacks import MAIN, TEMPLATES


class Verdict(NamedTuple):
    """What is wrong with the release in one bucket; it is whole if there are no findings."""

    target: Target
    """With the region that the bucket is in, if it is known."""
    version: str
    findings: list[str]

    def lines(self) -> list[str]:
        """Return the lines for people."""
        if self.findings:
            return [f"{self.target}: {finding}" for finding in self.findings]
        return [f"{self.target}: whole, version {self.version}"]


def verify(
    release: Release,
    targets: Sequence[Target],
    connection: Connection,
    finished: Callable[[Verdict], None],
) -> list[Verdict]:
    """Return what is wrong with the release in each bucket, in the order of the targets.

    If ``release`` has objects, the published ones have to be the same, to the byte. Each verdict is
    also passed to ``finished`` as soon as it is there, in the caller's thread. Raises AwsError if
    there are no credentials at all.
    """

    def verdict(target: Target) -> Verdict:
        try:
            bucket = open_bucket(connection, target, release)
            return _verdict(bucket, release)
        except AwsError as error:
            return Verdict(target, "", [str(error)])

    connection.sign_in()
    return side_by_side(verdict, targets, finished)


def _verdict(bucket: Bucket, release: Release) -> Verdict:
    target = Target(bucket.name, bucket.region)

    def key(name: str) -> str:
        return contents.key(release.folder, name)

    manifest_bytes = bucket.read(key(contents.MANIFEST))
    if manifest_bytes is None:
        finding = f"{key(contents.MANIFEST)} is missing: publish, or finish publishing"
        return Verdict(target, "", [finding])
    try:
        version, listed = manifest.read(manifest_bytes)
    except ValueError as error:
        return Verdict(target, "", [f"{key(contents.MANIFEST)} {error}"])

    checksums = contents.sums({file.name: file.sha256 for file in listed})
    files = [*listed, Listed(contents.SUMS, len(checksums.content), checksums.sha256)]
    # Every file of a release has a size that is allowed, but all of them are too much to hold.
    present = {contents.MANIFEST: hashlib.sha256(manifest_bytes).hexdigest()}
    # What a release of another version has is for its manifest to say, but for the main template.
    findings = [
        f"{key(name)} is missing in the manifest"
        for name in (TEMPLATES if version == VERSION else [MAIN])
        if name not in [file.name for file in listed]
    ]
    for name, size, sha256 in files:
        content = bucket.read(key(name))
        if content is None:
            findings.append(f"{key(name)} is missing")
            continue
        present[name] = hashlib.sha256(content).hexdigest()
        if len(content) != size:
            findings.append(
                f"{key(name)} does not match the manifest: {len(content)} bytes, not {size}"
            )
        elif present[name] != sha256:
            findings.append(f"{key(name)} does not match the manifest")
    findings += [
        f"{key(each.name)} differs from what this checkout would publish"
        for each in release.objects
        if present.get(each.name) != each.sha256
    ]
    return Verdict(target, version, findings)
