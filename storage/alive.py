"""What shows that Earshot is alive: tickets that came, and what became of a channel's messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, case, func, select, type_coerce
from sqlmodel import Session

from storage.columns import table_of
from storage.models import OutboxRow, Ticket
from storage.outbox import FAILED, HELD, SENT, UNKNOWN

ORPHANED = "its thread was not posted"
"""The error of a reply that was never tried, because its thread is not there."""

_ticket = table_of(Ticket).c
_row = table_of(OutboxRow).c


@dataclass(frozen=True, slots=True)
class Heard:
    """A source of tickets: when one of its tickets was last stored, and how many lately."""

    source: str
    last: datetime
    tickets: int


@cache
def _heard() -> Select[Any]:
    lately = case((_ticket.stored_at >= bindparam("lately"), 1), else_=0)
    last = type_coerce(func.max(_ticket.stored_at), _ticket.stored_at.type)
    return (
        select(_ticket.source, last, func.sum(lately, type_=Integer))
        .where(_ticket.stored_at >= bindparam("since"), _ticket.stored_at <= bindparam("until"))
        .group_by(_ticket.source)
        .order_by(last.desc(), _ticket.source)
    )


def heard(session: Session, since: datetime, lately: datetime, until: datetime) -> list[Heard]:
    """The sources of tickets stored in `[since, until]`, the latest first.

    Their `tickets` are those stored from `lately` on.
    """
    asked = {"since": since, "lately": lately, "until": until}
    return [Heard(*row) for row in session.execute(_heard(), asked)]


@cache
def _became() -> Select[Any]:
    return (
        select(_row.shows, _row.state, func.count())
        .where(
            _row.team == bindparam("team"),
            _row.channel == bindparam("channel"),
            _row.action == "post",
            _row.state.in_((SENT, FAILED, HELD, UNKNOWN)),
            _row.created_at >= bindparam("since"),
            _row.created_at < bindparam("until"),
            func.coalesce(_row.error, "") != ORPHANED,
        )
        .group_by(_row.shows, _row.state)
    )


def became(
    session: Session, team: str, channel: str, since: datetime, until: datetime
) -> dict[tuple[str, str], int]:
    """How many messages to a channel, planned in `[since, until)`, by what they show and state.

    A reply whose thread is not there is no failure of its own.
    """
    asked = {"team": team, "channel": channel, "since": since, "until": until}
    found = session.execute(_became(), asked)
    return {(shows, state): count for shows, state, count in found}
