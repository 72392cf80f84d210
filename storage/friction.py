"""The newest tickets of a window and what is said in them, for a feature or for words.

Both are bounded: an answer shows a few quotes and themes, and the newest tickets have them. The
order of time decides for a feature; for words the newest are those that were stored last.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, Select, select, type_coerce
from sqlmodel import Session, col

from storage import rollups, search
from storage.chunks import chunks
from storage.models import FRICTION_BITS, Ticket, TicketFact, TicketQuote
from storage.scope import Scope, has
from storage.tickets import kind_mask
from storage.values import QuoteRow

QUOTES_OF = 500


def _newest(session: Session, scope: Scope, bits: int, limit: int) -> Select[int, int] | None:
    """Rows of the newest tickets with one of the kinds `bits`; None where there are none."""
    table = scope.table
    row, at = col(table.ticket_id), col(table.created_at)
    statement = (
        select(row, type_coerce(at, BigInteger).label("at"))
        .where(*scope.narrow(), has(col(table.kinds), bits))
        .limit(limit)
    )
    if scope.feature is not None or scope.words is None:
        return statement.order_by(at.desc(), row.desc())
    rows = rollups.rows_written(session, scope.since, scope.until)
    if rows is None:
        return None
    found = search.hits(scope.words, rows).subquery()
    joined = statement.join(found, found.c.ticket_id == row)
    return joined.order_by(found.c.ticket_id.desc())


def newest(session: Session, scope: Scope, limit: int) -> list[int]:
    """Rows of the newest tickets with friction, newest first."""
    rows = _newest(session, scope, FRICTION_BITS, limit)
    if rows is None:
        return []
    found = sorted(session.execute(rows), key=lambda row: (row.at, row.ticket_id), reverse=True)
    return [row.ticket_id for row in found]


def quotes(session: Session, scope: Scope, kinds: Sequence[str], limit: int) -> list[QuoteRow]:
    """Each customer's best-scored quote of these kinds: the best first, then the newest.

    Looked for in the newest `QUOTES_OF` tickets with one of the kinds.
    """
    rows = _newest(session, scope, kind_mask(kinds), QUOTES_OF)
    if rows is None:
        return []
    newest = rows.subquery()
    candidates = (
        select(col(TicketQuote.ticket_id), col(TicketQuote.kind), col(TicketFact.customer))
        .select_from(newest)
        .join(TicketQuote, col(TicketQuote.ticket_id) == newest.c.ticket_id)
        .join(TicketFact, col(TicketFact.ticket_id) == newest.c.ticket_id)
        .where(col(TicketQuote.kind).in_(kinds))
        .order_by(
            col(TicketQuote.score).desc(),
            col(TicketFact.created_at).desc(),
            col(TicketQuote.ticket_id),
            col(TicketQuote.kind),
        )
    )
    best: dict[int, tuple[int, str]] = {}
    for row, kind, customer in session.execute(candidates):
        best.setdefault(customer, (row, kind))
        if len(best) == limit:
            break
    return _quoted(session, list(best.values()))


def _quoted(session: Session, chosen: Sequence[tuple[int, str]]) -> list[QuoteRow]:
    """The quotes of (ticket row, kind), in that order."""
    statement = (
        select(
            col(TicketQuote.ticket_id),
            col(Ticket.external_id),
            col(TicketQuote.kind),
            col(TicketQuote.text),
            col(TicketQuote.score),
            col(Ticket.url),
            col(Ticket.segment),
            col(Ticket.customer),
            col(Ticket.created_at),
        )
        .join(Ticket, col(Ticket.id) == col(TicketQuote.ticket_id))
        .where(col(TicketQuote.ticket_id).in_([row for row, _ in chosen]))
    )
    found = {(row[0], row[2]): row for row in session.execute(statement)} if chosen else {}
    return [QuoteRow(*found[key]) for key in chosen if key in found]


def matching(session: Session, scope: Scope, rows: Sequence[int]) -> set[int]:
    """Which of these tickets lie within the scope."""
    column = col(scope.table.ticket_id)
    found: set[int] = set()
    for chunk in chunks(rows):
        statement = select(column).where(*scope.narrow(), column.in_(chunk))
        found.update(session.execute(statement).scalars())
    if scope.words is None or not found:
        return found
    hits = search.hits(scope.words, (min(found), max(found))).subquery()
    statement = select(hits.c.ticket_id).where(hits.c.ticket_id.in_(sorted(found)))
    return set(session.execute(statement).scalars())
