"""Insights: what a person judged worth keeping.

A ticket becomes one insight at most, and so does a Slack message, whatever is clicked twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from storage import engines, insight_moves, insight_tickets
from storage.insight_tickets import TAGGED, Attached
from storage.models import Insight, InsightMessage
from storage.values import InsightValue


@dataclass(frozen=True, slots=True)
class NewInsight:
    """An insight about a ticket (`ticket_id`) or about a message (`message_*`)."""

    team: str
    title: str
    feature_id: str | None
    kind: str
    note: str
    card_channel: str
    tagged_by: str
    ticket_id: int | None = None
    message_channel: str | None = None
    message_ts: str | None = None
    message_link: str | None = None
    first_row: int = 0


def add(session: Session, new: NewInsight, now: datetime) -> tuple[InsightValue, bool]:
    """The insight on this ticket or message, and whether it was made just now."""
    values = {
        "team": new.team,
        "title": new.title,
        "feature_id": new.feature_id,
        "kind": new.kind,
        "status": "open",
        "note": new.note,
        "ticket_id": new.ticket_id,
        "message_channel": new.message_channel,
        "message_ts": new.message_ts,
        "message_link": new.message_link,
        "card_channel": new.card_channel,
        "tagged_by": new.tagged_by,
        "created_at": now,
        "changed_at": now,
        "first_row": new.first_row,
    }
    # A number that an insert takes in vain is lost, and people read these numbers.
    existing = _there(session, new)
    if existing is not None:
        return existing, False
    result = session.execute(
        engines.insert(session, Insight)
        .values(**values)
        .on_conflict_do_nothing()
        .returning(col(Insight.id))
    )
    made = result.scalar_one_or_none()
    if made is not None:
        if new.ticket_id is not None:
            given = Attached(made, new.ticket_id, TAGGED, new.tagged_by, now)
            insight_moves.give(session, given)
        return _one(session, made), True
    existing = _there(session, new)
    if existing is None:
        raise LookupError("an insight was neither made nor found")
    return existing, False


def _there(session: Session, new: NewInsight) -> InsightValue | None:
    """The insight of this ticket, by way of a tag, or that has this message."""
    if new.ticket_id is not None:
        has = insight_tickets.of_ticket(session, new.ticket_id)
        return get(session, has.insight) if has is not None and has.how == TAGGED else None
    if new.message_channel and new.message_ts:
        return for_message(session, new.team, new.message_channel, new.message_ts)
    return None


def change(session: Session, insight: int, now: datetime, **values: Any) -> InsightValue:
    """Give columns of an insight other values. Raises LookupError if there is no such insight."""
    row = _row(session, insight)
    for name, value in values.items():
        setattr(row, name, value)
    row.changed_at = now
    session.flush()
    return value_of(row)


def looked(session: Session, insights: Sequence[int], row: int) -> None:
    """Tickets up to `row` were compared with these insights; nobody did anything to them."""
    session.execute(update(Insight).where(col(Insight.id).in_(insights)).values(looked_row=row))


def tell(session: Session, insight: int, now: datetime) -> None:
    """Its thread is told of new tickets at this moment."""
    session.execute(update(Insight).where(col(Insight.id) == insight).values(told_at=now))


def get(session: Session, insight: int) -> InsightValue | None:
    row = session.get(Insight, insight)
    return value_of(row) if row else None


def hold(session: Session, insight: int) -> InsightValue | None:
    """The same, and from here on others who hold or change it wait.

    For whoever plans what its cards are to show: the last one must have seen all.
    """
    row = session.get(Insight, insight, with_for_update=True, populate_existing=True)
    return value_of(row) if row else None


def hold_all(session: Session, insights: Iterable[int]) -> None:
    """Hold several, in an order in which nobody waits for somebody who waits."""
    for insight in sorted(set(insights)):
        hold(session, insight)


def held(session: Session, insight: int) -> InsightValue | None:
    """The insight, or the one that it is part of, held: what people do goes there."""
    value = get(session, insight)
    while value is not None:
        value = hold(session, standing(session, value).id)
        if value is None or value.merged_into is None:
            break
    return value


def for_ticket(session: Session, ticket: int) -> InsightValue | None:
    """The insight that has a ticket now."""
    attached = insight_tickets.of_ticket(session, ticket)
    return get(session, attached.insight) if attached else None


def for_message(session: Session, team: str, channel: str, ts: str) -> InsightValue | None:
    """The insight that was made of a message, or that it was put to."""
    row = session.execute(
        select(Insight).where(
            col(Insight.team) == team,
            col(Insight.message_channel) == channel,
            col(Insight.message_ts) == ts,
        )
    ).scalar_one_or_none()
    if row is None:
        put = session.get(InsightMessage, (team, channel, ts))
        row = session.get(Insight, put.insight_id) if put else None
    return standing(session, value_of(row)) if row else None


def parts_of(session: Session, insight: int) -> list[int]:
    """The insights that were merged into this one, by way of others too."""
    found: list[int] = []
    asked = [insight]
    while asked:
        statement = select(col(Insight.id)).where(col(Insight.merged_into).in_(asked))
        asked = [int(part) for part in session.execute(statement).scalars() if part]
        found += asked
    return found


def standing(session: Session, value: InsightValue) -> InsightValue:
    """The insight itself, or the one that it was merged into in the end."""
    while value.merged_into is not None:
        target = get(session, value.merged_into)
        if target is None:
            break
        value = target
    return value


def shipped(session: Session) -> list[InsightValue]:
    """All insights whose fix has shipped, with the day (`shipped_on`), the earliest first."""
    statement = (
        select(Insight)
        .where(col(Insight.status).in_(("shipped", "verified")), col(Insight.merged_into).is_(None))
        .where(col(Insight.shipped_on).is_not(None))
        .order_by(col(Insight.shipped_on), col(Insight.id))
    )
    return [value_of(row) for row in session.execute(statement).scalars()]


def _row(session: Session, insight: int) -> Insight:
    row = session.get(Insight, insight, with_for_update=True, populate_existing=True)
    if row is None:
        raise LookupError(f"there is no insight {insight}")
    return row


def _one(session: Session, insight: int) -> InsightValue:
    return value_of(_row(session, insight))


def value_of(row: Insight) -> InsightValue:
    """A row as the query modules give it."""
    return InsightValue(
        id=row.id or 0,
        team=row.team,
        title=row.title,
        feature_id=row.feature_id,
        kind=row.kind,
        status=row.status,
        note=row.note,
        ticket_id=row.ticket_id,
        message_link=row.message_link,
        card_channel=row.card_channel,
        tagged_by=row.tagged_by,
        created_at=row.created_at,
        changed_at=row.changed_at,
        owner=row.owner,
        issue_url=row.issue_url,
        shipped_on=row.shipped_on,
        shipped_what=row.shipped_what,
        declined_why=row.declined_why,
        first_row=row.first_row,
        looked_row=row.looked_row,
        told_at=row.told_at,
        merged_into=row.merged_into,
    )
