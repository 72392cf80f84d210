"""Whether the database takes anything in, for `earshot doctor`: only what is wrong is told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from sqlalchemy.exc import DatabaseError

from bot.reports import Finding
from bot.service.context import Context

LEAST_SPACE = 100_000_000
"""Bytes: a large import needs as many."""


def storage(context: Context) -> Iterator[Finding]:
    """A database that is locked for too long, or that has no room left.

    Waits as long as whoever writes does: half a minute.
    """
    try:
        with context.store.write() as session:
            session.connection()
    except DatabaseError as error:
        reason = " ".join(str(error.orig or error).split()).rstrip(".")
        yield Finding(
            "database.write",
            "error",
            f"The database cannot be written to: {reason}.",
            "Another process holds it, or its disk cannot be written to. Nothing is lost: what "
            "was to be written is tried again. End what hangs, or make room.",
        )
    path = context.store.path
    if path is not None and (left := shutil.disk_usage(path.parent).free) < LEAST_SPACE:
        message = f"Only {left // 1_000_000:,} MB are left on the disk of {path.parent}."
        yield Finding("database.space", "error", message, "Make room before tickets are refused.")
