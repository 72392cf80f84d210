"""Who had friction with a feature on a day: a set of customers' numbers beside the day's counts.

Customers of a window are told apart by joining the sets of its days, eight bytes a customer,
instead of reading its narrow rows. A set is made anew from the rows of its day whenever one of
them changes.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, select, tuple_, type_coerce
from sqlmodel import Session

from storage import engines
from storage.chunks import chunks
from storage.columns import DAY, table_of
from storage.models import FRICTION_BITS, FeatureDay, TicketFeature

Key = tuple[str, int]
"""A feature and a day."""

NUMBER = "<i8"
"""As numpy calls a number of 64 bits with the lowest byte first."""

_days = table_of(FeatureDay).c
_about = table_of(TicketFeature).c


def packed(numbers: Iterable[int]) -> bytes | None:
    """Different numbers of 64 bits, ascending, the lowest byte first; None for nobody."""
    found = array("q", sorted(set(numbers)))
    if sys.byteorder == "big":
        found.byteswap()
    return found.tobytes() or None


def from_text(numbers: str) -> bytes:
    """Numbers that an engine put in one string, as they are packed, in any order."""
    import numpy as np

    return np.fromstring(numbers, NUMBER, sep=",").tobytes()


def distinct(packed: Iterable[bytes | None]) -> int:
    """How many different numbers there are in all of these."""
    # Not all that asks about tickets counts them: numpy takes a while to import.
    import numpy as np

    from storage import ticket_blocks

    return ticket_blocks.distinct(
        np.frombuffer(b"".join([each for each in packed if each]), NUMBER)
    )


def refresh(session: Session, keys: Sequence[Key]) -> None:
    """Make the sets of these days anew; their rows of counts are there."""
    for chunk in chunks(keys):
        found: dict[Key, list[int]] = {key: [] for key in chunk}
        for feature, day, customer in session.execute(_felt(), {"keys": list(chunk)}):
            found[feature, day].append(customer)
        engines.update_many(
            session,
            FeatureDay,
            [
                {"feature_id": feature, "day": day, "customers": packed(customers)}
                for (feature, day), customers in found.items()
            ],
            keys=("feature_id", "day"),
        )


@cache
def _felt() -> Select[Any]:
    """The customer of each ticket with friction of these days."""
    at = type_coerce(_about.created_at, BigInteger)
    begin = type_coerce(_days.day, BigInteger) * DAY
    return (
        select(_days.feature_id, _days.day, _about.customer)
        .join(
            table_of(TicketFeature),
            (_about.feature_id == _days.feature_id) & (at >= begin) & (at < begin + DAY),
        )
        .where(
            tuple_(_days.feature_id, _days.day).in_(bindparam("keys", expanding=True)),
            _about.kinds.bitwise_and(FRICTION_BITS) != 0,
        )
    )
