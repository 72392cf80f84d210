"""Everything that is counted, counted anew from the tickets: what `doctor --deep` compares.

Nothing here uses the upkeep in `storage.rollups`; a mistake there shows here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, delete, func, literal, select, tuple_, type_coerce
from sqlmodel import Session, SQLModel, col

from storage import corrections, engines
from storage.columns import DAY, customer_number, instant
from storage.models import (
    FeatureDay,
    Ticket,
    TicketBlock,
    TicketDay,
    TicketFact,
    TicketFeature,
)
from storage.rollups import FIGURES, NOTHING, Change, figures_of

_BATCH = 5_000
_Narrow = tuple[int, int, int, bool, str | None]


def differences(session: Session) -> Iterator[str]:
    """A sentence, with ids and numbers, for everything that is not as tickets and people say."""
    yield from _facts(session)
    yield from _features(session)
    yield from _days(session)
    yield from corrections.ignored(session)
    # With numpy, which takes a while to import.
    from storage import recount_packed

    yield from recount_packed.differences(session)


def mend(session: Session) -> None:
    """Write the narrow rows and the counts of days anew, in the caller's transaction.

    The features of tickets are taken as they are: they are what was read, not what is counted.
    """
    engines.lock(session, engines.TICKETS)
    about: dict[int, list[tuple[str, int]]] = {}
    rows = select(
        col(TicketFeature.ticket_id), col(TicketFeature.feature_id), col(TicketFeature.position)
    )
    for row, feature, position in session.execute(rows):
        about.setdefault(row, []).append((feature, position))
    for table in (TicketFeature, TicketFact, FeatureDay, TicketDay, TicketBlock):
        session.execute(delete(table))
    change = Change()
    for batch in _tickets(session):
        facts = [_fact(ticket) for ticket in batch]
        engines.insert_many(session, TicketFact, facts)
        features = [
            fact | {"feature_id": feature, "position": position}
            for fact in facts
            for feature, position in about.get(fact["ticket_id"], ())
        ]
        engines.insert_many(session, TicketFeature, features)
        for ticket in batch:
            ids = [feature for feature, _ in about.get(ticket.id, ())]
            day = instant(ticket.created_at) // DAY
            change.count(ticket.id, (day, ticket.kinds, ticket.customer_known), ids, 1)
    change.write(session)


def _tickets(session: Session) -> Iterator[list[Any]]:
    row = 0
    while True:
        statement = (
            select(
                col(Ticket.id),
                col(Ticket.created_at),
                col(Ticket.kinds),
                col(Ticket.customer),
                col(Ticket.customer_known),
                col(Ticket.segment),
            )
            .where(col(Ticket.id) > row)
            .order_by(col(Ticket.id))
            .limit(_BATCH)
        )
        batch = list(session.execute(statement))
        if not batch:
            return
        yield batch
        row = batch[-1].id


def _fact(ticket: Any) -> dict[str, Any]:
    return {
        "ticket_id": ticket.id,
        "created_at": ticket.created_at,
        "kinds": ticket.kinds,
        "customer": customer_number(ticket.customer),
        "customer_known": ticket.customer_known,
        "segment": ticket.segment,
    }


def _facts(session: Session) -> Iterator[str]:
    """Narrow rows that say something else than their tickets."""
    for batch in _tickets(session):
        first, last = batch[0].id, batch[-1].id
        kept = {
            row: tuple(values)
            for row, *values in session.execute(
                _narrow(TicketFact).where(col(TicketFact.ticket_id).between(first, last))
            )
        }
        for ticket in batch:
            fact = _fact(ticket) | {"created_at": instant(ticket.created_at)}
            del fact["ticket_id"]
            if kept.pop(ticket.id, None) != tuple(fact.values()):
                yield f"ticket_fact of ticket {ticket.id} is not what the ticket says"
        yield from (f"ticket_fact {row} has no ticket" for row in kept)


def _narrow(table: type[TicketFact] | type[TicketFeature]) -> Any:
    return select(
        col(table.ticket_id),
        type_coerce(col(table.created_at), BigInteger),
        col(table.kinds),
        col(table.customer),
        col(table.customer_known),
        col(table.segment),
    )


def _features(session: Session) -> Iterator[str]:
    """Rows of features that say something else than the narrow rows of their tickets."""
    same = tuple_(
        col(TicketFeature.created_at),
        col(TicketFeature.kinds),
        col(TicketFeature.customer),
        col(TicketFeature.customer_known),
        func.coalesce(col(TicketFeature.segment), literal("")),
    ) == tuple_(
        col(TicketFact.created_at),
        col(TicketFact.kinds),
        col(TicketFact.customer),
        col(TicketFact.customer_known),
        func.coalesce(col(TicketFact.segment), literal("")),
    )
    statement = (
        select(col(TicketFeature.ticket_id), col(TicketFeature.feature_id))
        .outerjoin(TicketFact, col(TicketFact.ticket_id) == col(TicketFeature.ticket_id))
        .where(col(TicketFact.ticket_id).is_(None) | ~same)
        .order_by(col(TicketFeature.ticket_id), col(TicketFeature.feature_id))
    )
    for row, feature in session.execute(statement):
        yield f"ticket_feature of ticket {row} and feature {feature} is not what the ticket says"


def _days(session: Session) -> Iterator[str]:
    """Counts of days that are not those of the narrow rows."""
    for keys, groups, kept in (
        ((), TicketFact, TicketDay),
        ((col(TicketFeature.feature_id),), TicketFeature, FeatureDay),
    ):
        at = type_coerce(col(groups.created_at), BigInteger)
        rows = select(*keys, at, col(groups.kinds), col(groups.customer_known))
        counted: dict[tuple[Any, ...], Counter[int]] = {}
        for *key, moment, kinds, known in session.execute(rows.execution_options(yield_per=_BATCH)):
            sums = counted.setdefault((*key, moment // DAY), Counter())
            sums.update({place: 1 for place, n in enumerate(figures_of(kinds, known)) if n})
        right = {
            key: tuple(sums[place] for place in range(len(FIGURES)))
            for key, sums in counted.items()
        }
        yield from _compared(kept, right, _kept(session, kept))
    yield from _bounds(session)


def _kept(session: Session, table: type[SQLModel]) -> dict[tuple[Any, ...], tuple[int, ...]]:
    names = ("feature_id", "day") if table is FeatureDay else ("day",)
    columns = [getattr(table, name) for name in (*names, *FIGURES)]
    return {
        tuple(row[: len(names)]): tuple(row[len(names) :])
        for row in session.execute(select(*columns))
    }


def _compared(
    table: type[SQLModel],
    right: dict[tuple[Any, ...], tuple[int, ...]],
    kept: dict[tuple[Any, ...], tuple[int, ...]],
) -> Iterator[str]:
    for key in sorted(right.keys() | kept.keys()):
        counted, stored = right.get(key, NOTHING), kept.get(key, NOTHING)
        for name, should, is_ in zip(FIGURES, counted, stored, strict=True):
            if should != is_:
                where = " ".join(map(str, key))
                yield f"{table.__tablename__} {where}: {name} is {is_:,}, and {should:,} by recount"


def _bounds(session: Session) -> Iterator[str]:
    """Days whose bounds leave out a ticket, so that a search would not find it."""
    bounds = {
        day: (lowest, highest)
        for day, lowest, highest in session.execute(
            select(col(TicketDay.day), col(TicketDay.lowest_row), col(TicketDay.highest_row))
        )
    }
    at = type_coerce(col(TicketFact.created_at), BigInteger)
    rows = select(col(TicketFact.ticket_id), at).execution_options(yield_per=_BATCH)
    # Who asks may stop at the first, and what is open on a server has to be closed.
    with session.execute(rows) as found:
        for row, moment in found:
            lowest, highest = bounds.get(moment // DAY, (row, row))
            if not lowest <= row <= highest:
                yield f"ticket_day {moment // DAY}: its bounds leave out ticket {row}"
