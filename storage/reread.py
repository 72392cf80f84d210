"""Stored tickets read again: their redacted texts out, what they mean now in.

A ticket that was written over between the two says something else and is left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import String, cast, delete, or_, select
from sqlmodel import Session, col

from storage import corrections, engines, rollups, search, tickets
from storage.chunks import chunks
from storage.models import Ticket, TicketFact, TicketFeature, TicketQuote, TicketVector
from storage.values import Meant, QuoteValue, ToRead

_ALL = (0, 2**31 - 1)


def before(session: Session, row: int, limit: int) -> list[ToRead]:
    """The tickets stored before `row`, the last ones first."""
    earlier = (
        select(col(Ticket.id))
        .where(col(Ticket.id) < row)
        .order_by(col(Ticket.id).desc())
        .limit(limit)
    )
    return of(session, [found for found in session.execute(earlier).scalars() if found])


def of(session: Session, rows: Sequence[int]) -> list[ToRead]:
    """These tickets, in the order of `rows`; those that are gone are left out."""
    found: dict[int, ToRead] = {}
    for chunk in chunks(rows):
        quotes: dict[int, list[QuoteValue]] = {}
        said = select(
            col(TicketQuote.ticket_id),
            col(TicketQuote.kind),
            col(TicketQuote.text),
            col(TicketQuote.score),
        ).where(col(TicketQuote.ticket_id).in_(chunk))
        for row, *quote in session.execute(said):
            quotes.setdefault(row, []).append(QuoteValue(*quote))
        features: dict[int, list[str]] = {}
        about = (
            select(col(TicketFeature.ticket_id), col(TicketFeature.feature_id))
            .where(col(TicketFeature.ticket_id).in_(chunk))
            .order_by(col(TicketFeature.position))
        )
        for row, feature in session.execute(about):
            features.setdefault(row, []).append(feature)
        for ticket in session.execute(_texts().where(col(Ticket.id).in_(chunk))):
            row = ticket.id
            found[row] = _value(ticket, quotes.get(row, []), features.get(row, []))
    return [found[row] for row in rows if row in found]


def _texts() -> Any:
    return select(
        col(Ticket.id),
        col(Ticket.subject),
        col(Ticket.body),
        col(Ticket.tags),
        col(Ticket.language),
        col(Ticket.kinds),
        col(Ticket.kinds_known),
        col(Ticket.clarity),
        col(Ticket.content_hash),
    )


def _value(ticket: Any, quotes: Sequence[QuoteValue], features: Sequence[str]) -> ToRead:
    meant = Meant(
        language=ticket.language,
        kinds=tickets.kinds_of(ticket.kinds),
        kinds_known=ticket.kinds_known,
        quotes=_in_order(quotes),
        features=tuple(features),
        clarity=ticket.clarity,
    )
    tags = tuple(ticket.tags)
    return ToRead(ticket.id, ticket.subject, ticket.body, tags, ticket.content_hash, meant)


def _in_order(quotes: Sequence[QuoteValue]) -> tuple[QuoteValue, ...]:
    return tuple(sorted(quotes, key=lambda quote: quote.kind))


def write(session: Session, read: Sequence[tuple[ToRead, Meant]]) -> int:
    """Keep what tickets mean now, as corrected; how many mean something else than before."""
    engines.lock(session, engines.TICKETS)
    same = _unchanged(session, [ticket for ticket, _ in read])
    said = corrections.of(session, list(same))
    read = [
        (ticket, corrections.apply(meant, said.get(ticket.id, ()), ticket.subject, ticket.body))
        for ticket, meant in read
    ]
    vectors = {
        ticket.id: meant.vector
        for ticket, meant in read
        if ticket.id in same and meant.vector is not None
    }
    _put_vectors(session, vectors)
    clear = [
        {"id": ticket.id, "clarity": meant.clarity}
        for ticket, meant in read
        if ticket.id in same and meant.clarity != ticket.meant.clarity
    ]
    engines.update_many(session, Ticket, clear)
    changed = {
        ticket.id: meant
        for ticket, meant in read
        if ticket.id in same and _told(meant) != _told(ticket.meant)
    }
    for chunk in chunks(list(changed)):
        _write(session, {row: changed[row] for row in chunk})
    return len(changed)


def rematch(session: Session, read: Sequence[tuple[ToRead, Sequence[str]]]) -> int:
    """Keep the features that tickets have now, as corrected; how many have others than before."""
    engines.lock(session, engines.TICKETS)
    same = _unchanged(session, [ticket for ticket, _ in read])
    changed = {
        ticket.id: features
        for ticket, features in read
        if ticket.id in same and tuple(features) != ticket.meant.features
    }
    return tickets.rematch(session, changed)


def _told(meant: Meant) -> Meant:
    """What people see of it: all but the numbers that only choosing and comparing look at."""
    kinds = tickets.kinds_of(tickets.kind_mask(meant.kinds))
    quotes = _in_order(meant.quotes)
    return replace(meant, kinds=kinds, quotes=quotes, clarity=None, vector=None)


def _unchanged(session: Session, read: Sequence[ToRead]) -> set[int]:
    """Rows that hold what was read."""
    hashes: dict[int, str] = {}
    for chunk in chunks([ticket.id for ticket in read]):
        now = select(col(Ticket.id), col(Ticket.content_hash)).where(col(Ticket.id).in_(chunk))
        hashes.update((row or 0, content) for row, content in session.execute(now))
    return {ticket.id for ticket in read if hashes.get(ticket.id) == ticket.content_hash}


def _put_vectors(session: Session, vectors: Mapping[int, bytes]) -> None:
    for chunk in chunks(list(vectors)):
        session.execute(delete(TicketVector).where(col(TicketVector.ticket_id).in_(chunk)))
        rows = [{"ticket_id": row, "vector": vectors[row]} for row in chunk]
        engines.insert_many(session, TicketVector, rows)


def _write(session: Session, meant: Mapping[int, Meant]) -> None:
    rows = list(meant)
    masks = {row: tickets.kind_mask(m.kinds, known=m.kinds_known) for row, m in meant.items()}
    with rollups.kept(session, rows):
        session.execute(delete(TicketQuote).where(col(TicketQuote.ticket_id).in_(rows)))
        tickets.add_quotes(session, {row: meant[row].quotes for row in rows})
        engines.update_many(
            session,
            Ticket,
            [
                {
                    "id": row,
                    "language": meant[row].language,
                    "kinds": masks[row],
                    "kinds_known": meant[row].kinds_known,
                }
                for row in rows
            ],
        )
        facts = [{"ticket_id": row, "kinds": masks[row]} for row in rows]
        engines.update_many(session, TicketFact, facts, keys=("ticket_id",))
        tickets.put_features(session, {row: meant[row].features for row in rows})


def candidates(
    session: Session, feature: str, names: Sequence[str], tags: Sequence[str], row: int
) -> list[int]:
    """Rows before `row` of tickets that may gain or lose a feature, the last ones first.

    Those that have it, that have all words of one of its names, or one of its tags.
    """
    had = select(col(TicketFeature.ticket_id)).where(col(TicketFeature.feature_id) == feature)
    found = set(session.execute(had).scalars())
    for name in names:
        found.update(session.execute(search.hits(name, _ALL)).scalars())
    if tags:
        text = cast(col(Ticket.tags), String)
        tagged = [
            text.icontains(tag.encode("unicode_escape").decode(), autoescape=True) for tag in tags
        ]
        found.update(
            r for r in session.execute(select(col(Ticket.id)).where(or_(*tagged))).scalars() if r
        )
    return sorted((each for each in found if each < row), reverse=True)
