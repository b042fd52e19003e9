"""A release in a bucket -> what is wrong with it."""

import hashlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

from generator.release import contents, manifest
from generator.release.bucket import Bucket, Connection, open_bucket
from generator.release.contents import Object
from generator.release.in_parallel import side_by_side
from generator.release.options import Target
from generator.release.s3_errors import S3Error


class Verdict(NamedTuple):
    """What is wrong with the release in one bucket; nothing: it is whole."""

    target: Target
    """With the region the bucket was found in."""
    version: str
    findings: list[str]

    def lines(self) -> list[str]:
        """Return the lines that tell people."""
        if self.findings:
            return [f"{self.target}: {finding}" for finding in self.findings]
        return [f"{self.target}: whole, version {self.version}"]


def verify(  # noqa: PLR0913 - each is an option of the command
    targets: Sequence[Target],
    folder: str,
    connection: Connection,
    finished: Callable[[Verdict], None],
    *,
    owner: str | None = None,
    local: Sequence[Object] = (),
) -> list[Verdict]:
    """Return what is wrong with the release in each bucket, and hand it on as it comes.

    ``local``: what the release has to be, to the byte. Raises S3Error where there are no
    credentials at all.
    """

    def verdict(target: Target) -> Verdict:
        try:
            bucket = open_bucket(
                connection,
                target.bucket,
                target.region,
                owner,
                contents.key(folder, contents.MANIFEST),
            )
            return _verdict(bucket, folder, local)
        except S3Error as error:
            return Verdict(target, "", [str(error)])

    connection.sign_in()
    return side_by_side(verdict, targets, finished)


def _verdict(bucket: Bucket, folder: str, local: Sequence[Object]) -> Verdict:
    target = Target(bucket.name, bucket.region)

    def read(name: str) -> bytes | None:
        return bucket.read(contents.key(folder, name))

    described = read(contents.MANIFEST)
    if described is None:
        where = contents.key(folder, contents.MANIFEST)
        return Verdict(target, "", [f"{where} is missing: publish, or finish publishing"])
    try:
        version, listed = manifest.read(described)
    except ValueError as error:
        return Verdict(target, "", [f"{contents.key(folder, contents.MANIFEST)} {error}"])

    wanted = {file.name: file.sha256 for file in listed}
    wanted[contents.SUMS] = contents.sums(wanted).sha256
    present = {contents.MANIFEST: described, **{name: read(name) for name in wanted}}
    findings = []
    for name, sha256 in wanted.items():
        content = present[name]
        if content is None:
            findings.append(f"{contents.key(folder, name)} is missing")
        elif hashlib.sha256(content).hexdigest() != sha256:
            findings.append(f"{contents.key(folder, name)} is not what the manifest says")
    findings += [
        f"{contents.key(folder, each.name)} is not what this checkout would publish"
        for each in local
        if present.get(each.name) != each.content
    ]
    return Verdict(target, version, findings)
