"""Who wrote the tickets of a window: by segment, and whether one customer wrote most of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Select, String, bindparam, cast, func, select, type_coerce
from sqlmodel import Session

from storage import search
from storage.chunks import chunks
from storage.columns import table_of
from storage.figures import MOST_HITS
from storage.models import Ticket
from storage.scope import Form, Scope

MOST_ACCOUNTS = 2_000
"""Accounts stand in the wide rows: they are looked up for so many tickets at most."""

_TICKET = table_of(Ticket).c


@dataclass(frozen=True, slots=True)
class Spoke:
    """Tickets with friction of a segment, and their customers; `segment` None is not known."""

    segment: str | None
    tickets: int
    customers: int


@cache
def _friction(form: Form) -> Select[Any]:
    """Customer and segment of each ticket with friction of a scope."""
    narrow = table_of(form.table).c
    at = type_coerce(narrow.created_at, BigInteger)
    found = select(narrow.ticket_id, narrow.customer, narrow.segment).where(
        at >= bindparam("since", type_=BigInteger),
        at < bindparam("until", type_=BigInteger),
        narrow.kinds.bitwise_and(bindparam("counted")) != 0,
        *form.conditions(),
    )
    if not form.words:
        return found
    hits = search.asked_hits(newest=True).subquery()
    return found.join(hits, hits.c.ticket_id == narrow.ticket_id)


def _asked(session: Session, scope: Scope) -> dict[str, Any] | None:
    if scope.words is None:
        return scope.values()
    found = search.within(session, scope.words, scope.since, scope.until, MOST_HITS)
    return None if found is None else scope.values() | found


@cache
def _by_segment(form: Form) -> Select[Any]:
    each = _friction(form).subquery().c
    customers = func.aggregate_strings(cast(each.customer, String), ",")
    return select(each.segment, func.count(), customers).group_by(each.segment)


@cache
def _by_customer(form: Form) -> Select[Any]:
    each = _friction(form).subquery().c
    tickets = func.count(each.ticket_id).label("tickets")
    return select(tickets).group_by(each.customer).order_by(tickets.desc()).limit(1)


@cache
def _rows(form: Form) -> Select[Any]:
    each = _friction(form).subquery().c
    return select(each.ticket_id).limit(bindparam("most"))


def by_segment(session: Session, scope: Scope) -> list[Spoke]:
    """Segments, the one with most tickets first."""
    values = _asked(session, scope)
    if values is None:
        return []
    found = [
        Spoke(segment, tickets, len(set(customers.split(","))))
        for segment, tickets, customers in session.execute(_by_segment(scope.form), values)
    ]
    return sorted(found, key=lambda each: (-each.tickets, each.segment is None, each.segment))


def most_of_one(session: Session, scope: Scope) -> int:
    """How many tickets the customer wrote who wrote most."""
    values = _asked(session, scope)
    found = None if values is None else session.execute(_by_customer(scope.form), values).scalar()
    return found or 0


def accounts(session: Session, scope: Scope) -> dict[str | None, set[str]]:
    """The accounts that are known, by segment; none where tickets are more than `MOST_ACCOUNTS`."""
    found: dict[str | None, set[str]] = {}
    values = _asked(session, scope)
    if values is None:
        return found
    values["most"] = MOST_ACCOUNTS + 1
    rows = list(session.execute(_rows(scope.form), values).scalars())
    if len(rows) > MOST_ACCOUNTS:
        return found
    for chunk in chunks(rows):
        known = select(_TICKET.segment, _TICKET.account).distinct()
        known = known.where(_TICKET.id.in_(chunk), _TICKET.account.is_not(None))
        for segment, account in session.execute(known):
            found.setdefault(segment, set()).add(account)
    return found
