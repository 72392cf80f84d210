"""Events from Slack, recorded before they are acknowledged.

A repeat changes nothing. What the process did not finish before it died is finished by the clock
from the recorded ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select, update
from sqlmodel import Session, col

from storage import engines
from storage.models import InboxRow
from storage.values import Incoming


def record(session: Session, incoming: Incoming, not_before: datetime) -> bool:
    """Keep an event; False if it was kept before. The clock leaves it alone until `not_before`."""
    result = session.execute(
        engines.insert(session, InboxRow)
        .values(
            team=incoming.team,
            event_id=incoming.event_id,
            type=incoming.type,
            body=dict(incoming.body),
            received_at=incoming.received_at,
            not_before=not_before,
            attempts=0,
        )
        .on_conflict_do_nothing()
        .returning(col(InboxRow.event_id))
    )
    return result.first() is not None


def claim(session: Session, team: str, now: datetime, lease: timedelta) -> Incoming | None:
    """Take a workspace's next event that nobody finished.

    It comes back after `lease` if this fails too.
    """
    statement = (
        select(InboxRow)
        .where(
            col(InboxRow.team) == team,
            col(InboxRow.done_at).is_(None),
            col(InboxRow.not_before) <= now,
        )
        .order_by(col(InboxRow.received_at), col(InboxRow.event_id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.execute(statement).scalar_one_or_none()
    if row is None:
        return None
    row.not_before, row.attempts = now + lease, row.attempts + 1
    session.flush()
    return _value(row)


def finish(session: Session, team: str, event_id: str, outcome: str, now: datetime) -> None:
    """An event is done with; `outcome` is a word for the operator."""
    session.execute(
        update(InboxRow)
        .where(col(InboxRow.team) == team, col(InboxRow.event_id) == event_id)
        .values(done_at=now, outcome=outcome)
    )


def forget(session: Session, *, done: datetime, given_up: datetime) -> int:
    """Forget events that came before `done` and are done with, and all that came before `given_up`;
    returns how many."""
    old = and_(col(InboxRow.done_at).is_not(None), col(InboxRow.received_at) < done)
    gone = session.execute(
        delete(InboxRow)
        .where(or_(old, col(InboxRow.received_at) < given_up))
        .returning(col(InboxRow.event_id))
    )
    return len(gone.all())


def is_open(session: Session, team: str, event_id: str) -> bool:
    row = session.get(InboxRow, (team, event_id))
    return row is not None and row.done_at is None


def _value(row: InboxRow) -> Incoming:
    body: Mapping[str, str] = {str(key): str(value) for key, value in row.body.items()}
    return Incoming(row.team, row.event_id, row.type, body, row.received_at, row.attempts)
