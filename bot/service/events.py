"""Events that are answered at once, and only once however often Slack sends them."""

from __future__ import annotations

from datetime import datetime

from bot.service.context import Context
from storage import inbox
from storage.values import Incoming


def is_first(context: Context, *, team: str, event_id: str, type: str, now: datetime) -> bool:
    """Keep an event's id; False if it came before. Nothing is left for the clock to finish."""
    incoming = Incoming(team, event_id, type, {}, now, 0)
    with context.store.write() as session:
        first = inbox.record(session, incoming, now)
        if first:
            inbox.finish(session, team, event_id, "answered", now)
        return first
