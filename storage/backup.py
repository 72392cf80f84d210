"""Copies of an SQLite database: made while others write, and put in its place as a whole.

A copy is written beside its place under a name of its own and takes the place by one renaming, so
whatever ends a process leaves either what was there or all of what was to come.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Final

PARTIAL: Final = ".part"
STALE_SECONDS: Final = 3_600
"""A partial copy that was not written to for so long is nobody's any more."""
_PATIENCE_S: Final = 30.0
_SOON_S: Final = 2.0
_NO_LINKS: Final = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP}
"""What sticks and shares say that have no hard links."""
_LEFT: Final = ("", "-wal", "-shm", "-journal")


class Unusable(Exception):
    """Why a file cannot be put in the place of a database."""


class InUse(Exception):
    """Another process has the database open."""


@contextmanager
def partial(target: Path) -> Iterator[Path]:
    """A file beside `target`, for its owner only, that is gone afterwards unless it was moved."""
    _sweep(target)
    path = target.with_name(f".{target.name}.{token_hex(4)}{PARTIAL}")
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        yield path
    finally:
        _remove(path)


def _sweep(target: Path) -> None:
    """Remove what a process that was killed left behind."""
    for path in target.parent.glob(f".{target.name}.*{PARTIAL}"):
        if path.stat().st_mtime < time.time() - STALE_SECONDS:
            _remove(path)


def _remove(path: Path) -> None:
    for part in parts(path):
        part.unlink(missing_ok=True)


def copy(source: Path, target: Path) -> None:
    """Write all that is committed in `source` at one moment to `target`, one file without a log.

    Nobody who writes to `source` waits for it.
    """
    with closing(_connect(source)) as begun, closing(_connect(target)) as made:
        # All pages in one step: in smaller ones it would begin anew whenever somebody writes.
        begun.backup(made, pages=-1)
        made.execute("PRAGMA journal_mode = DELETE")
    _flush(target)


def check(path: Path) -> None:
    """Raises `Unusable` for a file that is no whole database of Earshot's."""
    try:
        with closing(_connect(path)) as opened:
            [found] = opened.execute("PRAGMA integrity_check(1)").fetchone()
            tables = {name for (name,) in opened.execute("SELECT name FROM sqlite_master")}
    except sqlite3.DatabaseError as error:
        raise Unusable("it is no whole database") from error
    if found != "ok":
        raise Unusable("it is damaged")
    if not {"alembic_version", "ticket", "meta"} <= tables:
        raise Unusable("it is a database, but not one of Earshot's")


def fact(path: Path, statement: str) -> str | None:
    """The one value that a statement finds in a database; None where it finds none."""
    with closing(_connect(path)) as opened:
        found = opened.execute(statement).fetchone()
    return None if found is None or found[0] is None else str(found[0])


def parts(path: Path) -> list[Path]:
    """The files that a database consists of, those that are not there too."""
    return [path.with_name(path.name + end) for end in _LEFT]


def place(made: Path, target: Path, *, overwrite: bool) -> None:
    """Give a finished file its place. Raises FileExistsError unless told to overwrite."""
    if overwrite:
        os.replace(made, target)
    else:
        _link(made, target)
        made.unlink()
    _flush(target.parent)


def _link(source: Path, target: Path) -> None:
    """A second name for a file, or a copy where the disk knows no such names.

    Raises `FileExistsError`.
    """
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as copied, source.open("rb") as read:
            shutil.copyfileobj(read, copied)
            copied.flush()
            os.fsync(copied.fileno())


def take_over(made: Path, target: Path, aside: Path) -> None:
    """Put a finished database in the place of another, which is kept as `aside`.

    Raises `InUse` where another process has that open.
    """
    if not target.exists():
        place(made, target, overwrite=False)
        return
    with _alone(target):
        _link(target, aside)
        for companion in _LEFT[1:]:
            # Only a database that is damaged has any by now: they must not meet another one.
            left = target.with_name(target.name + companion)
            if left.exists():
                os.replace(left, aside.with_name(aside.name + companion))
        os.replace(made, target)
    _flush(target.parent)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else has the database open, and its log is empty."""
    with closing(_connect(path, _SOON_S)) as opened:
        try:
            opened.execute("PRAGMA locking_mode = EXCLUSIVE")
            # Leaving WAL takes the whole file: it fails where any other connection is open.
            opened.execute("PRAGMA journal_mode = DELETE")
            opened.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise InUse from error
            raise
        except sqlite3.DatabaseError:
            # It is damaged, which is why another one is put in its place: nobody works on it.
            opened.close()
        yield


def _connect(path: Path, patience: float = _PATIENCE_S) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=patience, isolation_level=None)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
