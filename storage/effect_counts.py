"""Tickets with friction around a release: those about a feature, and who wrote all the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

import numpy as np
from sqlalchemy import BigInteger, Select, bindparam, func, select, type_coerce
from sqlmodel import Session

from storage import ticket_blocks
from storage.chunks import chunks
from storage.columns import DAY, instant, table_of
from storage.models import FRICTION_BITS, Ticket, TicketDay, TicketFact, TicketFeature
from storage.ticket_blocks import Rows, distinct

_GOLDEN: Final = 2_654_435_761
_MIXED: Final = 2**32
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


def felt(session: Session, feature: str, since: datetime, until: datetime) -> list[Felt]:
    """Tickets with friction of `[since, until)` about a feature, by row."""
    asked = {"since": instant(since), "until": instant(until), "feature": feature}
    return [Felt(*row) for row in session.execute(_felt(about=True), asked)]


def felt_of_all(
    session: Session, since: datetime, until: datetime, most: int
) -> tuple[list[Felt], bool]:
    """Tickets with friction of `[since, until)`, about `most` of them, and whether more are there.

    What is chosen of more follows from their rows, so that later looks read the same ones.
    """
    asked = {"since": instant(since), "until": instant(until)}
    count = session.execute(_count(), asked).scalar_one()
    part = {"below": in_part(most, count)}
    found = [Felt(*row) for row in session.execute(_felt(about=False), asked | part)]
    return found, count > most


def in_part(most: int, count: int) -> int:
    """Of so many tickets, `most` have a row whose `mixed` number lies below this."""
    return _MIXED if count <= most else most * _MIXED // count


def mixed(row: Any) -> Any:
    """A number below 2**32 that rows which follow each other spread evenly (Knuth, The Art of
    Computer Programming 3, 2nd ed. 1998, 6.4); of a number, or of a column."""
    return row * _GOLDEN % _MIXED


@cache
def _felt(*, about: bool) -> Select[Any]:
    narrow = _about if about else _fact
    statement = _in_span(
        select(narrow.ticket_id, narrow.created_at, narrow.customer, narrow.customer_known), narrow
    )
    if about:
        statement = statement.where(narrow.feature_id == bindparam("feature"))
    else:
        number = mixed(type_coerce(narrow.ticket_id, BigInteger))
        statement = statement.where(number < bindparam("below", type_=BigInteger))
    return statement.order_by(narrow.ticket_id)


@cache
def _count() -> Select[Any]:
    return _in_span(select(func.count()), _fact)


def _in_span(statement: Select[Any], narrow: Any) -> Select[Any]:
    at = type_coerce(narrow.created_at, BigInteger)
    return statement.where(
        at >= bindparam("since", type_=BigInteger),
        at < bindparam("until", type_=BigInteger),
        narrow.kinds.bitwise_and(FRICTION_BITS) != 0,
    )


@dataclass(frozen=True, slots=True)
class Others:
    """Tickets that are counted: all but those `without` (rows), of those `among` where given."""

    without: Rows
    among: Rows | None = None


def others(
    session: Session, since: datetime, until: datetime, wanted: Sequence[Others]
) -> list[int]:
    """Distinct customers with friction in `[since, until)`, whole days, of some tickets each."""
    days = {"first": instant(since) // DAY, "end": instant(until) // DAY}
    lowest, highest = session.execute(_bounds(), days).one()
    if lowest is None:
        return [0] * len(wanted)
    rows = np.arange(lowest, highest + 1, dtype=np.int64)
    facts = ticket_blocks.of_rows(session, rows)
    chosen = (facts["at"] >= instant(since)) & (facts["at"] < instant(until))
    chosen &= (facts["kinds"] & FRICTION_BITS) != 0
    rows, customers = rows[chosen], facts["customer"][chosen]
    found = []
    for each in wanted:
        kept = ~np.isin(rows, each.without)
        if each.among is not None:
            kept &= np.isin(rows, each.among)
        found.append(distinct(customers[kept]))
    return found


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
