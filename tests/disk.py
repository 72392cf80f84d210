"""A database that is locked, and a disk that is full, as SQLite itself meets them."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from storage.database import Store

MANY_PAGES = 1_073_741_823
"""More than a file of SQLite may have."""


class Lock:
    """Another process that holds the database for writing until it is told to let go."""

    def __init__(self, store: Store) -> None:
        self._path = str(store.path)
        self._held: sqlite3.Connection | None = None

    def take(self) -> None:
        self._held = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        self._held.execute("BEGIN IMMEDIATE")

    def release(self) -> None:
        if self._held is not None:
            self._held.execute("ROLLBACK")
            self._held.close()
            self._held = None


@contextmanager
def locked(store: Store) -> Iterator[Lock]:
    """Hold the database; it may be let go before the end."""
    lock = Lock(store)
    lock.take()
    try:
        yield lock
    finally:
        lock.release()


class NoSpace:
    """No file of this process grows any more, until there is room again: a write fails at once."""

    def __init__(self) -> None:
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def take(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, self._before[1]))

    def release(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._before)


@contextmanager
def no_space() -> Iterator[NoSpace]:
    """A full disk; there may be room again before the end."""
    full = NoSpace()
    full.take()
    try:
        yield full
    finally:
        full.release()


@contextmanager
def no_more_pages(store: Store) -> Iterator[None]:
    """A database that may not grow by a page: SQLite says that the disk is full."""
    with store.read() as session:
        pages = _pragma(session, "page_count")

    def limit(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    def lift(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {MANY_PAGES}")

    event.listen(store.engine, "checkout", limit)
    try:
        yield
    finally:
        event.remove(store.engine, "checkout", limit)
        event.listen(store.engine, "checkout", lift)


def is_whole(store: Store) -> bool:
    """Whether SQLite finds no fault in the file."""
    with store.read() as session:
        return bool(_pragma(session, "integrity_check") == "ok")


def _pragma(session: Session, name: str) -> Any:
    return session.connection().exec_driver_sql(f"PRAGMA {name}").scalar_one()
