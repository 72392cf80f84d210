"""The one way to the database.

A `Store` opens short sessions: `read()` for questions, `write()` for one transaction. On SQLite
a writing transaction takes the write lock at its beginning, so two processes wait for each other
instead of failing half-way; readers are never blocked (WAL).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlmodel import Session

BUSY_TIMEOUT_MS = 30_000
_BEGIN = "earshot_begin"


class Store:
    """A database at `url`; call `storage.migrations.upgrade` before use."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        if self.url.get_backend_name() != "sqlite":
            raise ValueError("only SQLite databases are supported")
        if self.path is not None:
            _prepare_file(self.path)
        self.engine = _engine(self.url.render_as_string(hide_password=False))
        self._writing = self.engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})

    @property
    def path(self) -> Path | None:
        """The database file, or None for one that lives in memory."""
        name = self.url.database
        return None if not name or name == ":memory:" else Path(name)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for questions. Nothing that it changes is kept."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on an error."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def connect_for_migration(self) -> Iterator[Connection]:
        """A connection in one exclusive transaction, so that only one process migrates."""
        with self._writing.begin() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def _prepare_file(path: Path) -> None:
    """Make the folder 0700 and the file 0600 before SQLite would make them readable to all."""
    # Several processes may start at once: the folder may appear between look and make.
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    elif path.stat().st_uid == os.getuid() and path.stat().st_mode & 0o077:
        path.chmod(0o600)


def _engine(url: str) -> Engine:
    # A failed statement must not carry its values into a log.
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own BEGIN comes too late for DDL and is never IMMEDIATE; see `_begin`.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "foreign_keys = ON",
            "temp_store = MEMORY",
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine
