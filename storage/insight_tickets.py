"""The tickets of an insight: those that a person gave it, and those that attached themselves.

They are given, attached and detached in `storage.insight_moves`. A pair that was detached keeps its
row, so that it never attaches itself again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlmodel import Session, col

from storage.chunks import chunks
from storage.models import InsightTicket, TicketFact

TAGGED, ADDED, ITSELF = "tagged", "added", "itself"


@dataclass(frozen=True, slots=True)
class Attached:
    """A ticket (its row) of an insight, and how it came to it; `by` is "" where by itself.

    `is_news` where the thread was not told of it yet.
    """

    insight: int
    ticket: int
    how: str
    by: str
    at: datetime
    is_news: bool = False
    likeness: float | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """When a ticket of an insight was written, and by which customer (a number)."""

    at: datetime
    customer: int
    customer_known: bool


def tickets_of(session: Session, insight_id: int) -> list[int]:
    """The rows of the tickets that an insight has now, those written first in front."""
    statement = (
        select(col(InsightTicket.ticket_id))
        .join(TicketFact, col(TicketFact.ticket_id) == col(InsightTicket.ticket_id))
        .where(col(InsightTicket.insight_id) == insight_id, is_there())
        .order_by(col(TicketFact.created_at), col(InsightTicket.ticket_id))
    )
    return list(session.execute(statement).scalars())


def given_to(session: Session, insight: int) -> tuple[list[int], list[int]]:
    """The rows of the tickets that people gave an insight, and of those that were detached."""
    own = InsightTicket
    statement = select(col(own.ticket_id), col(own.how), col(own.detached_at).is_(None)).where(
        col(own.insight_id) == insight
    )
    rows = session.execute(statement.order_by(col(own.ticket_id))).all()
    given = [ticket for ticket, how, is_there in rows if is_there and how != ITSELF]
    return given, [ticket for ticket, _, is_there in rows if not is_there]


def is_there() -> ColumnElement[bool]:
    """Whether a pair was not detached."""
    return col(InsightTicket.detached_at).is_(None)


def told(session: Session, insight: int) -> list[Told]:
    """When each ticket of an insight was written, and by whom; the first ones in front."""
    statement = (
        select(col(TicketFact.created_at), col(TicketFact.customer), col(TicketFact.customer_known))
        .join(InsightTicket, col(TicketFact.ticket_id) == col(InsightTicket.ticket_id))
        .where(col(InsightTicket.insight_id) == insight, is_there())
        .order_by(col(TicketFact.created_at))
    )
    return [Told(*row) for row in session.execute(statement)]


def counts(session: Session, insights: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many tickets each of these insights has, and from how many customers."""
    found: dict[int, tuple[int, int]] = {}
    for chunk in chunks(insights):
        statement = (
            select(
                col(InsightTicket.insight_id),
                func.count(),
                func.count(col(TicketFact.customer).distinct()),
            )
            .join(TicketFact, col(TicketFact.ticket_id) == col(InsightTicket.ticket_id))
            .where(col(InsightTicket.insight_id).in_(chunk), is_there())
            .group_by(col(InsightTicket.insight_id))
        )
        found.update({row[0]: (row[1], row[2]) for row in session.execute(statement)})
    return found


def news(session: Session, insight: int) -> tuple[int, int]:
    """Tickets that its thread was not told of, and their customers."""
    statement = (
        select(func.count(), func.count(col(TicketFact.customer).distinct()))
        .select_from(InsightTicket)
        .join(TicketFact, col(TicketFact.ticket_id) == col(InsightTicket.ticket_id))
        .where(
            col(InsightTicket.insight_id) == insight,
            is_there(),
            col(InsightTicket.is_news),
        )
    )
    tickets, customers = session.execute(statement).one()
    return int(tickets), int(customers)


def no_news(session: Session, insight: int) -> None:
    """Its thread was told of all that it has."""
    session.execute(
        update(InsightTicket)
        .where(col(InsightTicket.insight_id) == insight, col(InsightTicket.is_news))
        .values(is_news=False)
    )


def page(session: Session, insight: int, skip: int, limit: int) -> tuple[int, list[Attached]]:
    """How many tickets an insight has, and some of them, those written last in front."""
    there = (col(InsightTicket.insight_id) == insight, is_there())
    total = session.execute(select(func.count()).select_from(InsightTicket).where(*there))
    statement = (
        select(InsightTicket)
        .join(TicketFact, col(TicketFact.ticket_id) == col(InsightTicket.ticket_id))
        .where(*there)
        .order_by(col(TicketFact.created_at).desc(), col(InsightTicket.ticket_id).desc())
        .offset(skip)
        .limit(limit)
    )
    rows = session.execute(statement).scalars()
    return int(total.scalar_one()), [value_of(row) for row in rows]


def of_ticket(session: Session, ticket: int) -> Attached | None:
    """The insight that has a ticket now."""
    statement = select(InsightTicket).where(col(InsightTicket.ticket_id) == ticket, is_there())
    row = session.execute(statement).scalars().first()
    return value_of(row) if row else None


def rows_since(session: Session, row: int, since: datetime, limit: int) -> list[int]:
    """The next rows of tickets that were written since then, ascending."""
    statement = (
        select(col(TicketFact.ticket_id))
        .where(col(TicketFact.ticket_id) > row, col(TicketFact.created_at) >= since)
        .order_by(col(TicketFact.ticket_id))
        .limit(limit)
    )
    return list(session.execute(statement).scalars())


def without(session: Session, limit: int) -> list[int]:
    """The rows of the newest tickets that no insight has."""
    has_one = select(col(InsightTicket.ticket_id)).where(
        col(InsightTicket.ticket_id) == col(TicketFact.ticket_id), is_there()
    )
    statement = (
        select(col(TicketFact.ticket_id))
        .where(~has_one.exists())
        .order_by(col(TicketFact.ticket_id).desc())
        .limit(limit)
    )
    return list(session.execute(statement).scalars())


def tellers(session: Session, insights: Sequence[int], most: int) -> dict[int, list[int]]:
    """The rows of the tickets that people gave each insight, the newest `most` of each."""
    found: dict[int, list[int]] = {}
    for chunk in chunks(insights):
        statement = (
            select(col(InsightTicket.insight_id), col(InsightTicket.ticket_id))
            .where(
                col(InsightTicket.insight_id).in_(chunk),
                is_there(),
                col(InsightTicket.how) != ITSELF,
            )
            .order_by(col(InsightTicket.at).desc(), col(InsightTicket.ticket_id))
        )
        for insight, ticket in session.execute(statement):
            given = found.setdefault(insight, [])
            if len(given) < most:
                given.append(ticket)
    return found


def value_of(row: InsightTicket) -> Attached:
    return Attached(
        insight=row.insight_id,
        ticket=row.ticket_id,
        how=row.how,
        by=row.by,
        at=row.at,
        is_news=row.is_news,
        likeness=row.likeness,
    )
