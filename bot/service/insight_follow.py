"""Insights follow what goes on around them: features renamed or merged, people who leave."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from sqlmodel import Session

from bot.reports import Happened, InsightNews, Status
from bot.service import cards
from bot.service.context import Context
from bot.service.heirs import MOVED
from storage import engines, insight_lists, meta
from storage import features as feature_rows
from storage import insights as rows
from storage.values import InsightValue

LOCK: Final = "insights_follow"
SEEN: Final = "insights_catalogue"
"""The stamp of the catalogue that all cards of a workspace show; its id is added."""
MOST: Final = 1_000

HasLeft = Callable[[str, str], bool]
"""Whether a person of a workspace has left it."""


class Following:
    """Keeps the cards of one workspace true; any number of processes may."""

    def __init__(self, context: Context, team: str, has_left: HasLeft) -> None:
        self._context = context
        self._team = team
        self._seen = f"{SEEN}:{team}"
        self._has_left = has_left
        self._checked: date | None = None

    def run_one(self, now: datetime) -> bool:
        """Follow one change; False where there is none."""
        with self._context.store.read() as session:
            moved = meta.get(session, MOVED)
            stamp = feature_rows.stamp(session)
            shown = meta.get(session, self._seen)
        if moved is not None:
            self._tell_moved(now)
            return True
        if stamp != shown:
            self._refresh(stamp, now)
            return True
        if self._checked == now.date():
            return False
        self._checked = now.date()
        return self._owners(now)

    def _tell_moved(self, now: datetime) -> None:
        # What moves is kept under the lock of the catalogue.
        with self._context.store.write(engines.CATALOGUE, engines.INSIGHTS, LOCK) as session:
            for one in json.loads(meta.get(session, MOVED) or "[]"):
                value = rows.get(session, int(one["insight"]))
                if value is not None:
                    before, after = str(one["before"]), str(one["after"])
                    news = InsightNews(now, "", Happened.FEATURE, before, after)
                    cards.tell(session, self._context, value, [news], now)
            meta.put(session, MOVED, None)

    def _refresh(self, stamp: str | None, now: datetime) -> None:
        with self._context.store.write(engines.INSIGHTS, LOCK) as session:
            for value in sorted(self._current(session), key=lambda value: value.id):
                cards.refresh(session, self._context, value.id, now)
            meta.put(session, self._seen, stamp)

    def _owners(self, now: datetime) -> bool:
        with self._context.store.read() as session:
            current = self._current(session)
        gone = {
            owner
            for owner in {value.owner for value in current if value.owner}
            if self._has_left(self._team, owner)
        }
        for value in current:
            if value.owner in gone:
                self._lose_owner(value.id, value.owner, now)
        return bool(gone)

    def _lose_owner(self, insight: int, owner: str, now: datetime) -> None:
        with self._context.store.write() as session:
            value = rows.hold(session, insight)
            if value is None or value.owner != owner:
                return
            is_owned = value.status == Status.OWNED
            status = Status.OPEN.value if is_owned else value.status
            value = rows.change(session, insight, now, owner=None, status=status)
            news = InsightNews(now, "", Happened.LEFT, before=owner)
            cards.tell(session, self._context, value, [news], now)

    def _current(self, session: Session) -> list[InsightValue]:
        return [value for value in insight_lists.current(session, MOST) if value.team == self._team]
