"""What is kept packed for counting quickly, made anew from narrow rows and compared."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sqlalchemy import BigInteger, func, select, type_coerce
from sqlmodel import Session, col

from storage import ticket_blocks
from storage.columns import DAY
from storage.day_customers import NUMBER
from storage.models import FRICTION_BITS, FeatureDay, TicketBlock, TicketFact, TicketFeature
from storage.ticket_blocks import SIZE

_BATCH = 5_000
_BLOCKS = 10


def differences(session: Session) -> Iterator[str]:
    """A sentence, with numbers, for everything that is not as the narrow rows say."""
    yield from _customers(session)
    yield from _blocks(session)


def _customers(session: Session) -> Iterator[str]:
    at = type_coerce(col(TicketFeature.created_at), BigInteger)
    rows = select(col(TicketFeature.feature_id), at, col(TicketFeature.customer)).where(
        col(TicketFeature.kinds).bitwise_and(FRICTION_BITS) != 0
    )
    right: dict[tuple[str, int], set[int]] = {}
    for feature, moment, customer in session.execute(rows.execution_options(yield_per=_BATCH)):
        right.setdefault((feature, moment // DAY), set()).add(customer)
    days = select(col(FeatureDay.feature_id), col(FeatureDay.day), col(FeatureDay.customers))
    kept = {
        (feature, day): set(np.frombuffer(packed or b"", NUMBER).tolist())
        for feature, day, packed in session.execute(days)
    }
    for feature, day in sorted(right.keys() | kept.keys()):
        if right.get((feature, day), set()) != kept.get((feature, day), set()):
            yield f"feature_day {feature} {day}: its customers are not those of its tickets"


def _blocks(session: Session) -> Iterator[str]:
    last = max(
        session.execute(select(func.max(col(TicketFact.ticket_id)))).scalar_one() or 0,
        (session.execute(select(func.max(col(TicketBlock.block)))).scalar_one() or 0) * SIZE,
    )
    for first in range(0, last + 1, SIZE * _BLOCKS):
        rows = np.arange(first, first + SIZE * _BLOCKS)
        kept = ticket_blocks.of_rows(session, rows)
        right = ticket_blocks.anew(session, rows.tolist())
        for row in rows[kept != right].tolist():
            yield f"ticket_block {row // SIZE} is not what ticket_fact says of ticket {row}"
