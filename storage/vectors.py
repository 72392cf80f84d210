"""What tickets mean, as vectors: kept beside the tickets, a byte a dimension.

Storage knows neither the model nor what the numbers say; it keeps them apart by model, since those
of different models do not compare.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, func, select
from sqlmodel import Session, col

from storage import engines, meta
from storage.chunks import chunks
from storage.models import ALL_BITS, Ticket, TicketFact, TicketVector
from storage.values import TextValue

MODEL = "vector_model"


def use(session: Session, model: str) -> bool:
    """Keep vectors of `model` from now on; those of another one are forgotten, which is told."""
    if meta.get(session, MODEL) == model:
        return False
    engines.lock(session, MODEL)
    before = meta.get(session, MODEL)
    if before == model:
        return False
    session.execute(delete(TicketVector))
    meta.put(session, MODEL, model)
    return before is not None


def model(session: Session) -> str | None:
    """The model whose vectors are kept."""
    return meta.get(session, MODEL)


def put(session: Session, vectors: Mapping[int, bytes]) -> None:
    """Keep vectors by ticket row; an empty one says that the ticket has none.

    Tickets that have one by now, or are gone, are left as they are.
    """
    engines.lock(session, engines.TICKETS)
    for chunk in chunks(list(vectors)):
        there = select(col(Ticket.id)).where(col(Ticket.id).in_(chunk))
        rows = [
            {"ticket_id": row, "vector": vectors[row]}
            for row in session.execute(there).scalars()
            if row is not None
        ]
        if rows:
            session.execute(engines.insert(session, TicketVector).on_conflict_do_nothing(), rows)


def of(session: Session, rows: Sequence[int]) -> dict[int, bytes]:
    """The vectors of tickets, by row; those that have none are left out."""
    found: dict[int, bytes] = {}
    for chunk in chunks(rows):
        statement = select(col(TicketVector.ticket_id), col(TicketVector.vector)).where(
            col(TicketVector.ticket_id).in_(chunk), func.length(col(TicketVector.vector)) > 0
        )
        found.update((row, vector) for row, vector in session.execute(statement))
    return found


def newest(
    session: Session, since: datetime, until: datetime, limit: int
) -> list[tuple[int, bytes]]:
    """Ticket rows and vectors of the newest tickets with a kind written in `[since, until)`."""
    statement = (
        select(col(TicketVector.ticket_id), col(TicketVector.vector))
        .join(TicketFact, col(TicketFact.ticket_id) == col(TicketVector.ticket_id))
        .where(
            col(TicketFact.created_at) >= since,
            col(TicketFact.created_at) < until,
            col(TicketFact.kinds).bitwise_and(ALL_BITS) != 0,
            func.length(col(TicketVector.vector)) > 0,
        )
        .order_by(col(TicketFact.created_at).desc(), col(TicketFact.ticket_id).desc())
        .limit(limit)
    )
    return [(row, vector) for row, vector in session.execute(statement)]


def missing(session: Session, limit: int) -> list[TextValue]:
    """Texts of the newest tickets that nobody has made a vector of."""
    has_one = exists().where(col(TicketVector.ticket_id) == col(Ticket.id))
    statement = (
        select(col(Ticket.id), col(Ticket.subject), col(Ticket.body), col(Ticket.kinds_known))
        .where(~has_one)
        .order_by(col(Ticket.id).desc())
        .limit(limit)
    )
    return [TextValue(*row) for row in session.execute(statement)]


def counted(session: Session) -> int:
    """How many tickets were looked at."""
    return int(session.execute(select(func.count()).select_from(TicketVector)).scalar_one())
