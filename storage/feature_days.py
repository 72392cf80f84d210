"""What the counts by day tell of features: which are named, and how it was before a window."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select
from sqlmodel import Session

from storage.columns import DAY, instant, table_of
from storage.models import Feature, FeatureDay, TicketDay

_EPOCH = date(1970, 1, 1).toordinal()
_feature = table_of(Feature).c
_days = table_of(FeatureDay).c


@cache
def _named() -> Select[Any]:
    some = exists().where(
        _days.feature_id == _feature.id,
        _days.day >= bindparam("first"),
        _days.day <= bindparam("last"),
        _days.tickets > 0,
    )
    return select(_feature.id).where(some)


@cache
def _first_day() -> Select[Any]:
    return select(func.min(table_of(TicketDay).c.day))


@cache
def _felt() -> Select[Any]:
    """Days with their tickets with friction, and the first day of any ticket beside each."""
    first_of_all = _first_day().scalar_subquery()
    return select(_days.day, _days.friction, first_of_all).where(
        _days.feature_id == bindparam("feature"),
        _days.day >= bindparam("first"),
        _days.day < bindparam("end"),
    )


def named(session: Session, since: datetime, until: datetime) -> frozenset[str]:
    """The features of all tickets in `[since, until)`, widened to whole days."""
    days = {"first": instant(since) // DAY, "last": (instant(until) - 1) // DAY}
    return frozenset(session.execute(_named(), days).scalars())


def first_day(session: Session) -> date | None:
    """The day of the oldest ticket that was ever stored."""
    day = session.execute(_first_day()).scalar_one()
    return None if day is None else date.fromordinal(_EPOCH + day)


def weeks_before(session: Session, feature: str, until: datetime, most: int) -> tuple[int, ...]:
    """Tickets with friction in each of the last `most` weeks before the day of `until`.

    The newest week first; weeks that began before anything was stored are left out.
    """
    end = instant(until) // DAY
    days = {"feature": feature, "first": end - 7 * most, "end": end}
    found = session.execute(_felt(), days).all()
    if not found:
        return ()
    weeks = max(0, min(most, (end - found[0][2]) // 7))
    counts = [0] * weeks
    for day, tickets, _ in found:
        week = (end - 1 - day) // 7
        if week < weeks:
            counts[week] += tickets
    return tuple(counts)
