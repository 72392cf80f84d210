"""Slack messages that were put to insights: where they stand, never their words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from storage import engines
from storage.models import InsightMessage


def put(
    session: Session,
    insight: int,
    place: tuple[str, str, str],
    *,
    link: str | None,
    by: str,
    now: datetime,
) -> bool:
    """Put a message (workspace, channel, timestamp) to an insight; False if it had one before."""
    team, channel, ts = place
    values = {"team": team, "channel": channel, "ts": ts, "insight_id": insight}
    done = session.execute(
        engines.insert(session, InsightMessage)
        .values(**values, link=link, by=by, at=now)
        .on_conflict_do_nothing()
        .returning(col(InsightMessage.ts))
    )
    return done.first() is not None


def move(session: Session, source: int, target: int) -> None:
    session.execute(
        update(InsightMessage)
        .where(col(InsightMessage.insight_id) == source)
        .values(insight_id=target)
    )


def links(session: Session, insight: int) -> list[str]:
    """Addresses of the messages that were put to an insight, the first in front."""
    statement = (
        select(col(InsightMessage.link))
        .where(col(InsightMessage.insight_id) == insight, col(InsightMessage.link).is_not(None))
        .order_by(col(InsightMessage.at), col(InsightMessage.ts))
    )
    return [str(link) for link in session.execute(statement).scalars()]
