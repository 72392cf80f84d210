"""The statements of `storage.figures`.

They are made once for each form of a question: SQLAlchemy takes longer to make one than to run it.
They read a range of an index for each figure, which costs less than sorting all rows into groups.
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
    func,
    literal,
    select,
    type_coerce,
    union_all,
)

from storage import search
from storage.columns import DAY, table_of
from storage.engines import PACKED
from storage.models import FRICTION_BITS, UNKNOWN_BIT, Feature, FeatureDay, TicketFeature
from storage.rollups import FIGURES
from storage.scope import Form

OUTSIDE = -1
WEEK = 7 * DAY
MASKS = 2 * 2 * UNKNOWN_BIT
"""More than any mask of kinds, doubled."""

_feature = table_of(Feature).c
_days = table_of(FeatureDay).c
_about = table_of(TicketFeature).c
_about_at = type_coerce(_about.created_at, BigInteger)


def number(name: str) -> ColumnElement[int]:
    """A value to be given."""
    return bindparam(name, type_=BigInteger)


def _in_one(numbers: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """Numbers in one string: of customers half the cost of letting the engine count them."""
    return func.aggregate_strings(cast(numbers, String), ",")


def _within(place: int) -> ColumnElement[bool]:
    return (_about_at >= number(f"b{place}")) & (_about_at < number(f"e{place}"))


@cache
def whole_days() -> Select[Any]:
    """What the roll-ups count on the days `[first, end)` of a feature; customers from `told`."""
    customers = case((_days.day >= number("told"), _days.customers))
    return (
        select(_days.day, *[_days[name] for name in FIGURES], customers)
        .where(
            _days.feature_id == bindparam("feature"),
            _days.day >= number("first"),
            _days.day < number("end"),
        )
        .execution_options(**{PACKED: True})
    )


@cache
def cut_days(stretches: int) -> CompoundSelect[Any]:
    """Tickets and customers of a feature in stretches `[b0, e0)` …, by kinds."""
    return union_all(
        *[
            select(
                literal(place),
                _about.kinds,
                _about.customer_known,
                func.count(),
                _in_one(_about.customer),
            )
            .where(_about.feature_id == bindparam("feature"), _within(place))
            .group_by(_about.kinds, _about.customer_known)
            for place in range(stretches)
        ]
    )


@cache
def days_of_all() -> Select[Any]:
    """Tickets with friction and their customers on the days `[first, end)`, by feature."""
    return (
        select(_feature.id, _days.friction, _days.customers)
        .join(table_of(FeatureDay), _days.feature_id == _feature.id)
        .where(_days.day >= number("first"), _days.day < number("end"), _days.friction > 0)
        .execution_options(**{PACKED: True})
    )


@cache
def cut_days_of_all(stretches: int) -> Select[Any]:
    """Customers of tickets with friction in stretches `[b0, e0)` …, by feature."""
    felt = (
        select(_in_one(_about.customer))
        .where(
            _about.feature_id == _feature.id,
            _within(place),
            _about.kinds.bitwise_and(FRICTION_BITS) != 0,
        )
        .scalar_subquery()
        for place in range(stretches)
    )
    return select(_feature.id, *felt)


# --- rows that match ------------------------------------------------------------------------------


@cache
def matches(form: Form) -> Select[Any]:
    """Matches by week back from the end; the window before is the week `weeks`.

    The key has kinds and the customer's being known in its lower bits: one number sorts faster.
    """
    narrow = table_of(form.table).c
    at = type_coerce(narrow.created_at, BigInteger)
    week = case(
        (at >= number("until"), OUTSIDE),
        (at >= number("since"), (number("until") - 1 - at) // WEEK),
        (at >= number("earlier"), number("weeks")),
        else_=OUTSIDE,
    )
    known = case((narrow.customer_known, 1), else_=0)
    group = (week * MASKS + narrow.kinds * 2 + known).label("place")
    felt = case((narrow.kinds.bitwise_and(number("counted")) != 0, narrow.customer))
    found = select(group, felt.label("customer")).where(*form.conditions())
    if form.words:
        hits = search.asked_hits(newest=True).subquery()
        found = found.join(hits, hits.c.ticket_id == narrow.ticket_id)
    else:
        found = found.where(at >= number("earlier"), at < number("until"))
    each = found.subquery().c
    return select(each.place, func.count(), _in_one(each.customer)).group_by(each.place)


@cache
def all_hits() -> Select[Any]:
    """The rows of the newest tickets with all words, in one string: many are had quickest so."""
    hits = search.asked_hits(newest=True).subquery()
    return select(_in_one(hits.c.ticket_id))
