"""Tickets given to insights, attached to them and taken from them.

A ticket belongs to one insight at a time: the database takes no other row, and who gives one away
holds it first. The insight that was made of a ticket forgets so when the ticket goes elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from storage import engines, insight_tickets
from storage.chunks import chunks
from storage.insight_tickets import ITSELF, Attached, is_there
from storage.models import Insight, InsightTicket, Ticket


def hold(session: Session, ticket: int) -> Attached | None:
    """The insight that has a ticket now; from here on others who would give it away wait."""
    session.get(Ticket, ticket, with_for_update=True)
    return insight_tickets.of_ticket(session, ticket)


def made_of(session: Session, ticket: int) -> int | None:
    """The insight that was made of a ticket, be it part of another by now."""
    statement = select(col(Insight.id)).where(col(Insight.ticket_id) == ticket)
    return session.execute(statement).scalar_one_or_none()


def _forget(session: Session, tickets: Sequence[int], kept_by: int | None = None) -> None:
    """Whatever was made of these tickets no longer is, but for the insight that keeps them."""
    for chunk in chunks(tickets):
        session.execute(
            update(Insight)
            .where(col(Insight.ticket_id).in_(chunk), col(Insight.id).is_distinct_from(kept_by))
            .values(ticket_id=None)
        )


def give(session: Session, value: Attached) -> None:
    """A person gives an insight a ticket: it leaves any other, and what was detached is back."""
    hold(session, value.ticket)
    _forget(session, [value.ticket], kept_by=value.insight)
    session.execute(
        update(InsightTicket)
        .where(
            col(InsightTicket.ticket_id) == value.ticket,
            col(InsightTicket.insight_id) != value.insight,
            is_there(),
        )
        .values(detached_at=value.at, detached_by=value.by)
    )
    engines.upsert(
        session,
        InsightTicket,
        {
            "insight_id": value.insight,
            "ticket_id": value.ticket,
            "how": value.how,
            "by": value.by,
            "at": value.at,
            "likeness": value.likeness,
            "is_news": value.is_news,
            "detached_by": None,
            "detached_at": None,
        },
    )


def attach(session: Session, values: Iterable[Attached]) -> list[Attached]:
    """Let tickets attach themselves; those that have an insight, or were detached, do not."""
    made = []
    for value in values:
        if insight_tickets.of_ticket(session, value.ticket) is not None:
            continue
        row = {
            "insight_id": value.insight,
            "ticket_id": value.ticket,
            "how": ITSELF,
            "by": "",
            "at": value.at,
            "likeness": value.likeness,
            "is_news": value.is_news,
        }
        statement = engines.insert(session, InsightTicket).values(**row).on_conflict_do_nothing()
        done = session.execute(statement.returning(col(InsightTicket.ticket_id)))
        made += [value] if done.first() is not None else []
    return made


def detach(session: Session, insight: int, ticket: int, by: str, now: datetime) -> bool:
    """Take a ticket from an insight; False where it does not have it."""
    done = session.execute(
        update(InsightTicket)
        .where(
            col(InsightTicket.insight_id) == insight,
            col(InsightTicket.ticket_id) == ticket,
            is_there(),
        )
        .values(detached_by=by, detached_at=now)
        .returning(col(InsightTicket.ticket_id))
    )
    if done.first() is None:
        return False
    _forget(session, [ticket])
    return True


def move(session: Session, source: int, target: int) -> int:
    """Give all tickets of an insight to another, which keeps what was detached from it.

    Returns how many it got.
    """
    known = select(col(InsightTicket.ticket_id)).where(col(InsightTicket.insight_id) == target)
    moved = session.execute(
        update(InsightTicket)
        .where(
            col(InsightTicket.insight_id) == source,
            col(InsightTicket.ticket_id).not_in(known.scalar_subquery()),
        )
        .values(insight_id=target)
        .returning(col(InsightTicket.detached_at))
        .execution_options(synchronize_session=False)
    )
    count = sum(row.detached_at is None for row in moved)
    # What the target does not want stays behind; the insight that it stays with is closed.
    left = session.execute(
        delete(InsightTicket)
        .where(col(InsightTicket.insight_id) == source)
        .returning(col(InsightTicket.ticket_id))
    )
    _forget(session, list(left.scalars()))
    return count
