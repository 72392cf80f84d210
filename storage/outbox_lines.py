"""What an operator sees of the outbox: counts, single messages, and those in doubt.

Nothing here changes a row; `storage.outbox` says what the states mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select, type_coerce
from sqlmodel import Session, col

from storage.columns import table_of
from storage.models import OutboxRow
from storage.outbox import HELD


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A message that may stand in its channel or not."""

    id: int
    channel: str
    shows: str


@dataclass(frozen=True, slots=True)
class Line:
    """A message as an operator looks at it; `since` is its last change that is known."""

    id: int
    state: str
    channel: str
    shows: str
    action: str
    since: datetime
    attempts: int
    error: str
    subject_id: int


def states(session: Session) -> dict[str, int]:
    """How many messages are in each state."""
    statement = select(col(OutboxRow.state), func.count()).group_by(col(OutboxRow.state))
    return {row[0]: row[1] for row in session.execute(statement)}


def in_state(session: Session, states: Sequence[str], limit: int) -> list[tuple[int, str, str]]:
    """(row, channel, error) of messages in these states, newest first."""
    statement = (
        select(col(OutboxRow.id), col(OutboxRow.channel), col(OutboxRow.error))
        .where(col(OutboxRow.state).in_(states))
        .order_by(col(OutboxRow.id).desc())
        .limit(limit)
    )
    return [(row or 0, channel, error or "") for row, channel, error in session.execute(statement)]


def line(session: Session, row: int) -> Line | None:
    """One message, locked until the end of the transaction; None if there is none."""
    found = session.execute(_lines().where(col(OutboxRow.id) == row).with_for_update()).first()
    return Line(*found) if found else None


def lines(session: Session, shown: Sequence[str], limit: int) -> list[Line]:
    """Messages in these states, newest first."""
    statement = (
        _lines()
        .where(col(OutboxRow.state).in_(shown))
        .order_by(col(OutboxRow.id).desc())
        .limit(limit)
    )
    return [Line(*row) for row in session.execute(statement)]


@cache
def _lines() -> Select[Any]:
    since = func.coalesce(
        col(OutboxRow.finished_at), col(OutboxRow.started_at), col(OutboxRow.created_at)
    )
    names = ("id", "state", "channel", "shows", "action")
    return select(
        *[getattr(OutboxRow, name) for name in names],
        type_coerce(since, table_of(OutboxRow).c.created_at.type),
        col(OutboxRow.attempts),
        func.coalesce(col(OutboxRow.error), ""),
        col(OutboxRow.subject_id),
    )


def held_since(session: Session, team: str, since: datetime) -> list[HeldRow]:
    """Messages whose outcome a person has to find out, planned since then."""
    statement = select(col(OutboxRow.id), col(OutboxRow.channel), col(OutboxRow.shows)).where(
        col(OutboxRow.team) == team,
        col(OutboxRow.state) == HELD,
        col(OutboxRow.created_at) >= since,
    )
    return [HeldRow(row or 0, *rest) for row, *rest in session.execute(statement)]
