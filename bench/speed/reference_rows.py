"""Tickets as the reference designs keep them, whatever the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from corpus import SOURCE, Written, digest
from storage.tickets import kind_mask

RANKED: Final = 500
SHOWN: Final = 20
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    """What every reference query gives: counts per kind and per week back, and 20 tickets."""

    kinds: Counter[int]
    weeks: Counter[int]
    tickets: Sequence[Any]

    @property
    def hits(self) -> int:
        return self.kinds.total()


@dataclass(frozen=True, slots=True)
class Window:
    """The time that is asked about, from midnight to midnight."""

    since: datetime
    until: datetime

    @property
    def days(self) -> tuple[int, int]:
        return day_of(self.since), day_of(self.until)


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket with its keys as numbers."""

    id: int
    day: int
    kind: int
    features: tuple[int, ...]
    ticket: Written

    @property
    def wide(self) -> tuple[Any, ...]:
        t = self.ticket
        return (
            self.id,
            SOURCE,
            t.external_id,
            t.created_at.isoformat(),
            t.updated_at.isoformat(),
            t.subject,
            t.body,
            f"https://help.example/{t.external_id}",
            t.segment,
            digest(f"customer {t.customer}"),
            self.kind,
            digest(t.body),
        )


def day_of(moment: datetime) -> int:
    """Days since 1970."""
    return (moment - _EPOCH).days


def rows_of(
    tickets: Iterable[Written], ids: Mapping[str, int], features: Mapping[str, int]
) -> list[Row]:
    """Rows in the order of their ids: a text index pays for every step back."""
    found = [
        Row(
            ids[ticket.external_id],
            day_of(ticket.created_at),
            kind_mask(ticket.kinds),
            tuple(features[feature] for feature in ticket.features),
            ticket,
        )
        for ticket in tickets
    ]
    return sorted(found, key=lambda row: row.id)


def deltas(rows: Iterable[Row]) -> Counter[tuple[int, int, int]]:
    """How many of them by feature, day and kinds."""
    return Counter((feature, row.day, row.kind) for row in rows for feature in row.features)


def tally(found: Iterable[tuple[int, int, int]], until: int) -> tuple[Counter[int], Counter[int]]:
    """(day, kinds, number) summed per kinds and per week, counted back from the day `until`."""
    kinds: Counter[int] = Counter()
    weeks: Counter[int] = Counter()
    for day, kind, n in found:
        kinds[kind] += n
        weeks[(until - 1 - day) // 7] += n
    return kinds, weeks
