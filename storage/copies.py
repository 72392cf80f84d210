"""Messages that may stand twice in a channel, because somebody sent one who was thought dead.

A message is sent again only after its history was read twice in vain; but a process that stood
still, or a request that was on its way for long, may bring a second copy later. So what was sent
again is looked for some more times, and whoever finds that it came late says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select, update
from sqlmodel import Session, col

from storage import sending
from storage.models import OutboxRow
from storage.outbox import FAILED, HELD, SENDING, SENT, UNKNOWN
from storage.values import Outgoing


class Late(Enum):
    """What a message is whose sender came back after it had lost its lease."""

    KNOWN = auto()
    """It stands where it was known to stand, or is looked up."""
    FOUND = auto()
    """Nobody knew that it stands in its channel."""
    ONE_TOO_MANY = auto()
    """Another copy of it is known."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was sent again, or given up then, to be looked for once more."""

    message: Outgoing
    ts: str
    """Where it is known to stand; empty where it was given up."""
    at: datetime


def came_late(session: Session, message: Outgoing, ts: str, now: datetime) -> Late:
    """Record that a worker posted a message, as `ts`, after it had lost its lease.

    Where no other worker can have posted it, it is sent now; else it is looked up again.
    """
    row = session.execute(
        select(OutboxRow).where(col(OutboxRow.id) == message.id).with_for_update()
    ).scalar_one_or_none()
    if row is None or row.state == SENT:
        return Late.KNOWN if row is None or row.ts == ts else Late.ONE_TOO_MANY
    row.fence += 1
    row.lease_until = None
    row.error = None
    alone = row.state in (HELD, FAILED) or (row.attempts == 1 and row.state != SENDING)
    if alone:
        row.state, row.ts, row.finished_at = SENT, ts, now
    else:
        row.state, row.absent_reads, row.not_before, row.finished_at = UNKNOWN, 0, now, None
    session.flush()
    return Late.FOUND if alone else Late.KNOWN


def claim_second_look(session: Session, team: str, now: datetime, lease: timedelta) -> Sent | None:
    """Take a workspace's next message of which a copy may have turned up that nobody expected."""
    given = {"team": team, "now": now}
    row = session.execute(_next_second_look(), given).scalar_one_or_none()
    if row is None:
        return None
    row.look_again_at = now + lease
    session.flush()
    ts = row.ts or "" if row.state == SENT else ""
    return Sent(sending.value(session, row), ts, row.finished_at or now)


@cache
def _next_second_look() -> Select[Any]:
    return (
        select(OutboxRow)
        .where(
            col(OutboxRow.look_again_at) <= bindparam("now"),
            col(OutboxRow.team) == bindparam("team"),
            col(OutboxRow.action) == "post",
            col(OutboxRow.state).in_((SENT, FAILED)),
        )
        .order_by(col(OutboxRow.look_again_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def look_again(session: Session, row: int, at: datetime | None) -> None:
    """When to look for a second copy of a sent message again; None is never."""
    session.execute(update(OutboxRow).where(col(OutboxRow.id) == row).values(look_again_at=at))


def turned_up(session: Session, row: int, ts: str, now: datetime) -> bool:
    """A message that was given up stands in its channel after all; False if it is not given up."""
    found = session.execute(
        update(OutboxRow)
        .where(col(OutboxRow.id) == row, col(OutboxRow.state) == FAILED)
        .values(state=SENT, ts=ts, error=None, finished_at=now)
        .returning(col(OutboxRow.id))
    )
    return found.first() is not None
