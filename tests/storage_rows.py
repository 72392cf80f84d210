"""Rows that the tests of storage write, and the store they write them to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from storage import features, search
from storage.database import Store
from storage.values import FeatureValue, NewTicket, QuoteValue

NOW = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
TEAM, CHANNEL = "T1", "C1"
_INDEXED = "SELECT rowid, words FROM ticket_fts ORDER BY rowid"


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """A store that ends with the test."""
    store = Store(url)
    yield store
    store.close()


def rows(store: Store, sql: str, **values: object) -> list[tuple[Any, ...]]:
    """What a statement finds, past all query modules."""
    with store.read() as session:
        return [tuple(row) for row in session.execute(text(sql), values)]


def everything_in(store: Store) -> bytes:
    """All that a database holds: as it lies on disk, its log included, or as its server tells."""
    if store.path is not None:
        return b"".join(file.read_bytes() for file in store.path.parent.glob("*.db*"))
    tables = [name for (name,) in rows(store, "SELECT tablename FROM pg_tables")]
    return "\n".join(
        row
        for table in tables
        if not table.startswith(("pg_", "sql_"))
        for (row,) in rows(store, f'SELECT CAST(t AS TEXT) FROM "{table}" AS t')
    ).encode()


def change(store: Store, sql: str, **values: object) -> None:
    """Do what no query module does."""
    with store.write() as session:
        session.execute(text(sql), values)


def forget_all(session: Session) -> None:
    """Delete all tickets."""
    session.execute(text("DELETE FROM ticket"))
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO ticket_fts(ticket_fts) VALUES ('rebuild')"))


def is_index_whole(store: Store) -> bool:
    """Whether the full-text index holds the words of all tickets and of nothing else."""
    if store.engine.dialect.name == "sqlite":
        check = "INSERT INTO ticket_fts(ticket_fts, rank) VALUES ('integrity-check', 1)"
        with store.write() as session:
            session.execute(text(check))
        return True
    with store.write() as session:
        kept = session.execute(text(_INDEXED)).all()
        session.execute(text("DELETE FROM ticket_fts"))
        found = session.execute(text("SELECT id, subject, body FROM ticket"))
        search.index(session, [(row[0], row[1], row[2]) for row in found])
        return kept == session.execute(text(_INDEXED)).all()


def ticket(
    external_id: str,
    *,
    body: str = "The invoice shows twice.",
    at: datetime = NOW - timedelta(days=1),
    customer: str = "c1",
    known: bool = True,
    kinds: Sequence[str] = ("broken",),
    about: Sequence[str] = (),
    source: str = "desk",
    segment: str | None = None,
    account: str | None = None,
) -> NewTicket:
    return NewTicket(
        source=source,
        external_id=external_id,
        created_at=at,
        updated_at=None,
        stored_at=NOW,
        subject="Subject",
        body=body,
        url=None,
        tags=(),
        language="en",
        segment=segment,
        customer=customer,
        customer_known=known,
        account=account,
        kinds=tuple(kinds),
        kinds_known=True,
        redactions=0,
        content_hash=body,
        quotes=tuple(QuoteValue(kind, body, 0.5) for kind in kinds),
        features=tuple(about),
    )


def feature(name: str, *channels: str) -> FeatureValue:
    return FeatureValue(name, name.title(), (), (), channels, features.FROM_FILE)
