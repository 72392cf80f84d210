"""What is too old leaves once a day, in small pieces, when there is nothing else to do.

Tickets leave as they do by request, with everything that was made of them; their posts are left to
Slack's own retention, but for cards. How long what is kept stands in the settings and the README.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.reports import Deed
from bot.service import audit, erase, post_edits, posting
from bot.service.context import Context
from storage import disk, meta, retention, selection

BATCH: Final = 200
"""Tickets that one transaction removes."""
LOCK: Final = "expiry"
LEAP: Final = timedelta(days=30)
_log = logging.getLogger(__name__)

Remove = Callable[[Session, datetime], int]


class Expiry:
    """Removes what is too old; any number of processes may."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._done: date | None = None

    def run_one(self, now: datetime) -> bool:
        """Remove one piece; False when nothing is left to be done on this day (UTC)."""
        today = now.date()
        if self._done == today:
            return False
        with self._context.store.read() as session:
            last = meta.get(session, meta.EXPIRED_ON)
        if last == today.isoformat() or not _is_believed(last, today):
            self._wait(last, today)
            return False
        if self._tickets(now) or self._others(now):
            return True
        with self._context.store.read() as session:
            anything = meta.get(session, meta.EXPIRING) is not None
        if anything and disk.merge_some(self._context.store):
            return True
        self._finish(now)
        if anything:
            disk.cut_log(self._context.store)
        return anything

    def _wait(self, last: str | None, today: date) -> None:
        """Nothing leaves on this day."""
        self._done = today
        if last == today.isoformat():
            return
        if last is not None:
            _log.warning("the clock has gone from %s to %s: nothing is removed today", last, today)
        with self._context.store.write(LOCK) as session:
            meta.put(session, meta.EXPIRED_ON, today.isoformat())

    def _tickets(self, now: datetime) -> bool:
        days = self._context.settings.keep_tickets
        if not days:
            return False
        with self._context.store.read() as session:
            rows = selection.written_before(session, now - timedelta(days=days), BATCH)
            shown = post_edits.shown(session, rows)
            found = post_edits.find(session, shown, now) if shown else None
        if not shown or found is None:
            return False
        with self._context.store.write(LOCK, *erase.LOCKS) as session:
            # Another process may have removed them meanwhile.
            left = [one for one in shown if selection.place(session, one.key)]
            if left:
                done = erase.batch(self._context, session, left, erase.Why.AGE, now, found=found)
                _count(session, done.counts)
        return True

    def _others(self, now: datetime) -> bool:
        with self._context.store.write(LOCK) as session:
            for sort, days, remove in self._sorts():
                count = remove(session, now - timedelta(days=days)) if days else 0
                if count:
                    _count(session, Counter({sort: count}))
                    return True
        return False

    def _sorts(self) -> Iterator[tuple[str, int, Remove]]:
        settings = self._context.settings
        cards = posting.INSIGHT
        tickets, acts = settings.keep_tickets, settings.keep_acts
        yield "messages", tickets, lambda s, before: retention.messages(s, before, cards)
        yield "posts", tickets, lambda s, before: retention.posts(s, before, cards)
        yield "digests", tickets, retention.digests
        yield "alarms", tickets, retention.alarms
        yield "acts", acts, retention.acts
        yield "reactions taken back", acts, retention.taken_back
        yield "events", acts, retention.events
        yield "audit entries", settings.keep_audit, retention.audit

    def _finish(self, now: datetime) -> None:
        with self._context.store.write(LOCK) as session:
            if meta.get(session, meta.EXPIRED_ON) == now.date().isoformat():
                return
            gone = _gone(session)
            if gone:
                said = ", ".join(f"{sort}: {count}" for sort, count in sorted(gone.items()))
                audit.record(session, now, Deed.EXPIRED, said, by=audit.CLOCK)
            meta.put(session, meta.EXPIRING, None)
            meta.put(session, meta.EXPIRED_ON, now.date().isoformat())
        self._done = now.date()


def _is_believed(last: str | None, today: date) -> bool:
    """Whether a day is one on which something may leave for good: not the first of all, nor after
    a leap of the clock, which may be wrong. The day after is."""
    return last is not None and timedelta(0) < today - date.fromisoformat(last) <= LEAP


def _gone(session: Session) -> Counter[str]:
    return Counter(json.loads(meta.get(session, meta.EXPIRING) or "{}"))


def _count(session: Session, counts: Counter[str]) -> None:
    meta.put(session, meta.EXPIRING, json.dumps(_gone(session) + counts))
