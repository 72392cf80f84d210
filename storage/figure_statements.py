"""The statements of `storage.figures`.

Those for features are made once: SQLAlchemy takes longer to make one than to run it. They read a
range of an index for each figure, which costs less than sorting all rows into groups.
"""

from __future__ import annotations

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
    exists,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)

from storage import search
from storage.columns import DAY, instant, table_of
from storage.models import (
    FRICTION_BITS,
    UNKNOWN_BIT,
    Feature,
    FeatureDay,
    TicketDay,
    TicketFact,
    TicketFeature,
)
from storage.rollups import FIGURES
from storage.scope import Scope

NOW, BEFORE, OUTSIDE = 0, 1, -1
WEEK = 7 * DAY
MASKS = 2 * 2 * UNKNOWN_BIT
"""More than any mask of kinds, doubled."""

_feature = table_of(Feature).c
_days = table_of(FeatureDay).c
_about = table_of(TicketFeature).c
_fact = table_of(TicketFact).c
_about_at = type_coerce(_about.created_at, BigInteger)
_fact_at = type_coerce(_fact.created_at, BigInteger)
_of_feature = _about.feature_id == bindparam("feature")
_felt = _about.kinds.bitwise_and(FRICTION_BITS) != 0


def _number(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=BigInteger)


def _customers(who: SQLColumnExpression[int]) -> ColumnElement[Any]:
    """The numbers of customers in one string: half the cost of letting the engine count them."""
    return func.aggregate_strings(cast(who, String), ",")


@cache
def felt_in(stretches: int) -> CompoundSelect[Any]:
    """Customers of tickets with friction in stretches `[b0, e0)` …, a row for each stretch."""
    return union_all(
        *[
            select(literal(place), _customers(_about.customer)).where(
                _of_feature,
                _about_at >= _number(f"b{place}"),
                _about_at < _number(f"e{place}"),
                _felt,
            )
            for place in range(stretches)
        ]
    )


@cache
def whole_days() -> Select[Any]:
    """What the roll-ups count on the whole days of a window and of the one before."""
    which = case((_days.day >= _number("first"), NOW), else_=BEFORE)
    return (
        select(which, *[func.sum(_days[name]) for name in FIGURES])
        .where(
            _days.feature_id == bindparam("feature"),
            _days.day >= _number("earlier_first"),
            _days.day < _number("end"),
            (_days.day >= _number("first")) | (_days.day < _number("earlier_end")),
        )
        .group_by(which)
    )


@cache
def cut_days() -> CompoundSelect[Any]:
    """Tickets of the days that the two windows cut, two at most each, as `[b0, e0)` …"""
    return union_all(
        *[
            select(literal(which), _about.kinds, _about.customer_known, func.count())
            .where(
                _of_feature,
                _about_at >= _number(f"b{place}"),
                _about_at < _number(f"e{place}"),
            )
            .group_by(_about.kinds, _about.customer_known)
            for place, which in enumerate((NOW, NOW, BEFORE, BEFORE))
        ]
    )


@cache
def per_feature() -> Select[Any]:
    """Customers of tickets with friction, by feature, in a window and in the one before."""
    felt = (
        select(_customers(_about.customer))
        .where(
            _about.feature_id == _feature.id,
            _about_at >= _number(begin),
            _about_at < _number(end),
            _felt,
        )
        .scalar_subquery()
        for begin, end in (("since", "until"), ("earlier", "since"))
    )
    return select(_feature.id, *felt)


@cache
def named() -> Select[Any]:
    """Features with a ticket on the days from `first` to `last`, looked for in the roll-ups."""
    some = exists().where(
        _days.feature_id == _feature.id,
        _days.day >= _number("first"),
        _days.day <= _number("last"),
        _days.tickets > 0,
    )
    return select(_feature.id).where(some)


@cache
def first_day() -> Select[Any]:
    """The day of the oldest ticket."""
    return select(func.min(table_of(TicketDay).c.day))


@cache
def felt_by_day() -> Select[Any, Any]:
    """Tickets with friction on the days from `first` to before `end`."""
    return select(_days.day, _days.friction).where(
        _days.feature_id == bindparam("feature"),
        _days.day >= _number("first"),
        _days.day < _number("end"),
    )


def matches(
    scope: Scope, earlier: int, weeks: int, rows: tuple[int, int], most: int
) -> Select[Any]:
    """Matches of words by week back from the end; the window before is the week `weeks`.

    The key has kinds and the customer's being known in its lower bits: one number sorts faster.
    """
    since, until = instant(scope.since), instant(scope.until)
    week = case(
        (_fact_at >= until, OUTSIDE),
        (_fact_at >= since, (until - 1 - _fact_at) // WEEK),
        (_fact_at >= earlier, weeks),
        else_=OUTSIDE,
    )
    known = case((_fact.customer_known, 1), else_=0)
    group = (week * MASKS + _fact.kinds * 2 + known).label("place")
    found = select(group, _fact.customer)
    if scope.words is None:
        found = found.where(_fact_at >= earlier, _fact_at < until)
    else:
        hits = search.hits(scope.words, rows, most).subquery()
        found = found.join(hits, hits.c.ticket_id == _fact.ticket_id)
    each = found.subquery().c
    return select(each.place, func.count(), _customers(each.customer)).group_by(each.place)
