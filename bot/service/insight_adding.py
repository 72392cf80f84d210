"""Tickets and messages that a person puts to an insight which is there.

These work within a caller's session.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.errors import NotFound, UserError
from bot.reports import Happened, InsightNews
from bot.service import cards
from bot.service.context import Context
from storage import insight_messages, insight_moves
from storage import insights as rows
from storage import tickets as ticket_rows
from storage.insight_tickets import ADDED, ITSELF, Attached
from storage.values import InsightValue


@dataclass(frozen=True, slots=True)
class Said:
    """Who does it, with which note, and when."""

    user: str
    note: str
    now: datetime


def ticket(
    session: Session, context: Context, value: InsightValue, ticket: int, said: Said
) -> bool:
    """Give an insight a ticket, which leaves any other; False where a person did so before.

    One that had attached itself is confirmed. Raises `NotFound`, and `UserError` for a ticket that
    another insight was made of.
    """
    found = ticket_rows.get(session, [ticket])
    if not found:
        raise NotFound("This ticket is no longer stored.")
    before = insight_moves.hold(session, ticket)
    if before is not None and before.insight == value.id and before.how != ITSELF:
        return False
    first = insight_moves.made_of(session, ticket)
    if before is not None and first == before.insight:
        raise UserError(
            f"Insight {first} was made of this ticket and keeps it: merge the two insights if they "
            "tell the same."
        )
    others = [before.insight if before is not None else None, first]
    rows.hold_all(session, [value.id, *(other for other in others if other is not None)])
    insight_moves.give(session, Attached(value.id, ticket, ADDED, said.user, said.now))
    if before is not None and before.insight != value.id:
        left(session, context, before, said)
    news = InsightNews(
        said.now, said.user, Happened.ADDED, after=found[0].external_id, said=said.note
    )
    cards.tell(session, context, value, [news], said.now)
    return True


def message(
    session: Session,
    context: Context,
    value: InsightValue,
    said: Said,
    *,
    place: tuple[str, str, str],
    link: str | None,
) -> bool:
    """Put a message (workspace, channel, timestamp) to an insight; False where it has one."""
    if rows.for_message(session, *place) is not None:
        return False
    put = insight_messages.put(session, value.id, place, link=link, by=said.user, now=said.now)
    if put:
        news = InsightNews(said.now, said.user, Happened.ADDED, after=link or "", said=said.note)
        cards.tell(session, context, value, [news], said.now)
    return put


def left(session: Session, context: Context, before: Attached, said: Said) -> None:
    """Tell an insight that a person took a ticket from it, for another."""
    other = rows.get(session, before.insight)
    found = ticket_rows.get(session, [before.ticket])
    if other is not None and found:
        news = InsightNews(said.now, said.user, Happened.DETACHED, before=found[0].external_id)
        cards.tell(session, context, other, [news], said.now)
