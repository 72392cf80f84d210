"""What people do with customers' words: who, where, when and what sort; never about what."""

from __future__ import annotations

from datetime import datetime

from bot.reports import Act
from bot.service.context import Context
from storage import acts as rows


def record(
    context: Context, team: str, channel: str, *, user: str, kind: Act, now: datetime
) -> None:
    """Keep an act in a channel."""
    with context.store.write() as session:
        rows.record(session, team, channel, user=user, kind=kind.value, at=now)
