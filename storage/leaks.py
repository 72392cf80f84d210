"""What people reported as leaked, and everything that may repeat the words of a ticket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlmodel import Session, col

from storage import engines, erasing, insight_changes, search, tickets
from storage.chunks import chunks
from storage.models import (
    Alarm,
    DigestItem,
    Insight,
    InsightChange,
    InsightTicket,
    Leak,
    Ticket,
)
from storage.values import NewTicket

_ALL = (0, 2**31 - 1)
_SAID = ("title", "note", "shipped_what", "declined_why")
_CHANGED = ("before", "after", "said")

Mask = Callable[[str], str]
"""A text as it may still be shown."""


@dataclass(frozen=True, slots=True)
class LeakValue:
    """What leaked of a ticket; the columns are explained at `storage.leak_table.Leak`."""

    ticket_id: int
    digest: str | None
    words: int
    offered: tuple[int, ...]


def add(session: Session, leak: LeakValue, now: datetime, *, is_copy: bool = False) -> None:
    """Remember what leaked of a ticket; the same words again change what is offered."""
    digest = col(Leak.digest)
    is_it = digest.is_(None) if leak.digest is None else digest == leak.digest
    found = select(Leak).where(col(Leak.ticket_id) == leak.ticket_id, is_it)
    known = session.execute(found).scalars().first()
    if known is None:
        known = Leak(
            ticket_id=leak.ticket_id,
            digest=leak.digest,
            words=leak.words,
            is_copy=is_copy,
            offered=[],
            reported_at=now,
        )
        session.add(known)
    known.offered = list(leak.offered)
    session.flush()


def of(session: Session, rows: Sequence[int]) -> dict[int, list[LeakValue]]:
    """What leaked of these tickets, by row; tickets of which nothing did are left out."""
    found: dict[int, list[LeakValue]] = {}
    for chunk in chunks(rows):
        statement = select(Leak).where(col(Leak.ticket_id).in_(chunk)).order_by(col(Leak.id))
        for row in session.execute(statement).scalars():
            value = LeakValue(row.ticket_id, row.digest, row.words, tuple(row.offered))
            found.setdefault(row.ticket_id, []).append(value)
    return found


def decided(session: Session, ticket: int) -> None:
    """What was offered after a leak of this ticket has been taken or is not wanted."""
    session.execute(update(Leak).where(col(Leak.ticket_id) == ticket).values(offered=[]))


def reported_since(session: Session, since: datetime) -> int:
    """Of how many tickets a person reported a leak; what was masked beside them does not count."""
    statement = select(func.count(func.distinct(col(Leak.ticket_id)))).where(
        col(Leak.reported_at) >= since, col(Leak.is_copy).is_(False)
    )
    return int(session.execute(statement).scalar_one())


def reported(session: Session) -> tuple[int, datetime | None]:
    """Of how many tickets leaks were ever reported, and when the last was."""
    by_hand = col(Leak.is_copy).is_(False)
    last = select(func.max(col(Leak.reported_at))).where(by_hand)
    count = select(func.count(func.distinct(col(Leak.ticket_id)))).where(by_hand)
    return int(session.execute(count).scalar_one()), session.execute(last).scalar_one()


def ticket(session: Session, row: int) -> NewTicket | None:
    """A stored ticket, as it would be stored again."""
    kept = session.get(Ticket, row, populate_existing=True)
    values = tickets.get(session, [row])
    if kept is None or not values:
        return None
    [value] = values
    return NewTicket(
        source=kept.source,
        external_id=kept.external_id,
        created_at=kept.created_at,
        updated_at=kept.updated_at,
        stored_at=kept.stored_at,
        subject=kept.subject,
        body=kept.body,
        url=kept.url,
        tags=tuple(kept.tags),
        language=kept.language,
        segment=kept.segment,
        customer=kept.customer,
        customer_known=kept.customer_known,
        account=kept.account,
        kinds=value.kinds,
        kinds_known=kept.kinds_known,
        redactions=kept.redactions,
        content_hash=kept.content_hash,
        quotes=value.quotes,
        features=value.features,
        clarity=kept.clarity,
    )


def write(session: Session, row: int, value: NewTicket) -> None:
    """Store a ticket over its row, with everything that is derived of it."""
    engines.lock(session, engines.TICKETS)
    tickets.replace(session, [(row, value)])
    session.expire_all()


def saying(session: Session, words: str, but: int, most: int) -> list[int]:
    """Rows of other tickets with these words in this order, at most `most`, the newest first."""
    hits = search.hits(f'"{words}"', _ALL).subquery()
    row = hits.c.ticket_id
    statement = select(row).where(row != but).order_by(row.desc()).limit(most)
    return [int(found) for found in session.execute(statement).scalars()]


def insights_of(session: Session, rows: Sequence[int]) -> list[int]:
    """Insights that were made of these tickets or have them."""
    found: set[int] = set()
    for chunk in chunks(rows):
        told = select(col(InsightTicket.insight_id)).where(col(InsightTicket.ticket_id).in_(chunk))
        made = select(col(Insight.id)).where(
            or_(col(Insight.ticket_id).in_(chunk), col(Insight.id).in_(told))
        )
        found.update(row for row in session.execute(made).scalars() if row)
    return sorted(found)


def insights_but(session: Session, known: Sequence[int]) -> list[int]:
    """All other insights."""
    every = session.execute(select(col(Insight.id)).order_by(col(Insight.id))).scalars()
    return [row for row in every if row and row not in known]


def mask_insights(session: Session, insights: Sequence[int], mask: Mask) -> list[tuple[int, str]]:
    """Mask what is told of insights; returns whose texts have changed, and these as they were."""
    before: list[tuple[int, str]] = []
    for chunk in chunks(insights):
        for insight in session.execute(select(Insight).where(col(Insight.id).in_(chunk))).scalars():
            before += [(insight.id or 0, text) for text in _masked(insight, _SAID, mask)]
        changes = select(InsightChange).where(
            col(InsightChange.insight_id).in_(chunk),
            col(InsightChange.what) != insight_changes.LOOKED,
        )
        for change in session.execute(changes).scalars():
            before += [(change.insight_id, text) for text in _masked(change, _CHANGED, mask)]
    session.flush()
    return before


def mask_digests(session: Session, rows: Sequence[int], mask: Mask) -> list[str]:
    """The same for why digests chose these tickets."""
    before: list[str] = []
    for chunk in chunks(rows):
        items = select(DigestItem).where(col(DigestItem.ticket_id).in_(chunk))
        for item in session.execute(items).scalars():
            before += _masked(item, ("why",), mask)
    session.flush()
    return before


def mask_alarms(
    session: Session, rows: Sequence[int], mask: Mask, is_term: Callable[[str], bool] | None
) -> list[str]:
    """The same for alarms about these tickets; words that they are about go if they `is_term`.

    Without `is_term` those go that no other ticket of the alarm says.
    """
    before: list[str] = []
    about = select(col(Alarm.id), col(Alarm.rows)).order_by(col(Alarm.id))
    wanted = [id for id, of in session.execute(about) if id and set(of) & set(rows)]
    for chunk in chunks(wanted):
        for alarm in session.execute(select(Alarm).where(col(Alarm.id).in_(chunk))).scalars():
            before += _masked(alarm, ("theme",), mask)
            others = [row for row in alarm.rows if row not in rows]
            said = "" if is_term else erasing.said_by(session, others)
            alarm.terms = [
                term
                for term in alarm.terms
                if (not is_term(term) if is_term else erasing.is_said(term, said))
            ]
    session.flush()
    return before


def _masked(
    row: Alarm | DigestItem | Insight | InsightChange, names: Sequence[str], mask: Mask
) -> list[str]:
    before = []
    for name in names:
        text: str = getattr(row, name)
        masked = mask(text)
        if masked != text:
            before.append(text)
            setattr(row, name, masked)
    return before
