"""The one way to the database.

A `Store` opens short sessions: `read()` for questions, `write()` for one transaction.

On SQLite a writing transaction takes the write lock at its beginning, so two processes wait for
each other instead of failing half-way; readers are never blocked (WAL). On PostgreSQL writers run
side by side and see what was committed before each statement (READ COMMITTED); those that build on
what they read name a lock (`storage.engines`). A reading session sees one moment on both, so that
the figures of an answer agree.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from storage import engines

BUSY_TIMEOUT_MS = 30_000
CACHE_KB = 2_000
STATEMENT_TIMEOUT_MS = 600_000
IDLE_TIMEOUT_MS = 600_000
"""A session that forgot its transaction must not hold its locks for ever."""
CONNECT_TIMEOUT_S = 10
FAULT_SHOWS_S = 60
"""A write that failed is told of for so long: whoever is to write tries again more often."""
_LOOK_AGAIN_S = 0.01
_BEGIN = "earshot_begin"
_SESSION = (
    ("timezone", "UTC"),
    ("lock_timeout", str(BUSY_TIMEOUT_MS)),
    ("statement_timeout", str(STATEMENT_TIMEOUT_MS)),
    ("idle_in_transaction_session_timeout", str(IDLE_TIMEOUT_MS)),
    # Answers take milliseconds: compiling a statement would take longer than to run it.
    ("jit", "off"),
    # A common word is in more tickets than the default has room for; it then looks at each again.
    ("work_mem", "32MB"),
    # No disk of today seeks four times as long as it reads.
    ("random_page_cost", "1.1"),
)


class Store:
    """A database at `url`; call `storage.migrations.upgrade` before use.

    Raises ValueError for a URL of neither SQLite nor PostgreSQL.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.seconds: Callable[[], float] = monotonic
        self._failed_at: float | None = None
        backend = self.url.get_backend_name()
        self.engine: Engine
        self._reading: Engine
        self._writing: Engine
        if backend == "sqlite":
            if self.path is not None:
                _prepare_file(self.path)
            self.engine = _sqlite(self.url)
            self._reading = self.engine
            self._writing = self.engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        elif backend == engines.POSTGRESQL:
            self.engine = _postgresql(self.url)
            self._reading = self.engine.execution_options(isolation_level="REPEATABLE READ")
            self._writing = self.engine
        else:
            raise ValueError("only SQLite and PostgreSQL databases are supported")

    @property
    def path(self) -> Path | None:
        """The database file, or None where there is none: in memory, or on a server."""
        return path_of(self.url)

    @property
    def version(self) -> str:
        """The engine and its version, as people write it."""
        with self.engine.connect() as connection:
            numbers = connection.dialect.server_version_info or ()
            name = "SQLite" if connection.dialect.name == "sqlite" else "PostgreSQL"
        return f"{name} {'.'.join(str(number) for number in numbers)}"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for questions. Nothing that it changes is kept."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session
            session.rollback()

    @contextmanager
    def write(self, *locks: str) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on an error.

        It holds `locks` (see `engines.lock`) from its beginning on.
        """
        try:
            with Session(self._writing, expire_on_commit=False) as session, session.begin():
                for name in sorted(locks):
                    engines.lock(session, name)
                yield session
        except OperationalError as error:
            # Of two that stand in each other's way PostgreSQL breaks one off: SQLSTATE class 40.
            if not str(getattr(error.orig, "sqlstate", None) or "").startswith("40"):
                self._failed_at = self.seconds()
            raise

    @property
    def is_writable(self) -> bool:
        """Whether no write has failed in the last minute: locked for too long, no space, no server.

        It is no question to the database, so it is answered at once.
        """
        return self._failed_at is None or self.seconds() - self._failed_at >= FAULT_SHOWS_S

    @contextmanager
    def connect_for_migration(self) -> Iterator[Connection]:
        """A connection in one exclusive transaction, so that only one process migrates."""
        with self._writing.begin() as connection:
            if connection.dialect.name == engines.POSTGRESQL:
                # Another process may take long; a statement of a migration may, too.
                for limit in ("lock_timeout", "statement_timeout"):
                    connection.exec_driver_sql(f"SET LOCAL {limit} = 0")
                engines.take(connection, engines.MIGRATIONS)
                # Whoever waits for a table makes all others wait behind: better to give up.
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BUSY_TIMEOUT_MS}")
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def path_of(url: str | URL) -> Path | None:
    """The file of a database, or None where there is none: in memory, or on a server."""
    parsed = make_url(url)
    name = parsed.database
    is_file = parsed.get_backend_name() == "sqlite" and name and name != ":memory:"
    return Path(name) if name and is_file else None


def shown(url: str) -> str:
    """A database as it may be shown to people: the path of a file, a server without password."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return parsed.database or ":memory:"
    return parsed.set(drivername=engines.POSTGRESQL).render_as_string(hide_password=True)


def _prepare_file(path: Path) -> None:
    """Make the folder 0700 and the file 0600 before SQLite would make them readable to all.

    What is there already is `storage.rights`' to look at.
    """
    # Several processes may start at once: the folder may appear between look and make.
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _sqlite(url: URL) -> Engine:
    # A failed statement must not carry its values into a log.
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own BEGIN comes too late for DDL and is never IMMEDIATE; see `_begin`.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        _keep_log(connection)
        for pragma in (
            "synchronous = NORMAL",
            "foreign_keys = ON",
            "temp_store = MEMORY",
            "secure_delete = ON",
            f"cache_size = -{CACHE_KB}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    @event.listens_for(engine, "checkin")
    def _shrink(connection: sqlite3.Connection | None, record: ConnectionPoolEntry) -> None:
        # Idle connections must not keep what one large transaction needed.
        if record.info.pop(engines.ROOMY, False) and connection is not None:
            connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")

    return engine


def _keep_log(connection: sqlite3.Connection) -> None:
    """Turn to WAL, which a file remembers; SQLite does not wait here if another does the same."""
    last = monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > last:
                raise
            sleep(_LOOK_AGAIN_S)


def _postgresql(url: URL) -> Engine:
    defaults = {"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "earshot"}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        # The server may have been restarted since a connection was last used.
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=10,
        connect_args={name: value for name, value in defaults.items() if name not in url.query},
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:
        asked = ", ".join(["set_config(%s, %s, false)"] * len(_SESSION))
        connection.execute(f"SELECT {asked}", [part for pair in _SESSION for part in pair])
        connection.commit()

    @event.listens_for(engine, "before_cursor_execute")
    def _in_binary(
        _connection: Connection, cursor: Any, _sql: str, _values: Any, context: Any, _many: bool
    ) -> None:
        if context is not None and context.execution_options.get(engines.PACKED):
            cursor.format = engines.BINARY

    @event.listens_for(engine, "handle_error")
    def _hide_values(context: ExceptionContext) -> None:
        engines.hide_values(context.original_exception, context.sqlalchemy_exception)

    return engine
