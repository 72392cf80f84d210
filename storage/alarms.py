"""Alarms in and out, and the narrow rows and texts that they are found in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from storage import engines
from storage.chunks import chunks
from storage.models import (
    ALL_BITS,
    KIND_BITS,
    UNKNOWN_BIT,
    Alarm,
    AlarmChannel,
    Ticket,
    TicketFact,
    TicketFeature,
)


@dataclass(frozen=True, slots=True)
class AlarmValue:
    """An alarm as it is kept; see `storage.alarm_tables.Alarm`. `id` is None before it is."""

    id: int | None
    opened: datetime
    began: datetime
    seen: datetime
    closed: datetime | None
    features: tuple[str, ...]
    terms: tuple[str, ...]
    theme: str
    observed: int
    expected: float
    hours: int
    chance: float
    rows: tuple[int, ...]
    is_theme: bool = False
    silence: str | None = None
    silenced_by: str | None = None
    silenced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WrittenValue:
    """A ticket as it counts for alarms; `customer` is None where it is not known."""

    row: int
    at: datetime
    customer: int | None
    features: tuple[str, ...]


def written(session: Session, since: datetime, until: datetime) -> list[WrittenValue]:
    """Tickets of `[since, until)` but those that carry nothing but praise, by time."""
    in_window = (col(TicketFeature.created_at) >= since, col(TicketFeature.created_at) < until)
    features: dict[int, list[str]] = {}
    about = select(col(TicketFeature.ticket_id), col(TicketFeature.feature_id)).where(*in_window)
    for row, feature in session.execute(about.order_by(col(TicketFeature.position))):
        features.setdefault(row, []).append(feature)
    fact = TicketFact
    statement = select(
        col(fact.ticket_id), col(fact.created_at), col(fact.customer), col(fact.customer_known)
    ).where(
        col(fact.created_at) >= since,
        col(fact.created_at) < until,
        col(fact.kinds).bitwise_and(ALL_BITS | UNKNOWN_BIT) != KIND_BITS["praise"],
    )
    rows = session.execute(statement.order_by(col(fact.created_at), col(fact.ticket_id)))
    return [
        WrittenValue(row, at, customer if known else None, tuple(features.get(row, ())))
        for row, at, customer, known in rows
    ]


def texts(session: Session, rows: Sequence[int]) -> dict[int, str]:
    """Subject and body of tickets, by row."""
    found: dict[int, str] = {}
    for chunk in chunks(rows):
        statement = select(col(Ticket.id), col(Ticket.subject), col(Ticket.body)).where(
            col(Ticket.id).in_(chunk)
        )
        for row, subject, body in session.execute(statement):
            found[row] = f"{subject}\n{body}"
    return found


def first_written(session: Session) -> datetime | None:
    """When the oldest stored ticket was written."""
    statement = select(col(TicketFact.created_at)).order_by(col(TicketFact.created_at)).limit(1)
    return session.execute(statement).scalar_one_or_none()


def since(session: Session, moment: datetime) -> list[AlarmValue]:
    """Alarms that last, or ended at `moment` or later, in the order in which they were raised."""
    statement = select(Alarm).where(or_(col(Alarm.closed).is_(None), col(Alarm.closed) >= moment))
    rows = session.execute(statement.order_by(col(Alarm.opened), col(Alarm.id))).scalars()
    return [_value(row) for row in rows]


def get(session: Session, alarm: int) -> AlarmValue | None:
    row = session.get(Alarm, alarm, populate_existing=True)
    return _value(row) if row else None


def put(session: Session, value: AlarmValue) -> int:
    """Keep a new alarm or what became of one; silencing is `silence`'s alone. Returns the row."""
    fields: dict[str, Any] = {
        "opened": value.opened,
        "began": value.began,
        "seen": value.seen,
        "closed": value.closed,
        "features": list(value.features),
        "terms": list(value.terms),
        "theme": value.theme,
        "observed": value.observed,
        "expected": value.expected,
        "hours": value.hours,
        "chance": value.chance,
        "rows": list(value.rows),
        "is_theme": value.is_theme,
    }
    if value.id is None:
        row = Alarm(**fields)
        session.add(row)
        session.flush()
        return int(row.id or 0)
    session.execute(update(Alarm).where(col(Alarm.id) == value.id).values(**fields))
    return value.id


def silence(session: Session, alarm: int, word: str, user: str, now: datetime) -> bool:
    """Silence an alarm; False where somebody did so before, or it is gone."""
    done = session.execute(
        update(Alarm)
        .where(col(Alarm.id) == alarm, col(Alarm.silence).is_(None))
        .values(silence=word, silenced_by=user, silenced_at=now)
        .returning(col(Alarm.id))
    )
    return done.first() is not None


def told(session: Session, alarm: int, team: str) -> dict[str, datetime]:
    """The channels of a workspace that show an alarm, and when their message was last planned."""
    statement = select(col(AlarmChannel.channel), col(AlarmChannel.told_at)).where(
        col(AlarmChannel.alarm_id) == alarm, col(AlarmChannel.team) == team
    )
    return {row.channel: row.told_at for row in session.execute(statement)}


def tell(session: Session, alarm: int, team: str, channel: str, now: datetime) -> None:
    """Keep that a channel's message was planned just now."""
    row: dict[str, Any] = {"alarm_id": alarm, "team": team, "channel": channel, "told_at": now}
    engines.upsert(session, AlarmChannel, row)


def _value(row: Alarm) -> AlarmValue:
    return AlarmValue(
        id=row.id,
        opened=row.opened,
        began=row.began,
        seen=row.seen,
        closed=row.closed,
        features=tuple(row.features),
        terms=tuple(row.terms),
        theme=row.theme,
        observed=row.observed,
        expected=row.expected,
        hours=row.hours,
        chance=row.chance,
        rows=tuple(row.rows),
        is_theme=row.is_theme,
        silence=row.silence,
        silenced_by=row.silenced_by,
        silenced_at=row.silenced_at,
    )
