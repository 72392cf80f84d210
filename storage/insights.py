"""Insights: what a person judged worth keeping.

A ticket becomes one insight at most, and so does a Slack message, whatever is clicked twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from storage import engines
from storage.models import Feature, Insight
from storage.values import InsightValue

# The engine takes no condition of any length.
_WORDS_MOST, _WORD_LONGEST = 50, 100


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
    }
    result = session.execute(
        engines.insert(session, Insight)
        .values(**values)
        .on_conflict_do_nothing()
        .returning(col(Insight.id))
    )
    made = result.scalar_one_or_none()
    if made is not None:
        return _one(session, made), True
    existing = for_ticket(session, new.ticket_id) if new.ticket_id is not None else None
    if existing is None and new.message_channel and new.message_ts:
        existing = for_message(session, new.team, new.message_channel, new.message_ts)
    if existing is None:
        raise LookupError("an insight was neither made nor found")
    return existing, False


def edit(
    session: Session,
    insight: int,
    *,
    title: str,
    feature_id: str | None,
    kind: str,
    note: str,
    now: datetime,
) -> InsightValue:
    """Change what a person may change. Raises LookupError if there is no such insight."""
    row = _row(session, insight)
    row.title, row.feature_id, row.kind, row.note = title, feature_id, kind, note
    row.changed_at = now
    session.flush()
    return _value(row)


def set_status(session: Session, insight: int, status: str, now: datetime) -> InsightValue:
    """Move an insight to another status. Raises LookupError if there is no such insight."""
    row = _row(session, insight)
    row.status, row.changed_at = status, now
    session.flush()
    return _value(row)


def get(session: Session, insight: int) -> InsightValue | None:
    row = session.get(Insight, insight)
    return _value(row) if row else None


def hold(session: Session, insight: int) -> InsightValue | None:
    """The same, and from here on others who hold or change it wait.

    For whoever plans what its cards are to show: the last one must have seen all.
    """
    row = session.get(Insight, insight, with_for_update=True)
    return _value(row) if row else None


def for_ticket(session: Session, ticket: int) -> InsightValue | None:
    row = session.execute(
        select(Insight).where(col(Insight.ticket_id) == ticket)
    ).scalar_one_or_none()
    return _value(row) if row else None


def for_message(session: Session, team: str, channel: str, ts: str) -> InsightValue | None:
    row = session.execute(
        select(Insight).where(
            col(Insight.team) == team,
            col(Insight.message_channel) == channel,
            col(Insight.message_ts) == ts,
        )
    ).scalar_one_or_none()
    return _value(row) if row else None


def find(
    session: Session, words: str, limit: int, until: datetime | None = None
) -> tuple[list[InsightValue], int]:
    """Insights that have every word in title, note, kind, status or feature; newest first.

    Returns at most `limit` of those made before `until`, and how many there are. Of a long text
    the first words count.
    """
    statement = select(Insight).outerjoin(Feature, col(Feature.id) == col(Insight.feature_id))
    if until is not None:
        statement = statement.where(col(Insight.created_at) < until)
    # PostgreSQL keeps no NUL, and does not want to be asked for one.
    for word in words.replace("\0", " ").split()[:_WORDS_MOST]:
        pattern = _pattern(word[:_WORD_LONGEST])
        fields = (
            col(Insight.title),
            col(Insight.note),
            col(Insight.kind),
            col(Insight.status),
            col(Feature.name),
        )
        statement = statement.where(or_(*[field.ilike(pattern, escape="\\") for field in fields]))
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    newest = statement.order_by(col(Insight.created_at).desc(), col(Insight.id).desc())
    rows = session.execute(newest.limit(limit)).scalars()
    return [_value(row) for row in rows], int(total)


def _pattern(word: str) -> str:
    return "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def open_on(session: Session, feature: str, limit: int) -> list[InsightValue]:
    """Insights on a feature that are neither verified nor declined, newest first."""
    statement = (
        select(Insight)
        .where(col(Insight.feature_id) == feature)
        .where(col(Insight.status).in_(("open", "owned", "shipped")))
        .order_by(col(Insight.created_at).desc(), col(Insight.id).desc())
        .limit(limit)
    )
    return [_value(row) for row in session.execute(statement).scalars()]


def shipped_on(session: Session, feature: str, limit: int) -> list[InsightValue]:
    """Insights on a feature whose fix has shipped, the last changed first."""
    statement = (
        select(Insight)
        .where(col(Insight.feature_id) == feature)
        .where(col(Insight.status).in_(("shipped", "verified")))
        .order_by(col(Insight.changed_at).desc(), col(Insight.id).desc())
        .limit(limit)
    )
    return [_value(row) for row in session.execute(statement).scalars()]


def of(session: Session, ids: Sequence[int]) -> list[InsightValue]:
    rows = session.execute(select(Insight).where(col(Insight.id).in_(ids))).scalars()
    return [_value(row) for row in rows]


def _row(session: Session, insight: int) -> Insight:
    row = session.get(Insight, insight, with_for_update=True)
    if row is None:
        raise LookupError(f"there is no insight {insight}")
    return row


def _one(session: Session, insight: int) -> InsightValue:
    return _value(_row(session, insight))


def _value(row: Insight) -> InsightValue:
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
    )
