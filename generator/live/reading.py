"""What all facts share: how several things are asked, and how what is said is read."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from urllib.parse import unquote

from generator.aws import in_parallel
from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.read import MAX_DEPTH

T = TypeVar("T")
Item = TypeVar("Item")
Data = dict[str, Any]
_SHOWN = 40
"""So many letters of a text are shown that is not what it should be."""


def side_by_side(ask: Callable[[Item], T], items: Iterable[Item]) -> list[T]:
    """Return the answer for each item, asked side by side."""
    several = [*items]
    return in_parallel.side_by_side(ask, several, lambda _: None) if several else []


def by_key(ask: Callable[[str], T], keys: Sequence[str]) -> dict[str, T]:
    """Return the answer for each key, by the key."""
    return dict(zip(keys, side_by_side(ask, keys), strict=True))


def name_in(arn: str) -> str:
    """Return the name, or the id, at the end of an ARN."""
    return arn.rpartition("/")[2]


def document(policy: Any) -> Any:
    """Return a policy, or a pattern of events, which AWS gives as it is or as text.

    Raises UnreadableError for a text that is none.
    """
    found = _parsed(policy) if isinstance(policy, str) else policy
    level = [found]
    for _ in range(MAX_DEPTH):
        level = [each for node in level for each in _members(node)]
    if level:
        raise UnreadableError(f"AWS answers with JSON that nests more than {MAX_DEPTH} levels deep")
    return found


def _parsed(policy: str) -> dict[str, Any]:
    try:
        found = json.loads(policy if policy.lstrip().startswith("{") else unquote(policy))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UnreadableError(f"AWS answers with {policy[:_SHOWN]!r} where JSON was expected")
    return found


def _members(node: Any) -> Iterable[Any]:
    return node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
