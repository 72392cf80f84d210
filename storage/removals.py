"""Messages as they were sent or wait, gone through to take a ticket out of them.

A message that may stand in Slack gets an edit; what is kept of it is overwritten in any case, so
that neither a repeat nor the database shows the ticket again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    bindparam,
    cast,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlmodel import Session, col

from storage import engines, outbox
from storage.chunks import chunks
from storage.columns import table_of
from storage.models import OutboxRow
from storage.outbox import FAILED, PLANNED, SENT, UNKNOWN, NewMessage
from storage.values import PostValue

_BATCH: Final = 200
_PIECES: Final = 200
_row = table_of(OutboxRow).c


@dataclass(frozen=True, slots=True)
class Kept:
    """A message, or an edit of one, as it is kept."""

    id: int
    team: str
    channel: str
    action: str
    state: str
    ts: str | None
    target_ts: str | None
    thread_of: int | None
    shows: str
    subject_id: int
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Removal:
    """An edit that takes something out of a message, and how far it came."""

    channel: str
    state: str
    error: str


def every(session: Session, after: int = 0, *, saying: Collection[str] = ()) -> Iterator[Kept]:
    """All messages that are kept, those planned first in front; only those `after` a row.

    With `saying` only those that ever had one of these pieces of text, in any case.
    """
    if saying:
        yield from (kept for kept in _saying(session, saying) if kept.id > after)
        return
    last = after
    while True:
        batch = [Kept(*found) for found in session.execute(_batch(), {"last": last})]
        yield from batch
        if len(batch) < _BATCH:
            return
        last = batch[-1].id


def _saying(session: Session, pieces: Collection[str]) -> Iterator[Kept]:
    columns = [_row[name] for name in Kept.__slots__]
    has_one = or_(*(_has(session, piece) for piece in sorted(pieces)[:_PIECES]))
    found = session.execute(select(*columns).where(has_one)).all()
    hits = {row.id: Kept(*row) for row in found}
    places = {ts for kept in hits.values() if (ts := kept.target_ts or kept.ts)}
    firsts = {id for kept in hits.values() for id in (kept.id, kept.thread_of) if id}
    # What a message shows now may be an edit that has none of it.
    for column, values in ((_row.ts, places), (_row.target_ts, places), (_row.id, firsts)):
        for chunk in chunks(sorted(values)):
            beside = session.execute(select(*columns).where(column.in_(chunk)))
            hits.update((row.id, Kept(*row)) for row in beside)
    yield from (hits[row] for row in sorted(hits))


def _has(session: Session, piece: str) -> ColumnElement[bool]:
    # As JSON has it: a payload is kept in ASCII. SQLite's LIKE knows no case there, and `lower`
    # would copy every payload first.
    part = json.dumps(piece)[1:-1]
    part = part.replace("/", "//").replace("%", "/%").replace("_", "/_")
    text = cast(_row.payload, String)
    is_like = text.ilike if engines.is_postgresql(session) else text.like
    return is_like(f"%{part}%", escape="/")


@cache
def _batch() -> Select[Any]:
    return _every().where(_row.id > bindparam("last")).limit(_BATCH)


def _every() -> Select[Any]:
    return select(*[_row[name] for name in Kept.__slots__]).order_by(_row.id)


def of_rows(session: Session, rows: Sequence[int]) -> Iterator[Kept]:
    """These messages, ascending."""
    for chunk in chunks(rows):
        statement = _every().where(_row.id.in_(chunk))
        yield from [Kept(*found) for found in session.execute(statement)]


def payload(session: Session, row: int) -> dict[str, Any]:
    """What is kept of a message."""
    return dict(session.execute(select(_row.payload).where(_row.id == row)).scalar_one())


def posted(post: PostValue) -> Kept:
    """A message of which only its place is known."""
    place = (post.team, post.channel)
    return Kept(0, *place, "post", SENT, post.ts, None, None, post.shows, post.subject_id, {})


def rewrite(session: Session, row: int, payload: Mapping[str, Any]) -> None:
    """Overwrite what is kept of a message."""
    session.execute(
        update(OutboxRow)
        .where(col(OutboxRow.id) == row)
        .values(payload=dict(payload), payload_hash=outbox.payload_hash(payload))
    )


def withdraw(session: Session, row: int) -> bool:
    """Let a message that waits never be sent; False where it does not, or may be in Slack."""
    waits = (*_waits(row), col(OutboxRow.look_again_at).is_(None))
    done = session.execute(delete(OutboxRow).where(*waits).returning(col(OutboxRow.id)))
    return done.first() is not None


def doubt(session: Session, row: int, now: datetime) -> bool:
    """Have a message that waits to be sent once more looked up first; False where it is not so.

    Nobody knows whether it arrived the first time.
    """
    found = session.execute(
        update(OutboxRow)
        .where(
            *_waits(row),
            col(OutboxRow.action) == "post",
            col(OutboxRow.look_again_at).is_not(None),
        )
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
    return found.first() is not None


def _waits(row: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(OutboxRow.id) == row, col(OutboxRow.state) == PLANNED


def plan(
    session: Session,
    first: Kept,
    payload: Mapping[str, Any],
    known_by: tuple[str, int],
    *,
    now: datetime,
    until: datetime,
) -> None:
    """Put an edit in line by which a message shows `payload`, in the place of those that wait.

    `first` is the message. Where nobody knows yet whether it stands in Slack, the edit waits for
    that. `known_by` is what the edit shows, and of which subject.
    """
    shows, subject = known_by
    ts = first.target_ts or (first.ts if first.state == SENT else None)
    place = (
        [col(OutboxRow.channel) == first.channel, col(OutboxRow.target_ts) == ts]
        if ts
        else [col(OutboxRow.thread_of) == first.id]
    )
    waiting = session.execute(
        update(OutboxRow)
        .where(
            col(OutboxRow.team) == first.team,
            col(OutboxRow.state) == PLANNED,
            col(OutboxRow.action) == "update",
            *place,
        )
        .values(
            payload=dict(payload),
            payload_hash=outbox.payload_hash(payload),
            shows=shows,
            subject_id=subject,
            expires_at=until,
        )
        .returning(col(OutboxRow.id))
    )
    if waiting.first() is None:
        new = NewMessage(
            team=first.team,
            channel=first.channel,
            key=f"removal:{uuid4().hex}",
            payload=payload,
            shows=shows,
            subject_id=subject,
            expires_at=until,
            action="update",
            thread_of=None if ts else first.id,
            target_ts=ts,
        )
        outbox.plan(session, new, now)


def of(session: Session, shows: str, subject: int) -> list[Removal]:
    """The edits that are known by this, the first in front."""
    statement = (
        select(_row.channel, _row.state, func.coalesce(_row.error, ""))
        .where(_row.shows == shows, _row.subject_id == subject, _row.action == "update")
        .order_by(_row.id)
    )
    return [Removal(*found) for found in session.execute(statement)]


def again(
    session: Session,
    known_by: tuple[str, int],
    but: Collection[str],
    *,
    now: datetime,
    until: datetime,
) -> None:
    """Try edits again that failed, but for these reasons."""
    shows, subject = known_by
    session.execute(
        update(OutboxRow)
        .where(
            col(OutboxRow.shows) == shows,
            col(OutboxRow.subject_id) == subject,
            col(OutboxRow.action) == "update",
            col(OutboxRow.state) == FAILED,
            col(OutboxRow.error).not_in(but),
        )
        .values(state=PLANNED, error=None, finished_at=None, not_before=now, expires_at=until)
    )
