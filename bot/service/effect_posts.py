"""Looks at what was shipped, when their day has come: kept, and told where the verdict changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.blocks import effect as screens
from bot.errors import UserError
from bot.reports import EffectReport, EffectVerdict, Look, Status
from bot.service import cards, effect, looked
from bot.service.context import Context
from bot.voice import effect_looks
from storage import insights as rows
from storage.values import InsightValue

AFTER_MIDNIGHT: Final = timedelta(hours=8)
"""A look waits so long for tickets of its last day, and tells nobody at night (UTC)."""
PAUSE: Final = timedelta(minutes=5)
"""Nothing new is due so soon after nothing was."""
AGAIN: Final = timedelta(hours=1)
"""When a look that failed is tried again."""
LATE: Final = timedelta(days=1)


class Looks:
    """Looks at shipped insights, one at a time.

    One that fails raises, is passed over for a while and tried again: others are not held up.
    """

    def __init__(self, context: Context, team: str) -> None:
        self._context = context
        self._team = team
        self._found_none: datetime | None = None
        self._begun: dict[int, datetime] = {}

    def run_one(self, now: datetime) -> bool:
        """Make one look that is due; False where none is."""
        if self._found_none is not None and abs(now - self._found_none) < PAUSE:
            return False
        failed = {insight for insight, at in self._begun.items() if abs(now - at) < AGAIN}
        found = next_look(self._context, self._team, now, failed)
        if found is None:
            self._found_none = now
            return False
        # What raises in between stays begun.
        self._begun[found[0].id] = now
        make_look(self._context, *found, now)
        del self._begun[found[0].id]
        return True


def next_look(
    context: Context, team: str, now: datetime, failed: Collection[int] = ()
) -> tuple[InsightValue, int] | None:
    """A look that is due, of how many weeks after shipping, but for insights that failed."""
    with context.store.read() as session:
        shipped = [
            value
            for value in rows.shipped(session)
            if value.team == team and value.id not in failed
        ]
        return next(_due(session, shipped, now), None)


def late(context: Context, now: datetime) -> list[int]:
    """Insights whose look should have been made a day ago."""
    with context.store.read() as session:
        return [value.id for value, _ in _due(session, rows.shipped(session), now - LATE)]


def _due(
    session: Session, shipped: Sequence[InsightValue], now: datetime
) -> Iterator[tuple[InsightValue, int]]:
    past = looked.since_shipped(session, shipped)
    for value in shipped:
        weeks = _next(value, past[value.id], now)
        if weeks is not None:
            yield value, weeks


def make_look(context: Context, value: InsightValue, weeks: int, now: datetime) -> None:
    """Make such a look, keep it, and plan its message."""
    with context.store.read() as session:
        report = _report(session, context, value, weeks)
    with context.store.write() as session:
        # Another process may have looked meanwhile; a person may have taken the status back.
        held = rows.hold(session, value.id)
        is_same = held is not None and held.shipped_on == value.shipped_on
        if held is not None and is_same and _next(held, _past(session, held), now) == weeks:
            nothing = Look(weeks, EffectVerdict.TOO_EARLY)
            look = looked.look_of(report) if report else nothing
            _keep(session, context, held, (look, report), now)


def _past(session: Session, value: InsightValue) -> list[Look]:
    return looked.since_shipped(session, [value])[value.id]


def _next(value: InsightValue, past: list[Look], now: datetime) -> int | None:
    if value.shipped_on is None or value.merged_into is not None:
        return None
    return effect_looks.due(value.shipped_on, (now - AFTER_MIDNIGHT).date(), past)


def _report(
    session: Session, context: Context, value: InsightValue, weeks: int
) -> EffectReport | None:
    """None where there is nothing to be counted."""
    try:
        return effect.look(session, context, effect.fix_of(session, value), weeks)
    except UserError:
        return None


def _keep(
    session: Session,
    context: Context,
    value: InsightValue,
    seen: tuple[Look, EffectReport | None],
    now: datetime,
) -> None:
    """Keep a look, bring the card up to date, and tell it in the thread where it is news."""
    look, report = seen
    if value.shipped_on is None:
        return
    past = _past(session, value)
    cards.keep(session, value, looked.news(look, value.shipped_on, now))
    cards.refresh(session, context, value.id, now)
    if report is not None and effect_looks.is_news(past, look):
        message = screens.render(report, posted=True, offer=value.status == Status.SHIPPED)
        cards.reply(session, value, message, f"effect:{value.shipped_on}:{look.weeks}", now)
