"""Tickets in and out: one upsert per batch, and the reading of single tickets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from storage import engines, search
from storage.models import (
    ALL_BITS,
    KIND_BITS,
    UNKNOWN_BIT,
    Ticket,
    TicketFeature,
    TicketQuote,
    TicketVector,
)
from storage.values import NewTicket, QuoteValue, Stored, TicketValue

_CHUNK = 400
_T = TypeVar("_T")


def kind_mask(kinds: Iterable[str], *, known: bool = True) -> int:
    return sum(KIND_BITS[kind] for kind in set(kinds)) | (0 if known else UNKNOWN_BIT)


def kinds_of(mask: int) -> tuple[str, ...]:
    return tuple(kind for kind, bit in KIND_BITS.items() if mask & bit)


def chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Parts of `values` that are short enough to be named in one statement."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def stored(session: Session, source: str, external_ids: Sequence[str]) -> dict[str, Stored]:
    """What is known of these tickets of a source, by external id."""
    found: dict[str, Stored] = {}
    for chunk in chunks(external_ids):
        statement = select(
            col(Ticket.external_id),
            col(Ticket.id),
            col(Ticket.content_hash),
            col(Ticket.updated_at),
        ).where(col(Ticket.source) == source, col(Ticket.external_id).in_(chunk))
        for external_id, row, content_hash, updated_at in session.execute(statement):
            found[external_id] = Stored(row, content_hash, updated_at)
    return found


def add(session: Session, tickets: Sequence[NewTicket]) -> None:
    """Store tickets that are not there yet, in the caller's transaction."""
    if not tickets:
        return
    engines.lock(session, engines.TICKETS)
    engines.insert_many(session, Ticket, [_row(ticket) for ticket in tickets])
    ids: dict[tuple[str, str], int] = {}
    for source in sorted({ticket.source for ticket in tickets}):
        of_source = [ticket.external_id for ticket in tickets if ticket.source == source]
        for external_id, value in stored(session, source, of_source).items():
            ids[source, external_id] = value.id
    _add_details(session, [(ids[t.source, t.external_id], t) for t in tickets])


def replace(session: Session, tickets: Sequence[tuple[int, NewTicket]]) -> None:
    """Write changed tickets over their rows; `stored_at` stays that of the first time."""
    engines.lock(session, engines.TICKETS)
    for chunk in chunks(tickets):
        ids = [row for row, _ in chunk]
        _forget_details(session, ids)
        for row, ticket in chunk:
            values = _row(ticket)
            del values["stored_at"]
            session.execute(update(Ticket).where(col(Ticket.id) == row).values(**values))
        _add_details(session, chunk)


def _row(ticket: NewTicket) -> dict[str, Any]:
    return {
        "source": ticket.source,
        "external_id": ticket.external_id,
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "stored_at": ticket.stored_at,
        "subject": ticket.subject,
        "body": ticket.body,
        "url": ticket.url,
        "tags": list(ticket.tags),
        "language": ticket.language,
        "segment": ticket.segment,
        "customer": ticket.customer,
        "customer_known": ticket.customer_known,
        "account": ticket.account,
        "kinds": kind_mask(ticket.kinds, known=ticket.kinds_known),
        "kinds_known": ticket.kinds_known,
        "redactions": ticket.redactions,
        "content_hash": ticket.content_hash,
    }


def _add_details(session: Session, tickets: Sequence[tuple[int, NewTicket]]) -> None:
    search.index(session, [(row, ticket.subject, ticket.body) for row, ticket in tickets])
    quotes = [
        {"ticket_id": row, "kind": quote.kind, "text": quote.text, "score": quote.score}
        for row, ticket in tickets
        for quote in ticket.quotes
    ]
    engines.insert_many(session, TicketQuote, quotes)
    features = [
        _feature_row(row, feature, position, ticket)
        for row, ticket in tickets
        for position, feature in enumerate(ticket.features)
    ]
    engines.insert_many(session, TicketFeature, features)
    vectors = [
        {"ticket_id": row, "vector": ticket.vector}
        for row, ticket in tickets
        if ticket.vector is not None
    ]
    engines.insert_many(session, TicketVector, vectors)


def _feature_row(row: int, feature: str, position: int, ticket: NewTicket) -> dict[str, Any]:
    return {
        "ticket_id": row,
        "feature_id": feature,
        "position": position,
        "created_at": ticket.created_at,
        "kinds": kind_mask(ticket.kinds, known=ticket.kinds_known),
        "customer": ticket.customer,
        "customer_known": ticket.customer_known,
    }


def _forget_details(session: Session, ids: Sequence[int]) -> None:
    old = select(col(Ticket.id), col(Ticket.subject), col(Ticket.body)).where(
        col(Ticket.id).in_(ids)
    )
    search.unindex(session, [(row[0], row[1], row[2]) for row in session.execute(old)])
    session.execute(delete(TicketQuote).where(col(TicketQuote.ticket_id).in_(ids)))
    session.execute(delete(TicketFeature).where(col(TicketFeature.ticket_id).in_(ids)))
    session.execute(delete(TicketVector).where(col(TicketVector.ticket_id).in_(ids)))


def get(session: Session, ids: Sequence[int]) -> list[TicketValue]:
    """The tickets of these rows, in the order of `ids`; rows that are gone are left out."""
    found: dict[int, TicketValue] = {}
    for chunk in chunks(ids):
        quotes: dict[int, list[QuoteValue]] = {}
        for quote in session.execute(
            select(TicketQuote)
            .where(col(TicketQuote.ticket_id).in_(chunk))
            .order_by(col(TicketQuote.score).desc(), col(TicketQuote.kind))
        ).scalars():
            value = QuoteValue(quote.kind, quote.text, quote.score)
            quotes.setdefault(quote.ticket_id, []).append(value)
        features: dict[int, list[str]] = {}
        for row, feature in session.execute(
            select(col(TicketFeature.ticket_id), col(TicketFeature.feature_id))
            .where(col(TicketFeature.ticket_id).in_(chunk))
            .order_by(col(TicketFeature.position))
        ):
            features.setdefault(row, []).append(feature)
        for ticket in session.execute(select(Ticket).where(col(Ticket.id).in_(chunk))).scalars():
            row = ticket.id or 0
            found[row] = _value(ticket, quotes.get(row, []), features.get(row, []))
    return [found[row] for row in ids if row in found]


def _value(ticket: Ticket, quotes: list[QuoteValue], features: list[str]) -> TicketValue:
    return TicketValue(
        id=ticket.id or 0,
        source=ticket.source,
        external_id=ticket.external_id,
        created_at=ticket.created_at,
        subject=ticket.subject,
        body=ticket.body,
        url=ticket.url,
        tags=tuple(ticket.tags),
        language=ticket.language,
        segment=ticket.segment,
        customer=ticket.customer,
        customer_known=ticket.customer_known,
        kinds=kinds_of(ticket.kinds),
        quotes=tuple(quotes),
        features=tuple(features),
    )


def total(session: Session) -> int:
    """How many tickets are stored."""
    return int(session.execute(select(func.count()).select_from(Ticket)).scalar_one())


def newest_row(session: Session) -> int:
    """The row of the ticket that was stored last; 0 where there is none."""
    return int(session.execute(select(func.max(col(Ticket.id)))).scalar_one() or 0)


def newest(session: Session) -> datetime | None:
    """When the newest stored ticket was written."""
    found: datetime | None = session.execute(select(func.max(col(Ticket.created_at)))).scalar_one()
    return found


def candidates(
    session: Session,
    *,
    features: Sequence[str],
    written: tuple[datetime, datetime],
    after_row: int,
    limit: int,
) -> list[int]:
    """Rows of tickets with a kind, newest first, at most `limit`.

    Written in the half-open window `written`, stored after the row `after_row`, and
    about one of `features` (about anything if empty).
    """
    statement = select(col(Ticket.id)).where(
        col(Ticket.created_at) >= written[0],
        col(Ticket.created_at) < written[1],
        col(Ticket.kinds).bitwise_and(ALL_BITS) != 0,
    )
    if after_row:
        statement = statement.where(col(Ticket.id) > after_row)
    if features:
        about = select(col(TicketFeature.ticket_id)).where(
            col(TicketFeature.feature_id).in_(features),
            col(TicketFeature.created_at) >= written[0],
            col(TicketFeature.created_at) < written[1],
        )
        statement = statement.where(col(Ticket.id).in_(about))
    statement = statement.order_by(col(Ticket.created_at).desc(), col(Ticket.id).desc())
    return [int(row) for row in session.execute(statement.limit(limit)).scalars() if row]


def after(session: Session, row: int, limit: int) -> list[TicketValue]:
    """The next tickets in the order of their rows, for work over all of them in batches."""
    ids = session.execute(
        select(col(Ticket.id)).where(col(Ticket.id) > row).order_by(col(Ticket.id)).limit(limit)
    ).scalars()
    return get(session, [int(found) for found in ids if found])


def texts(session: Session, until: int, limit: int) -> list[str]:
    """Subject and body, a line for the subject, of the newest tickets up to the row `until`."""
    statement = (
        select(col(Ticket.subject), col(Ticket.body))
        .where(col(Ticket.id) <= until)
        .order_by(col(Ticket.id).desc())
        .limit(limit)
    )
    return [f"{subject}\n{body}" for subject, body in session.execute(statement)]


def rematch(session: Session, features: dict[int, tuple[str, ...]]) -> None:
    """Give tickets other features than they had, by row."""
    engines.lock(session, engines.TICKETS)
    for chunk in chunks(list(features)):
        session.execute(delete(TicketFeature).where(col(TicketFeature.ticket_id).in_(chunk)))
        rows = []
        for ticket in session.execute(select(Ticket).where(col(Ticket.id).in_(chunk))).scalars():
            rows += [
                {
                    "ticket_id": ticket.id,
                    "feature_id": feature,
                    "position": position,
                    "created_at": ticket.created_at,
                    "kinds": ticket.kinds,
                    "customer": ticket.customer,
                    "customer_known": ticket.customer_known,
                }
                for position, feature in enumerate(features[ticket.id or 0])
            ]
        engines.insert_many(session, TicketFeature, rows)
