"""What people name in a question: a ticket's id, a segment, a source.

No table is read for it: ids and sources are found along their indexes, and segments are those of
the newest tickets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlmodel import Session, col

from storage.models import Ticket, TicketFact

NEWEST = 5_000
MOST_SOURCES = 100
MOST_ALIKE = 20
NEWEST_LINKS = 20_000


@dataclass(frozen=True, slots=True)
class NamedTicket:
    """A ticket as it is told from others that have the same id elsewhere."""

    row: int
    external_id: str
    source: str
    url: str | None


@cache
def _segments() -> Select[tuple[str | None]]:
    newest = (
        select(col(TicketFact.segment)).order_by(col(TicketFact.ticket_id).desc()).limit(NEWEST)
    ).subquery()
    return select(newest.c.segment).where(newest.c.segment.is_not(None)).distinct()


def segments(session: Session) -> list[str]:
    """Segments among the newest tickets, in order."""
    return sorted(name for name in session.execute(_segments()).scalars() if name)


def has_segment(session: Session, name: str) -> bool:
    """Whether any ticket is in this segment."""
    found = select(col(Ticket.id)).where(col(Ticket.segment) == name).limit(1)
    return session.execute(found).first() is not None


def sources(session: Session) -> list[str]:
    """Sources of tickets in order, at most a hundred."""
    found: list[str] = []
    statement = select(func.min(col(Ticket.source)))
    name = session.execute(statement).scalar_one()
    while name is not None and len(found) < MOST_SOURCES:
        found.append(name)
        name = session.execute(statement.where(col(Ticket.source) > name)).scalar_one()
    return found


@cache
def _named() -> Select[Any]:
    return _tickets().where(col(Ticket.external_id).in_(bindparam("ids", expanding=True)))


@cache
def _linked() -> Select[Any]:
    newest = select(func.max(col(Ticket.id)) - NEWEST_LINKS).scalar_subquery()
    return _tickets().where(
        col(Ticket.id) > newest, col(Ticket.url).in_(bindparam("links", expanding=True))
    )


def _tickets() -> Select[Any]:
    shown = [col(getattr(Ticket, name)) for name in ("id", "external_id", "source", "url")]
    return select(*shown).order_by(col(Ticket.id).desc()).limit(MOST_ALIKE)


def called(session: Session, external_ids: Sequence[str]) -> list[NamedTicket]:
    """Tickets with one of these ids, in whatever source; those stored last come first."""
    return [NamedTicket(*row) for row in session.execute(_named(), {"ids": list(external_ids)})]


def linked(session: Session, links: Sequence[str]) -> list[NamedTicket]:
    """Tickets with one of these links, among the newest: links have no index."""
    return [NamedTicket(*row) for row in session.execute(_linked(), {"links": list(links)})]
