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
    case,
    cast,
    func,
    select,
    type_coerce,
)
from sqlmodel import Session, col

from storage import rollups, search
from storage.models import (
    DAY,
    FRICTION_BITS,
    KIND_BITS,
    Feature,
    TicketFact,
    TicketFeature,
    instant,
)
from storage.rollups import FIGURES, NOTHING, figures_of
from storage.scope import Scope, has
from storage.values import Counts, Figures

WEEK = timedelta(days=7)
MOST_HITS = 100_000
_WEEK = 7 * DAY
_OUTSIDE = -1


def of(session: Session, scope: Scope, earlier: datetime) -> Figures:
    """Figures of a scope, and of the same tickets in `[earlier, scope.since)`."""
    if scope.feature is not None:
        return _of_feature(session, scope, earlier)
    return _of_words(session, scope, earlier)


def _weeks(scope: Scope) -> int:
    return max(1, -(-(scope.until - scope.since) // WEEK))


def _weeks_back(at: ColumnElement[int], until: datetime) -> ColumnElement[int]:
    return (instant(until) - 1 - at) // _WEEK


def _customers(who: SQLColumnExpression[int]) -> ColumnElement[Any]:
    """The numbers of customers in one string: half the cost of letting the engine count them."""
    return func.aggregate_strings(cast(who, String), ",")


def _apart(numbers: str | None) -> set[str]:
    return set(numbers.split(",")) if numbers else set()


def _of_feature(session: Session, scope: Scope, earlier: datetime) -> Figures:
    before = Scope(earlier, scope.since, scope.feature)
    weeks: list[tuple[int, int]] = [(0, 0)] * _weeks(scope)
    customers: set[str] = set()
    back = _weeks_back(_at(TicketFeature), scope.until)
    felt = _felt(scope)
    by_week = felt.add_columns(back, func.count()).group_by(back)
    for numbers, week, tickets in session.execute(by_week):
        who = _apart(numbers)
        customers |= who
        weeks[-1 - week] = tickets, len(who)
    earlier_ones = _apart(session.execute(_felt(before)).scalar_one())
    return Figures(
        now=_counts(_sums(session, scope), len(customers)),
        before=_counts(_sums(session, before), len(earlier_ones)),
        weeks=tuple(weeks),
        is_capped=False,
    )


def _felt(scope: Scope) -> Select[Any]:
    """Customers of tickets with friction in a feature's window."""
    return select(_customers(col(TicketFeature.customer))).where(
        *scope.narrow(), has(col(TicketFeature.kinds), FRICTION_BITS)
    )


def _sums(session: Session, scope: Scope) -> rollups.Figures:
    """The figures of a feature's window: whole days by roll-up, cut ones by narrow rows."""
    assert scope.feature is not None
    sums = list(rollups.sums(session, scope.feature, scope.since, scope.until))
    first, end = rollups.whole_days(scope.since, scope.until)
    kinds, known = col(TicketFeature.kinds), col(TicketFeature.customer_known)
    counted = select(kinds, known, func.count()).group_by(kinds, known)
    at = _at(TicketFeature)
    since, until = instant(scope.since), instant(scope.until)
    for begin, stop in ((since, min(first * DAY, until)), (max(end * DAY, since), until)):
        if begin < stop:
            cut = counted.where(
                col(TicketFeature.feature_id) == scope.feature, at >= begin, at < stop
            )
            _add(sums, session.execute(cut))
        if first * DAY >= until:
            break
    return tuple(sums)


def _add(sums: list[int], groups: Iterable[Sequence[Any]]) -> None:
    for kinds, known, tickets in groups:
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
    at = _at(TicketFact)
    week = case(
        (at >= instant(scope.until), _OUTSIDE),
        (at >= instant(scope.since), _weeks_back(at, scope.until)),
        (at >= instant(earlier), _weeks(scope)),
        else_=_OUTSIDE,
    )
    kinds, known = col(TicketFact.kinds), col(TicketFact.customer_known)
    who = _customers(case((has(kinds, FRICTION_BITS), col(TicketFact.customer))))
    statement = select(week, kinds, known, func.count(), who).group_by(week, kinds, known)
    if scope.words is None:
        return statement.where(at >= instant(earlier), at < instant(scope.until))
    found = search.hits(scope.words, rows, MOST_HITS).subquery()
    return statement.join(found, found.c.ticket_id == col(TicketFact.ticket_id))


def per_feature(
    session: Session, earlier: datetime, since: datetime, until: datetime
) -> dict[str, tuple[tuple[int, int], tuple[int, int]]]:
    """Tickets with friction and their distinct customers, by feature.

    First those in `[since, until)`, then those in `[earlier, since)`; features without any in
    both are left out.
    """
    at = _at(TicketFeature)
    is_before = case((at < instant(since), 1), else_=0)
    statement = (
        select(col(Feature.id), is_before, func.count(), _customers(col(TicketFeature.customer)))
        .join(TicketFeature, col(TicketFeature.feature_id) == col(Feature.id))
        .where(
            at >= instant(earlier),
            at < instant(until),
            has(col(TicketFeature.kinds), FRICTION_BITS),
        )
        .group_by(col(Feature.id), is_before)
    )
    found: dict[str, list[tuple[int, int]]] = {}
    for feature, place, tickets, numbers in session.execute(statement):
        found.setdefault(feature, [(0, 0), (0, 0)])[place] = tickets, len(_apart(numbers))
    return {feature: (now, before) for feature, (now, before) in found.items()}


def _at(table: type[TicketFact] | type[TicketFeature]) -> ColumnElement[int]:
    return type_coerce(col(table.created_at), BigInteger)


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
