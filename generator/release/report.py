"""What is told of a publication: lines for people, a document for machines."""

from collections.abc import Sequence
from typing import Any

from generator.hosts import launch_url, object_url
from generator.release import contents
from generator.release.contents import Object
from generator.release.publish import PLANNED, Order, Outcome
from generator.stacks import MAIN


def line(outcome: Outcome) -> str:
    """Return the line that tells people what became of one bucket."""
    if outcome.error:
        return f"{outcome.target}: {outcome.error}"
    each = list(outcome.actions.values())
    return f"{outcome.target}: " + ", ".join(
        f"{each.count(action)} {action}" for action in dict.fromkeys(each)
    )


def results(outcomes: Sequence[Outcome], order: Order) -> list[str]:
    """Return the lines that are the result: the TemplateURLs in each bucket that has the release.

    Of a plan: each object with its URL, size and checksum.
    """
    lines = []
    for outcome in outcomes:
        if _is_planned(outcome):
            lines += [
                f"{_url(outcome, order, each.name)}  {len(each.content)} bytes  "
                f"sha256:{each.sha256}"
                for each in order.objects
            ]
        elif not outcome.error:
            lines += [_url(outcome, order, each.name) for each in _templates(order)]
    return lines


def summary(outcomes: Sequence[Outcome], order: Order) -> list[str]:
    """Return the closing lines for people: how many buckets, and where to create a stack."""
    whole = [outcome for outcome in outcomes if not outcome.error]
    if any(map(_is_planned, outcomes)):
        lines = [f"nobody was contacted; to be published to {len(outcomes)} bucket(s)"]
    else:
        lines = [f"{len(whole)} of {len(outcomes)} bucket(s) have the whole release"]
    if len(whole) < len(outcomes):
        lines.append("the same command completes the others, once their errors are gone")
    for outcome in whole:
        for each in _templates(order):
            if url := _launch_url(outcome, order, each.name):
                what = "a stack" if each.name == MAIN else f"a stack of {each.name}"
                lines.append(f"create {what} in {outcome.target.region}: {url}")
    return lines


def document(outcomes: Sequence[Outcome], order: Order, made_by: dict[str, Any]) -> dict[str, Any]:
    """Return the outcomes for machines; ``made_by``: the provenance of the release.

    An object without an action was not written, or not read back as written.
    """
    return {
        "folder": order.folder,
        "dry_run": any(map(_is_planned, outcomes)),
        "buckets": [_record(outcome, order) for outcome in outcomes],
        "provenance": made_by,
    }


def _record(outcome: Outcome, order: Order) -> dict[str, Any]:
    return {
        "bucket": outcome.target.bucket,
        "region": outcome.target.region,
        "error": outcome.error,
        "template_url": _url(outcome, order, MAIN) or None,
        "launch_url": _launch_url(outcome, order, MAIN),
        "objects": [
            {
                "key": contents.key(order.folder, each.name),
                "url": _url(outcome, order, each.name) or None,
                "launch_url": _launch_url(outcome, order, each.name) if each.is_template else None,
                "size": len(each.content),
                "sha256": each.sha256,
                "action": outcome.actions.get(each.name),
            }
            for each in order.objects
        ],
    }


def _is_planned(outcome: Outcome) -> bool:
    """Return whether this is what would be done, not what was."""
    return PLANNED in outcome.actions.values()


def _templates(order: Order) -> list[Object]:
    return [each for each in order.objects if each.is_template]


def _url(outcome: Outcome, order: Order, name: str) -> str:
    """Return the URL of an object; "" where the bucket's region was not found."""
    if outcome.target.region is None:
        return ""
    key = contents.key(order.folder, name)
    return object_url(outcome.target.bucket, outcome.target.region, key)


def _launch_url(outcome: Outcome, order: Order, name: str) -> str | None:
    """Return the console's page that creates a stack, None where none is known."""
    if outcome.target.region is None:
        return None
    return launch_url(_url(outcome, order, name), outcome.target.region, contents.NAME)
