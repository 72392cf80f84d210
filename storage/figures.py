"""The figures of a window: what is counted for a feature, or for words.

For a feature whole days come from the roll-ups and the days that the window cuts from narrow rows.
For words the newest matches are read in one pass, at most `MOST_HITS` of them. Distinct customers
are exact: they are told apart by their numbers in the narrow rows of the window.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
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
    UNKNOWN_BIT,
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
_AT_ONCE = 100
"""Stretches of time that one statement asks for."""
_NOW, _BEFORE = 0, 1
_MASKS = 2 * 2 * UNKNOWN_BIT
"""More than any mask of kinds, doubled."""

_FEATURE = table_of(Feature).c
_DAY = table_of(FeatureDay).c
_ABOUT = table_of(TicketFeature).c
_FACT = table_of(TicketFact).c


def _number(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=BigInteger)


def _customers(who: SQLColumnExpression[int]) -> ColumnElement[Any]:
    """The numbers of customers in one string: half the cost of letting the engine count them."""
    return func.aggregate_strings(cast(who, String), ",")


def _apart(numbers: str | None) -> list[str]:
    return numbers.split(",") if numbers else []


# Statements of the hot path are made once: SQLAlchemy takes longer to make one than to run it.
_ABOUT_AT = type_coerce(_ABOUT.created_at, BigInteger)
_FACT_AT = type_coerce(_FACT.created_at, BigInteger)
_OF_FEATURE = _ABOUT.feature_id == bindparam("feature")
_ABOUT_FELT = _ABOUT.kinds.bitwise_and(FRICTION_BITS) != 0


@cache
def _felt(stretches: int) -> CompoundSelect[Any]:
    """Customers of tickets with friction in so many stretches of time, a string for each.

    A range of the index for each costs less than sorting all rows into groups.
    """
    return union_all(
        *[
            select(literal(place), _customers(_ABOUT.customer)).where(
                _OF_FEATURE,
                _number(f"b{place}") <= _ABOUT_AT,
                _number(f"e{place}") > _ABOUT_AT,
                _ABOUT_FELT,
            )
            for place in range(stretches)
        ]
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


def _cut_days() -> CompoundSelect[Any]:
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
    since, until = instant(scope.since), instant(scope.until)
    stretches = [
        (max(since, until - back * _WEEK), until - (back - 1) * _WEEK)
        for back in range(_weeks(scope), 0, -1)
    ]
    stretches.append((instant(earlier), since))
    *weeks, felt_before = _felt_in(session, scope, stretches)
    return Figures(
        now=_counts(now, len(set().union(*weeks))),
        before=_counts(before, len(set(felt_before))),
        weeks=tuple((len(felt), len(set(felt))) for felt in weeks),
        is_capped=False,
    )


def _felt_in(
    session: Session, scope: Scope, stretches: Sequence[tuple[int, int]]
) -> list[list[str]]:
    """The customers of each ticket with friction, by stretch of time."""
    found: list[list[str]] = [[] for _ in stretches]
    for start in range(0, len(stretches), _AT_ONCE):
        part = stretches[start : start + _AT_ONCE]
        values: dict[str, Any] = {"feature": scope.feature}
        values |= {f"b{place}": begin for place, (begin, _) in enumerate(part)}
        values |= {f"e{place}": end for place, (_, end) in enumerate(part)}
        for place, numbers in session.execute(_felt(len(part)), values):
            found[start + place] = _apart(numbers)
    return found


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
    for group, tickets, numbers in session.execute(_grouped(scope, earlier, rows)):
        seen += tickets
        week, mask = divmod(group, _MASKS)
        if week != _OUTSIDE:
            kinds, known = divmod(mask, 2)
            _add(sums[week], [(kinds, known, tickets)])
            if kinds & FRICTION_BITS:
                customers[week].update(_apart(numbers))
    now = tuple(map(sum, zip(*sums[:count], strict=True)))
    felt = FIGURES.index("friction")
    return Figures(
        now=_counts(now, len(set().union(*customers[:count]))),
        before=_counts(tuple(sums[count]), len(customers[count])),
        weeks=tuple((sums[week][felt], len(customers[week])) for week in reversed(range(count))),
        is_capped=seen >= MOST_HITS,
    )


def _grouped(scope: Scope, earlier: datetime, rows: tuple[int, int]) -> Select[Any]:
    """Matches by week back from the end, the window before as the week after the last one.

    The key has kinds and the customer's being known in its lower bits: one number sorts faster.
    """
    week = case(
        (instant(scope.until) <= _FACT_AT, _OUTSIDE),
        (instant(scope.since) <= _FACT_AT, (instant(scope.until) - 1 - _FACT_AT) // _WEEK),
        (instant(earlier) <= _FACT_AT, _weeks(scope)),
        else_=_OUTSIDE,
    )
    known = case((_FACT.customer_known, 1), else_=0)
    group = (week * _MASKS + _FACT.kinds * 2 + known).label("place")
    matches = select(group, _FACT.customer)
    if scope.words is None:
        matches = matches.where(instant(earlier) <= _FACT_AT, instant(scope.until) > _FACT_AT)
    else:
        found = search.hits(scope.words, rows, MOST_HITS).subquery()
        matches = matches.join(found, found.c.ticket_id == _FACT.ticket_id)
    each = matches.subquery().c
    return select(each.place, func.count(), _customers(each.customer)).group_by(each.place)


def _per_feature() -> Select[Any]:
    """Customers of tickets with friction, by feature, in a window and in the one before.

    A range of the index for each feature costs less than sorting all rows into groups.
    """
    felt = (
        select(_customers(_ABOUT.customer))
        .where(
            _ABOUT.feature_id == _FEATURE.id,
            _number(begin) <= _ABOUT_AT,
            _number(end) > _ABOUT_AT,
            _ABOUT_FELT,
        )
        .scalar_subquery()
        for begin, end in (("since", "until"), ("earlier", "since"))
    )
    return select(_FEATURE.id, *felt)


_PER_FEATURE = _per_feature()


def per_feature(
    session: Session, earlier: datetime, since: datetime, until: datetime
) -> dict[str, tuple[tuple[int, int], tuple[int, int]]]:
    """Tickets with friction and their distinct customers, by feature.

    First those in `[since, until)`, then those in `[earlier, since)`; features without any in
    both are left out.
    """
    window = {"earlier": instant(earlier), "since": instant(since), "until": instant(until)}
    found: dict[str, tuple[tuple[int, int], tuple[int, int]]] = {}
    for feature, *felt in session.execute(_PER_FEATURE, window):
        now, before = map(_apart, felt)
        if now or before:
            found[feature] = (len(now), len(set(now))), (len(before), len(set(before)))
    return found


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
