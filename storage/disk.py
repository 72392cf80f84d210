"""What is left of removed rows in the files of a database, and how to be rid of it.

SQLite overwrites what it removes (`secure_delete`), but its log keeps older copies until it is
written back and cut, and its full-text index keeps words of removed texts until its parts are
merged. PostgreSQL keeps removed rows until VACUUM, and its log is the server's.
"""

from __future__ import annotations

import mmap
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from storage import engines
from storage.columns import table_of
from storage.database import Store
from storage.models import (
    Alarm,
    Digest,
    DigestItem,
    Insight,
    InsightChange,
    OutboxRow,
    Post,
    Ticket,
    TicketFact,
    TicketFeature,
    TicketQuote,
    TicketVector,
)

PAGES: Final = 200
"""Of the full-text index, merged in one transaction: others who write wait for a moment only."""
WAIT_SECONDS: Final = 5.0
"""For readers of an older state, before a log is left as it is."""
_MOST_MERGES: Final = 100_000
_AT_ONCE: Final = 32 << 20
_HELD_TEXT: Final[tuple[type[SQLModel], ...]] = (
    Ticket,
    TicketQuote,
    TicketVector,
    TicketFact,
    TicketFeature,
    OutboxRow,
    Post,
    Digest,
    DigestItem,
    Insight,
    InsightChange,
    Alarm,
)


def tidy(store: Store) -> bool:
    """Get rid of what is left of removed rows; False where the log could not be cut just now.

    Whoever reads or writes at the same time goes on. On PostgreSQL it is VACUUM, which also forgets
    the samples of values by which the server plans.
    """
    if store.url.get_backend_name() == engines.POSTGRESQL:
        _vacuum_tables(store)
        return True
    for _ in range(_MOST_MERGES):
        if not merge_some(store):
            break
    return cut_log(store)


def merge_some(store: Store) -> bool:
    """Merge a piece of SQLite's full-text index; False where it is in one part, without words of
    removed texts."""
    if store.url.get_backend_name() == engines.POSTGRESQL:
        return False
    with store.write() as session:
        connection = session.connection()
        before = _changes(connection)
        # A negative number takes all parts into the merge, however few there are.
        connection.exec_driver_sql(
            "INSERT INTO ticket_fts(ticket_fts, rank) VALUES ('merge', ?)", (-PAGES,)
        )
        # FTS5's manual: fewer than two changes say that there was nothing to do.
        return _changes(connection) - before >= 2


def _changes(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT total_changes()").scalar_one())


def cut_log(store: Store) -> bool:
    """Write SQLite's log back and cut it; False where somebody still reads an older moment."""
    if store.path is None:
        return True
    with _alone(store) as connection:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def rewrite(store: Store) -> bool:
    """Write SQLite's file anew; False where others use it. Takes as much space once more."""
    if store.path is None:
        return True
    try:
        with _alone(store) as connection:
            connection.execute("VACUUM")
    except sqlite3.OperationalError:
        return False
    return cut_log(store)


@contextmanager
def _alone(store: Store) -> Iterator[sqlite3.Connection]:
    """SQLite's own connection, outside of any transaction, which does not wait for long."""
    connection = sqlite3.connect(store.path or "", isolation_level=None, timeout=WAIT_SECONDS)
    try:
        # As on every connection (`storage.database`): what is freed is overwritten.
        connection.execute("PRAGMA secure_delete = ON")
        yield connection
    finally:
        connection.close()


def _vacuum_tables(store: Store) -> None:
    names = ", ".join([*(table_of(model).name for model in _HELD_TEXT), "ticket_fts"])
    with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"VACUUM (ANALYZE) {names}"))


def files(store: Store) -> list[Path]:
    """The files that SQLite keeps a database in; none for a server's."""
    if store.path is None:
        return []
    beside = [Path(f"{store.path}{end}") for end in ("", "-wal", "-shm", "-journal")]
    return [file for file in beside if file.exists()]


def search(paths: Iterable[Path], sought: Sequence[bytes]) -> Iterator[tuple[Path, bytes]]:
    """Which of these bytes (letters in lower case) stand in which files, whatever the case."""
    longest = max(map(len, sought), default=0)
    for path in paths:
        left = list(sought)
        for piece in _pieces(path, longest):
            found = [each for each in left if each in piece]
            yield from ((path, each) for each in found)
            left = [each for each in left if each not in found]


def _pieces(path: Path, overlap: int) -> Iterator[bytes]:
    if not path.stat().st_size:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
        for start in range(0, len(held), _AT_ONCE):
            yield held[max(start - overlap, 0) : start + _AT_ONCE].lower()
