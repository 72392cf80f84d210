"""What is too old to be kept, beside tickets: removed a piece at a time, oldest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, tuple_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col

from storage import audit as audit_rows
from storage.columns import table_of
from storage.models import Act, Alarm, Digest, InboxRow, OutboxRow, Post, Reaction
from storage.outbox import FAILED, SENT

PIECE: Final = 500
"""Rows that one transaction removes at most."""


def messages(session: Session, before: datetime, but_shows: str) -> int:
    """Messages that are settled, but for those that are kept up to date."""
    old = and_(
        col(OutboxRow.created_at) < before,
        col(OutboxRow.state).in_((SENT, FAILED)),
        col(OutboxRow.shows) != but_shows,
    )
    return _remove(session, OutboxRow, old, col(OutboxRow.created_at))


def posts(session: Session, before: datetime, but_shows: str) -> int:
    """What messages showed, and what people answered to them."""
    old = (col(Post.posted_at) < before, col(Post.shows) != but_shows)
    places = select(col(Post.team), col(Post.channel), col(Post.ts)).where(*old)
    gone = [tuple(row) for row in session.execute(places.limit(PIECE))]
    if gone:
        for table in (Reaction, Post):
            place = tuple_(col(table.team), col(table.channel), col(table.ts))
            session.execute(delete(table).where(place.in_(gone)))
    return len(gone)


def digests(session: Session, before: datetime) -> int:
    return _remove(session, Digest, col(Digest.decided_at) < before, col(Digest.decided_at))


def alarms(session: Session, before: datetime) -> int:
    return _remove(session, Alarm, col(Alarm.closed) < before, col(Alarm.opened))


def acts(session: Session, before: datetime) -> int:
    """What people did. A channel's last act stays without its name: since then it is quiet."""
    later = aliased(Act)
    is_last = ~exists().where(
        col(later.team) == col(Act.team),
        col(later.channel) == col(Act.channel),
        or_(
            col(later.at) > col(Act.at),
            and_(col(later.at) == col(Act.at), col(later.id) > col(Act.id)),
        ),
    )
    old = col(Act.at) < before
    named = select(col(Act.id)).where(old, is_last, col(Act.user) != "")
    session.execute(update(Act).where(col(Act.id).in_(named)).values(user=""))
    return _remove(session, Act, and_(old, ~is_last), col(Act.at))


def taken_back(session: Session, before: datetime) -> int:
    """Reactions that were taken back, which are kept only for events that come late."""
    # Slack's moments are seconds in text, ten digits long for centuries.
    moment = f"{before.timestamp():.6f}"
    old = and_(col(Reaction.present).is_(False), col(Reaction.event_ts) < moment)
    done = session.execute(delete(Reaction).where(old).returning(col(Reaction.ts)))
    return len(done.all())


def events(session: Session, before: datetime) -> int:
    """Events that are done with."""
    old = and_(col(InboxRow.done_at).is_not(None), col(InboxRow.received_at) < before)
    keys = select(col(InboxRow.team), col(InboxRow.event_id)).where(old).limit(PIECE)
    gone = [tuple(row) for row in session.execute(keys)]
    if gone:
        key = tuple_(col(InboxRow.team), col(InboxRow.event_id))
        session.execute(delete(InboxRow).where(key.in_(gone)))
    return len(gone)


def audit(session: Session, before: datetime) -> int:
    """Entries of the audit, but none that the database itself still holds."""
    return audit_rows.expire(session, before)


def _remove(session: Session, table: type[SQLModel], old: ColumnElement[bool], order: Any) -> int:
    id = table_of(table).c.id
    gone = list(session.execute(select(id).where(old).order_by(order).limit(PIECE)).scalars())
    if gone:
        session.execute(delete(table).where(id.in_(gone)))
    return len(gone)
