"""Messages to Slack, as rows that are committed before anything is sent.

States: `planned` (may be sent) → `sending` (a worker holds it by a lease; written before the call)
→ `sent`, or `failed` (refused for good, or too late), or back to `planned` (try later). A call
whose outcome nobody knows, and a row found `sending` past its lease, is `unknown`: it is looked up
in Slack's history, and becomes `sent` or `planned` again; where history cannot be read it is
`held` for a person to decide, and looked up again until it is too late. Every step is a
conditional write that checks the fence, so a worker that was thought dead cannot overwrite what
another one found.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from storage.models import OutboxRow
from storage.values import Outgoing

PLANNED, SENDING, SENT, FAILED, UNKNOWN, HELD = (
    "planned",
    "sending",
    "sent",
    "failed",
    "unknown",
    "held",
)
PACE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be posted (`action` post) or to take another's place (update)."""

    team: str
    channel: str
    key: str
    payload: Mapping[str, Any]
    shows: str
    subject_id: int
    expires_at: datetime
    action: str = "post"
    thread_of: int | None = None
    target_ts: str | None = None


def plan(session: Session, new: NewMessage, now: datetime) -> int:
    """Put a message in line; the same key again gives the row that is there. Returns the row."""
    values = {
        "team": new.team,
        "channel": new.channel,
        "dedupe_key": new.key,
        "action": new.action,
        "thread_of": new.thread_of,
        "target_ts": new.target_ts,
        "payload": dict(new.payload),
        "payload_hash": payload_hash(new.payload),
        "shows": new.shows,
        "subject_id": new.subject_id,
        "state": PLANNED,
        "attempts": 0,
        "fence": 0,
        "created_at": now,
        "not_before": now,
        "expires_at": new.expires_at,
        "absent_reads": 0,
    }
    statement = insert(OutboxRow).values(**values).on_conflict_do_nothing()
    made = session.execute(statement.returning(col(OutboxRow.id))).scalar_one_or_none()
    if made is not None:
        return int(made)
    found = select(col(OutboxRow.id)).where(
        col(OutboxRow.team) == new.team, col(OutboxRow.dedupe_key) == new.key
    )
    return int(session.execute(found).scalar_one() or 0)


def plan_update(session: Session, new: NewMessage, now: datetime) -> None:
    """Put an edit of a message in line; one that still waits is overwritten, not queued behind."""
    waiting = session.execute(
        update(OutboxRow)
        .where(
            col(OutboxRow.team) == new.team,
            col(OutboxRow.channel) == new.channel,
            col(OutboxRow.target_ts) == new.target_ts,
            col(OutboxRow.action) == "update",
            col(OutboxRow.state) == PLANNED,
        )
        .values(
            payload=dict(new.payload),
            payload_hash=payload_hash(new.payload),
            expires_at=new.expires_at,
        )
        .returning(col(OutboxRow.id))
    ).first()
    if waiting is None:
        plan(session, new, now)


def payload_hash(payload: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def claim(session: Session, now: datetime, lease: timedelta) -> Outgoing | None:
    """Take the next message that may be sent now; committed before the call is made."""
    row = session.execute(_next_planned(now)).scalar_one_or_none()
    if row is None or not _take(session, row, now, lease):
        return None
    session.refresh(row)
    return _value(session, row)


def _next_planned(now: datetime) -> Select[Any]:
    """The oldest message whose time has come, whose thread is there and whose channel is free."""
    parent, other = aliased(OutboxRow), aliased(OutboxRow)
    same_channel = and_(
        col(other.team) == col(OutboxRow.team), col(other.channel) == col(OutboxRow.channel)
    )
    just_posted = and_(
        col(other.action) == "post",
        col(other.state) == SENT,
        col(other.finished_at) > now - PACE,
        col(other.finished_at) <= now,
    )
    busy = exists().where(same_channel, or_(col(other.state) == SENDING, just_posted))
    open_before = exists().where(
        col(other.thread_of) == col(OutboxRow.thread_of),
        col(other.id) < col(OutboxRow.id),
        col(other.state).in_((PLANNED, SENDING, UNKNOWN, HELD)),
    )
    edited_before = exists().where(
        same_channel,
        col(other.target_ts) == col(OutboxRow.target_ts),
        col(other.id) < col(OutboxRow.id),
        col(other.state).in_((PLANNED, UNKNOWN)),
    )
    thread_is_there = exists().where(
        col(parent.id) == col(OutboxRow.thread_of), col(parent.state) == SENT
    )
    return (
        select(OutboxRow)
        .where(
            col(OutboxRow.state) == PLANNED,
            col(OutboxRow.not_before) <= now,
            col(OutboxRow.expires_at) > now,
            ~busy,
            ~edited_before,
            or_(col(OutboxRow.thread_of).is_(None), and_(thread_is_there, ~open_before)),
        )
        .order_by(col(OutboxRow.id))
        .limit(1)
    )


def claim_unknown(session: Session, now: datetime, lease: timedelta) -> Outgoing | None:
    """Take the next message whose outcome is to be looked up.

    A held one is tried again, too, while it is not too late: a person may have let us read.
    """
    held = and_(col(OutboxRow.state) == HELD, col(OutboxRow.expires_at) > now)
    statement = (
        select(OutboxRow)
        .where(or_(col(OutboxRow.state) == UNKNOWN, held), col(OutboxRow.not_before) <= now)
        .order_by(col(OutboxRow.id))
        .limit(1)
    )
    row = session.execute(statement).scalar_one_or_none()
    if row is None or not _take(session, row, now, lease):
        return None
    session.refresh(row)
    return _value(session, row)


def _take(session: Session, row: OutboxRow, now: datetime, lease: timedelta) -> bool:
    values: dict[str, Any] = {"fence": row.fence + 1, "lease_until": now + lease}
    if row.state == PLANNED:
        values["state"] = SENDING
        values["attempts"] = row.attempts + 1
        # The first start stays: a look-up must reach back to every attempt.
        values["started_at"] = row.started_at or now
    else:
        values["not_before"] = now + lease
    taken = session.execute(
        update(OutboxRow)
        .where(
            col(OutboxRow.id) == row.id,
            col(OutboxRow.state) == row.state,
            col(OutboxRow.fence) == row.fence,
        )
        .values(**values)
        .returning(col(OutboxRow.id))
    ).first()
    return taken is not None


def settle(
    session: Session,
    message: Outgoing,
    state: str,
    now: datetime,
    *,
    ts: str | None = None,
    error: str | None = None,
    not_before: datetime | None = None,
    absent_reads: int = 0,
) -> bool:
    """Write down how a claimed message went; False if another worker has taken it since."""
    values: dict[str, Any] = {
        "state": state,
        "error": error,
        "lease_until": None,
        "absent_reads": absent_reads,
        "not_before": not_before or now,
    }
    if state in (SENT, FAILED):
        values["finished_at"] = now
    if ts is not None:
        values["ts"] = ts
    done = session.execute(
        update(OutboxRow)
        .where(
            col(OutboxRow.id) == message.id,
            col(OutboxRow.fence) == message.fence,
            col(OutboxRow.state).in_((SENDING, UNKNOWN, HELD)),
        )
        .values(**values)
        .returning(col(OutboxRow.id))
    ).first()
    return done is not None


def sweep(session: Session, now: datetime) -> int:
    """Move on what time has passed by; returns how many rows changed.

    A lease that ran out makes a message unknown; one that is too late fails; so does a reply
    whose thread failed.
    """
    parent = aliased(OutboxRow)
    lost = (
        update(OutboxRow)
        .where(col(OutboxRow.state) == SENDING, col(OutboxRow.lease_until) <= now)
        .values(state=UNKNOWN, error="the sender stopped half-way", not_before=now)
    )
    late = (
        update(OutboxRow)
        .where(col(OutboxRow.state) == PLANNED, col(OutboxRow.expires_at) <= now)
        .values(state=FAILED, error="too late", finished_at=now)
    )
    orphaned = (
        update(OutboxRow)
        .where(
            col(OutboxRow.state) == PLANNED,
            exists().where(col(parent.id) == col(OutboxRow.thread_of), col(parent.state) == FAILED),
        )
        .values(state=FAILED, error="its thread was not posted", finished_at=now)
    )
    returning = [statement.returning(col(OutboxRow.id)) for statement in (lost, late, orphaned)]
    return sum(len(session.execute(statement).all()) for statement in returning)


def sent_ts(session: Session, row: int) -> str | None:
    """The Slack timestamp of a message that was sent, else None."""
    return session.execute(
        select(col(OutboxRow.ts)).where(col(OutboxRow.id) == row, col(OutboxRow.state) == SENT)
    ).scalar_one_or_none()


def is_busy(session: Session, team: str, channel: str) -> bool:
    """Whether a message to this channel may be visible in Slack before it is known here."""
    statement = select(col(OutboxRow.id)).where(
        col(OutboxRow.team) == team,
        col(OutboxRow.channel) == channel,
        col(OutboxRow.state).in_((SENDING, UNKNOWN)),
    )
    return session.execute(statement).first() is not None


def last_payload_hash(session: Session, team: str, channel: str, ts: str) -> str | None:
    """The hash of what a message shows now, or will show once the last planned edit is sent."""
    statement = (
        select(col(OutboxRow.payload_hash))
        .where(
            col(OutboxRow.team) == team,
            col(OutboxRow.channel) == channel,
            or_(col(OutboxRow.ts) == ts, col(OutboxRow.target_ts) == ts),
            col(OutboxRow.state) != FAILED,
        )
        .order_by(col(OutboxRow.id).desc())
        .limit(1)
    )
    return session.execute(statement).scalar_one_or_none()


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


def _value(session: Session, row: OutboxRow) -> Outgoing:
    opaque = hashlib.sha256(f"{row.team}\x1f{row.dedupe_key}".encode()).hexdigest()[:32]
    return Outgoing(
        id=row.id or 0,
        team=row.team,
        channel=row.channel,
        action=row.action,
        thread_ts=sent_ts(session, row.thread_of) if row.thread_of is not None else None,
        target_ts=row.target_ts,
        key=opaque,
        payload=row.payload,
        shows=row.shows,
        subject_id=row.subject_id,
        attempts=row.attempts,
        fence=row.fence,
        started_at=row.started_at or row.created_at,
        absent_reads=row.absent_reads,
    )
