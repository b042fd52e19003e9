"""What an update changes for the parent, and for whoever updates."""

from collections.abc import Iterator

from generator.cloudformation.capabilities import capabilities
from generator.cloudformation.read import Template
from generator.compare.change import Change, Level
from generator.compare.output_changes import output_changes
from generator.compare.parameter_changes import parameter_changes
from generator.compare.rule_changes import rule_changes


def interface_changes(old: Template, new: Template) -> list[Change]:
    """Return what whoever passes parameters, reads outputs or acknowledges capabilities meets.

    Raises UnreadableError for a template whose conditions or functions cannot be evaluated.
    """
    return [
        *parameter_changes(old, new),
        *rule_changes(old, new),
        *output_changes(old, new),
        *_capabilities(old, new),
        *_types(old, new),
    ]


def _capabilities(old: Template, new: Template) -> Iterator[Change]:
    had, needed = capabilities(old), capabilities(new)
    for name in _beyond(had, needed):
        text = "every create and update of a stack, the parent's too, has to acknowledge it"
        yield Change("capability", name, "newly needed", Level.MAJOR, text)
    for name in _beyond(needed, had):
        yield Change("capability", name, "no longer needed", Level.MINOR)


def _beyond(known: list[str], others: list[str]) -> list[str]:
    """Return the others that the known ones do not include."""
    included = {*known} | ({"CAPABILITY_IAM"} if "CAPABILITY_NAMED_IAM" in known else set())
    return [name for name in others if name not in included]


def _types(old: Template, new: Template) -> Iterator[Change]:
    kinds = [{each["Type"] for each in one.resources.values()} for one in (old, new)]
    for kind in sorted(kinds[1] - kinds[0]):
        text = (
            "whoever updates needs its permissions too (deployer-policy), and the region the type"
        )
        yield Change("template", kind, "new type", Level.MINOR, text)
