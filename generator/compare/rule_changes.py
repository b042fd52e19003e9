"""What an update changes in the rules, which refuse combinations of parameters."""

from collections.abc import Iterator
from typing import Any

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.evaluate import View
from generator.cloudformation.functions import scalar
from generator.cloudformation.read import Template
from generator.compare.change import Change, Level
from generator.compare.parameter_values import assignments


def rule_changes(old: Template, new: Template) -> Iterator[Change]:
    """Yield the changes to what the rules refuse."""
    before, after = old.rules, new.rules
    for name in before | after:
        was, is_now = before.get(name), after.get(name)
        if is_now is None:
            yield Change("rule", name, "removed", Level.MINOR, "what it refused is now allowed")
        elif was is None or _without_texts(was) != _without_texts(is_now):
            yield _stricter(old, new, name, "added" if was is None else "changed")
        elif was != is_now:
            yield Change("rule", name, "description changed", Level.PATCH)


def _stricter(old: Template, new: Template, name: str, change: str) -> Change:
    """Return the change to a rule: major if it may refuse what a stack of the old template has."""
    rules = old.rules
    rule = new.rules[name]
    try:
        for assignment in assignments(old, new, *rules.values(), rule):
            before, after = View(old, assignment.old), View(new, assignment.new)
            accepted = all(before.refusal(each) is None for each in rules.values())
            if accepted and after.refusal(rule) is not None:
                text = "it refuses what was accepted before"
                return Change("rule", name, change, Level.MAJOR, text, where=assignment.where)
    except UnreadableError:  # a function that only rules have
        text = "check that it refuses nothing that was accepted before"
        return Change("rule", name, change, Level.MAJOR, text)
    return Change("rule", name, change, Level.MINOR, "it refuses no value that a stack can have")


def _without_texts(node: Any) -> Any:
    if isinstance(node, dict):
        return {k: _without_texts(v) for k, v in node.items() if k != "AssertDescription"}
    return [_without_texts(item) for item in node] if isinstance(node, list) else scalar(node)
