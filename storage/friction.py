"""The newest tickets of a window and what is said in them, for a feature or for words.

Both are bounded: an answer shows a few quotes and themes, and the newest tickets have them. The
order of time decides for a feature; for words the newest are those that were stored last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, Subquery, bindparam, select, type_coerce
from sqlmodel import Session

from storage import search
from storage.chunks import chunks
from storage.columns import instant, table_of
from storage.models import FRICTION_BITS, KIND_BITS, Ticket, TicketFact, TicketQuote
from storage.scope import Form, Scope
from storage.tickets import kind_mask
from storage.values import QuoteRow

QUOTES_FROM = 5
"""Quotes are looked for in so many times more tickets than are asked for."""
_READ_AT_ONCE = 10
_OF_EACH = 2
"""Quotes that are looked at first for each customer who is wanted."""

_TICKET = table_of(Ticket).c
_QUOTE = table_of(TicketQuote).c


# Statements of the hot path are made once: SQLAlchemy takes longer to make one than to run it.
@cache
def _newest(form: Form, *, of_all: bool = False) -> Select[Any]:
    """Rows of the newest tickets of a window: with one of the kinds `bits`, or of all."""
    narrow = table_of(form.table).c
    at = type_coerce(narrow.created_at, BigInteger)
    statement = (
        select(narrow.ticket_id, at.label("at"), narrow.customer)
        .where(
            at >= bindparam("since", type_=BigInteger),
            at < bindparam("until", type_=BigInteger),
            *form.conditions(),
        )
        .limit(bindparam("most", type_=Integer))
    )
    if not of_all:
        carried = narrow.kinds.bitwise_and(bindparam("bits", type_=Integer))
        statement = statement.where(carried != 0)
    if not form.words:
        return statement.order_by(at.desc(), narrow.ticket_id.desc())
    hits = search.asked_hits(newest=False).subquery()
    joined = statement.join(hits, hits.c.ticket_id == narrow.ticket_id)
    return joined.order_by(hits.c.ticket_id.desc())


def _asked(session: Session, scope: Scope, bits: int, limit: int) -> dict[str, Any] | None:
    """Values for `_newest`; None where nothing can be found."""
    values = scope.values() | {"bits": bits, "most": limit}
    if scope.words is None:
        return values
    sought = search.within(session, scope.words, scope.since, scope.until)
    return None if sought is None else values | sought


def newest(session: Session, scope: Scope, limit: int) -> list[int]:
    """Rows of the newest tickets with friction, newest first."""
    if scope.matched is not None:
        rows = scope.matched.newest(scope, scope.counted, limit)
        return _sorted(session, _of_rows(), {"rows": rows})
    values = _asked(session, scope, scope.counted, limit)
    if values is None:
        return []
    return _sorted(session, _newest(scope.form), values)


def about_both(session: Session, one: Scope, other: Scope, *, most: int) -> list[int]:
    """Tickets of both scopes, newest first, looked for among the newest `most` of each.

    With friction or without, unless the scopes are narrowed to some kinds.
    """
    first, second = (_of_any_kind(session, scope, most) for scope in (one, other))
    others = set(second)
    return [row for row in first if row in others]


def _of_any_kind(session: Session, scope: Scope, most: int) -> list[int]:
    if scope.counted != FRICTION_BITS:
        return newest(session, scope, most)
    values = _asked(session, scope, scope.counted, most)
    if values is None:
        return []
    return _sorted(session, _newest(scope.form, of_all=True), values)


def _sorted(session: Session, statement: Select[Any], values: dict[str, Any]) -> list[int]:
    found = session.execute(statement, values)
    by_time = sorted(found, key=lambda row: (row.at, row.ticket_id), reverse=True)
    return [row.ticket_id for row in by_time]


def quotes(session: Session, scope: Scope, kinds: Sequence[str], limit: int) -> Iterator[QuoteRow]:
    """Each customer's best-scored quote of these kinds: the best first, then the newest.

    Of `limit` customers, looked for in the newest tickets with one of the kinds, `QUOTES_FROM`
    times as many. They are read as they are asked for, a few at once.
    """
    bits, most = kind_mask(kinds), QUOTES_FROM * limit
    if scope.matched is not None:
        yield from quotes_of(session, scope.matched.newest(scope, bits, most), kinds, limit)
        return
    values = _asked(session, scope, bits, most)
    if values is not None:
        yield from _best(session, _candidates(scope.form), values, kinds, limit)


def quotes_of(
    session: Session, rows: Sequence[int], kinds: Sequence[str], limit: int
) -> Iterator[QuoteRow]:
    """The same among these tickets, the newest first."""
    values = {"rows": list(rows[: QUOTES_FROM * limit])}
    yield from _best(session, _candidates_of_rows(), values, kinds, limit)


def _best(
    session: Session,
    statement: Select[Any],
    values: dict[str, Any],
    kinds: Sequence[str],
    limit: int,
) -> Iterator[QuoteRow]:
    best: dict[int, tuple[int, str]] = {}
    # Few are usually enough, and a server sends all that it finds.
    for told in (_OF_EACH * limit, QUOTES_FROM * limit * len(KIND_BITS)):
        said = session.execute(statement, values | {"kinds": list(kinds), "told": told}).all()
        best = {}
        for row, kind, customer in said:
            best.setdefault(customer, (row, kind))
        if len(best) >= limit or len(said) < told:
            break
    chosen = list(best.values())[:limit]
    for start in range(0, len(chosen), _READ_AT_ONCE):
        yield from _quoted(session, chosen[start : start + _READ_AT_ONCE])


@cache
def _candidates(form: Form) -> Select[Any]:
    """Quotes of the newest tickets, the best first."""
    return _quotes_of(_newest(form).subquery())


@cache
def _candidates_of_rows() -> Select[Any]:
    return _quotes_of(_of_rows().subquery())


@cache
def _of_rows() -> Select[Any]:
    fact = table_of(TicketFact).c
    at = type_coerce(fact.created_at, BigInteger)
    chosen = fact.ticket_id.in_(bindparam("rows", expanding=True))
    return select(fact.ticket_id, at.label("at"), fact.customer).where(chosen)


def _quotes_of(tickets: Subquery) -> Select[Any]:
    return (
        select(_QUOTE.ticket_id, _QUOTE.kind, tickets.c.customer)
        .select_from(tickets)
        .join(table_of(TicketQuote), _QUOTE.ticket_id == tickets.c.ticket_id)
        .where(_QUOTE.kind.in_(bindparam("kinds", expanding=True)))
        .order_by(_QUOTE.score.desc(), tickets.c.at.desc(), _QUOTE.ticket_id, _QUOTE.kind)
        .limit(bindparam("told", type_=Integer))
    )


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
    said = session.execute(_QUOTED, {"rows": [row for row, _ in chosen]})
    found = {(row[0], row[2]): row for row in said}
    return [QuoteRow(*found[key]) for key in chosen if key in found]


def matching(session: Session, scope: Scope, rows: Sequence[int]) -> set[int]:
    """Which of these tickets lie within the scope."""
    narrow = table_of(scope.form.table).c
    at = type_coerce(narrow.created_at, BigInteger)
    found: set[int] = set()
    for chunk in chunks(rows):
        statement = select(narrow.ticket_id).where(
            at >= instant(scope.since),
            at < instant(scope.until),
            *scope.form.conditions(),
            narrow.ticket_id.in_(chunk),
        )
        found.update(session.execute(statement, scope.values()).scalars())
    if scope.words is None or not found:
        return found
    hits = search.hits(scope.words, (min(found), max(found))).subquery()
    statement = select(hits.c.ticket_id).where(hits.c.ticket_id.in_(sorted(found)))
    return set(session.execute(statement).scalars())
