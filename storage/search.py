"""Full-text search over redacted tickets, and the upkeep of its index.

The one module that knows how the engine searches text (SQLite: FTS5 with external content). The
index is written in the transaction that writes the tickets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, column, false, select, table
from sqlmodel import Session, col

from storage.models import Ticket

_FTS = table("ticket_fts", column("rowid"), column("ticket_fts"))
_WORD = re.compile(r"\w+", re.UNICODE)


def index(session: Session, rows: Sequence[tuple[int, str, str]]) -> None:
    """Add (ticket row, subject, body) to the index."""
    if rows:
        session.connection().exec_driver_sql(
            "INSERT INTO ticket_fts(rowid, subject, body) VALUES (?, ?, ?)", list(rows)
        )


def unindex(session: Session, rows: Sequence[tuple[int, str, str]]) -> None:
    """Remove rows; FTS5 needs the words that were indexed to forget them."""
    if rows:
        session.connection().exec_driver_sql(
            "INSERT INTO ticket_fts(ticket_fts, rowid, subject, body) VALUES ('delete', ?, ?, ?)",
            list(rows),
        )


def expression(words: str) -> str | None:
    """All words of `words`, in any order, as a search expression; None where there is no word.

    A part in double quotes is a phrase. Every word is quoted, so nothing that a person types is
    taken for the engine's syntax.
    """
    parts = []
    for position, part in enumerate(words.split('"')):
        found = _WORD.findall(part)
        if found and position % 2:
            parts.append('"' + " ".join(found) + '"')
        else:
            parts += [f'"{word}"' for word in found]
    return " AND ".join(parts) or None


def matching(words: str) -> ColumnElement[bool]:
    """A condition on `Ticket` rows: those whose redacted text has all the words."""
    found = expression(words)
    if found is None:
        return false()
    hits = select(_FTS.c.rowid).where(_FTS.c.ticket_fts.op("MATCH")(found))
    return col(Ticket.id).in_(hits)
