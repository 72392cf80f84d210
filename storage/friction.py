"""Counts, weeks and quotes of a window, for a feature or for words.

A question about a feature reads the narrow `ticket_feature` rows only; a question in words reads
the text index and the tickets it points to. Both go through one `Scope`, so every figure of an
answer speaks of the same tickets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from storage import search
from storage.models import (
    FRICTION_BITS,
    KIND_BITS,
    UNKNOWN_BIT,
    Ticket,
    TicketFeature,
    TicketQuote,
)
from storage.values import Counts, QuoteRow


@dataclass(frozen=True, slots=True)
class Scope:
    """Which tickets: those about `feature`, or those with all of `words`, in `[since, until)`."""

    since: datetime
    until: datetime
    feature: str | None = None
    words: str | None = None

    @property
    def table(self) -> type[TicketFeature] | type[Ticket]:
        return TicketFeature if self.feature is not None else Ticket

    def conditions(self) -> list[ColumnElement[bool]]:
        table = self.table
        found: list[ColumnElement[bool]] = [
            col(table.created_at) >= self.since,
            col(table.created_at) < self.until,
        ]
        if self.feature is not None:
            found.append(col(TicketFeature.feature_id) == self.feature)
        elif self.words is not None:
            found.append(search.matching(self.words))
        return found

    def ticket_ids(self) -> Select[Any]:
        column = col(TicketFeature.ticket_id) if self.feature is not None else col(Ticket.id)
        return select(column).where(*self.conditions())


def _has(mask: Mapped[int], bits: int) -> ColumnElement[bool]:
    return mask.bitwise_and(bits) != 0


def counts(session: Session, scope: Scope) -> Counts:
    """All figures of a scope in one pass."""
    table = scope.table
    kinds = col(table.kinds)
    friction = _has(kinds, FRICTION_BITS)
    statement = select(
        func.count(),
        func.coalesce(func.sum(case((friction, 1), else_=0)), 0),
        func.count(func.distinct(case((friction, col(table.customer))))),
        func.coalesce(func.sum(case((and_(friction, col(table.customer_known)), 1), else_=0)), 0),
        *[
            func.coalesce(func.sum(case((_has(kinds, b), 1), else_=0)), 0)
            for b in (UNKNOWN_BIT, *KIND_BITS.values())
        ],
    ).where(*scope.conditions())
    mentioned, tickets, customers, known, unknown, *per_kind = session.execute(statement).one()
    return Counts(
        tickets=tickets,
        customers=customers,
        mentioned=mentioned,
        known=known,
        kinds_unknown=unknown,
        kinds=dict(zip(KIND_BITS, per_kind, strict=True)),
    )


def moments(session: Session, scope: Scope) -> list[tuple[datetime, str]]:
    """When friction was written and by which customer, in the order of time."""
    table = scope.table
    statement = (
        select(col(table.created_at), col(table.customer))
        .where(*scope.conditions(), _has(col(table.kinds), FRICTION_BITS))
        .order_by(col(table.created_at))
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def quotes(session: Session, scope: Scope, kinds: Sequence[str], limit: int) -> list[QuoteRow]:
    """Each customer's best-scored quote of these kinds: the best first, then the newest."""
    order = (
        col(TicketQuote.score).desc(),
        col(Ticket.created_at).desc(),
        col(Ticket.id),
        col(TicketQuote.kind),
    )
    place = func.row_number().over(partition_by=col(Ticket.customer), order_by=order)
    ranked = (
        select(col(TicketQuote.ticket_id), col(TicketQuote.kind), place.label("place"))
        .join(Ticket, col(Ticket.id) == col(TicketQuote.ticket_id))
        .where(col(TicketQuote.ticket_id).in_(scope.ticket_ids()))
        .where(col(TicketQuote.kind).in_(kinds))
        .subquery()
    )
    is_first = and_(
        ranked.c.ticket_id == col(TicketQuote.ticket_id),
        ranked.c.kind == col(TicketQuote.kind),
        ranked.c.place == 1,
    )
    statement = (
        select(TicketQuote, Ticket)
        .join(Ticket, col(Ticket.id) == col(TicketQuote.ticket_id))
        .join(ranked, is_first)
        .order_by(*order)
        .limit(limit)
    )
    return [
        QuoteRow(
            ticket_id=ticket.id or 0,
            external_id=ticket.external_id,
            kind=quote.kind,
            text=quote.text,
            score=quote.score,
            url=ticket.url,
            segment=ticket.segment,
            customer=ticket.customer,
            created_at=ticket.created_at,
        )
        for quote, ticket in session.execute(statement)
    ]


def newest(session: Session, scope: Scope, limit: int) -> list[int]:
    """Rows of the newest tickets with friction, newest first."""
    table = scope.table
    column = col(TicketFeature.ticket_id) if scope.feature is not None else col(Ticket.id)
    statement = (
        select(column)
        .where(*scope.conditions(), _has(col(table.kinds), FRICTION_BITS))
        .order_by(col(table.created_at).desc(), column.desc())
        .limit(limit)
    )
    return [int(row) for row in session.execute(statement).scalars() if row]


def matching(session: Session, scope: Scope, rows: Sequence[int]) -> set[int]:
    """Which of these tickets lie within the scope."""
    table = scope.table
    column = col(TicketFeature.ticket_id) if scope.feature is not None else col(Ticket.id)
    statement = select(column).select_from(table).where(*scope.conditions(), column.in_(rows))
    return set(session.execute(statement).scalars())


def per_feature(session: Session, since: datetime, until: datetime) -> dict[str, tuple[int, int]]:
    """Tickets with friction and their distinct customers in the window, by feature."""
    statement = (
        select(
            col(TicketFeature.feature_id),
            func.count(),
            func.count(func.distinct(col(TicketFeature.customer))),
        )
        .where(
            col(TicketFeature.created_at) >= since,
            col(TicketFeature.created_at) < until,
            _has(col(TicketFeature.kinds), FRICTION_BITS),
        )
        .group_by(col(TicketFeature.feature_id))
    )
    return {
        feature: (tickets, customers) for feature, tickets, customers in session.execute(statement)
    }
