"""Answers that are asked for once, whoever needs them first, in whichever thread."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Generic, Protocol, TypeVar

from generator.live.errors import NotAnsweredError, NotThereError, understood

T = TypeVar("T")


@dataclass
class _Cell:
    """One answer: a value, or why there is none."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    value: Any = None
    error: Exception | None = None
    is_there: bool = False


class Once:
    """Answers by name. An error is an answer, too: it is raised for everybody who asks."""

    def __init__(self) -> None:
        self._cells: dict[str, _Cell] = {}
        self._lock = threading.Lock()

    def answer(self, name: str, ask: Callable[[], T]) -> T:
        """Return the answer; raise NotAnsweredError or NotThereError as at the first time.

        An answer that is not what AWS describes counts as none.
        """
        with self._lock:
            cell = self._cells.setdefault(name, _Cell())
        with cell.lock:
            if not cell.is_there:
                try:
                    with understood(name):
                        cell.value = ask()
                except (NotAnsweredError, NotThereError) as error:
                    cell.error = error
                cell.is_there = True
        if cell.error:
            raise cell.error
        found: T = cell.value
        return found


class _Owner(Protocol):
    once: Once


def fact_of(ask: Callable[[Any, str], T]) -> Callable[[Any, str], T]:
    """Return a method that is asked once for each of the things that it is asked about."""

    @wraps(ask)
    def answer(owner: _Owner, which: str) -> T:
        name = f"{ask.__name__.replace('_', ' ')} {which}"
        return owner.once.answer(name, lambda: ask(owner, which))

    return answer


def answered(ask: Callable[[], object]) -> None:
    """Ask now, for whoever needs it later, and hears of the error then."""
    with contextlib.suppress(NotAnsweredError, NotThereError), understood():
        ask()


class fact(Generic[T]):  # noqa: N801 - it is used as property is
    """A property that is asked for once."""

    def __init__(self, ask: Callable[[Any], T]) -> None:
        self._ask = ask
        self.__doc__ = ask.__doc__

    def __get__(self, owner: _Owner, _: type) -> T:
        """Return the answer, or raise the error that it is."""
        return owner.once.answer(self._ask.__name__.replace("_", " "), lambda: self._ask(owner))
