"""What an update changes for the parent, and for whoever runs it."""

from collections.abc import Iterator

from generator.cloudformation.capabilities import capabilities
from generator.cloudformation.read import Template
from generator.compare.change import Change, Level
from generator.compare.output_changes import output_changes
from generator.compare.parameter_changes import parameter_changes
from generator.compare.rule_changes import rule_changes


def interface_changes(old: Template, new: Template) -> list[Change]:
    """Return the changes to parameters, rules, outputs, capabilities and types of resources.

    Raises UnreadableError if a condition or a function of a template cannot be evaluated.
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
        text = "every create and update of a stack, or of its parent, has to acknowledge it"
        yield Change("capability", name, "newly needed", Level.MAJOR, text)
    for name in _beyond(needed, had):
        yield Change("capability", name, "no longer needed", Level.MINOR)


def _beyond(acknowledged: list[str], needed: list[str]) -> list[str]:
    """Return the needed capabilities that the acknowledged ones do not include."""
    included = {*acknowledged}
    if "CAPABILITY_NAMED_IAM" in included:
        included.add("CAPABILITY_IAM")
    return [name for name in needed if name not in included]


def _types(old: Template, new: Template) -> Iterator[Change]:
    before, after = (
        {resource["Type"] for resource in template.resources.values()} for template in (old, new)
    )
    for kind in sorted(after - before):
        text = "the update needs permissions for it (deployer-policy), and a region that has it"
        yield Change("template", kind, "new type", Level.MINOR, text)
