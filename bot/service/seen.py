"""Commands, clicks and submissions that were dealt with: a copy of one does nothing.

Slack promises an id for each. They are kept in the database, so that a copy that another process
gets does nothing either, and as long as a copy could pass for a request of now.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy.exc import OperationalError

from bot.service.context import Context
from storage import inbox, seen

KEEP_REQUESTS: Final = timedelta(minutes=10)
"""A signature is good for five minutes, a trigger for three seconds."""
KEEP_EVENTS: Final = timedelta(hours=48)
"""Slack repeats an event for 24 hours at the longest."""
KEEP_UNFINISHED: Final = timedelta(days=14)
"""What nobody could finish in so long, nobody will: missed reactions are looked up by then."""
EVERY: Final = timedelta(minutes=5)

_log = logging.getLogger(__name__)


def is_first(context: Context, team: str, body: Mapping[str, Any], now: datetime) -> bool:
    """Keep what tells a request apart; False if it came before.

    That is its trigger; one that has none is known by all that it says.
    """
    told_apart = body.get("trigger_id") or json.dumps(body, sort_keys=True, default=str)
    key = blake2b(str(told_apart).encode("utf-8", "replace"), digest_size=16).hexdigest()
    try:
        with context.store.write() as session:
            return seen.first(session, team, key, now)
    except OperationalError:
        # Nothing can be written just now, so a copy could not change anything either; who asks is
        # answered.
        _log.warning("a request could not be kept: the database takes nothing just now")
        return True


class Forgetting:
    """Work on the clock: what can no longer be repeated is forgotten."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._not_before: datetime | None = None

    def run_one(self, now: datetime) -> bool:
        """Forget what is old, once in `EVERY`; False where there was nothing."""
        # A clock that was ahead when it was last looked at has set a moment that is too late.
        if self._not_before is not None and self._not_before - EVERY <= now < self._not_before:
            return False
        self._not_before = now + EVERY
        with self._context.store.write() as session:
            gone = seen.forget(session, now - KEEP_REQUESTS)
            gone += inbox.forget(session, done=now - KEEP_EVENTS, given_up=now - KEEP_UNFINISHED)
            return gone > 0
