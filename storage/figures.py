"""The figures of a window: what is counted for a feature, or for words.

For a feature whole days come from the roll-ups and the days that the window cuts from narrow rows.
For words the newest matches are read in one pass, at most `MOST_HITS` of them. Distinct customers
are exact: they are told apart by their numbers in the narrow rows of the window.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from storage import figure_statements as statements
from storage import rollups
from storage.columns import DAY, instant
from storage.figure_statements import BEFORE, MASKS, NOW, OUTSIDE
from storage.models import FRICTION_BITS, KIND_BITS
from storage.rollups import FIGURES, NOTHING, figures_of
from storage.scope import Scope
from storage.values import Counts, Figures

WEEK = timedelta(days=7)
MOST_HITS = 100_000
_AT_ONCE = 100
"""Stretches of time that one statement asks for."""

Stretch = tuple[int, int]
Pair = tuple[int, int]
"""Tickets, and the customers who wrote them."""


def of(session: Session, scope: Scope, earlier: datetime) -> Figures:
    """Figures of a scope, and of the same tickets in `[earlier, scope.since)`."""
    if scope.feature is not None:
        return _of_feature(session, scope, earlier)
    return _of_words(session, scope, earlier)


def _weeks(scope: Scope) -> int:
    return max(1, -(-(scope.until - scope.since) // WEEK))


def _apart(numbers: str | None) -> list[str]:
    return numbers.split(",") if numbers else []


def _of_feature(session: Session, scope: Scope, earlier: datetime) -> Figures:
    now, before = _sums(session, scope, earlier)
    since, until, week = instant(scope.since), instant(scope.until), statements.WEEK
    stretches = [
        (max(since, until - back * week), until - (back - 1) * week)
        for back in range(_weeks(scope), 0, -1)
    ]
    *weeks, felt_before = _felt_in(session, scope, [*stretches, (instant(earlier), since)])
    return Figures(
        now=_counts(now, len(set().union(*weeks))),
        before=_counts(before, len(set(felt_before))),
        weeks=tuple((len(felt), len(set(felt))) for felt in weeks),
        is_capped=False,
    )


def _felt_in(session: Session, scope: Scope, stretches: Sequence[Stretch]) -> list[list[str]]:
    """The customers of each ticket with friction, by stretch of time."""
    found: list[list[str]] = [[] for _ in stretches]
    for start in range(0, len(stretches), _AT_ONCE):
        part = stretches[start : start + _AT_ONCE]
        values = _bounds(part) | {"feature": scope.feature}
        for place, numbers in session.execute(statements.felt_in(len(part)), values):
            found[start + place] = _apart(numbers)
    return found


def _bounds(stretches: Sequence[Stretch]) -> dict[str, Any]:
    begins = {f"b{place}": begin for place, (begin, _) in enumerate(stretches)}
    return begins | {f"e{place}": end for place, (_, end) in enumerate(stretches)}


def _sums(
    session: Session, scope: Scope, earlier: datetime
) -> tuple[rollups.Figures, rollups.Figures]:
    """Figures of a feature's window and of the one before."""
    sums = [list(NOTHING), list(NOTHING)]
    first, end = rollups.whole_days(scope.since, scope.until)
    earlier_first, earlier_end = rollups.whole_days(earlier, scope.since)
    days = {
        "feature": scope.feature,
        "first": first,
        "end": max(end, earlier_end),
        "earlier_first": earlier_first,
        "earlier_end": earlier_end,
    }
    for which, *figures in session.execute(statements.whole_days(), days):
        sums[which] = [int(figure) for figure in figures]
    cut = [*_cut(scope.since, scope.until), *_cut(earlier, scope.since)]
    if any(begin < stop for begin, stop in cut):
        values = _bounds(cut) | {"feature": scope.feature}
        for which, kinds, known, tickets in session.execute(statements.cut_days(), values):
            _add(sums[which], kinds, bool(known), tickets)
    return tuple(sums[NOW]), tuple(sums[BEFORE])


def _cut(since: datetime, until: datetime) -> tuple[Stretch, Stretch]:
    """The stretches of a window that are no whole days."""
    first, end = rollups.whole_days(since, until)
    begin, stop = instant(since), instant(until)
    if first * DAY >= stop:
        return (begin, stop), (stop, stop)
    return (begin, first * DAY), (end * DAY, stop)


def _add(sums: list[int], kinds: int, known: bool, tickets: int) -> None:
    for place, figure in enumerate(figures_of(kinds, known)):
        sums[place] += figure * tickets


def _of_words(session: Session, scope: Scope, earlier: datetime) -> Figures:
    """All in one pass over the matches: by week, and as one group in the window before."""
    count = _weeks(scope)
    nobody = _counts(NOTHING, 0)
    rows = rollups.rows_written(session, earlier, scope.until)
    if rows is None:
        return Figures(nobody, nobody, ((0, 0),) * count, is_capped=False)
    sums = [list(NOTHING) for _ in range(count + 1)]
    customers: list[set[str]] = [set() for _ in range(count + 1)]
    seen = 0
    matches = statements.matches(scope, instant(earlier), count, rows, MOST_HITS)
    for group, tickets, numbers in session.execute(matches):
        seen += tickets
        week, mask = divmod(group, MASKS)
        if week != OUTSIDE:
            kinds, known = divmod(mask, 2)
            _add(sums[week], kinds, bool(known), tickets)
            if kinds & FRICTION_BITS:
                customers[week].update(_apart(numbers))
    now = tuple(map(sum, zip(*sums[:count], strict=True)))
    felt = FIGURES.index("friction")
    return Figures(
        now=_counts(now, len(set().union(*customers[:count]))),
        before=_counts(tuple(sums[count]), len(customers[count])),
        weeks=tuple((sums[week][felt], len(customers[week])) for week in reversed(range(count))),
        is_capped=scope.words is not None and seen >= MOST_HITS,
    )


def per_feature(
    session: Session, earlier: datetime, since: datetime, until: datetime
) -> dict[str, tuple[Pair, Pair]]:
    """Tickets with friction and their distinct customers, by feature.

    First those in `[since, until)`, then those in `[earlier, since)`; features without any in
    both are left out.
    """
    window = {"earlier": instant(earlier), "since": instant(since), "until": instant(until)}
    found: dict[str, tuple[Pair, Pair]] = {}
    for feature, *felt in session.execute(statements.per_feature(), window):
        now, before = map(_apart, felt)
        if now or before:
            found[feature] = (len(now), len(set(now))), (len(before), len(set(before)))
    return found


def named(session: Session, since: datetime, until: datetime) -> frozenset[str]:
    """The features of all tickets in `[since, until)`, widened to whole days."""
    days = {"first": instant(since) // DAY, "last": (instant(until) - 1) // DAY}
    return frozenset(session.execute(statements.named(), days).scalars())


def weeks_before(session: Session, feature: str, until: datetime, most: int) -> tuple[int, ...]:
    """Tickets with friction in each of the last `most` weeks before the day of `until`.

    The newest week first; weeks that began before anything was stored are left out.
    """
    end = instant(until) // DAY
    first = session.execute(statements.first_day()).scalar_one()
    if first is None:
        return ()
    weeks = max(0, min(most, (end - first) // 7))
    days = {"feature": feature, "first": end - 7 * weeks, "end": end}
    counts = [0] * weeks
    for day, tickets in session.execute(statements.felt_by_day(), days):
        counts[(end - 1 - day) // 7] += tickets
    return tuple(counts)


def _counts(sums: rollups.Figures, customers: int) -> Counts:
    figures = dict(zip(FIGURES, sums, strict=True))
    return Counts(
        tickets=figures["friction"],
        customers=customers,
        mentioned=figures["tickets"],
        known=figures["known"],
        kinds_unknown=figures["unknown"],
        kinds={kind: figures[kind] for kind in KIND_BITS},
    )
