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
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select, type_coerce, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from storage import engines
from storage.columns import table_of
from storage.models import OutboxRow

PLANNED, SENDING, SENT, FAILED, UNKNOWN, HELD = (
    "planned",
    "sending",
    "sent",
    "failed",
    "unknown",
    "held",
)
TOO_LATE = "too late"
SEEN = "seen in its channel by a person"
"""What is written beside a failed message that a person found where it belongs."""


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
    statement = engines.insert(session, OutboxRow).values(**values).on_conflict_do_nothing()
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
            # One that takes a customer's words away is tried for longer than others.
            expires_at=case(
                (col(OutboxRow.expires_at) > new.expires_at, col(OutboxRow.expires_at)),
                else_=new.expires_at,
            ),
        )
        .returning(col(OutboxRow.id))
    ).first()
    if waiting is None:
        plan(session, new, now)


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
        values |= {"state": PLANNED, "not_before": now, "expires_at": until, "look_again_at": now}
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


def payload_hash(payload: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def sent_ts(session: Session, row: int) -> str | None:
    """The Slack timestamp of a message that was sent, else None."""
    return session.execute(
        select(col(OutboxRow.ts)).where(col(OutboxRow.id) == row, col(OutboxRow.state) == SENT)
    ).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that was planned, and its Slack timestamp once it was sent."""

    id: int
    state: str
    channel: str
    ts: str | None


def posts_of(session: Session, team: str, shows: str, subject: int) -> list[Posted]:
    """All messages that were ever planned to show this subject, the first in front."""
    statement = (
        select(col(OutboxRow.id), col(OutboxRow.state), col(OutboxRow.channel), col(OutboxRow.ts))
        .where(
            col(OutboxRow.team) == team,
            col(OutboxRow.shows) == shows,
            col(OutboxRow.subject_id) == subject,
            col(OutboxRow.action) == "post",
        )
        .order_by(col(OutboxRow.id))
    )
    return [Posted(row or 0, *rest) for row, *rest in session.execute(statement)]


def edits_waiting(session: Session, shows: str) -> datetime | None:
    """When a message was last edited of which another edit waits; the earliest such moment."""
    other = aliased(OutboxRow)
    last = (
        select(func.max(col(other.finished_at)))
        .where(
            col(other.team) == col(OutboxRow.team),
            col(other.channel) == col(OutboxRow.channel),
            col(other.target_ts) == col(OutboxRow.target_ts),
            col(other.state) == SENT,
        )
        .scalar_subquery()
    )
    waiting = (col(OutboxRow.state) == PLANNED, col(OutboxRow.action) == "update")
    found = select(type_coerce(last, table_of(OutboxRow).c.created_at.type)).where(
        *waiting, col(OutboxRow.shows) == shows
    )
    return min((at for at in session.execute(found).scalars() if at is not None), default=None)


def is_busy(session: Session, team: str, channel: str) -> bool:
    """Whether a message to this channel may be visible in Slack before it is known here."""
    statement = select(col(OutboxRow.id)).where(
        col(OutboxRow.team) == team,
        col(OutboxRow.channel) == channel,
        col(OutboxRow.state).in_((SENDING, UNKNOWN)),
    )
    return session.execute(statement).first() is not None


def is_planned_since(
    session: Session, team: str, channel: str, shows: str, since: datetime
) -> bool:
    """Whether a message of a sort was planned for a channel since then, and has not failed."""
    statement = select(col(OutboxRow.id)).where(
        col(OutboxRow.team) == team,
        col(OutboxRow.channel) == channel,
        col(OutboxRow.shows) == shows,
        col(OutboxRow.created_at) > since,
        col(OutboxRow.state) != FAILED,
    )
    return session.execute(statement.limit(1)).first() is not None


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


def planned_keys(
    session: Session, team: str, keys: Sequence[str], *, but_failed: bool = False
) -> set[str]:
    """Those of the keys that a message was planned with; with `but_failed` none that failed."""
    statement = select(col(OutboxRow.dedupe_key)).where(
        col(OutboxRow.team) == team, col(OutboxRow.dedupe_key).in_(keys)
    )
    if but_failed:
        statement = statement.where(col(OutboxRow.state) != FAILED)
    return set(session.execute(statement).scalars())


def doubt_unsent(session: Session, now: datetime) -> int:
    """Have posts that wait looked up before they are sent; returns how many.

    For a database that was put back: they may have been sent since it was saved.
    """
    waiting = col(OutboxRow.state).in_((PLANNED, SENDING))
    found = session.execute(
        update(OutboxRow)
        .where(waiting, col(OutboxRow.action) == "post")
        .values(
            state=UNKNOWN,
            fence=col(OutboxRow.fence) + 1,
            lease_until=None,
            not_before=now,
            absent_reads=0,
            started_at=func.coalesce(col(OutboxRow.started_at), col(OutboxRow.created_at)),
        )
        .returning(col(OutboxRow.id))
    )
    return len(found.all())
