"""Looks at what was shipped, when their day has come: kept, and told where the verdict changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.blocks import effect as screens
from bot.errors import UserError
from bot.reports import EffectReport, EffectVerdict, Happened, InsightNews, Status
from bot.service import cards, effect
from bot.service.context import Context
from bot.voice import effect_looks
from bot.voice.effect_looks import Look
from storage import insight_changes
from storage import insights as rows
from storage.values import InsightValue

AFTER_MIDNIGHT: Final = timedelta(hours=8)
"""A look waits so long for tickets of its last day, and tells nobody at night (UTC)."""
PAUSE: Final = timedelta(minutes=5)
"""Nothing new is due so soon after nothing was."""


class Looks:
    """Looks at shipped insights, one at a time."""

    def __init__(self, context: Context, team: str) -> None:
        self._context = context
        self._team = team
        self._found_none: datetime | None = None

    def run_one(self, now: datetime) -> bool:
        """Make one look that is due; False where none is."""
        waited = self._found_none is None or abs(now - self._found_none) >= PAUSE
        if waited and effect_look(self._context, self._team, now):
            return True
        if waited:
            self._found_none = now
        return False


def effect_look(context: Context, team: str, now: datetime) -> bool:
    """Make one look that is due, keep it, and plan its message; False where none is due."""
    with context.store.read() as session:
        found = _due(session, team, now)
        if found is None:
            return False
        value, weeks = found
        report = _report(session, context, value, weeks)
    with context.store.write() as session:
        # Another process may have looked meanwhile; a person may have taken the status back.
        held = rows.hold(session, value.id)
        is_same = held is not None and held.shipped_on == value.shipped_on
        if held is not None and is_same and _weeks(session, held, now) == weeks:
            _keep(session, held, weeks, report, now)
    return True


def _due(session: Session, team: str, now: datetime) -> tuple[InsightValue, int] | None:
    shipped = [value for value in rows.shipped(session) if value.team == team]
    past = insight_changes.of_sort(session, [value.id for value in shipped], Happened.LOOKED)
    for value in shipped:
        weeks = _next(value, _looks(past[value.id], value.shipped_on), now)
        if weeks is not None:
            return value, weeks
    return None


def _weeks(session: Session, value: InsightValue, now: datetime) -> int | None:
    return _next(value, past_looks(session, value), now)


def past_looks(session: Session, value: InsightValue) -> list[Look]:
    """The looks that were made since an insight shipped; none of those before it shipped again."""
    found = insight_changes.of_sort(session, [value.id], Happened.LOOKED)
    return _looks(found[value.id], value.shipped_on)


def _looks(changes: list[insight_changes.Change], shipped: date | None) -> list[Look]:
    return [
        Look(int(each.before), EffectVerdict(each.after))
        for each in changes
        if shipped is not None and each.said == shipped.isoformat()
    ]


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
    session: Session, value: InsightValue, weeks: int, report: EffectReport | None, now: datetime
) -> None:
    past = past_looks(session, value)
    verdict = report.verdict if report else EffectVerdict.TOO_EARLY
    shipped = value.shipped_on.isoformat() if value.shipped_on else ""
    news = InsightNews(now, "", Happened.LOOKED, before=str(weeks), after=verdict, said=shipped)
    cards.keep(session, value, news)
    if report is not None and effect_looks.is_news(past, Look(weeks, verdict)):
        message = screens.render(report, offer=value.status == Status.SHIPPED)
        cards.reply(session, value, message, f"effect:{shipped}:{weeks}", now)
