"""Tickets with friction around a release: those about a feature, and who wrote all the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Select, bindparam, func, select, type_coerce
from sqlmodel import Session

from storage import ticket_blocks
from storage.chunks import chunks
from storage.columns import DAY, instant, table_of
from storage.models import FRICTION_BITS, Ticket, TicketDay, TicketFact, TicketFeature
from storage.ticket_blocks import distinct

_about = table_of(TicketFeature).c
_fact = table_of(TicketFact).c
_days = table_of(TicketDay).c


@dataclass(frozen=True, slots=True)
class Felt:
    """A ticket with friction: its row, when it was written, and by which customer (a number)."""

    row: int
    at: datetime
    customer: int
    customer_known: bool


def felt(session: Session, feature: str | None, since: datetime, until: datetime) -> list[Felt]:
    """Tickets with friction of `[since, until)` about a feature, or all, by row."""
    asked: dict[str, Any] = {"since": instant(since), "until": instant(until)}
    if feature is not None:
        asked["feature"] = feature
    return [Felt(*row) for row in session.execute(_felt(about=feature is not None), asked)]


@cache
def _felt(*, about: bool) -> Select[Any]:
    narrow = _about if about else _fact
    at = type_coerce(narrow.created_at, BigInteger)
    statement = select(
        narrow.ticket_id, narrow.created_at, narrow.customer, narrow.customer_known
    ).where(
        at >= bindparam("since", type_=BigInteger),
        at < bindparam("until", type_=BigInteger),
        narrow.kinds.bitwise_and(FRICTION_BITS) != 0,
    )
    if about:
        statement = statement.where(narrow.feature_id == bindparam("feature"))
    return statement.order_by(narrow.ticket_id)


def others(
    session: Session, since: datetime, until: datetime, without: Sequence[Collection[int]]
) -> list[int]:
    """Distinct customers with friction in `[since, until)`, whole days, but for some tickets.

    For each collection of rows in `without`: how many customers the other tickets have.
    """
    days = {"first": instant(since) // DAY, "end": instant(until) // DAY}
    lowest, highest = session.execute(_bounds(), days).one()
    if lowest is None:
        return [0] * len(without)
    rows = np.arange(lowest, highest + 1, dtype=np.int64)
    facts = ticket_blocks.of_rows(session, rows)
    chosen = (facts["at"] >= instant(since)) & (facts["at"] < instant(until))
    chosen &= (facts["kinds"] & FRICTION_BITS) != 0
    rows, customers = rows[chosen], facts["customer"][chosen]
    return [
        distinct(customers[~np.isin(rows, np.fromiter(apart, np.int64, len(apart)))])
        for apart in without
    ]


def spaced(session: Session, since: datetime, until: datetime, most: int) -> list[int]:
    """At most so many rows of tickets with friction of `[since, until)`, from all over it."""
    days = {"first": instant(since) // DAY, "end": -(-instant(until) // DAY)}
    lowest, highest = session.execute(_bounds(), days).one()
    if lowest is None:
        return []
    asked = np.unique(np.linspace(lowest, highest, most).round().astype(np.int64)).tolist()
    at = type_coerce(_fact.created_at, BigInteger)
    found: list[int] = []
    for chunk in chunks(asked):
        statement = select(_fact.ticket_id).where(
            _fact.ticket_id.in_(chunk),
            at >= instant(since),
            at < instant(until),
            _fact.kinds.bitwise_and(FRICTION_BITS) != 0,
        )
        found += session.execute(statement).scalars()
    return sorted(found)


@cache
def _bounds() -> Select[Any]:
    return select(func.min(_days.lowest_row), func.max(_days.highest_row)).where(
        _days.day >= bindparam("first"), _days.day < bindparam("end")
    )


def neighbours(
    session: Session, feature: str, since: datetime, until: datetime, most: int
) -> list[str]:
    """The features that stand on most tickets of `[since, until)` beside this one."""
    asked = {
        "feature": feature,
        "since": instant(since),
        "until": instant(until),
        "most": most,
    }
    return list(session.execute(_neighbours(), asked).scalars())


@cache
def _neighbours() -> Select[Any]:
    own, other = table_of(TicketFeature).alias(), table_of(TicketFeature).alias()
    at = type_coerce(own.c.created_at, BigInteger)
    return (
        select(other.c.feature_id)
        .select_from(own)
        .join(other, other.c.ticket_id == own.c.ticket_id)
        .where(
            own.c.feature_id == bindparam("feature"),
            at >= bindparam("since", type_=BigInteger),
            at < bindparam("until", type_=BigInteger),
            other.c.feature_id != own.c.feature_id,
        )
        .group_by(other.c.feature_id)
        .order_by(func.count().desc(), other.c.feature_id)
        .limit(bindparam("most"))
    )


def names(session: Session, rows: Sequence[int]) -> dict[int, str]:
    """The ids that tickets have at their help desk, by row."""
    found: dict[int, str] = {}
    ticket = table_of(Ticket).c
    for chunk in chunks(rows):
        statement = select(ticket.id, ticket.external_id).where(ticket.id.in_(chunk))
        found.update({row.id: row.external_id for row in session.execute(statement)})
    return found
