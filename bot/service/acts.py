"""What people do with customers' words: who, where, when and what sort; never about what."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.reports import Act, Deed
from bot.service import audit
from bot.service.context import Context
from storage import acts as rows


def record(
    context: Context, team: str, channel: str, *, user: str, kind: Act, now: datetime
) -> None:
    """Keep an act in a channel."""
    with context.store.write() as session:
        rows.record(session, team, channel, user=user, kind=kind.value, at=now)


def configured(
    session: Session, team: str, channel: str, what: str, *, user: str, now: datetime
) -> None:
    """The same for who changed how a channel is served, in the transaction of that; audited."""
    rows.record(session, team, channel, user=user, kind=Act.SET_UP.value, at=now)
    about = f"channel {channel}: {what}"
    audit.record(session, now, Deed.CHANNEL_CONFIGURED, about, by=user, team=team)
