"""What is kept of tickets beside their rows, taken away: to be called before the rows are removed.

Each function says how many rows it changed. `storage.holdings` lists every place there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlmodel import Session, SQLModel, col

from storage import insight_changes, meta, tickets
from storage.chunks import chunks
from storage.columns import table_of
from storage.models import (
    Alarm,
    Correction,
    Digest,
    DigestItem,
    DigestLess,
    Insight,
    InsightChange,
    InsightTicket,
    OutboxRow,
    Post,
    Reaction,
    Ticket,
    TicketFeature,
    TicketQuote,
    TicketVector,
)

Holds = Callable[[str], bool]
"""Whether a text is words of the tickets."""

_OF_TICKET: Final[dict[str, type[SQLModel]]] = {
    "quotes": TicketQuote,
    "features of tickets": TicketFeature,
    "vectors": TicketVector,
    "corrections": Correction,
    "digest items": DigestItem,
    "wishes for less": DigestLess,
    "tickets of insights": InsightTicket,
}
"""Rows that go with a ticket's row, or just before it."""


def remove(session: Session, rows: Sequence[int]) -> Counter[str]:
    """Remove tickets with the rows that hang on them, and count all of these."""
    gone: Counter[str] = Counter()
    for chunk in chunks(rows):
        gone["tickets"] += _count(session, Ticket, col(Ticket.id).in_(chunk))
        for sort, table in _OF_TICKET.items():
            gone[sort] += _count(session, table, table_of(table).c.ticket_id.in_(chunk))
        # The database would do it as well, for what it knows by a reference.
        session.execute(
            update(Insight).where(col(Insight.ticket_id).in_(chunk)).values(ticket_id=None)
        )
    tickets.remove(session, rows)
    meta.count_removal(session)
    return +gone


def _count(session: Session, table: type[SQLModel], where: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(table_of(table)).where(where)
    return int(session.execute(statement).scalar_one())


def from_digests(session: Session, rows: Collection[int], holds: Holds) -> int:
    """What digests keep of tickets that they left out or counted as the same, and said of them."""
    gone, changed = set(rows), 0
    lists = select(col(Digest.id), col(Digest.left_tickets)).where(
        col(Digest.newest_ticket) >= min(gone, default=0)
    )
    for id, left in session.execute(lists).all():
        if left and not gone.isdisjoint(left):
            kept = [row for row in left if row not in gone]
            session.execute(update(Digest).where(col(Digest.id) == id).values(left_tickets=kept))
            changed += 1
    return changed + _from_items(session, gone, holds)


def _from_items(session: Session, gone: set[int], holds: Holds) -> int:
    changed = 0
    columns = (DigestItem.digest_id, DigestItem.position, DigestItem.similar_rows, DigestItem.why)
    items = select(*map(col, columns)).where(col(DigestItem.ticket_id).not_in(gone))
    for digest, position, similar, why in session.execute(items).all():
        values: dict[str, Any] = {}
        if not gone.isdisjoint(similar):
            values["similar_rows"] = [row for row in similar if row not in gone]
        if holds(why):
            values["why"] = ""
        if values:
            one = (col(DigestItem.digest_id) == digest, col(DigestItem.position) == position)
            session.execute(update(DigestItem).where(*one).values(**values))
            changed += 1
    return changed


def from_alarms(session: Session, rows: Collection[int], holds: Holds) -> int:
    """Tickets of alarms, and what these are called by where no other of their tickets says it."""
    gone, changed = set(rows), 0
    for alarm in session.execute(select(Alarm)).scalars().all():
        has_some = not gone.isdisjoint(alarm.rows)
        if not has_some and not holds(alarm.theme):
            continue
        kept = [row for row in alarm.rows if row not in gone]
        said = said_by(session, kept)
        if alarm.theme.casefold() not in said:
            alarm.theme = ""
        alarm.terms = [term for term in alarm.terms if is_said(term, said)]
        alarm.rows = kept
        changed += 1
    session.flush()
    return changed


def said_by(session: Session, rows: Sequence[int]) -> str:
    """The words of tickets that are stored, without case."""
    found = []
    for chunk in chunks(rows):
        texts = select(col(Ticket.subject), col(Ticket.body)).where(col(Ticket.id).in_(chunk))
        found += [f"{subject}\n{body}" for subject, body in session.execute(texts)]
    return "\n".join(found).casefold()


def is_said(term: str, said: str) -> bool:
    """Whether each stem of a term begins somewhere in what others said."""
    return all(stem.casefold() in said for stem in term.split())


def from_insights(session: Session, holds: Holds, ids: Collection[str], instead: str) -> list[int]:
    """Words of tickets in what people and Earshot wrote about insights; the insights it was in.

    A title becomes `instead`, any other text is emptied; so are the tickets' numbers (`ids`).
    """
    touched: set[int] = set()
    texts = ("note", "shipped_what", "declined_why")
    for insight in session.execute(select(Insight)).scalars().all():
        if holds(insight.title):
            insight.title = instead
            touched.add(insight.id or 0)
        for name in texts:
            if holds(getattr(insight, name)):
                setattr(insight, name, "")
                touched.add(insight.id or 0)
    changes = select(InsightChange).where(col(InsightChange.what) != insight_changes.LOOKED)
    for change in session.execute(changes).scalars().all():
        numbers = ids if change.what in insight_changes.NUMBERED else ()
        for name in ("before", "after", "said"):
            text = getattr(change, name)
            if text and (text in numbers or holds(text)):
                setattr(change, name, "")
                touched.add(change.insight_id)
    session.flush()
    return sorted(touched)


def from_titles(session: Session, insights: Sequence[int], holds: Holds, instead: str) -> list[int]:
    """The same for the titles of these insights alone, which are known to be about the tickets."""
    touched = []
    for chunk in chunks(insights):
        found = select(Insight).where(col(Insight.id).in_(chunk))
        for insight in session.execute(found).scalars().all():
            if insight.title != instead and holds(insight.title):
                insight.title = instead
                touched.append(insight.id or 0)
    session.flush()
    return touched


def insights_of(session: Session, rows: Sequence[int]) -> list[int]:
    """The insights that have one of these tickets, or were made of it."""
    found: set[int] = set()
    for chunk in chunks(rows):
        has = select(col(InsightTicket.insight_id)).where(col(InsightTicket.ticket_id).in_(chunk))
        made_of = select(col(Insight.id)).where(col(Insight.ticket_id).in_(chunk))
        found.update(session.execute(has).scalars())
        found.update(id for id in session.execute(made_of).scalars() if id)
    return sorted(found)


def unlink_posts(session: Session, shows: str, rows: Sequence[int], now_shows: str) -> Counter[str]:
    """Posts of tickets show nothing any more, and what people answered to them is gone."""
    gone: Counter[str] = Counter()
    for chunk in chunks(rows):
        own = (col(Post.shows) == shows, col(Post.subject_id).in_(chunk))
        places = session.execute(
            select(col(Post.team), col(Post.channel), col(Post.ts)).where(*own)
        )
        for team, channel, ts in places.all():
            here = (col(Reaction.team) == team, col(Reaction.channel) == channel)
            found = session.execute(
                delete(Reaction).where(*here, col(Reaction.ts) == ts).returning(col(Reaction.emoji))
            )
            gone["answers to its posts"] += len(found.all())
            gone["posts unlinked"] += 1
        session.execute(update(Post).where(*own).values(shows=now_shows, subject_id=0))
        session.execute(
            update(OutboxRow)
            .where(col(OutboxRow.shows) == shows, col(OutboxRow.subject_id).in_(chunk))
            .values(subject_id=0)
        )
    return +gone
