"""The same for every bucket at once: the slowest decides how long it takes, not their number."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

# Threads that wait for S3 cost a machine next to nothing; AWS has fewer regions than this.
MAX_THREADS = 64

Given = TypeVar("Given")
Made = TypeVar("Made")


def side_by_side(
    function: Callable[[Given], Made], given: Sequence[Given], finished: Callable[[Made], None]
) -> list[Made]:
    """Return the results in the order of what was given.

    Each is also handed to ``finished``, in the caller's thread, as soon as it is there. After an
    interrupt nothing more begins, and what was begun is finished before this raises.
    """
    with ThreadPoolExecutor(min(len(given), MAX_THREADS)) as pool:
        running = [pool.submit(function, each) for each in given]
        try:
            for done in as_completed(running):
                finished(done.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [done.result() for done in running]
