"""A comparison as text for people, and as a document for machines."""

from typing import Any

from generator.cloudformation.evaluate import ABSENT
from generator.compare.change import Change, ProtectionLoss, clause
from generator.compare.comparison import Comparison
from generator.compare.values import Values
from generator.compare.versions import text
from generator.printable import json_text, printable

_REST = "template the rest"

SCHEMA = 1
"""Goes up when a key of ``as_json`` is renamed or removed."""


def as_text(comparison: Comparison) -> str:
    """Return the comparison for people: protection, resources, the parent's side, the verdict."""
    lines = [f"{comparison.old.name} -> {comparison.new.name}", ""]
    if comparison.losses:
        lines += ["Protection", *map(_told, comparison.losses), ""]
    lines.append("Resources")
    resources = [change for change in comparison.changes if change.about == "resource"]
    others = [change for change in comparison.changes if change.about != "resource"]
    for change in resources:
        lines += _lines(change, f"{change.name} ({change.kind})")
    if others:
        lines += ["", "For the parent, and for whoever runs the update"]
        for change in others:
            name = f"{change.about} {change.name}"
            lines += _lines(change, "what else is in the template" if name == _REST else name)
    lines += ["", f"Verdict: {comparison.verdict}"]
    lines += [f"  {failure}" for failure in comparison.failures]
    return "".join(f"{printable(line)}\n" for line in lines)


def as_json(comparison: Comparison) -> str:
    """Return the comparison for machines.

    Keys: schema; old and new, each with source and version (null: not stated); verdict;
    needed_version (null: the old one states no version); ok; failures; protection_losses, each with
    sentence, where (the parameters for which it is lost), is_example (whether it is lost for others
    too), text (what more there is to say) and
    accepted (the reason; null: it is not accepted); changes, each with about, name, type, change,
    level, danger, text, where (the parameters for which it happens) and values (what differs,
    whole: each has path, old and new; without a key there is no such value).
    """
    old, new = comparison.versions
    lowest = comparison.needed_version
    document = {
        "schema": SCHEMA,
        "old": {"source": comparison.old.name, "version": text(old) if old else None},
        "new": {"source": comparison.new.name, "version": text(new) if new else None},
        "verdict": comparison.verdict,
        "needed_version": text(lowest) if lowest else None,
        "ok": not comparison.failures,
        "failures": comparison.failures,
        "protection_losses": [
            {
                "sentence": loss.sentence,
                "where": loss.where,
                "is_example": loss.is_example,
                "text": loss.text,
                "accepted": loss.reason,
            }
            for loss in comparison.losses
        ],
        "changes": [
            {
                "about": change.about,
                "name": change.name,
                "type": change.kind or None,
                "change": change.change,
                "level": change.level.name.lower(),
                "danger": change.danger,
                "text": change.text,
                "where": change.where,
                "values": [_values(each) for each in change.values],
            }
            for change in comparison.changes
        ],
    }
    return json_text(document)


def error_as_json(sentence: str) -> str:
    """Return why nothing was compared, for machines. Keys: schema; error."""
    return json_text({"schema": SCHEMA, "error": sentence})


def _told(loss: ProtectionLoss) -> str:
    more = f"; {loss.text}" if loss.text else ""
    if loss.reason is None:
        return f"! {loss.told}{more}"
    return f"  {loss.told}{more}; accepted: {loss.reason}"


def _values(values: Values) -> dict[str, Any]:
    return {key: each for key, each in values._asdict().items() if each is not ABSENT}


def _lines(change: Change, name: str) -> list[str]:
    mark = "!" if change.danger else " "
    where = f" {clause(change.where)}" if change.where else ""
    lines = [f"{mark} {name}: {change.change}{where}"]
    return [*lines, f"      {change.text}"] if change.text else lines
