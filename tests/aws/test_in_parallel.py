"""Many at once: none waits for another one, and the order of the results is that of the names."""

import threading

import pytest

from generator.aws.in_parallel import side_by_side


def test_thirty_go_at_the_same_time() -> None:
    """One after the other, the first would wait for the others in vain."""
    all_of_them = threading.Barrier(30)

    def meet(number: int) -> int:
        all_of_them.wait(timeout=10)
        return number

    assert side_by_side(meet, range(30), lambda _: None) == list(range(30))


def test_who_is_ready_first_is_told_first_and_the_results_are_in_order() -> None:
    second_is_told = threading.Event()
    told: list[str] = []

    def wait(name: str) -> str:
        if name == "first":
            assert second_is_told.wait(timeout=10)
        return name

    def finished(name: str) -> None:
        told.append(name)
        second_is_told.set()

    assert side_by_side(wait, ["first", "second"], finished) == ["first", "second"]
    assert told == ["second", "first"]


def test_more_than_there_are_threads_are_all_done() -> None:
    assert side_by_side(lambda number: number, range(200), lambda _: None) == list(range(200))


def test_a_bug_is_not_swallowed() -> None:
    def fail(_: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        side_by_side(fail, [1], lambda _: None)
