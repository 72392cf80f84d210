"""What engines do differently, under one name each: upserts and the numbers of new rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, case, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from storage.models import Ticket


def name(session: Session) -> str:
    """The engine behind a session: `sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


def add_up(
    session: Session,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    add: Sequence[str],
    least: Sequence[str] = (),
    most: Sequence[str] = (),
) -> None:
    """Insert rows; where the key is there, add the columns `add` to what stands in its row.

    Of the columns `least` the smaller value is kept, of `most` the greater one.
    """
    if not rows:
        return
    insert = sqlite.insert if name(session) == "sqlite" else postgresql.insert
    statement = insert(table)
    new, old = statement.excluded, table.c
    changes: dict[str, Any] = {column: old[column] + new[column] for column in add}
    for column in least:
        changes[column] = case((new[column] < old[column], new[column]), else_=old[column])
    for column in most:
        changes[column] = case((new[column] > old[column], new[column]), else_=old[column])
    keys = [column.name for column in table.primary_key.columns]
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), list(rows))


def new_ticket_rows(session: Session, count: int) -> list[int]:
    """Numbers for tickets that are to be inserted, ascending; nobody else is given the same."""
    if name(session) == "sqlite":
        # Nobody else writes within this transaction.
        last = session.execute(select(func.max(col(Ticket.id)))).scalar_one() or 0
        return list(range(last + 1, last + 1 + count))
    numbers = text(
        "SELECT nextval(pg_get_serial_sequence('ticket', 'id')) FROM generate_series(1, :count)"
    )
    return sorted(session.execute(numbers, {"count": count}).scalars())
