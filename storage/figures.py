"""The figures of a window: what is counted for a feature, or for words.

For a feature whole days come from the roll-ups, and the days that a window or a week cuts from
narrow rows. For words, and wherever a question is narrowed, the rows that match are read in one
pass, of words the newest `MOST_HITS`. Distinct customers are exact: their numbers are joined.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from storage import figure_statements as statements
from storage import rollups, search
from storage.columns import DAY, instant
from storage.day_customers import distinct, from_text
from storage.figure_statements import MASKS, OUTSIDE
from storage.rollups import FIGURES, NOTHING, figures_of
from storage.scope import Scope
from storage.values import Counts, Figures

WEEK = timedelta(days=7)
MOST_HITS = 100_000
_AT_ONCE = 100
"""Stretches of time that one statement asks for."""
_FRICTION = FIGURES.index("friction")

Stretch = tuple[int, int]
Pair = tuple[int, int]
"""Tickets, and the customers who wrote them."""


@dataclass(slots=True)
class _Sum:
    """What is counted in a stretch of time; `customers` are packed, some of them repeatedly."""

    figures: list[int] = field(default_factory=lambda: list(NOTHING))
    customers: list[bytes | None] = field(default_factory=list)

    def add(self, figures: Iterable[int], times: int = 1) -> None:
        for place, figure in enumerate(figures):
            self.figures[place] += figure * times

    @property
    def counts(self) -> Counts:
        return rollups.counts(tuple(self.figures), distinct(self.customers))

    @property
    def felt(self) -> Pair:
        return rollups.friction(tuple(self.figures)), distinct(self.customers)


def of(session: Session, scope: Scope, earlier: datetime, days_before: int = 0) -> Figures:
    """Figures of a scope, of the same tickets in `[earlier, scope.since)`, and of `days_before`."""
    if scope.is_narrowed or (scope.feature is None and scope.words is None):
        return _of_rows(session, scope, earlier)
    if scope.feature is not None:
        return _of_days(session, scope, earlier, days_before)
    # With numpy, which takes a while to import.
    from storage import matched

    found = matched.find(session, scope, earlier, MOST_HITS)
    return matched.figures(found, scope, earlier, _weeks(scope), MOST_HITS)


def _found(weeks: Sequence[_Sum], before: _Sum, *, is_capped: bool = False) -> Figures:
    now = _Sum()
    for week in weeks:
        now.add(week.figures)
        now.customers += week.customers
    return Figures(now.counts, before.counts, tuple(week.felt for week in weeks), is_capped)


# --- from days ------------------------------------------------------------------------------------


def _of_days(session: Session, scope: Scope, earlier: datetime, days_before: int) -> Figures:
    since, until, week = instant(scope.since), instant(scope.until), statements.WEEK
    stretches = [
        *[
            (max(since, until - back * week), until - (back - 1) * week)
            for back in range(_weeks(scope), 0, -1)
        ],
        (instant(earlier), since),
    ]
    told_from = stretches[-1][0] // DAY
    first = min(told_from, since // DAY - days_before)
    values = {"feature": scope.feature, "first": first, "told": told_from, "end": until // DAY}
    days = {day: rest for day, *rest in session.execute(statements.whole_days(), values).all()}
    sums = [_Sum() for _ in stretches]
    for counted, (first, end) in zip(sums, map(_whole_days, stretches), strict=True):
        whole = [days[day] for day in range(first, end) if day in days]
        if whole:
            *figures, customers = zip(*whole, strict=True)
            counted.add(map(sum, figures))
            counted.customers += customers
    _add_cut_days(session, scope, stretches, sums)
    *weeks, before = sums
    past = (days.get(since // DAY - back) for back in range(1, days_before + 1))
    felt = tuple(day[_FRICTION] if day else 0 for day in past)
    return replace(_found(weeks, before), days_before=felt)


def _weeks(scope: Scope) -> int:
    return max(1, -(-(scope.until - scope.since) // WEEK))


def _whole_days(stretch: Stretch) -> Stretch:
    """The first day that lies within the stretch as a whole, and the one after the last."""
    first, end = -(-stretch[0] // DAY), stretch[1] // DAY
    return first, max(first, end)


def _cut(stretch: Stretch) -> list[Stretch]:
    """The parts of a stretch that are no whole days."""
    begin, stop = stretch
    first, end = _whole_days(stretch)
    parts = [stretch] if first == end else [(begin, first * DAY), (end * DAY, stop)]
    return [part for part in parts if part[0] < part[1]]


def _add_cut_days(
    session: Session, scope: Scope, stretches: Sequence[Stretch], sums: Sequence[_Sum]
) -> None:
    cut = [
        (counted, part)
        for counted, stretch in zip(sums, stretches, strict=True)
        for part in _cut(stretch)
    ]
    for start in range(0, len(cut), _AT_ONCE):
        some = cut[start : start + _AT_ONCE]
        values = bounds([part for _, part in some]) | {"feature": scope.feature}
        found = session.execute(statements.cut_days(len(some)), values)
        for place, kinds, known, tickets, customers in found:
            counted, _ = some[place]
            figures = figures_of(kinds, bool(known))
            counted.add(figures, tickets)
            if figures[_FRICTION]:
                counted.customers.append(from_text(customers))


def bounds(stretches: Sequence[Stretch]) -> dict[str, Any]:
    """Values for statements that name stretches `[b0, e0)` …"""
    begins = {f"b{place}": begin for place, (begin, _) in enumerate(stretches)}
    return begins | {f"e{place}": end for place, (_, end) in enumerate(stretches)}


# --- from rows ------------------------------------------------------------------------------------


def _of_rows(session: Session, scope: Scope, earlier: datetime) -> Figures:
    """By week, and as one group in the window before."""
    count = _weeks(scope)
    sums = [_Sum() for _ in range(count + 1)]
    sought = (
        {}
        if scope.words is None
        else search.within(session, scope.words, earlier, scope.until, MOST_HITS)
    )
    seen = 0
    if sought is not None:
        window = {"earlier": instant(earlier), "weeks": count}
        values = scope.values() | window | sought
        for group, tickets, customers in session.execute(statements.matches(scope.form), values):
            seen += tickets
            week, mask = divmod(group, MASKS)
            if week != OUTSIDE:
                kinds, known = divmod(mask, 2)
                figures = figures_of(kinds, bool(known), scope.counted)
                sums[week].add(figures, tickets)
                if figures[_FRICTION]:
                    sums[week].customers.append(from_text(customers))
    *weeks, before = sums
    is_capped = scope.words is not None and seen >= MOST_HITS
    return _found(weeks[::-1], before, is_capped=is_capped)


# --- of all features ------------------------------------------------------------------------------


def per_feature(
    session: Session, earlier: datetime, since: datetime, until: datetime
) -> dict[str, tuple[Pair, Pair]]:
    """Tickets with friction and their distinct customers, by feature.

    First those in `[since, until)`, then those in `[earlier, since)`; features without any in
    both are left out.
    """
    stretches = [(instant(since), instant(until)), (instant(earlier), instant(since))]
    sums: defaultdict[str, tuple[_Sum, _Sum]] = defaultdict(lambda: (_Sum(), _Sum()))
    for which, stretch in enumerate(stretches):
        first, end = _whole_days(stretch)
        days = session.execute(statements.days_of_all(), {"first": first, "end": end}).all()
        for feature, friction, customers in days:
            counted = sums[feature][which]
            counted.figures[_FRICTION] += friction
            counted.customers.append(customers)
    cut = [(which, part) for which, stretch in enumerate(stretches) for part in _cut(stretch)]
    if cut:
        values = bounds([part for _, part in cut])
        for feature, *felt in session.execute(statements.cut_days_of_all(len(cut)), values):
            for (which, _), customers in zip(cut, felt, strict=True):
                if customers:
                    counted = sums[feature][which]
                    counted.figures[_FRICTION] += customers.count(",") + 1
                    counted.customers.append(from_text(customers))
    return {feature: (now.felt, before.felt) for feature, (now, before) in sums.items()}
