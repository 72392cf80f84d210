"""Tickets counted by the day, for all and for each feature, in the transaction that writes them.

Whatever changes stored tickets does so within `kept`, which takes out what they counted for and
puts in what they count for afterwards: late, changed, moved and deleted tickets leave every count
right. `storage.recount` counts anew and compares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache

from sqlalchemy import BigInteger, bindparam, func, select, type_coerce
from sqlmodel import Session, col

from storage import day_customers, engines
from storage.chunks import chunks
from storage.columns import DAY, instant, table_of
from storage.models import (
    FRICTION_BITS,
    KIND_BITS,
    UNKNOWN_BIT,
    FeatureDay,
    TicketDay,
    TicketFact,
    TicketFeature,
)
from storage.values import Counts

FIGURES = ("tickets", "friction", "known", "unknown", *KIND_BITS)
Figures = tuple[int, ...]
"""A number for each of `FIGURES`."""
NOTHING: Figures = (0,) * len(FIGURES)
_FRICTION = FIGURES.index("friction")
OfDay = tuple[int, int, bool]
"""A day, a mask of kinds, whether the customer is known: all that decides what a ticket counts."""

_DAYS = engines.Sums(
    TicketDay,
    ("day", "lowest_row", "highest_row", *FIGURES),
    add=FIGURES,
    least=("lowest_row",),
    most=("highest_row",),
)
_FEATURES = engines.Sums(FeatureDay, ("feature_id", "day", *FIGURES), add=FIGURES)


@cache
def figures_of(kinds: int, customer_known: bool, counted: int = FRICTION_BITS) -> Figures:
    """What one ticket counts for; `counted` are the bits of the kinds that count as friction."""
    friction = bool(kinds & counted)
    carried = (kinds & bit for bit in KIND_BITS.values())
    flags = (True, friction, friction and customer_known, kinds & UNKNOWN_BIT, *carried)
    return tuple(int(bool(flag)) for flag in flags)


def counts(figures: Figures, customers: int) -> Counts:
    """The same with names."""
    named = dict(zip(FIGURES, figures, strict=True))
    return Counts(
        tickets=named["friction"],
        customers=customers,
        mentioned=named["tickets"],
        known=named["known"],
        kinds_unknown=named["unknown"],
        kinds={kind: named[kind] for kind in KIND_BITS},
    )


def friction(figures: Figures) -> int:
    """How many tickets with friction."""
    return figures[_FRICTION]


class Change:
    """What a transaction changes in the counts of days: gathered first, written once.

    Tickets that count for the same on the same day are one entry until then.
    """

    def __init__(self) -> None:
        self._days: Counter[OfDay] = Counter()
        self._rows: dict[int, tuple[int, int]] = {}
        self._touched: set[int] = set()
        self._features: Counter[tuple[str, OfDay]] = Counter()

    def count(self, row: int, counted: OfDay, features: Iterable[str], by: int) -> None:
        """Count a ticket in (`by` 1) or out (-1)."""
        self._touched.add(row)
        self._days[counted] += by
        for feature in features:
            self._features[feature, counted] += by
        day = counted[0]
        lowest, highest = self._rows.get(day, (row, row))
        self._rows[day] = min(lowest, row), max(highest, row)

    def count_new(
        self, rows: Sequence[int], counted: Sequence[OfDay], features: Iterable[Sequence[str]]
    ) -> None:
        """Count tickets in, many at once and quickly; `rows` ascend."""
        self._touched.update(rows)
        self._days.update(counted)
        self._features.update(
            (feature, of_day)
            for of_day, of_ticket in zip(counted, features, strict=True)
            for feature in of_ticket
        )
        days = [day for day, _, _ in counted]
        highest = dict(zip(days, rows, strict=True))
        lowest = dict(zip(reversed(days), reversed(rows), strict=True))
        for day, row in highest.items():
            least, most = self._rows.get(day, (lowest[day], row))
            self._rows[day] = min(least, lowest[day]), max(most, row)

    def stored(self, session: Session, rows: Sequence[int], by: int) -> None:
        """Count tickets in or out as they are stored."""
        for chunk in chunks(rows):
            features: dict[int, list[str]] = {}
            about = select(col(TicketFeature.ticket_id), col(TicketFeature.feature_id)).where(
                col(TicketFeature.ticket_id).in_(chunk)
            )
            for row, feature in session.execute(about):
                features.setdefault(row, []).append(feature)
            facts = select(
                col(TicketFact.ticket_id),
                type_coerce(col(TicketFact.created_at), BigInteger),
                col(TicketFact.kinds),
                col(TicketFact.customer_known),
            ).where(col(TicketFact.ticket_id).in_(chunk))
            for row, at, kinds, known in session.execute(facts):
                self.count(row, (at // DAY, kinds, known), features.get(row, ()), by)

    def write(self, session: Session) -> None:
        """Write what was gathered, in the order of keys; the narrow rows are as they shall be."""
        # Only who writes needs numpy, which takes a while to import.
        from storage import ticket_blocks

        days: dict[int, list[int]] = {}
        for (day, kinds, known), by in self._days.items():
            _add(days.setdefault(day, list(NOTHING)), figures_of(kinds, known), by)
        features: dict[tuple[str, int], list[int]] = {}
        for (feature, (day, kinds, known)), by in self._features.items():
            counted = features.setdefault((feature, day), list(NOTHING))
            _add(counted, figures_of(kinds, known), by)
        of_days = [(day, *self._rows[day], *figures) for day, figures in sorted(days.items())]
        engines.add_up(session, _DAYS, of_days)
        of_features = [
            (*key, *figures) for key, figures in sorted(features.items()) if any(figures)
        ]
        engines.add_up(session, _FEATURES, of_features)
        day_customers.refresh(session, sorted(features))
        ticket_blocks.refresh(session, sorted(self._touched))


def _add(to: list[int], figures: Figures, by: int) -> None:
    for place, figure in enumerate(figures):
        if figure:
            to[place] += by


@contextmanager
def kept(session: Session, rows: Sequence[int]) -> Iterator[None]:
    """Keep the counts right over whatever is done to these tickets within."""
    engines.lock(session, engines.TICKETS)
    change = Change()
    change.stored(session, rows, -1)
    yield
    change.stored(session, rows, 1)
    change.write(session)


_DAY = table_of(TicketDay).c
_TOTAL = select(func.sum(_DAY.tickets))
_ROWS = select(func.min(_DAY.lowest_row), func.max(_DAY.highest_row)).where(
    _DAY.day.between(bindparam("first"), bindparam("last"))
)


def total(session: Session) -> int:
    """How many tickets are stored."""
    return int(session.execute(_TOTAL).scalar_one() or 0)


def rows_written(session: Session, since: datetime, until: datetime) -> tuple[int, int] | None:
    """Bounds of the rows of tickets written in `[since, until)`; None where there are none."""
    days = {"first": instant(since) // DAY, "last": (instant(until) - 1) // DAY}
    lowest, highest = session.execute(_ROWS, days).one()
    return None if lowest is None else (lowest, highest)
