"""Compares two releases: each template of the one with the template of that name in the other.

A template that the old release did not have is new, which is a minor change. One that the new
release does not have is gone, which is a major change: its stacks get no more updates.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from generator.cloudformation.read import Template
from generator.compare.accepted_losses import AcceptedLoss, not_lost
from generator.compare.change import Level
from generator.compare.comparison import Comparison, compare
from generator.compare.versions import Version, needed, too_low, version_of


class Release(NamedTuple):
    """The templates of a release."""

    name: str
    """Where it is from, as messages call it."""
    templates: Mapping[str, Template]
    """By file name."""

    @property
    def version(self) -> Version | None:
        """The version that its templates state; None if one of them states none."""
        stated = [version_of(template) for template in self.templates.values()]
        return min(each for each in stated if each) if all(stated) else None


@dataclass(frozen=True)
class ReleaseComparison:
    """What changes between two releases."""

    old: Release
    new: Release
    compared: Mapping[str, Comparison]
    """By file name, for the templates that both have."""
    not_compared: list[AcceptedLoss]
    """What was accepted as a loss of a template that is not compared."""

    @property
    def gone(self) -> list[str]:
        """The names of the templates that only the old release has."""
        return [name for name in self.old.templates if name not in self.new.templates]

    @property
    def added(self) -> list[str]:
        """The names of the templates that only the new release has."""
        return [name for name in self.new.templates if name not in self.old.templates]

    @property
    def verdict(self) -> str:
        """none, patch, minor or major."""
        levels = [each.level for each in self.compared.values()]
        levels += [Level.MAJOR for _ in self.gone] + [Level.MINOR for _ in self.added]
        return max(levels, default=Level.NONE).name.lower()

    @property
    def needed_version(self) -> Version | None:
        """The lowest version that the new release may state; None if the old one states none."""
        return needed(self.old.version, self.verdict) if self.old.version else None

    @property
    def release_failures(self) -> list[str]:
        """What no template alone is to blame for, a sentence each."""
        return [
            *not_lost(self.not_compared),
            *too_low(self.old.version, self.new.version, self.verdict),
        ]

    @property
    def failures(self) -> list[str]:
        """Why the new release must not be published, a sentence each; empty if it may be."""
        return [
            *(f"{name}: {fault}" for name, each in self.compared.items() for fault in each.faults),
            *self.release_failures,
        ]


def compare_releases(
    old: Release, new: Release, accepted: Iterable[AcceptedLoss] | None = None
) -> ReleaseComparison:
    """Return what changes when the stacks of a release are updated to another one.

    ``accepted`` are the losses of protection that the new release may have; None: it may have none.
    Raises UnreadableError if a condition or a function of a template cannot be evaluated.
    """
    losses = None if accepted is None else list(accepted)
    compared = {
        name: compare(
            template,
            new.templates[name],
            None if losses is None else [loss for loss in losses if loss.template == name],
        )
        for name, template in old.templates.items()
        if name in new.templates
    }
    left = [loss for loss in losses or () if loss.template not in compared]
    return ReleaseComparison(old, new, compared, left)
