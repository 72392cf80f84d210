"""What the counts by day tell of features: which are named, and how it was before a window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select
from sqlmodel import Session

from storage.chunks import chunks
from storage.columns import DAY, instant, table_of
from storage.models import Feature, FeatureDay, TicketDay

_BYTES_A_CUSTOMER = 8
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
def _heard() -> Select[Any]:
    return select(_days.feature_id, _days.day, func.length(_days.customers)).where(
        _days.feature_id.in_(bindparam("features", expanding=True)),
        _days.day >= bindparam("first"),
        _days.day < bindparam("end"),
    )


@cache
def _queue() -> Select[Any]:
    every = table_of(TicketDay).c
    return select(every.day, every.tickets).where(
        every.day >= bindparam("first"), every.day < bindparam("end")
    )


def day_of(moment: datetime) -> int:
    """The number of a moment's day (UTC, since 1970)."""
    return instant(moment) // DAY


def heard(
    session: Session, features: Sequence[str], first: int, end: int
) -> list[tuple[str, int, int]]:
    """(feature, day, customers with friction) of the days `[first, end)` that have any."""
    found = []
    for chunk in chunks(features):
        asked = {"features": list(chunk), "first": first, "end": end}
        for feature, day, length in session.execute(_heard(), asked):
            if length:
                found.append((feature, day, length // _BYTES_A_CUSTOMER))
    return found


def queue(session: Session, first: int, end: int) -> list[tuple[int, int]]:
    """(day, all tickets) of the days `[first, end)` that have any."""
    return [tuple(row) for row in session.execute(_queue(), {"first": first, "end": end})]


def named(session: Session, since: datetime, until: datetime) -> frozenset[str]:
    """The features of all tickets in `[since, until)`, widened to whole days."""
    days = {"first": instant(since) // DAY, "last": (instant(until) - 1) // DAY}
    return frozenset(session.execute(_named(), days).scalars())


def first_day(session: Session) -> date | None:
    """The day of the oldest ticket that was ever stored."""
    day = session.execute(_first_day()).scalar_one()
    return None if day is None else date.fromordinal(_EPOCH + day)
