"""Reports publications: as lines for people, and as a document for machines."""

from collections.abc import Sequence
from typing import Any

from generator.hosts import launch_url, object_url
from generator.release import contents
from generator.release.contents import Object, Release
from generator.release.publish import PLANNED, Publication
from generator.stacks import MAIN, STACK_NAMES

MAX_NAMES = 5


def line(publication: Publication) -> str:
    """Return the line that tells people what happened in one bucket."""
    if publication.error:
        return f"{publication.target}: {publication.error}"
    actions = list(publication.actions.values())
    return f"{publication.target}: " + ", ".join(
        f"{actions.count(action)} {action}" for action in dict.fromkeys(actions)
    )


def results(publications: Sequence[Publication], release: Release) -> list[str]:
    """Return the lines of the result: the TemplateURLs in each bucket that has the release.

    For a dry run: each object with its URL, size and checksum.
    """
    lines = []
    for publication in publications:
        if _is_planned(publication):
            note = "  (region assumed)" if publication.is_region_assumed else ""
            lines += [
                f"{_url(publication, release, each.name)}  {len(each.content)} bytes  "
                f"sha256:{each.sha256}{note}"
                for each in release.objects
            ]
        elif not publication.error:
            lines += [_url(publication, release, each.name) for each in _templates(release)]
    return lines


def summary(publications: Sequence[Publication], release: Release) -> list[str]:
    """Return the closing lines for people: how many buckets have it, where to create a stack."""
    whole = [publication for publication in publications if not publication.error]
    if any(map(_is_planned, publications)):
        lines = [f"dry run: S3 was not contacted; the release is for {len(publications)} bucket(s)"]
        lines += [
            f"{bucket} is assumed to be in {region}: only S3 knows, so name the region in --regions"
            for (bucket, region), _, _, is_assumed in publications
            if is_assumed
        ]
    else:
        lines = [f"{len(whole)} of {len(publications)} bucket(s) have the whole release"]
    if len(whole) < len(publications):
        others = " to complete the others" if whole else ""
        lines.append(f"correct the errors and run the same command again{others}")
    for publication in whole:
        for each in _templates(release):
            if url := _launch_url(publication, release, each.name):
                what = "a stack" if each.name == MAIN else f"a stack of {each.name}"
                note = " (region assumed)" if publication.is_region_assumed else ""
                lines.append(f"create {what} in {publication.target.region}{note}: {url}")
    return lines


def uncommitted(names: Sequence[str]) -> list[str]:
    """Return the lines that warn people of what is not committed where they publish from."""
    if not names:
        return []
    shown = ", ".join(names[:MAX_NAMES])
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return [f"warning: this checkout has uncommitted changes: {shown}{more}"]


def document(
    publications: Sequence[Publication], release: Release, made_by: dict[str, Any]
) -> dict[str, Any]:
    """Return the publications for machines; ``made_by`` is the provenance of the release.

    An object without an action was not written, or what was read back differed.
    """
    return {
        "folder": release.folder,
        "dry_run": any(map(_is_planned, publications)),
        "buckets": [_record(publication, release) for publication in publications],
        "provenance": made_by,
    }


def _record(publication: Publication, release: Release) -> dict[str, Any]:
    return {
        "bucket": publication.target.bucket,
        "region": publication.target.region,
        "region_assumed": publication.is_region_assumed,
        "error": publication.error,
        "template_url": _url(publication, release, MAIN) or None,
        "launch_url": _launch_url(publication, release, MAIN),
        "objects": [
            {
                "key": contents.key(release.folder, each.name),
                "url": _url(publication, release, each.name) or None,
                "launch_url": _launch_url(publication, release, each.name)
                if each.is_template
                else None,
                "size": len(each.content),
                "sha256": each.sha256,
                "action": publication.actions.get(each.name),
            }
            for each in release.objects
        ],
    }


def _is_planned(publication: Publication) -> bool:
    """Return whether this is a plan, and nothing was done."""
    return PLANNED in publication.actions.values()


def _templates(release: Release) -> list[Object]:
    return [each for each in release.objects if each.is_template]


def _url(publication: Publication, release: Release, name: str) -> str:
    """Return the URL of an object; empty if the region of the bucket is not known."""
    if publication.target.region is None:
        return ""
    key = contents.key(release.folder, name)
    return object_url(publication.target.bucket, publication.target.region, key)


def _launch_url(publication: Publication, release: Release, name: str) -> str | None:
    """Return the console page that creates a stack; None if none is known."""
    if publication.target.region is None:
        return None
    url = _url(publication, release, name)
    return launch_url(url, publication.target.region, STACK_NAMES[name])
