"""What a parent refers to around its nested stacks, and does not have."""

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.evaluate import View, lacking, what_is_lacking
from generator.cloudformation.finding import Finding
from generator.cloudformation.functions import Call, Path, call_of
from generator.cloudformation.possible_values import UNKNOWN
from generator.cloudformation.read import Template, entry
from generator.cloudformation.references import references_at

UNDEFINED = "E9604"

MAX_COMPARED = 100_000
"""So many names are compared for hints: as many as real templates need, in about a second."""

LONGEST_NAME = 255
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

_PSEUDO_PARAMETERS = frozenset(
    f"AWS::{name}"
    for name in (
        "AccountId",
        "NotificationARNs",
        "NoValue",
        "Partition",
        "Region",
        "StackId",
        "StackName",
        "URLSuffix",
    )
)
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html"""


def undefined(parent: Template, paths: Iterable[Path]) -> Iterator[Finding]:
    """Yield the parameters, resources, conditions and map entries that are not there.

    ``paths`` lead to the parts of the parent that count; so do the conditions that they name. There
    is no finding for what a macro may add.
    """
    hints = _Hints()
    waiting = [*dict.fromkeys(paths)]
    seen = {*waiting}
    while waiting:
        path = waiting.pop()
        node = _at(parent.document, path)
        yield from _names(parent, node, path, hints)
        yield from _map_entries(parent, node, path)
        for name, at in _conditions(node, path):
            if UNKNOWN in name:  # a placeholder
                continue
            definition = ("Conditions", name)
            if name in parent.conditions and definition not in seen:
                seen.add(definition)
                waiting.append(definition)
            if "Conditions" not in parent.may_have_more and name not in parent.conditions:
                close = hints.of(name, parent.conditions)
                yield _finding(parent, at, f"condition {name!r}", close)


def _names(parent: Template, node: Any, path: Path, hints: "_Hints") -> Iterator[Finding]:
    if parent.may_have_more & {"Parameters", "Resources"}:
        return
    known = {**parent.parameters, **parent.resources}
    for name, at in references_at(node, path):
        if name not in known and name not in _PSEUDO_PARAMETERS and UNKNOWN not in name:
            close = hints.of(name, known)
            yield _finding(parent, at, f"parameter or resource {name!r}", close)
    depends_on = entry(node).get("DependsOn") or []
    for name in depends_on if isinstance(depends_on, list) else [depends_on]:
        if str(name) not in parent.resources and UNKNOWN not in str(name):
            close = hints.of(str(name), parent.resources)
            yield _finding(parent, (*path, "DependsOn"), f"resource {name!r}", close)


def _map_entries(parent: Template, node: Any, path: Path) -> Iterator[Finding]:
    if "Resources" in parent.may_have_more:
        return
    view = View(parent, {})
    for call, at in _lookups(node, path):
        try:
            missing = lacking(view.resolve(call))
        except UnreadableError:  # cfn-lint reports it
            continue
        for each in missing[:1]:
            message = f"{what_is_lacking(parent, each)}: add it, or correct the name"
            yield Finding(*parent.position(at), UNDEFINED, message)


def _lookups(node: Any, path: Path) -> Iterator[tuple[Mapping[str, Any], Path]]:
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if key == "Fn::FindInMap":
                yield {key: value}, (*path, key)
            yield from _lookups(value, (*path, key))


def _conditions(node: Any, path: Path) -> Iterator[tuple[str, Path]]:
    """Yield the conditions that a part of a template names, with the paths of the names."""
    match call_of(node):
        case Call("Fn::If", [str(name), _, _]):
            yield name, (*path, "Fn::If", 0)
    # In a statement of a policy, Condition is a map.
    if isinstance(entry(node).get("Condition"), str):
        yield node["Condition"], (*path, "Condition")
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _conditions(value, (*path, key))


class _Hints:
    """Says what a name may have been meant to be, until that has taken long enough."""

    def __init__(self) -> None:
        self._left = MAX_COMPARED

    def of(self, name: str, known: Collection[str]) -> str:
        """Return the end of the message about a name that is not among the known ones."""
        self._left -= len(known)
        is_cheap = self._left >= 0 and len(name) <= LONGEST_NAME
        close = difflib.get_close_matches(name, known, n=1) if is_cheap else []
        return (
            f": add it, or did you mean {close[0]}?" if close else ": add it, or correct the name"
        )


def _finding(parent: Template, at: Path, what: str, hint: str) -> Finding:
    return Finding(*parent.position(at), UNDEFINED, f"this template has no {what}{hint}")


def _at(node: Any, path: Path) -> Any:
    for key in path:
        node = node[key]
    return node
