"""A comparison as text for people, and as a document for machines."""

from collections.abc import Iterable
from typing import Any

from generator.cloudformation.evaluate import ABSENT
from generator.compare.change import Change, ProtectionLoss, clause
from generator.compare.comparison import Comparison
from generator.compare.releases import ReleaseComparison
from generator.compare.values import Values
from generator.compare.versions import Version, text
from generator.printable import json_text, printable

_REST = "template the rest"

SCHEMA = 1
"""Goes up when a key of ``as_json`` is renamed or removed."""


def as_text(comparison: Comparison) -> str:
    """Return the comparison for people: protection, resources, the parent's side, the verdict."""
    return _text([*_changes(comparison), *_verdict(comparison.verdict, comparison.failures)])


def release_as_text(comparison: ReleaseComparison) -> str:
    """Return the comparison of two releases for people: of each template, then of the whole."""
    lines = []
    for each in comparison.compared.values():
        lines += [*_changes(each), *_verdict(each.verdict, each.faults), ""]
    lines += [f"{comparison.old.name} -> {comparison.new.name}", ""]
    lines += [f"  {name}: gone, so its stacks get no more updates" for name in comparison.gone]
    lines += [f"  {name}: new" for name in comparison.added]
    lines += [f"  {name}: {each.verdict}" for name, each in comparison.compared.items()]
    return _text([*lines, "", *_verdict(comparison.verdict, comparison.release_failures)])


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
    return json_text(
        {
            **_head(
                _source(comparison.old.name, comparison.versions[0]),
                _source(comparison.new.name, comparison.versions[1]),
                comparison,
            ),
            **_details(comparison),
        }
    )


def release_as_json(comparison: ReleaseComparison) -> str:
    """Return the comparison of two releases for machines.

    Keys: schema; old, new, verdict, needed_version, ok and failures, as of one template; templates,
    each with name, status (compared, new or gone), verdict, protection_losses and changes.
    """
    no_details: dict[str, Any] = {"protection_losses": [], "changes": []}
    document = _head(
        _source(comparison.old.name, comparison.old.version),
        _source(comparison.new.name, comparison.new.version),
        comparison,
    )
    document["templates"] = [
        *(
            {"name": name, "status": "compared", "verdict": each.verdict, **_details(each)}
            for name, each in comparison.compared.items()
        ),
        *({"name": n, "status": "gone", "verdict": "major", **no_details} for n in comparison.gone),
        *({"name": n, "status": "new", "verdict": "minor", **no_details} for n in comparison.added),
    ]
    return json_text(document)


def error_as_json(sentence: str) -> str:
    """Return why nothing was compared, for machines. Keys: schema; error."""
    return json_text({"schema": SCHEMA, "error": sentence})


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{printable(line)}\n" for line in lines)


def _changes(comparison: Comparison) -> list[str]:
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
    return [*lines, ""]


def _verdict(verdict: str, failures: Iterable[str]) -> list[str]:
    return [f"Verdict: {verdict}", *(f"  {failure}" for failure in failures)]


def _source(name: str, version: Version | None) -> dict[str, str | None]:
    return {"source": name, "version": text(version) if version else None}


def _head(
    old: dict[str, str | None],
    new: dict[str, str | None],
    comparison: Comparison | ReleaseComparison,
) -> dict[str, Any]:
    lowest = comparison.needed_version
    return {
        "schema": SCHEMA,
        "old": old,
        "new": new,
        "verdict": comparison.verdict,
        "needed_version": text(lowest) if lowest else None,
        "ok": not comparison.failures,
        "failures": comparison.failures,
    }


def _details(comparison: Comparison) -> dict[str, Any]:
    return {
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
