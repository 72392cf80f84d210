"""The newest tickets of a window and what is said in them, for a feature or for words.

Both are bounded: an answer shows a few quotes and themes, and the newest tickets have them. The
order of time decides for a feature; for words the newest are those that were stored last.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, bindparam, select, type_coerce
from sqlmodel import Session, col

from storage import rollups, search
from storage.chunks import chunks
from storage.models import (
    FRICTION_BITS,
    Ticket,
    TicketFact,
    TicketFeature,
    TicketQuote,
    instant,
    table_of,
)
from storage.scope import Scope
from storage.tickets import kind_mask
from storage.values import QuoteRow

QUOTES_FROM = 10
"""Quotes are looked for in so many times more tickets than are asked for."""

_TICKET = table_of(Ticket).c
_QUOTE = table_of(TicketQuote).c
_FACT = table_of(TicketFact).c


# Statements of the hot path are made once: SQLAlchemy takes longer to make one than to run it.
@cache
def _newest_of(table: type[TicketFact] | type[TicketFeature]) -> Select[Any]:
    """Rows of the newest tickets of a window, for one feature or for all."""
    narrow = table_of(table).c
    at = type_coerce(narrow.created_at, BigInteger)
    statement = (
        select(narrow.ticket_id, at.label("at"))
        .where(
            at >= bindparam("since", type_=BigInteger),
            at < bindparam("until", type_=BigInteger),
            narrow.kinds.bitwise_and(bindparam("bits", type_=Integer)) != 0,
        )
        .order_by(at.desc(), narrow.ticket_id.desc())
        .limit(bindparam("most", type_=Integer))
    )
    if table is TicketFeature:
        statement = statement.where(narrow.feature_id == bindparam("feature"))
    return statement


def _newest(
    session: Session, scope: Scope, bits: int, limit: int
) -> tuple[Select[Any], dict[str, Any]] | None:
    """A statement for the rows of the newest tickets with one of the kinds `bits`; its values."""
    window = {
        "since": instant(scope.since),
        "until": instant(scope.until),
        "bits": bits,
        "most": limit,
    }
    if scope.feature is not None:
        return _newest_of(TicketFeature), window | {"feature": scope.feature}
    if scope.words is None:
        return _newest_of(TicketFact), window
    rows = rollups.rows_written(session, scope.since, scope.until)
    if rows is None:
        return None
    found = search.hits(scope.words, rows).subquery()
    joined = _newest_of(TicketFact).join(found, found.c.ticket_id == _FACT.ticket_id)
    return joined.order_by(None).order_by(found.c.ticket_id.desc()), window


def newest(session: Session, scope: Scope, limit: int) -> list[int]:
    """Rows of the newest tickets with friction, newest first."""
    statement = _newest(session, scope, FRICTION_BITS, limit)
    if statement is None:
        return []
    found = sorted(
        session.execute(*statement), key=lambda row: (row.at, row.ticket_id), reverse=True
    )
    return [row.ticket_id for row in found]


def quotes(session: Session, scope: Scope, kinds: Sequence[str], limit: int) -> list[QuoteRow]:
    """Each customer's best-scored quote of these kinds: the best first, then the newest.

    Looked for in the newest tickets with one of the kinds, `QUOTES_FROM` times `limit` of them.
    """
    statement = _newest(session, scope, kind_mask(kinds), QUOTES_FROM * limit)
    if statement is None:
        return []
    newest, values = statement
    is_made = scope.words is None
    candidates = _best_quotes(scope.table) if is_made else _candidates(newest)
    best: dict[int, tuple[int, str]] = {}
    said = session.execute(candidates, values | {"kinds": list(kinds)})
    for row, kind, customer in said:
        best.setdefault(customer, (row, kind))
        if len(best) == limit:
            break
    said.close()
    return _quoted(session, list(best.values()))


def _candidates(newest: Select[Any]) -> Select[Any]:
    """Quotes of these tickets, the best first."""
    tickets = newest.subquery()
    return (
        select(_QUOTE.ticket_id, _QUOTE.kind, _FACT.customer)
        .select_from(tickets)
        .join(table_of(TicketQuote), _QUOTE.ticket_id == tickets.c.ticket_id)
        .join(table_of(TicketFact), _FACT.ticket_id == tickets.c.ticket_id)
        .where(_QUOTE.kind.in_(bindparam("kinds", expanding=True)))
        .order_by(_QUOTE.score.desc(), tickets.c.at.desc(), _QUOTE.ticket_id, _QUOTE.kind)
    )


@cache
def _best_quotes(table: type[TicketFact] | type[TicketFeature]) -> Select[Any]:
    return _candidates(_newest_of(table))


_QUOTED = (
    select(
        _QUOTE.ticket_id,
        _TICKET.external_id,
        _QUOTE.kind,
        _QUOTE.text,
        _QUOTE.score,
        _TICKET.url,
        _TICKET.segment,
        _TICKET.customer,
        _TICKET.created_at,
    )
    .join(table_of(Ticket), _TICKET.id == _QUOTE.ticket_id)
    .where(_QUOTE.ticket_id.in_(bindparam("rows", expanding=True)))
)


def _quoted(session: Session, chosen: Sequence[tuple[int, str]]) -> list[QuoteRow]:
    """The quotes of (ticket row, kind), in that order."""
    if not chosen:
        return []
    said = session.execute(_QUOTED, {"rows": [row for row, _ in chosen]})
    found = {(row[0], row[2]): row for row in said}
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
