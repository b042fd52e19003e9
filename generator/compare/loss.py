"""One thing that is protected less, and the sentences that tell several of them."""

from collections.abc import Iterable
from typing import NamedTuple

from generator.protection.model import Value, shown
from generator.protection.words import listed


class Loss(NamedTuple):
    """What one thing loses. Losses that differ in ``of`` alone are told in one sentence."""

    start: str
    of: str = ""
    """Empty: of everything; a start that ends with "of" does without it then."""
    end: str = ""


def sentences(losses: Iterable[Loss]) -> list[str]:
    """Return what is lost, a sentence each, in the order in which it was found."""
    things: dict[tuple[str, str], dict[str, None]] = {}
    for loss in losses:
        things.setdefault((loss.start, loss.end), {})[loss.of] = None
    return [shown(f"{_start(start, of)}{end}") for (start, end), of in things.items()]


def _start(start: str, of: Iterable[str]) -> str:
    return start.removesuffix(" of ") if "" in of else f"{start}{listed([*of])}"


def at_most(one: Value, other: Value) -> bool:
    """Return whether a number is certain to be no more than another; either may be unknown."""
    return one == other or (isinstance(one, int) and isinstance(other, int) and one <= other)


def is_as_long(time: Value | None, other: Value | None) -> bool:
    """Return whether a time is certain to be as long as another; None: for ever."""
    return time is None or (other is not None and at_most(other, time))
