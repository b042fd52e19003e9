"""Findings-free files -> a release in each bucket: nothing published is ever changed."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from generator.release import contents
from generator.release.bucket import Bucket, Connection, open_bucket
from generator.release.contents import Object
from generator.release.in_parallel import side_by_side
from generator.release.options import Target
from generator.release.s3_errors import S3Error

CREATED, UNCHANGED, REPLACED = "created", "unchanged", "replaced"
PLANNED = "planned"


class Order(NamedTuple):
    """What is to be published, and how."""

    objects: Sequence[Object]
    folder: str
    owner: str | None = None
    replace: bool = False


class Outcome(NamedTuple):
    """What became of one bucket: an action for each object written or found there, or an error."""

    target: Target
    """With the region the bucket was found in."""
    actions: dict[str, str]
    error: str | None = None


def plan(order: Order, targets: Sequence[Target], default_region: str | None) -> list[Outcome]:
    """Return what publishing would write; nobody is contacted.

    Raises ValueError where the region of a bucket is not given, nor configured.
    """
    planned = []
    for target in targets:
        if not (region := target.region or default_region):
            raise ValueError(
                f"only S3 knows where {target.bucket} is, and --dry-run asks nobody: name --regions"
            )
        planned.append(
            Outcome(Target(target.bucket, region), {each.name: PLANNED for each in order.objects})
        )
    return planned


def publish(
    order: Order,
    targets: Sequence[Target],
    connection: Connection,
    finished: Callable[[Outcome], None],
) -> list[Outcome]:
    """Publish to all buckets side by side, and return what became of each, in the given order.

    A bucket that fails does not stop the others. Each outcome is also handed to ``finished``, as
    it comes, in the caller's thread. Raises S3Error where there are no credentials at all.
    """
    connection.sign_in()
    return side_by_side(lambda target: _publish_to(target, order, connection), targets, finished)


def _publish_to(target: Target, order: Order, connection: Connection) -> Outcome:
    actions: dict[str, str] = {}
    try:
        bucket = open_bucket(
            connection,
            target.bucket,
            target.region,
            order.owner,
            contents.key(order.folder, contents.MANIFEST),
        )
        target = Target(bucket.name, bucket.region)
        _fill(bucket, order, actions)
    except S3Error as error:
        return Outcome(target, actions, str(error))
    return Outcome(target, actions)


def _fill(bucket: Bucket, order: Order, actions: dict[str, str]) -> None:
    """Write what is missing, in the order of the release; note what was done.

    All is read before anything is written: nothing is added to a release of other content.
    """
    keys = {each.name: contents.key(order.folder, each.name) for each in order.objects}
    present = {each.name: bucket.read(keys[each.name]) for each in order.objects}
    if not order.replace:
        for each in order.objects:
            if present[each.name] not in (None, each.content):
                raise _conflict(keys[each.name])
    for each in order.objects:
        key = keys[each.name]
        if present[each.name] == each.content:
            actions[each.name] = UNCHANGED
        else:
            is_first = CREATED not in actions.values()
            actions[each.name] = _write(bucket, key, each, replace=order.replace)
            if is_first and actions[each.name] == CREATED and not order.replace:
                _try_condition(bucket, key, each)


def _write(bucket: Bucket, key: str, content: Object, *, replace: bool) -> str:
    if bucket.create(key, content):
        _read_back(bucket, key, content)
        return CREATED
    # Another publisher was faster, or our own first attempt, whose answer got lost; or it is there
    # to be replaced.
    if bucket.read(key) == content.content:
        return UNCHANGED
    if not replace:
        raise _conflict(key)
    bucket.replace(key, content)
    _read_back(bucket, key, content)
    return REPLACED


def _try_condition(bucket: Bucket, key: str, content: Object) -> None:
    """Write what is there once more: S3 has to refuse.

    One that ignores the condition cannot be told from one that honours it before that.
    """
    if bucket.create(key, content):
        raise S3Error(
            "this S3 ignores the condition of conditional writes (If-None-Match), so a release "
            "could be overwritten: publish to one that honours it"
        )


def _read_back(bucket: Bucket, key: str, content: Object) -> None:
    if bucket.read(key) != content.content:
        raise S3Error(
            f"what was read back of {key} differs from what was written: run the same command "
            "again; if it stays so, something else writes there"
        )


def _conflict(key: str) -> S3Error:
    return S3Error(
        f"{key} is already there with other content, and what is published is never changed: raise "
        "the version (generator/__init__.py), or use --replace in a folder for development"
    )
