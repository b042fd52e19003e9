"""Does the same for many at once: the slowest decides how long it takes, not the number."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

# Threads that wait for AWS cost next to nothing, and it has fewer regions than this.
MAX_THREADS = 64

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    finished: Callable[[Result], None],
) -> list[Result]:
    """Return the function's result for each item, in the order of the items.

    Each result is also passed to ``finished`` as soon as it is there, in the caller's thread. After
    an interrupt no further call begins, and those that have begun finish before this raises.
    """
    with ThreadPoolExecutor(min(len(items), MAX_THREADS)) as pool:
        running = [pool.submit(function, item) for item in items]
        try:
            for done in as_completed(running):
                finished(done.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [done.result() for done in running]
