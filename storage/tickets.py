"""Tickets in and out: one upsert per batch, and the reading of single tickets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Row, Select, delete, func, select, type_coerce
from sqlmodel import Session, col

from storage import corrections, engines, fulltext, meta, rollups, search, ticket_rows
from storage.chunks import chunks
from storage.columns import DAY, table_of
from storage.models import (
    ALL_BITS,
    KIND_BITS,
    UNKNOWN_BIT,
    Ticket,
    TicketFact,
    TicketFeature,
    TicketQuote,
    TicketVector,
)
from storage.ticket_rows import Values
from storage.values import NewTicket, QuoteValue, Stored, TicketValue

MANY = 1_000
"""From so many tickets in a transaction on, memory for what it changes saves time."""
_QUOTE = [table_of(TicketQuote).c[name] for name in ("ticket_id", "kind", "text", "score")]
_FACT = [
    type_coerce(column, BigInteger) if name == "created_at" else column
    for name, column in ((name, table_of(TicketFact).c[name]) for name in ticket_rows.FACT)
]
# Of a value only quotes and features stand elsewhere.
_SHOWN = [
    column
    for name, column in table_of(Ticket).c.items()
    if name in {field.name for field in fields(TicketValue)}
]


def kind_mask(kinds: Iterable[str], *, known: bool = True) -> int:
    return sum(KIND_BITS[kind] for kind in set(kinds)) | (0 if known else UNKNOWN_BIT)


@cache
def _mask(kinds: tuple[str, ...], known: bool) -> int:
    return kind_mask(kinds, known=known)


def kinds_of(mask: int) -> tuple[str, ...]:
    return tuple(kind for kind, bit in KIND_BITS.items() if mask & bit)


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
    if len(tickets) >= MANY:
        engines.make_room(session)
        fulltext.expect_many(session)
    highest = int(meta.get(session, meta.HIGHEST_ROW) or 0)
    rows = engines.new_rows(session, Ticket, len(tickets), above=highest)
    wide = ticket_rows.wide(rows, _masks(tickets), tickets)
    engines.insert_rows(session, Ticket, list(wide), engines.as_kept(session, Ticket, wide))
    facts = _add_details(session, rows, tickets)
    change = rollups.Change()
    counted = [(at // DAY, mask, known) for _, at, mask, _, known, _ in facts]
    change.count_new(rows, counted, [ticket.features for ticket in tickets])
    change.write(session)


def replace(session: Session, tickets: Sequence[tuple[int, NewTicket]]) -> None:
    """Write changed tickets over their rows; `stored_at` stays that of the first time."""
    engines.lock(session, engines.TICKETS)
    for chunk in chunks(corrections.applied(session, tickets)):
        ids, changed = [row for row, _ in chunk], [ticket for _, ticket in chunk]
        with rollups.kept(session, ids):
            _forget_details(session, ids)
            wide = ticket_rows.wide(ids, _masks(changed), changed)
            del wide["stored_at"]
            values = [dict(zip(wide, row, strict=True)) for row in zip(*wide.values(), strict=True)]
            engines.update_many(session, Ticket, values)
            _add_details(session, ids, changed)


def remove(session: Session, rows: Sequence[int]) -> None:
    """Delete tickets with all that is kept of them; insights made of them keep standing."""
    engines.lock(session, engines.TICKETS)
    if newest_row(session) in rows:
        # Whoever went through rows up to here must not take the next ticket for this one.
        meta.put(session, meta.HIGHEST_ROW, str(newest_row(session)))
    for chunk in chunks(rows):
        with rollups.kept(session, chunk):
            _forget_details(session, chunk)
            session.execute(delete(Ticket).where(col(Ticket.id).in_(chunk)))


def _masks(tickets: Sequence[NewTicket]) -> list[int]:
    return [_mask(ticket.kinds, ticket.kinds_known) for ticket in tickets]


def _add_details(
    session: Session, rows: Sequence[int], tickets: Sequence[NewTicket]
) -> list[Values]:
    """Add what stands beside the wide rows; returns the narrow ones."""
    search.index(session, ((r, t.subject, t.body) for r, t in zip(rows, tickets, strict=True)))
    add_quotes(session, {r: t.quotes for r, t in zip(rows, tickets, strict=True)})
    facts = ticket_rows.facts(rows, _masks(tickets), tickets)
    engines.insert_rows(session, TicketFact, ticket_rows.FACT, facts)
    _add_features(session, facts, [ticket.features for ticket in tickets])
    vectors = [(r, t.vector) for r, t in zip(rows, tickets, strict=True) if t.vector is not None]
    engines.insert_rows(session, TicketVector, ("ticket_id", "vector"), vectors)
    return facts


def _add_features(
    session: Session, facts: Sequence[Values], features: Sequence[Sequence[str]]
) -> None:
    rows = ticket_rows.features(facts, features)
    engines.insert_rows(session, TicketFeature, ticket_rows.FEATURE, rows)


def add_quotes(session: Session, quotes: Mapping[int, Sequence[QuoteValue]]) -> None:
    """Add the quotes of tickets, by row."""
    rows = ticket_rows.quotes(quotes.items())
    engines.insert_rows(session, TicketQuote, ticket_rows.QUOTE, rows)


def _forget_details(session: Session, ids: Sequence[int]) -> None:
    old = select(col(Ticket.id), col(Ticket.subject), col(Ticket.body)).where(
        col(Ticket.id).in_(ids)
    )
    search.unindex(session, [(row[0], row[1], row[2]) for row in session.execute(old)])
    for of_ticket in (TicketQuote, TicketFact, TicketFeature, TicketVector):
        session.execute(delete(of_ticket).where(col(of_ticket.ticket_id).in_(ids)))


def get(session: Session, ids: Sequence[int]) -> list[TicketValue]:
    """The tickets of these rows, in the order of `ids`; rows that are gone are left out."""
    found: dict[int, TicketValue] = {}
    for chunk in chunks(ids):
        quotes: dict[int, list[QuoteValue]] = {}
        for row, *said in session.execute(
            select(*_QUOTE)
            .where(col(TicketQuote.ticket_id).in_(chunk))
            .order_by(col(TicketQuote.score).desc(), col(TicketQuote.kind))
        ):
            quotes.setdefault(row, []).append(QuoteValue(*said))
        features: dict[int, list[str]] = {}
        for row, feature in session.execute(
            select(col(TicketFeature.ticket_id), col(TicketFeature.feature_id))
            .where(col(TicketFeature.ticket_id).in_(chunk))
            .order_by(col(TicketFeature.position))
        ):
            features.setdefault(row, []).append(feature)
        for ticket in session.execute(select(*_SHOWN).where(table_of(Ticket).c.id.in_(chunk))):
            row = ticket.id
            found[row] = _value(ticket, quotes.get(row, []), features.get(row, []))
    return [found[row] for row in ids if row in found]


def _value(ticket: Row[Any], quotes: list[QuoteValue], features: list[str]) -> TicketValue:
    known = dict(ticket._mapping)
    return TicketValue(
        **known
        | {
            "tags": tuple(ticket.tags),
            "kinds": kinds_of(ticket.kinds),
            "quotes": tuple(quotes),
            "features": tuple(features),
        }
    )


def customers(session: Session, rows: Sequence[int], since: datetime | None = None) -> int | None:
    """How many wrote the tickets of these rows (since then); None where nobody is known."""
    found: set[str] = set()
    known = False
    for chunk in chunks(rows):
        statement = select(col(Ticket.customer), col(Ticket.customer_known)).where(
            col(Ticket.id).in_(chunk)
        )
        if since is not None:
            statement = statement.where(col(Ticket.created_at) >= since)
        for customer, is_known in session.execute(statement):
            found.add(customer)
            known = known or is_known
    return len(found) if known else None


def total(session: Session) -> int:
    """How many tickets are stored."""
    return rollups.total(session)


def newest_row(session: Session) -> int:
    """The row of the ticket that was stored last; 0 where there is none."""
    return int(session.execute(_newest_row()).scalar_one() or 0)


@cache
def _newest_row() -> Select[Any]:
    return select(func.max(col(Ticket.id)))


def newest(session: Session) -> datetime | None:
    """When the newest stored ticket was written."""
    found: datetime | None = session.execute(
        select(func.max(col(TicketFact.created_at)))
    ).scalar_one()
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
    table = TicketFeature if features else TicketFact
    row, at = col(table.ticket_id), col(table.created_at)
    statement = select(row).where(
        at >= written[0], at < written[1], col(table.kinds).bitwise_and(ALL_BITS) != 0
    )
    if after_row:
        statement = statement.where(row > after_row)
    if features:
        statement = statement.where(col(TicketFeature.feature_id).in_(features)).distinct()
    statement = statement.add_columns(at).order_by(at.desc(), row.desc())
    return list(session.execute(statement.limit(limit)).scalars())


def after(session: Session, row: int, limit: int) -> list[TicketValue]:
    """The next tickets in the order of their rows, for work over all of them in batches."""
    return get(session, rows_after(session, row, limit))


def rows_after(session: Session, row: int, limit: int) -> list[int]:
    """The next rows, ascending."""
    ids = session.execute(
        select(col(Ticket.id)).where(col(Ticket.id) > row).order_by(col(Ticket.id)).limit(limit)
    ).scalars()
    return [int(found) for found in ids if found]


def texts(session: Session, until: int, limit: int) -> list[str]:
    """Subject and body, a line for the subject, of the newest tickets up to the row `until`."""
    statement = (
        select(col(Ticket.subject), col(Ticket.body))
        .where(col(Ticket.id) <= until)
        .order_by(col(Ticket.id).desc())
        .limit(limit)
    )
    return [f"{subject}\n{body}" for subject, body in session.execute(statement)]


def rematch(session: Session, features: Mapping[int, Sequence[str]]) -> int:
    """Give tickets other features than they had, by row, as corrected; how many have others now."""
    engines.lock(session, engines.TICKETS)
    changed = corrections.rematched(session, features)
    for chunk in chunks(list(changed)):
        with rollups.kept(session, chunk):
            put_features(session, {row: changed[row] for row in chunk})
    return len(changed)


def put_features(session: Session, features: Mapping[int, Sequence[str]]) -> None:
    """Write the features of tickets and all that stands beside them; the caller counts."""
    session.execute(delete(TicketFeature).where(col(TicketFeature.ticket_id).in_(features)))
    about = select(*_FACT).where(col(TicketFact.ticket_id).in_(features))
    facts = [tuple(fact) for fact in session.execute(about)]
    _add_features(session, facts, [features[row] for row, *_ in facts])
