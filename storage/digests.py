"""What was decided for a channel and day: the claim that makes a digest happen once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlmodel import Session, col

from storage import engines
from storage.models import Digest, DigestItem

POSTED, SILENT, SKIPPED, FAILED = "posted", "silent", "skipped", "failed"
# Nobody saw these: their tickets are for the next digest.
_UNSEEN = (SKIPPED, FAILED)


@dataclass(frozen=True, slots=True)
class ItemValue:
    ticket_id: int
    score: float
    parts: tuple[dict[str, Any], ...]
    why: str
    similar: int
    similar_rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DecidedValue:
    """A digest as it was decided; `left` are the rows of the tickets that it left out, in the
    order in which they are listed, None where they were not kept yet."""

    at: datetime
    left_out: int
    left: tuple[int, ...] | None
    items: tuple[ItemValue, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for a channel on a local day (`local_date`, ISO 8601)."""

    id: int
    channel: str
    local_date: str
    state: str
    reason: str


def claim(
    session: Session,
    team: str,
    channel: str,
    local_date: str,
    *,
    newest_ticket: int,
    now: datetime,
) -> int | None:
    """Take this channel's digest of a local day; None if it was taken before.

    The caller decides in the same transaction, so a claim that is committed is decided. It looks
    at tickets up to the row `newest_ticket`; the next digest goes on from there.
    """
    result = session.execute(
        engines.insert(session, Digest)
        .values(
            team=team,
            channel=channel,
            local_date=local_date,
            state=SILENT,
            reason="",
            left_out=0,
            newest_ticket=newest_ticket,
            decided_at=now,
        )
        .on_conflict_do_nothing()
        .returning(col(Digest.id))
    )
    return result.scalar_one_or_none()


def reopen(
    session: Session,
    team: str,
    channel: str,
    local_date: str,
    *,
    newest_ticket: int,
    now: datetime,
) -> int | None:
    """Take a day's digest that was silent or skipped, to be decided anew; None if it was not."""
    statement = (
        update(Digest)
        .where(
            col(Digest.team) == team,
            col(Digest.channel) == channel,
            col(Digest.local_date) == local_date,
            col(Digest.state).in_((SILENT, SKIPPED)),
        )
        .values(newest_ticket=newest_ticket, decided_at=now)
        .returning(col(Digest.id))
    )
    return session.execute(statement).scalar_one_or_none()


def decisions(session: Session, team: str, channel: str, since: str) -> dict[str, Decision]:
    """What was decided for a channel, by local day from `since` on."""
    statement = _decisions().where(
        col(Digest.team) == team,
        col(Digest.channel) == channel,
        col(Digest.local_date) >= since,
    )
    return {row.local_date: row for row in _read(session, statement)}


def unseen_since(session: Session, team: str, since: datetime) -> list[Decision]:
    """Digests that were skipped or could not be posted, decided since then."""
    statement = _decisions().where(
        col(Digest.team) == team,
        col(Digest.decided_at) >= since,
        col(Digest.state).in_(_UNSEEN),
    )
    return _read(session, statement)


def posted_since(session: Session, team: str, channel: str, since: datetime) -> list[Decision]:
    """Digests that stand in a channel and were decided after `since`, in the order of time."""
    statement = _decisions().where(
        col(Digest.team) == team,
        col(Digest.channel) == channel,
        col(Digest.decided_at) > since,
        col(Digest.state) == POSTED,
    )
    return _read(session, statement)


@cache
def _decisions() -> Select[Any]:
    columns = ("id", "channel", "local_date", "state", "reason")
    return select(*[getattr(Digest, name) for name in columns]).order_by(col(Digest.id))


def _read(session: Session, statement: Select[Any]) -> list[Decision]:
    return [Decision(*row) for row in session.execute(statement)]


def settle(
    session: Session,
    digest: int,
    *,
    state: str,
    reason: str,
    left_out: int,
    items: Sequence[ItemValue],
    left: Sequence[int] = (),
) -> None:
    """Write down what was decided: `state` is posted, silent or skipped.

    `left` are the rows of the `left_out` tickets.
    """
    session.execute(
        update(Digest)
        .where(col(Digest.id) == digest)
        .values(state=state, reason=reason, left_out=left_out, left_tickets=list(left))
    )
    for position, item in enumerate(items):
        session.add(
            DigestItem(
                digest_id=digest,
                position=position,
                ticket_id=item.ticket_id,
                score=item.score,
                parts=list(item.parts),
                why=item.why,
                similar=item.similar,
                similar_rows=list(item.similar_rows),
            )
        )
    session.flush()


def fail(session: Session, digest: int, reason: str) -> None:
    """The message of a digest that was to be posted never will be."""
    session.execute(
        update(Digest)
        .where(col(Digest.id) == digest, col(Digest.state) == POSTED)
        .values(state=FAILED, reason=reason)
    )


def decision(session: Session, team: str, channel: str, local_date: str) -> DecidedValue | None:
    """What was decided for a channel and local day, None where nothing was."""
    row = session.execute(
        select(Digest).where(
            col(Digest.team) == team,
            col(Digest.channel) == channel,
            col(Digest.local_date) == local_date,
        )
    ).scalar_one_or_none()
    if row is None:
        return None
    items = session.execute(
        select(DigestItem)
        .where(col(DigestItem.digest_id) == row.id)
        .order_by(col(DigestItem.position))
    ).scalars()
    return DecidedValue(
        at=row.decided_at,
        left_out=row.left_out,
        left=None if row.left_tickets is None else tuple(row.left_tickets),
        items=tuple(
            ItemValue(
                item.ticket_id,
                item.score,
                tuple(item.parts),
                item.why,
                item.similar,
                tuple(item.similar_rows),
            )
            for item in items
        ),
    )


def stand(session: Session, digest: int) -> None:
    """The message of a digest stands in its channel after all."""
    session.execute(
        update(Digest)
        .where(col(Digest.id) == digest, col(Digest.state) == FAILED)
        .values(state=POSTED, reason="")
    )


def looked_at_up_to(session: Session, team: str, channel: str) -> int:
    """The row up to which this channel's digests have looked at tickets.

    One that was skipped, or could not be posted, has not.
    """
    statement = select(func.max(col(Digest.newest_ticket))).where(
        col(Digest.team) == team,
        col(Digest.channel) == channel,
        col(Digest.state).not_in(_UNSEEN),
    )
    return int(session.execute(statement).scalar_one() or 0)


def shown(session: Session, team: str, channel: str) -> set[int]:
    """Rows of all tickets that this channel's digests have shown."""
    statement = (
        select(col(DigestItem.ticket_id))
        .join(Digest, col(Digest.id) == col(DigestItem.digest_id))
        .where(
            col(Digest.team) == team,
            col(Digest.channel) == channel,
            col(Digest.state).not_in(_UNSEEN),
        )
    )
    return {int(row) for row in session.execute(statement).scalars()}
