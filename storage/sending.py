"""How a planned message is taken, sent or looked up, and settled; see `storage.outbox` for states.

Every step is a conditional write that checks the fence, so a worker that was thought dead cannot
overwrite what another one found.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from storage import digests, engines
from storage.alive import ORPHANED
from storage.models import OutboxRow
from storage.outbox import FAILED, HELD, PLANNED, SENDING, SENT, UNKNOWN, sent_ts
from storage.values import Outgoing

PACE = timedelta(seconds=1)
TOO_LATE = "too late"


def claim(session: Session, team: str, now: datetime, lease: timedelta) -> Outgoing | None:
    """Take a workspace's next message that may be sent now; committed before the call is made."""
    # Two that claim at once must not each find the channel free.
    engines.lock(session, f"outbox:{team}")
    statement = _next_planned(now).where(col(OutboxRow.team) == team)
    row = session.execute(statement).scalar_one_or_none()
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
        .with_for_update(skip_locked=True)
    )


def claim_unknown(session: Session, team: str, now: datetime, lease: timedelta) -> Outgoing | None:
    """Take a workspace's next message whose outcome is to be looked up.

    A held one is tried again, too, while it is not too late: a person may have let us read.
    """
    held = and_(col(OutboxRow.state) == HELD, col(OutboxRow.expires_at) > now)
    statement = (
        select(OutboxRow)
        .where(
            col(OutboxRow.team) == team,
            or_(col(OutboxRow.state) == UNKNOWN, held),
            col(OutboxRow.not_before) <= now,
        )
        .order_by(col(OutboxRow.id))
        .limit(1)
        .with_for_update(skip_locked=True)
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


def came_late(session: Session, message: Outgoing, ts: str, now: datetime) -> bool:
    """A worker posted a message after it had lost its lease, so another may have posted it too.

    Returns whether its copy is one too many: the message is recorded under another timestamp. One
    whose outcome nobody could look up is now known to be sent; anything else is looked up again.
    """
    row = session.execute(
        select(OutboxRow).where(col(OutboxRow.id) == message.id).with_for_update()
    ).scalar_one_or_none()
    if row is None or row.state == SENT:
        return row is not None and row.ts != ts
    row.fence += 1
    row.lease_until = None
    row.error = None
    if row.state == HELD:
        row.state, row.ts, row.finished_at = SENT, ts, now
    else:
        row.state, row.absent_reads, row.not_before, row.finished_at = UNKNOWN, 0, now, None
    session.flush()
    return False


def decide(session: Session, row: int, now: datetime, until: datetime | None, why: str) -> bool:
    """A person says what becomes of a message in doubt; False if it is not in doubt.

    With `until` it is sent again, if it can be before then, and the replies that gave up waiting
    for it with it; without, it is not.
    """
    values: dict[str, Any] = {
        "fence": col(OutboxRow.fence) + 1,
        "lease_until": None,
        "absent_reads": 0,
        "error": why,
    }
    if until is None:
        values |= {"state": FAILED, "finished_at": now}
    else:
        values |= {"state": PLANNED, "not_before": now, "expires_at": until}
    decided = session.execute(
        update(OutboxRow)
        .where(col(OutboxRow.id) == row, col(OutboxRow.state).in_((UNKNOWN, HELD)))
        .values(**values)
        .returning(col(OutboxRow.id))
    ).first()
    if decided is not None and until is not None:
        gave_up = and_(col(OutboxRow.state) == FAILED, col(OutboxRow.error) == TOO_LATE)
        session.execute(
            update(OutboxRow)
            .where(
                col(OutboxRow.thread_of) == row,
                or_(col(OutboxRow.state) == PLANNED, gave_up),
            )
            .values(state=PLANNED, error=None, finished_at=None, not_before=now, expires_at=until)
        )
    return decided is not None


def sweep(session: Session, now: datetime) -> int:
    """Move on what time has passed by, in all workspaces; returns how many rows changed.

    A lease that ran out makes a message unknown; one that is too late fails, and a digest with
    it; so does a reply whose thread failed.
    """
    parent = aliased(OutboxRow)
    lost = (
        update(OutboxRow)
        .where(_unheld(col(OutboxRow.state) == SENDING, col(OutboxRow.lease_until) <= now))
        .values(state=UNKNOWN, error="the sender stopped half-way", not_before=now)
    )
    late = (
        update(OutboxRow)
        .where(_unheld(col(OutboxRow.state) == PLANNED, col(OutboxRow.expires_at) <= now))
        .values(state=FAILED, error=TOO_LATE, finished_at=now)
    )
    orphaned = (
        update(OutboxRow)
        .where(
            _unheld(
                col(OutboxRow.state) == PLANNED,
                exists().where(
                    col(parent.id) == col(OutboxRow.thread_of), col(parent.state) == FAILED
                ),
            )
        )
        .values(state=FAILED, error=ORPHANED, finished_at=now)
    )
    # One after the other: a reply fails in the sweep in which its root is too late.
    moved = len(session.execute(lost.returning(col(OutboxRow.id))).all())
    columns = (col(OutboxRow.action), col(OutboxRow.shows), col(OutboxRow.subject_id))
    failed = session.execute(late.returning(*columns)).all()
    for action, shows, subject in failed:
        if (action, shows) == ("post", "digest"):
            digests.fail(session, subject, TOO_LATE)
    return moved + len(failed) + len(session.execute(orphaned.returning(col(OutboxRow.id))).all())


def _unheld(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Rows that meet the conditions and that nobody is changing just now: the next sweep's."""
    free = select(col(OutboxRow.id)).where(*conditions).with_for_update(skip_locked=True)
    return col(OutboxRow.id).in_(free)


def opaque(team: str, key: str) -> str:
    """What a message is found by in Slack, and known by if it is sent twice; says nothing of it."""
    return hashlib.sha256(f"{team}\x1f{key}".encode()).hexdigest()[:32]


def _value(session: Session, row: OutboxRow) -> Outgoing:
    return Outgoing(
        id=row.id or 0,
        team=row.team,
        channel=row.channel,
        action=row.action,
        thread_ts=sent_ts(session, row.thread_of) if row.thread_of is not None else None,
        target_ts=row.target_ts,
        key=opaque(row.team, row.dedupe_key),
        payload=row.payload,
        shows=row.shows,
        subject_id=row.subject_id,
        attempts=row.attempts,
        fence=row.fence,
        started_at=row.started_at or row.created_at,
        absent_reads=row.absent_reads,
    )
