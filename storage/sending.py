"""How a planned message is taken, sent or looked up, and settled; see `storage.outbox` for states.

Every step is a conditional write that checks the fence, so a worker that was thought dead cannot
overwrite what another one found.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Select,
    and_,
    bindparam,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from storage import digests, engines
from storage.alive import ORPHANED
from storage.models import OutboxRow
from storage.outbox import FAILED, HELD, PLANNED, SENDING, SENT, TOO_LATE, UNKNOWN, sent_ts
from storage.values import Outgoing

PACE = timedelta(seconds=1)
CARD_PACE = timedelta(seconds=30)
"""An insight's card is edited once in so long at the most."""


def claim(session: Session, team: str, now: datetime, lease: timedelta) -> Outgoing | None:
    """Take a workspace's next message that may be sent now; committed before the call is made."""
    # Two that claim at once must not each find the channel free.
    engines.lock(session, f"outbox:{team}")
    given = {"team": team, "now": now, "pace": now - PACE, "card_pace": now - CARD_PACE}
    row = session.execute(_next_planned(), given).scalar_one_or_none()
    if row is None or not _take(session, row, now, lease):
        return None
    session.refresh(row)
    return value(session, row)


@cache
def _next_planned() -> Select[Any]:
    """The oldest message whose time has come, whose thread is there and whose channel is free."""
    parent, other, now = aliased(OutboxRow), aliased(OutboxRow), _now()
    same_channel = and_(
        col(other.team) == col(OutboxRow.team), col(other.channel) == col(OutboxRow.channel)
    )
    just_posted = and_(
        col(other.action) == "post",
        col(other.state) == SENT,
        col(other.finished_at) > bindparam("pace"),
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
    # However many people react, the card of an insight does not flicker.
    edited_lately = exists().where(
        same_channel,
        col(other.target_ts) == col(OutboxRow.target_ts),
        col(other.action) == "update",
        col(other.state) == SENT,
        col(other.finished_at) > bindparam("card_pace"),
        col(other.finished_at) <= now,
    )
    thread_is_there = exists().where(
        col(parent.id) == col(OutboxRow.thread_of), col(parent.state) == SENT
    )
    return (
        select(OutboxRow)
        .where(
            col(OutboxRow.team) == bindparam("team"),
            col(OutboxRow.state) == PLANNED,
            col(OutboxRow.not_before) <= now,
            col(OutboxRow.expires_at) > now,
            ~busy,
            ~edited_before,
            or_(col(OutboxRow.shows) != "insight", ~edited_lately),
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
    given = {"team": team, "now": now}
    row = session.execute(_next_unknown(), given).scalar_one_or_none()
    if row is None or not _take(session, row, now, lease):
        return None
    session.refresh(row)
    return value(session, row)


@cache
def _next_unknown() -> Select[Any]:
    now = _now()
    held = and_(col(OutboxRow.state) == HELD, col(OutboxRow.expires_at) > now)
    return (
        select(OutboxRow)
        .where(
            col(OutboxRow.team) == bindparam("team"),
            or_(col(OutboxRow.state) == UNKNOWN, held),
            col(OutboxRow.not_before) <= now,
        )
        .order_by(col(OutboxRow.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )


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


def holds(session: Session, message: Outgoing, until: datetime) -> bool:
    """Whether a message is still its claimer's, by a lease that lasts until then."""
    statement = select(col(OutboxRow.id)).where(
        col(OutboxRow.id) == message.id,
        col(OutboxRow.fence) == message.fence,
        col(OutboxRow.state) == SENDING,
        col(OutboxRow.lease_until) >= until,
    )
    return session.execute(statement).first() is not None


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
    may_turn_up: bool = False,
) -> bool:
    """Write down how a claimed message went; False if another worker has taken it since.

    With `may_turn_up` it is sent again though nobody knows the end of an earlier attempt.
    """
    values: dict[str, Any] = {
        "state": state,
        "error": error,
        "lease_until": None,
        "absent_reads": absent_reads,
        "not_before": not_before or now,
    }
    if state in (SENT, FAILED):
        values["finished_at"] = now
    if may_turn_up:
        values["look_again_at"] = now
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
    """Move on what time has passed by, in all workspaces; returns how many rows changed.

    A lease that ran out makes a message unknown; one that is too late fails, and a digest with
    it; so does a reply whose thread failed.
    """
    # One after the other: a reply fails in the sweep in which its root is too late.
    lost, late, orphaned = _sweeps()
    given = {"now": now}
    moved = len(session.execute(lost, given).all())
    failed = session.execute(late, given).all()
    for action, shows, subject in failed:
        if (action, shows) == ("post", "digest"):
            digests.fail(session, subject, TOO_LATE)
    return moved + len(failed) + len(session.execute(orphaned, given).all())


@cache
def _sweeps() -> tuple[Executable, Executable, Executable]:
    parent, now = aliased(OutboxRow), _now()
    lost = (
        update(OutboxRow)
        .where(_unheld(col(OutboxRow.state) == SENDING, col(OutboxRow.lease_until) <= now))
        .values(state=UNKNOWN, error="the sender stopped half-way", not_before=now)
        .returning(col(OutboxRow.id))
    )
    late = (
        update(OutboxRow)
        .where(_unheld(col(OutboxRow.state) == PLANNED, col(OutboxRow.expires_at) <= now))
        .values(state=FAILED, error=TOO_LATE, finished_at=now)
        .returning(col(OutboxRow.action), col(OutboxRow.shows), col(OutboxRow.subject_id))
    )
    has_no_thread = exists().where(
        col(parent.id) == col(OutboxRow.thread_of), col(parent.state) == FAILED
    )
    orphaned = (
        update(OutboxRow)
        .where(_unheld(col(OutboxRow.state) == PLANNED, has_no_thread))
        .values(state=FAILED, error=ORPHANED, finished_at=now)
        .returning(col(OutboxRow.id))
    )
    return lost, late, orphaned


def _now() -> BindParameter[datetime]:
    return bindparam("now")


def _unheld(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Rows that meet the conditions and that nobody is changing just now: the next sweep's."""
    free = select(col(OutboxRow.id)).where(*conditions).with_for_update(skip_locked=True)
    return col(OutboxRow.id).in_(free)


def opaque(team: str, key: str) -> str:
    """What a message is found by in Slack, and known by if it is sent twice; says nothing of it."""
    return hashlib.sha256(f"{team}\x1f{key}".encode()).hexdigest()[:32]


def value(session: Session, row: OutboxRow) -> Outgoing:
    """A row as its sender needs it."""
    thread = sent_ts(session, row.thread_of) if row.thread_of is not None else None
    # An edit that was planned before anybody knew where its message stands hangs on that.
    is_edit = row.action == "update"
    return Outgoing(
        id=row.id or 0,
        team=row.team,
        channel=row.channel,
        action=row.action,
        thread_ts=None if is_edit else thread,
        target_ts=row.target_ts or thread if is_edit else row.target_ts,
        key=opaque(row.team, row.dedupe_key),
        payload=row.payload,
        shows=row.shows,
        subject_id=row.subject_id,
        attempts=row.attempts,
        fence=row.fence,
        started_at=row.started_at or row.created_at,
        absent_reads=row.absent_reads,
    )
