"""The newest tickets of a window and what is said in them, for a feature or for words.

Both are bounded: an answer shows a few quotes and themes, and the newest tickets have them. The
order of time decides for a feature; for words the newest are those that were stored last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
"""Quotes are looked for in so many times more tickets than customers are looked at."""
_CUSTOMERS = 15
_OF_EACH = 2
"""Quotes that are looked at first for each customer who is wanted."""

_Key = tuple[int, str]
"""A ticket's row and the kind that is quoted."""

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


def quotes(
    session: Session, scope: Scope, wanted: Sequence[tuple[Sequence[str], int]]
) -> list[Iterator[QuoteRow]]:
    """For each of these kinds, each customer's best-scored quote: the best first, then the newest.

    Of `_CUSTOMERS` for each quote that is wanted, looked for in the newest tickets with one of the
    kinds, `QUOTES_FROM` times as many. The first are read for all at once, others as asked for.
    """
    return _read(
        session, [(_chosen(session, scope, kinds, most), 2 * most) for kinds, most in wanted]
    )


def quotes_of(
    session: Session, rows: Sequence[int], kinds: Sequence[str], most: int
) -> Iterator[QuoteRow]:
    """The same of some kinds among these tickets, the newest first."""
    (said,) = _read(session, [(_chosen_of(session, rows, kinds, _CUSTOMERS * most), 2 * most)])
    return said


def _chosen(session: Session, scope: Scope, kinds: Sequence[str], most: int) -> list[_Key]:
    bits, limit = kind_mask(kinds), _CUSTOMERS * most
    if scope.matched is not None:
        rows = scope.matched.newest(scope, bits, QUOTES_FROM * limit)
        return _chosen_of(session, rows, kinds, limit)
    values = _asked(session, scope, bits, QUOTES_FROM * limit)
    if values is None:
        return []
    return _best(session, _candidates(scope.form), values, kinds, limit)


def _chosen_of(
    session: Session, rows: Sequence[int], kinds: Sequence[str], limit: int
) -> list[_Key]:
    values = {"rows": list(rows[: QUOTES_FROM * limit])}
    return _best(session, _candidates_of_rows(), values, kinds, limit)


def _best(
    session: Session,
    statement: Select[Any],
    values: dict[str, Any],
    kinds: Sequence[str],
    limit: int,
) -> list[_Key]:
    best: dict[int, _Key] = {}
    # Few are usually enough, and a server sends all that it finds.
    for told in (_OF_EACH * limit, QUOTES_FROM * limit * len(KIND_BITS)):
        said = session.execute(statement, values | {"kinds": list(kinds), "told": told}).all()
        best = {}
        for row, kind, customer in said:
            best.setdefault(customer, (row, kind))
        if len(best) >= limit or len(said) < told:
            break
    return list(best.values())[:limit]


def _read(
    session: Session, chosen: Sequence[tuple[Sequence[_Key], int]]
) -> list[Iterator[QuoteRow]]:
    """The quotes of these keys, of each as many at first as stand beside them."""
    first = _quoted(session, [key for keys, at_once in chosen for key in keys[:at_once]])
    return [_in_turn(session, keys, at_once, first) for keys, at_once in chosen]


def _in_turn(
    session: Session, keys: Sequence[_Key], at_once: int, first: Mapping[_Key, QuoteRow]
) -> Iterator[QuoteRow]:
    found = first
    for start in range(0, len(keys), at_once):
        some = keys[start : start + at_once]
        if start:
            found = _quoted(session, some)
        yield from (found[key] for key in some if key in found)


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


def _quoted(session: Session, keys: Sequence[_Key]) -> dict[_Key, QuoteRow]:
    if not keys:
        return {}
    said = session.execute(_QUOTED, {"rows": sorted({row for row, _ in keys})}).all()
    return {(row[0], row[2]): QuoteRow(*row) for row in said}


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
