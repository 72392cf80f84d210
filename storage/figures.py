"""The figures of a window: what is counted for a feature, or for words.

For a feature whole days come from the roll-ups and the days that the window cuts from narrow rows.
For words the newest matches are read in one pass, at most `MOST_HITS` of them. Distinct customers
are exact: they are told apart by their numbers in the narrow rows of the window.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlmodel import Session

from storage import rollups, search
from storage.models import (
    DAY,
    FRICTION_BITS,
    KIND_BITS,
    Feature,
    FeatureDay,
    TicketFact,
    TicketFeature,
    instant,
    table_of,
)
from storage.rollups import FIGURES, NOTHING, figures_of
from storage.scope import Scope
from storage.values import Counts, Figures

WEEK = timedelta(days=7)
MOST_HITS = 100_000
_WEEK = 7 * DAY
_OUTSIDE = -1
_NOW, _BEFORE = 0, 1

_FEATURE = table_of(Feature).c
_DAY = table_of(FeatureDay).c
_ABOUT = table_of(TicketFeature).c
_FACT = table_of(TicketFact).c


def _number(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=BigInteger)


def _customers(who: SQLColumnExpression[int]) -> ColumnElement[Any]:
    """The numbers of customers in one string: half the cost of letting the engine count them."""
    return func.aggregate_strings(cast(who, String), ",")


def _apart(numbers: str | None) -> set[str]:
    return set(numbers.split(",")) if numbers else set()


# Statements of the hot path are made once: SQLAlchemy takes longer to make one than to run it.
_ABOUT_AT = type_coerce(_ABOUT.created_at, BigInteger)
_FACT_AT = type_coerce(_FACT.created_at, BigInteger)
_OF_FEATURE = _ABOUT.feature_id == bindparam("feature")
_ABOUT_FELT = _ABOUT.kinds.bitwise_and(FRICTION_BITS) != 0


def _felt_by_week() -> Select[Any]:
    """Tickets with friction and their customers by week back from the end, and before."""
    back = (_number("until") - 1 - _ABOUT_AT) // _WEEK
    week = case((_number("since") <= _ABOUT_AT, back), else_=_OUTSIDE)
    return (
        select(week, func.count(), _customers(_ABOUT.customer))
        .where(
            _OF_FEATURE,
            _number("earlier") <= _ABOUT_AT,
            _number("until") > _ABOUT_AT,
            _ABOUT_FELT,
        )
        .group_by(week)
    )


def _whole_days() -> Select[Any]:
    """What the roll-ups count on the whole days of a window and of the one before."""
    which = case((_DAY.day >= _number("first"), _NOW), else_=_BEFORE)
    return (
        select(which, *[func.sum(_DAY[name]) for name in FIGURES])
        .where(
            _DAY.feature_id == bindparam("feature"),
            _DAY.day >= _number("earlier_first"),
            _DAY.day < _number("end"),
            (_DAY.day >= _number("first")) | (_DAY.day < _number("earlier_end")),
        )
        .group_by(which)
    )


_EDGES = 4


def _cut_days() -> Any:
    """Tickets of the days that the two windows cut, two at most each."""
    return union_all(
        *[
            select(
                literal(_NOW if edge < 2 else _BEFORE),
                _ABOUT.kinds,
                _ABOUT.customer_known,
                func.count(),
            )
            .where(_OF_FEATURE, _number(f"b{edge}") <= _ABOUT_AT, _number(f"e{edge}") > _ABOUT_AT)
            .group_by(_ABOUT.kinds, _ABOUT.customer_known)
            for edge in range(_EDGES)
        ]
    )


_FELT_BY_WEEK = _felt_by_week()
_WHOLE_DAYS = _whole_days()
_CUT_DAYS = _cut_days()


def of(session: Session, scope: Scope, earlier: datetime) -> Figures:
    """Figures of a scope, and of the same tickets in `[earlier, scope.since)`."""
    if scope.feature is not None:
        return _of_feature(session, scope, earlier)
    return _of_words(session, scope, earlier)


def _weeks(scope: Scope) -> int:
    return max(1, -(-(scope.until - scope.since) // WEEK))


def _of_feature(session: Session, scope: Scope, earlier: datetime) -> Figures:
    now, before = _sums(session, scope, earlier)
    weeks: list[tuple[int, int]] = [(0, 0)] * _weeks(scope)
    customers: set[str] = set()
    customers_before: set[str] = set()
    window = {
        "feature": scope.feature,
        "earlier": instant(earlier),
        "since": instant(scope.since),
        "until": instant(scope.until),
    }
    for week, tickets, numbers in session.execute(_FELT_BY_WEEK, window):
        who = _apart(numbers)
        if week == _OUTSIDE:
            customers_before = who
        else:
            customers |= who
            weeks[-1 - week] = tickets, len(who)
    return Figures(
        now=_counts(now, len(customers)),
        before=_counts(before, len(customers_before)),
        weeks=tuple(weeks),
        is_capped=False,
    )


def _sums(
    session: Session, scope: Scope, earlier: datetime
) -> tuple[rollups.Figures, rollups.Figures]:
    """Figures of a feature's window and of the one before.

    Whole days come from the roll-ups, those that the windows cut from narrow rows.
    """
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
    for which, *figures in session.execute(_WHOLE_DAYS, days):
        sums[which] = figures
    edges = [*_edges(scope.since, scope.until), *_edges(earlier, scope.since)]
    if any(begin < stop for begin, stop in edges):
        bounds = {f"b{place}": begin for place, (begin, _) in enumerate(edges)}
        bounds |= {f"e{place}": stop for place, (_, stop) in enumerate(edges)}
        cut = session.execute(_CUT_DAYS, bounds | {"feature": scope.feature})
        for which, *group in cut:
            _add(sums[which], [group])
    return tuple(sums[_NOW]), tuple(sums[_BEFORE])


def _edges(since: datetime, until: datetime) -> tuple[tuple[int, int], tuple[int, int]]:
    """The stretches of a window that are no whole days."""
    first, end = rollups.whole_days(since, until)
    begin, stop = instant(since), instant(until)
    if first * DAY >= stop:
        return (begin, stop), (stop, stop)
    return (begin, first * DAY), (end * DAY, stop)


def _add(sums: list[int], groups: Iterable[Sequence[Any]]) -> None:
    for kinds, known, tickets in groups:
        for place, figure in enumerate(figures_of(kinds, bool(known))):
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
    for week, kinds, known, tickets, numbers in session.execute(_grouped(scope, earlier, rows)):
        seen += tickets
        if week != _OUTSIDE:
            _add(sums[week], [(kinds, known, tickets)])
            if kinds & FRICTION_BITS:
                customers[week] |= _apart(numbers)
    now = tuple(map(sum, zip(*sums[:count], strict=True)))
    felt = FIGURES.index("friction")
    return Figures(
        now=_counts(now, len(set().union(*customers[:count]))),
        before=_counts(tuple(sums[count]), len(customers[count])),
        weeks=tuple((sums[week][felt], len(customers[week])) for week in reversed(range(count))),
        is_capped=seen >= MOST_HITS,
    )


def _grouped(scope: Scope, earlier: datetime, rows: tuple[int, int]) -> Select[Any]:
    """Matches by week back from the end, the window before as the week after the last one."""
    week = case(
        (instant(scope.until) <= _FACT_AT, _OUTSIDE),
        (instant(scope.since) <= _FACT_AT, (instant(scope.until) - 1 - _FACT_AT) // _WEEK),
        (instant(earlier) <= _FACT_AT, _weeks(scope)),
        else_=_OUTSIDE,
    )
    kinds, known = _FACT.kinds, _FACT.customer_known
    who = _customers(case((kinds.bitwise_and(FRICTION_BITS) != 0, _FACT.customer)))
    statement = select(week, kinds, known, func.count(), who).group_by(week, kinds, known)
    if scope.words is None:
        return statement.where(instant(earlier) <= _FACT_AT, instant(scope.until) > _FACT_AT)
    found = search.hits(scope.words, rows, MOST_HITS).subquery()
    return statement.join(found, found.c.ticket_id == _FACT.ticket_id)


def _per_feature() -> Select[Any]:
    which = case((_number("since") > _ABOUT_AT, _BEFORE), else_=_NOW)
    return (
        select(_FEATURE.id, which, func.count(), _customers(_ABOUT.customer))
        .join(table_of(TicketFeature), _ABOUT.feature_id == _FEATURE.id)
        .where(_number("earlier") <= _ABOUT_AT, _number("until") > _ABOUT_AT, _ABOUT_FELT)
        .group_by(_FEATURE.id, which)
    )


_PER_FEATURE = _per_feature()


def per_feature(
    session: Session, earlier: datetime, since: datetime, until: datetime
) -> dict[str, tuple[tuple[int, int], tuple[int, int]]]:
    """Tickets with friction and their distinct customers, by feature.

    First those in `[since, until)`, then those in `[earlier, since)`; features without any in
    both are left out.
    """
    window = {"earlier": instant(earlier), "since": instant(since), "until": instant(until)}
    found: dict[str, list[tuple[int, int]]] = {}
    for feature, which, tickets, numbers in session.execute(_PER_FEATURE, window):
        found.setdefault(feature, [(0, 0), (0, 0)])[which] = tickets, len(_apart(numbers))
    return {feature: (now, before) for feature, (now, before) in found.items()}


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
