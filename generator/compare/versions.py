"""The version that a template states, and the one that a change needs."""

import re

from generator.cloudformation.read import Template

VERSION_OUTPUT = "TemplateVersion"
Version = tuple[int, int, int]

_NUMBERS = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def version_of(template: Template) -> Version | None:
    """Return the version in the output TemplateVersion, or else in the description, or None."""
    output = template.outputs.get(VERSION_OUTPUT, {})
    stated = output.get("Value") if isinstance(output, dict) else None
    described = str(template.document.get("Description", ""))
    match = _NUMBERS.fullmatch(str(stated)) or re.search(
        rf"\bversion {_NUMBERS.pattern}", described, re.IGNORECASE
    )
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def needed(old: Version, verdict: str) -> Version:
    """Return the lowest version that a release with this verdict against the old one may have."""
    major, minor, patch = old
    return {
        "none": old,
        "patch": (major, minor, patch + 1),
        "minor": (major, minor + 1, 0),
        "major": (major + 1, 0, 0),
    }[verdict]


def too_low(old: Version | None, new: Version | None, verdict: str) -> list[str]:
    """Return a sentence if the new version is lower than the verdict against the old one needs."""
    lowest = needed(old, verdict) if old else None
    if not old or not lowest or (new and new >= lowest):
        return []
    stated = text(new) if new else "not stated"
    return [
        (
            f"the verdict against {text(old)} is {verdict}, so the version has to be "
            f"{text(lowest)} or later; it is {stated}: raise VERSION"
        )
    ]


def text(version: Version) -> str:
    """Return the version as people write it."""
    return ".".join(str(number) for number in version)
