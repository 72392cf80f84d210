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
from functools import cache
from typing import Any

from sqlalchemy import Select, func, or_, select, type_coerce, update
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


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A message that may stand in its channel or not."""

    id: int
    channel: str
    shows: str


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
            expires_at=new.expires_at,
        )
        .returning(col(OutboxRow.id))
    ).first()
    if waiting is None:
        plan(session, new, now)


def payload_hash(payload: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


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


def is_planned_since(
    session: Session, team: str, channel: str, shows: str, since: datetime
) -> bool:
    """Whether a message of a sort was planned for a channel since then."""
    statement = select(col(OutboxRow.id)).where(
        col(OutboxRow.team) == team,
        col(OutboxRow.channel) == channel,
        col(OutboxRow.shows) == shows,
        col(OutboxRow.created_at) > since,
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


def planned_keys(session: Session, team: str, keys: Sequence[str]) -> set[str]:
    """Those of the keys that a message was planned with."""
    statement = select(col(OutboxRow.dedupe_key)).where(
        col(OutboxRow.team) == team, col(OutboxRow.dedupe_key).in_(keys)
    )
    return set(session.execute(statement).scalars())
