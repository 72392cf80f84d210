"""Backups of an installation, and their return.

A backup is one SQLite file with everything that is in the database, so with redacted texts and
keyed hashes, and never the key. On PostgreSQL the server's own tools do it better.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.config import Settings
from bot.errors import KeyLost, UserError
from bot.reports import Deed
from bot.service import audit
from bot.service.context import Context, check_rights, open_context
from storage import backup as files
from storage import outbox
from storage.database import path_of, shown
from storage.migrations import HEAD

_REVISION: Final = "SELECT version_num FROM alembic_version"
_TICKETS: Final = "SELECT count(*) FROM ticket"
_UNDONE: Final = "SELECT at, deed, about FROM audit_entry WHERE deed IN (?, ?)"


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was made."""

    file: Path
    tickets: int
    size: int


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that was put in its place; `aside` is where the database is that was there.

    `in_doubt` messages were waiting when the backup was made and may have been sent since;
    `undone` are the erasures and the reports of leaks (as the audit names them) that happened
    since, and are undone by it.
    """

    tickets: int
    aside: Path | None
    in_doubt: int
    undone: tuple[str, ...]


def back_up(context: Context, target: Path, now: datetime, *, overwrite: bool) -> BackedUp:
    """Write all that is stored now to one file. Raises `UserError`, and leaves no part of a file.

    Others may store tickets meanwhile: the backup is of one moment.
    """
    source = context.store.path
    if source is None:
        raise UserError(_by_server(context.settings))
    if target.exists() and (not overwrite or not target.is_file()):
        raise UserError(f"{target} is there already. Give another name, or --overwrite.")
    if target.exists():
        _check_replaced(target, source, context.settings.key_file)
    with _stated(target), files.partial(target) as made:
        files.copy(source, made)
        files.check(made)
        tickets, size = int(files.fact(made, _TICKETS) or 0), made.stat().st_size
        files.place(made, target, overwrite=overwrite)
    with context.store.write() as session:
        audit.record(session, now, Deed.BACKED_UP, f"database: {tickets} tickets")
    return BackedUp(target, tickets, size)


def _check_replaced(target: Path, source: Path, key_file: Path) -> None:
    """Raises `UserError` where a backup would take the place of anything but an older one."""
    if target.resolve() in {path.resolve() for path in files.parts(source)}:
        raise UserError(f"{target} is the database itself. Give another name.")
    if target.resolve() == key_file.resolve():
        raise UserError(f"{target} is the key. Give another name.")
    try:
        files.check(target)
    except files.Unusable as error:
        raise UserError(
            f"{target} is no backup of Earshot's ({error}), so it is not overwritten. "
            "Give another name."
        ) from error


def _by_server(settings: Settings) -> str:
    # A password on a command line is there for every user of the machine to see.
    place = shown(settings.database_url).replace(":***@", "@")
    return (
        "PostgreSQL is backed up by its own tools, which work while Earshot runs (they take the "
        "password from ~/.pgpass):\n"
        f"  pg_dump --format=custom --no-owner --file=earshot.dump '{place}'\n"
        "  pg_restore --no-owner --single-transaction --dbname=EMPTY-DATABASE earshot.dump\n"
        "Keep a copy of the key file too, apart from the dump."
    )


def restore(settings: Settings, source: Path, now: datetime) -> Restored:
    """Put a backup in the place of the database, which is kept beside it.

    Raises `UserError` where it is damaged, of a newer Earshot or of another key, or where Earshot
    runs on the database. Whatever ends it leaves either the old database or the new one.
    """
    target = path_of(settings.database_url)
    if target is None:
        raise UserError(_by_server(settings))
    if not source.is_file():
        raise UserError(f"There is no file {source}.")
    if target.exists() and target.samefile(source):
        raise UserError(f"{source} is the database itself.")
    check_rights(settings)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%SZ}")
    there = target.exists()
    if aside.exists():
        raise UserError(f"{aside} is there already. Move it away, and restore again.")
    with _stated(source), files.partial(target) as made:
        _check_source(source)
        files.copy(source, made)
        restored = _brought_up(settings, made, target if there else None, now)
        files.take_over(made, target, aside)
    return Restored(restored.tickets, aside if there else None, restored.in_doubt, restored.undone)


def _check_source(source: Path) -> None:
    """Raises `Unusable` where the file is not a database that this Earshot can read."""
    files.check(source)
    revision = files.fact(source, _REVISION)
    if revision is None or revision > HEAD:
        raise files.Unusable(
            f"it was made by a newer Earshot (schema {revision}, this one knows {HEAD})"
        )


def _brought_up(settings: Settings, made: Path, before: Path | None, now: datetime) -> Restored:
    """Make a copy fit to be used here: its schema, its key, and what it cannot know any more."""
    copied = open_context(_at(settings, made))
    try:
        with copied.store.write() as session:
            copied.keys(session)
            in_doubt = outbox.doubt_unsent(session, now)
            about = f"database: {files.fact(made, _TICKETS)} tickets"
            audit.record(session, now, Deed.RESTORED, about)
    except KeyLost as error:
        raise UserError(
            f"This backup belongs to another key: {error} A backup does not hold its key; "
            f"put the key that goes with it to {settings.key_file}."
        ) from error
    finally:
        copied.store.close()
    with closing(sqlite3.connect(made)) as opened:
        opened.execute("PRAGMA journal_mode = DELETE")
    undone = sorted(_undone(before) - _undone(made))
    tickets = int(files.fact(made, _TICKETS) or 0)
    return Restored(
        tickets, before, in_doubt, tuple(f"{deed}: {about}" for _, deed, about in undone)
    )


def _at(settings: Settings, path: Path) -> Settings:
    return replace(settings, database_url=f"sqlite:///{path}")


def _undone(path: Path | None) -> set[tuple[str, str, str]]:
    """When what was erased or reported, as the audit tells; nothing where it cannot be read."""
    if path is None:
        return set()
    try:
        with closing(sqlite3.connect(path)) as opened:
            deeds = (Deed.ERASED.value, Deed.LEAK_REPORTED.value)
            return set(opened.execute(_UNDONE, deeds))
    except sqlite3.DatabaseError:
        return set()


@contextmanager
def _stated(path: Path) -> Iterator[None]:
    """What a disk, a file or another process may do, as sentences."""
    try:
        yield
    except files.Unusable as error:
        raise UserError(f"{path} cannot be restored: {error}. Nothing was changed.") from error
    except files.InUse as error:
        raise UserError(
            "Earshot is running on this database. Stop it (`earshot run`, `earshot serve`, and "
            "whatever takes tickets in), and restore again. Nothing was changed."
        ) from error
    except FileExistsError as error:
        raise UserError(f"{error.filename2 or path} is there already.") from error
    except (OSError, sqlite3.DatabaseError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UserError(f"{path}: {reason}. Nothing was changed.") from error
