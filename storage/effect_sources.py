"""Where the tickets around a release came from: a source that falls silent is no effect of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

import numpy as np
from sqlalchemy import BigInteger, Select, bindparam, func, select, type_coerce
from sqlmodel import Session

from storage.chunks import chunks
from storage.columns import DAY, instant, table_of
from storage.models import Ticket, TicketFact
from storage.ticket_blocks import Rows

_WEEK: Final = 7 * DAY
_fact = table_of(TicketFact).c
_ticket = table_of(Ticket).c
_at = type_coerce(_fact.created_at, BigInteger)


def weekly(session: Session, since: datetime, until: datetime) -> dict[str, dict[int, int]]:
    """How many tickets each source has in each week of `[since, until)`, counted from `since`.

    Weeks and sources without any are absent.
    """
    found: dict[str, dict[int, int]] = {}
    asked = {"since": instant(since), "until": instant(until)}
    for source, week, count in session.execute(_weekly(), asked):
        found.setdefault(source, {})[int(week)] = count
    return found


@cache
def _weekly() -> Select[Any]:
    week = (_at - bindparam("since", type_=BigInteger)) // _WEEK
    numbered = _in_span(select(_ticket.source.label("source"), week.label("week"))).subquery().c
    return select(numbered.source, numbered.week, func.count()).group_by(
        numbered.source, numbered.week
    )


def of_tickets(session: Session, rows: Sequence[int]) -> dict[int, str]:
    """The source of each ticket, by row."""
    found: dict[int, str] = {}
    for chunk in chunks(rows):
        statement = select(_ticket.id, _ticket.source).where(_ticket.id.in_(chunk))
        found.update({row.id: row.source for row in session.execute(statement)})
    return found


def rows_of(session: Session, sources: Collection[str], since: datetime, until: datetime) -> Rows:
    """The rows of the tickets of `[since, until)` that came from these sources."""
    asked = {"since": instant(since), "until": instant(until), "sources": sorted(sources)}
    return np.array(list(session.execute(_rows_of(), asked).scalars()), np.int64)


@cache
def _rows_of() -> Select[Any]:
    named = _ticket.source.in_(bindparam("sources", expanding=True))
    return _in_span(select(_fact.ticket_id)).where(named)


def _in_span(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(table_of(TicketFact))
        .join(table_of(Ticket), _ticket.id == _fact.ticket_id)
        .where(
            _at >= bindparam("since", type_=BigInteger), _at < bindparam("until", type_=BigInteger)
        )
    )
