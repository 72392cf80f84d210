"""Work on what has come in so far, many at once, without waiting for more.

A pipe may bring thousands of lines at once or one a minute; both are to be answered at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from queue import Empty, Queue
from threading import Thread
from typing import TypeVar

_T = TypeVar("_T")


def in_batches(items: Iterator[_T], most: int) -> Iterator[list[_T]]:
    """Batches of at most `most` items, each of those that are there when the last one is done.

    An error of `items` is raised after what came before it. Items are fetched by a thread, at most
    one batch ahead; it does not keep the process alive.
    """
    queue: Queue[_T | _End] = Queue(maxsize=most)
    Thread(target=_fetch, args=(items, queue), name="earshot-reader", daemon=True).start()
    while True:
        batch: list[_T] = []
        end = _take(queue, batch, most)
        if batch:
            yield batch
        if end is not None:
            if end.error is not None:
                raise end.error
            return


class _End:
    """The end of the items, by an error or without one."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def _fetch(items: Iterator[_T], queue: Queue[_T | _End]) -> None:
    try:
        for item in items:
            queue.put(item)
    finally:
        queue.put(_End(sys.exception()))


def _take(queue: Queue[_T | _End], batch: list[_T], most: int) -> _End | None:
    """Wait for one item and take those that are there besides; the end, if it was reached."""
    item = queue.get()
    while not isinstance(item, _End):
        batch.append(item)
        if len(batch) == most:
            return None
        try:
            item = queue.get_nowait()
        except Empty:
            return None
    return item
