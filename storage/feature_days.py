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


def named(session: Session, since: datetime, until: datetime) -> frozenset[str]:
    """The features of all tickets in `[since, until)`, widened to whole days."""
    days = {"first": instant(since) // DAY, "last": (instant(until) - 1) // DAY}
    return frozenset(session.execute(_named(), days).scalars())


def first_day(session: Session) -> date | None:
    """The day of the oldest ticket that was ever stored."""
    day = session.execute(_first_day()).scalar_one()
    return None if day is None else date.fromordinal(_EPOCH + day)
