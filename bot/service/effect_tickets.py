"""The tickets behind the figures of a look at a fix, as they are stored now.

To know them the stories of a feature are compared, which takes a processor seconds. So what was
found is kept while people turn the pages, and only one look is compared at a time.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from time import monotonic
from typing import Final

from sqlmodel import Session

from bot.errors import NotFound
from bot.reports import EffectTickets, EffectWeek
from bot.service import catalogue as catalogues
from bot.service import convert, effect, insights
from bot.service.context import Context
from bot.service.effect import Fix
from bot.voice.effect_looks import LOOKS
from storage import effect_counts as counts
from storage import tickets as rows

PAGE: Final = 10
KEPT: Final = 16
"""Looks whose tickets are remembered, at the most."""
KEPT_FOR: Final = timedelta(minutes=10).total_seconds()


@dataclass(frozen=True, slots=True)
class Side:
    """Which tickets are asked for: of an insight's look, before or after its day of shipping."""

    insight: int
    shipped: date
    weeks: int
    after: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows of the tickets of one side, the newest first, and what they come to."""

    told: tuple[int, ...]
    weeks: int
    customers: int


@dataclass(frozen=True, slots=True)
class _Look:
    before: _Found
    after: _Found
    is_known: bool
    at: float


class Behind:
    """Finds the tickets of looks, and remembers those of the last few for some minutes."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._kept: OrderedDict[tuple[Fix, int], _Look] = OrderedDict()
        self._one_at_a_time = Lock()

    def page(self, side: Side, number: int) -> EffectTickets:
        """A page (from 0; beyond the last it is the last). Raises `NotFound`, and `UserError`
        where nothing can be counted any more."""
        if side.weeks not in LOOKS:
            raise NotFound("There is nothing such here any more.")
        with self._context.store.read() as session:
            fix = effect.fix_of(session, insights.get(session, side.insight), side.shipped)
            look = self._look(session, fix, side.weeks)
            return _page(session, fix, side, look, number)

    def _look(self, session: Session, fix: Fix, weeks: int) -> _Look:
        """What people change of the insight makes it another fix, which is counted anew."""
        with self._one_at_a_time:
            kept = self._kept.get((fix, weeks))
            if kept is not None and monotonic() - kept.at < KEPT_FOR:
                return kept
            main, is_known = effect.counted(session, self._context, fix, weeks)
            found = _Look(_found(main.before), _found(main.after), is_known, monotonic())
            self._kept[fix, weeks] = found
            self._kept.move_to_end((fix, weeks))
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return found


def _found(side: tuple[EffectWeek, ...]) -> _Found:
    weeks = [week for week in side if week.left_out is None]
    return _Found(
        told=tuple(row for week in reversed(weeks) for row in reversed(week.tickets)),
        weeks=len(weeks),
        customers=sum(week.customers for week in weeks),
    )


def _page(session: Session, fix: Fix, side: Side, look: _Look, number: int) -> EffectTickets:
    found = look.after if side.after else look.before
    stored = counts.names(session, found.told)
    told = [row for row in found.told if row in stored]
    shown = min(max(number, 0), max(len(told) - 1, 0) // PAGE)
    features = catalogues.load(session).by_id
    return EffectTickets(
        insight=fix.insight or side.insight,
        title=fix.title,
        shipped_on=side.shipped,
        weeks=side.weeks,
        after=side.after,
        weeks_counted=found.weeks,
        counted=found.customers,
        customers_known=look.is_known,
        tickets=tuple(
            convert.ticket(each, features)
            for each in rows.get(session, told[shown * PAGE : (shown + 1) * PAGE])
        ),
        total=len(told),
        page=shown,
        size=PAGE,
    )
