"""The tickets behind the figures of a look at a fix, as they are stored now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.errors import NotFound
from bot.reports import EffectTickets
from bot.service import catalogue as catalogues
from bot.service import convert, effect, insights
from bot.service.context import Context
from bot.voice.effect_looks import LOOKS
from storage import tickets as rows

PAGE: Final = 10


@dataclass(frozen=True, slots=True)
class Side:
    """Which tickets are asked for: of an insight's look, before or after its day of shipping."""

    insight: int
    shipped: date
    weeks: int
    after: bool


def page(context: Context, side: Side, number: int) -> EffectTickets:
    """A page (from 0; beyond the last it is the last). Raises `NotFound`, and `UserError` where
    nothing can be counted any more."""
    if side.weeks not in LOOKS:
        raise NotFound("There is nothing such here any more.")
    with context.store.read() as session:
        value = insights.get(session, side.insight)
        fix = effect.fix_of(session, value, side.shipped)
        main, is_known = effect.counted(session, context, fix, side.weeks)
        weeks = [
            week for week in (main.after if side.after else main.before) if week.left_out is None
        ]
        told = [row for week in reversed(weeks) for row in reversed(week.tickets)]
        last = max(len(told) - 1, 0) // PAGE
        shown = min(max(number, 0), last)
        features = catalogues.load(session).by_id
        return EffectTickets(
            insight=value.id,
            title=value.title,
            shipped_on=side.shipped,
            weeks=side.weeks,
            after=side.after,
            weeks_counted=len(weeks),
            counted=sum(week.customers for week in weeks),
            customers_known=is_known,
            tickets=tuple(
                convert.ticket(each, features)
                for each in rows.get(session, told[shown * PAGE : (shown + 1) * PAGE])
            ),
            total=len(told),
            page=shown,
            size=PAGE,
        )
