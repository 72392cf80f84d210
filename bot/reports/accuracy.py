"""What people corrected, counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ReadAs:
    """Tickets that were read to be about a feature or of a kind, and what people said of it.

    Of the `looked_at` tickets `wrong` were said not to be; `missed` were said to be what they were
    not read as, and are none of them.
    """

    id: str
    name: str
    looked_at: int
    wrong: int
    missed: int


@dataclass(frozen=True, slots=True)
class AccuracyReport:
    """Corrections of an installation; `since` is when the first was made, None where none was.

    `looked_at` counts tickets that were tagged, reacted to or corrected: no sample of all.
    """

    since: datetime | None
    corrections: int
    corrected: int
    looked_at: int
    features: tuple[ReadAs, ...]
    kinds: tuple[ReadAs, ...]
