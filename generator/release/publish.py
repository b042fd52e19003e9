"""Publishes a release to each bucket; nothing that is published is ever changed."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from generator.aws.connection import Connection
from generator.aws.errors import AwsError
from generator.aws.in_parallel import side_by_side
from generator.release import contents
from generator.release.bucket import ASSUMED_REGION, Bucket, open_bucket
from generator.release.contents import Object, Release
from generator.release.options import Target
from generator.release.s3_errors import S3Error

CREATED, UNCHANGED, REPLACED = "created", "unchanged", "replaced"
PLANNED = "planned"


class Publication(NamedTuple):
    """What happened in one bucket: an action for each object written or already there, or why not.

    An object that was not reached has no action.
    """

    target: Target
    """With the region that the bucket is in, if it is known."""
    actions: dict[str, str]
    error: str | None = None
    is_region_assumed: bool = False
    """Whether the region is a guess: nobody named it, and S3, which knows it, was not asked."""


def plan(
    release: Release, targets: Sequence[Target], default_region: str | None
) -> list[Publication]:
    """Return what publishing would write, without contacting anybody.

    A bucket whose region is not given is taken to be in the default one: that of the AWS
    configuration, if it has one.
    """
    assumed = default_region or ASSUMED_REGION
    return [
        Publication(
            Target(bucket, region or assumed),
            {each.name: PLANNED for each in release.objects},
            is_region_assumed=region is None,
        )
        for bucket, region in targets
    ]


def publish(
    release: Release,
    targets: Sequence[Target],
    connection: Connection,
    finished: Callable[[Publication], None],
) -> list[Publication]:
    """Publish to all buckets at once, and return what happened, in the order of the targets.

    A bucket that fails does not stop the others. Each publication is also passed to ``finished`` as
    soon as it is there, in the caller's thread. Raises AwsError if there are no credentials at all.
    """
    connection.sign_in()
    return side_by_side(lambda target: _publish_to(target, release, connection), targets, finished)


def _publish_to(target: Target, release: Release, connection: Connection) -> Publication:
    actions: dict[str, str] = {}
    try:
        bucket = open_bucket(connection, target, release)
        target = Target(bucket.name, bucket.region)
        _fill(bucket, release, actions)
    except AwsError as error:
        return Publication(target, actions, str(error))
    return Publication(target, actions)


def _fill(bucket: Bucket, release: Release, actions: dict[str, str]) -> None:
    """Write what is missing, in the order of the release, and note what was done.

    Everything is read before anything is written: nothing is added to a release of other content.
    """
    keys = {each.name: contents.key(release.folder, each.name) for each in release.objects}
    present = {each.name: bucket.read(keys[each.name]) for each in release.objects}
    if not release.replace:
        for each in release.objects:
            if present[each.name] not in (None, each.content):
                raise _conflict(keys[each.name])
    for each in release.objects:
        key = keys[each.name]
        if present[each.name] == each.content:
            actions[each.name] = UNCHANGED
        else:
            is_first = CREATED not in actions.values()
            actions[each.name] = _write(bucket, key, each, replace=release.replace)
            if is_first and actions[each.name] == CREATED and not release.replace:
                _try_condition(bucket, key, each)


def _write(bucket: Bucket, key: str, content: Object, *, replace: bool) -> str:
    if bucket.create(key, content):
        _read_back(bucket, key, content)
        return CREATED
    # The object is there: another publisher was faster, or the answer to our own first attempt was
    # lost, or it is an old one to replace.
    if bucket.read(key) == content.content:
        return UNCHANGED
    if not replace:
        raise _conflict(key)
    bucket.replace(key, content)
    _read_back(bucket, key, content)
    return REPLACED


def _try_condition(bucket: Bucket, key: str, content: Object) -> None:
    """Write the same object once more: S3 has to refuse.

    Only this shows whether an S3 honours the condition or ignores it.
    """
    if bucket.create(key, content):
        raise S3Error(
            "this S3 ignores the condition of conditional writes (If-None-Match), so a release "
            "could be overwritten: use an S3 that honours it"
        )


def _read_back(bucket: Bucket, key: str, content: Object) -> None:
    if bucket.read(key) != content.content:
        raise S3Error(
            f"{key}, read back, differs from what was written: run the same command again; if "
            "that does not help, something else writes there"
        )


def _conflict(key: str) -> S3Error:
    return S3Error(
        f"{key} already exists with other content, and a release is never changed: raise the "
        "version (generator/__init__.py), or use --replace in a folder for development"
    )
