"""What channels want less of in their digests: a feature, a kind, or a story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import Session, col

from storage import engines
from storage.models import DigestLess

FEATURE, KIND, STORY = "feature", "kind", "story"


@dataclass(frozen=True, slots=True)
class LessValue:
    """`value` is a feature's id, a kind, or for a story the row of the ticket `ticket_id`."""

    id: int
    team: str
    channel: str
    what: str
    value: str
    ticket_id: int | None
    user: str
    said_at: datetime


def say(
    session: Session,
    team: str,
    channel: str,
    *,
    what: str,
    value: str,
    user: str,
    now: datetime,
) -> LessValue:
    """Keep that a channel wants less of something; who said so first stands."""
    session.execute(
        engines.insert(session, DigestLess)
        .values(
            team=team,
            channel=channel,
            what=what,
            value=value,
            ticket_id=int(value) if what == STORY else None,
            user=user,
            said_at=now,
        )
        .on_conflict_do_nothing()
    )
    found = select(DigestLess).where(
        col(DigestLess.team) == team,
        col(DigestLess.channel) == channel,
        col(DigestLess.what) == what,
        col(DigestLess.value) == value,
    )
    return _value(session.execute(found).scalar_one())


def of(session: Session, team: str, channel: str) -> list[LessValue]:
    """All that a channel wants less of, the newest first."""
    statement = (
        select(DigestLess)
        .where(col(DigestLess.team) == team, col(DigestLess.channel) == channel)
        .order_by(col(DigestLess.said_at).desc(), col(DigestLess.id).desc())
    )
    return [_value(row) for row in session.execute(statement).scalars()]


def take_back(session: Session, team: str, channel: str, less: int) -> LessValue | None:
    """Forget one of a channel; None where it was taken back before."""
    row = session.get(DigestLess, less, populate_existing=True, with_for_update=True)
    if row is None or (row.team, row.channel) != (team, channel):
        return None
    value = _value(row)
    session.execute(delete(DigestLess).where(col(DigestLess.id) == less))
    session.expunge(row)
    return value


def _value(row: DigestLess) -> LessValue:
    return LessValue(
        id=row.id or 0,
        team=row.team,
        channel=row.channel,
        what=row.what,
        value=row.value,
        ticket_id=row.ticket_id,
        user=row.user,
        said_at=row.said_at,
    )
