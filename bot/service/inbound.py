"""Events from Slack that a listener left unfinished, when its process died or Slack did not answer.

They were recorded before they were acknowledged: see `storage.inbox`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from bot.service.context import Context
from storage import inbox
from storage.values import Incoming

GRACE: Final = timedelta(seconds=15)
"""The one who records an event has so long to finish it, then the clock does."""
MOST_ATTEMPTS: Final = 20

Finish = Callable[[Incoming, datetime], object]


def record(context: Context, incoming: Incoming) -> bool:
    """Keep an event before it is acknowledged; False if it came before."""
    with context.store.write() as session:
        return inbox.record(session, incoming, incoming.received_at + GRACE)


def finish_one(context: Context, team: str, now: datetime, finishers: Mapping[str, Finish]) -> bool:
    """Finish one event of a workspace by its type; False when there is none."""
    with context.store.write() as session:
        incoming = inbox.claim(session, team, now, GRACE)
        if incoming is None:
            return False
        if incoming.attempts > MOST_ATTEMPTS or incoming.type not in finishers:
            inbox.finish(session, incoming.team, incoming.event_id, "given up", now)
            return True
    finishers[incoming.type](incoming, now)
    return True
