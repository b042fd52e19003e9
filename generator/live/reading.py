"""What all facts share: how several things are asked, and how what is said is read."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from generator.aws import in_parallel

T = TypeVar("T")
Item = TypeVar("Item")
Data = dict[str, Any]


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


def document(policy: Any) -> Data:
    """Return a policy, which AWS gives as it is or as text."""
    found = json.loads(policy) if isinstance(policy, str) else policy
    return found if isinstance(found, dict) else {}
