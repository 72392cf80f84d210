"""Messages as they were written, searched for words that may not be shown, and written anew."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, String, cast, or_, select, update
from sqlmodel import Session, col

from storage import engines, outbox, posts
from storage.chunks import chunks
from storage.models import OutboxRow
from storage.outbox import FAILED, HELD, SENDING, UNKNOWN, NewMessage

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """A row of the outbox with what it says; `place` is the message's, once Slack gave it one."""

    id: int
    team: str
    channel: str
    action: str
    state: str
    place: str | None
    shows: str
    subject_id: int
    payload: Payload


def holding(session: Session, pieces: Iterable[str]) -> list[Written]:
    """All rows whose payload has one of these pieces of text, in any case, the first in front."""
    text = cast(col(OutboxRow.payload), String)
    # As JSON has them: a payload is kept in ASCII.
    asked = sorted({json.dumps(piece)[1:-1] for piece in pieces if piece})
    found: dict[int, Written] = {}
    for chunk in chunks(asked):
        has_one = or_(*(_has(session, text, piece) for piece in chunk))
        for row in session.execute(select(OutboxRow).where(has_one)).scalars():
            found[row.id or 0] = _written(row)
    return [found[row] for row in sorted(found)]


def _has(session: Session, text: ColumnElement[str], piece: str) -> ColumnElement[bool]:
    # SQLite's LIKE knows no case in ASCII; `lower` would copy every payload first.
    part = "%" + piece.replace("/", "//").replace("%", "/%").replace("_", "/_") + "%"
    is_like = text.ilike if engines.is_postgresql(session) else text.like
    return is_like(part, escape="/")


def _written(row: OutboxRow) -> Written:
    return Written(
        id=row.id or 0,
        team=row.team,
        channel=row.channel,
        action=row.action,
        state=row.state,
        place=row.target_ts or row.ts,
        shows=row.shows,
        subject_id=row.subject_id,
        payload=row.payload,
    )


def with_payload(row: Written, payload: Payload) -> Written:
    """The row as it is once it says something else."""
    return replace(row, payload=payload)


def rewrite(session: Session, row: int, payload: Payload) -> None:
    """Let a row say something else: what was not sent yet is sent like that."""
    session.execute(
        update(OutboxRow)
        .where(col(OutboxRow.id) == row)
        .values(payload=dict(payload), payload_hash=outbox.payload_hash(payload))
    )


def show_again(
    session: Session, rewritten: Sequence[Written], now: datetime, until: datetime
) -> int:
    """Plan edits of the messages that show one of these rows, with what they say by now.

    A message that may be on its way is edited as soon as it is known to be there. Returns how many
    messages are edited.
    """
    there: dict[tuple[str, str, str], Written] = {}
    coming: dict[int, Written] = {}
    for row in rewritten:
        if row.place is not None:
            there[row.team, row.channel, row.place] = row
        elif row.action == "post" and row.state in (SENDING, UNKNOWN, HELD):
            coming[row.id] = row
    shown = [row for row in there.values() if _is_shown(session, row)]
    for row in shown:
        outbox.plan_update(session, _edit(row, until, target=row.place), now)
    for row in coming.values():
        outbox.plan(session, _edit(row, until, thread_of=row.id), now)
    return len(shown) + len(coming)


def _is_shown(session: Session, row: Written) -> bool:
    """Whether a row is what its message shows, or will show, and the message is still there."""
    place = row.place or ""
    if posts.is_gone(session, row.team, row.channel, place):
        return False
    newest = (
        select(col(OutboxRow.id))
        .where(
            col(OutboxRow.team) == row.team,
            col(OutboxRow.channel) == row.channel,
            or_(col(OutboxRow.ts) == place, col(OutboxRow.target_ts) == place),
            col(OutboxRow.state) != FAILED,
        )
        .order_by(col(OutboxRow.id).desc())
        .limit(1)
    )
    return session.execute(newest).scalar_one_or_none() == row.id


def _edit(
    row: Written,
    until: datetime,
    *,
    target: str | None = None,
    thread_of: int | None = None,
) -> NewMessage:
    return NewMessage(
        team=row.team,
        channel=row.channel,
        key=f"edit:{row.channel}:{row.id}:{uuid4().hex}",
        payload=row.payload,
        shows=row.shows,
        subject_id=row.subject_id,
        expires_at=until,
        action="update",
        thread_of=thread_of,
        target_ts=target,
    )
