"""Rows of tickets that are to leave: of a customer, of an account, named ones, and old ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from storage.columns import customer_number
from storage.models import Ticket, TicketFact


def of_customer(session: Session, key: str) -> list[int]:
    """The tickets of a customer, ascending. Narrow rows are gone through: keys have no index."""
    return _rows(
        session,
        select(col(TicketFact.ticket_id))
        .join(Ticket, col(Ticket.id) == col(TicketFact.ticket_id))
        .where(col(TicketFact.customer) == customer_number(key), col(Ticket.customer) == key),
    )


def of_account(session: Session, key: str) -> list[int]:
    """The tickets of an account, ascending."""
    return _rows(session, select(col(Ticket.id)).where(col(Ticket.account) == key))


def named(session: Session, places: Sequence[tuple[str, str]]) -> list[int]:
    """The tickets of these sources and numbers, ascending."""
    found: list[int] = []
    for source, number in places:
        own = (col(Ticket.source) == source, col(Ticket.external_id) == number)
        found += _rows(session, select(col(Ticket.id)).where(*own))
    return sorted(found)


def place(session: Session, row: int) -> tuple[str, str] | None:
    """Source and number of a ticket; None where there is none."""
    statement = select(col(Ticket.source), col(Ticket.external_id)).where(col(Ticket.id) == row)
    found = session.execute(statement).first()
    return None if found is None else (found[0], found[1])


def written_before(session: Session, moment: datetime, limit: int) -> list[int]:
    """The oldest tickets that were written before then."""
    statement = select(col(TicketFact.ticket_id)).where(col(TicketFact.created_at) < moment)
    ordered = statement.order_by(col(TicketFact.created_at), col(TicketFact.ticket_id))
    return list(session.execute(ordered.limit(limit)).scalars())


def _rows(session: Session, statement: Select[Any]) -> list[int]:
    return sorted(session.execute(statement).scalars())
