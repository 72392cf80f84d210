"""Sources of tickets that were heard in a part of the weeks around a release only.

A source that was connected, or fell silent, would pass for an effect. So nothing of such a source
is counted: neither what the fix is about nor the rest of the queue. Where it is the one that most
tickets of what is counted came from, its tickets stay, and the weeks in which it was not heard are
left out (`bot.voice.effect_weeks`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from sqlmodel import Session

from bot.voice import effect_weeks
from bot.voice.effect_weeks import ALL_HEARD, COMPARED, Unheard
from storage import effect_sources as rows
from storage import lookup
from storage.ticket_blocks import Rows

NO_ROWS: Final[Rows] = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Heard:
    """For something that is counted: the weeks that are left out for a source, the sources
    `without` which it is counted, and the rows of their tickets."""

    unheard: Unheard
    without: tuple[str, ...]
    gone: Rows


ALL: Final = Heard(ALL_HEARD, (), NO_ROWS)


class Sources:
    """Which sources were not heard in which of the weeks `before` and `after` shipping."""

    def __init__(self, session: Session, since: datetime, until: datetime, before: int) -> None:
        self._session = session
        self._span = since, until
        self._silent = _silent(session, since, until, before)
        self._gone: dict[frozenset[str], Rows] = {frozenset(): NO_ROWS}

    def heard(self, tickets: Sequence[int]) -> Heard:
        """What is counted of something that has these tickets (rows) in the weeks compared."""
        if not self._silent:
            return ALL
        counts = Counter(rows.of_tickets(self._session, tickets).values())
        main = max(counts, key=lambda source: (counts[source], source), default=None)
        without = frozenset(
            source
            for source, weeks in self._silent.items()
            if source != main and _is_compared(weeks)
        )
        if without not in self._gone:
            self._gone[without] = rows.rows_of(self._session, without, *self._span)
        stay = [weeks for source, weeks in self._silent.items() if source not in without]
        return Heard(
            Unheard(
                frozenset[int]().union(*(weeks.before for weeks in stay)),
                frozenset[int]().union(*(weeks.after for weeks in stay)),
            ),
            tuple(sorted(without)),
            self._gone[without],
        )


def _silent(
    session: Session, since: datetime, until: datetime, before: int
) -> Mapping[str, Unheard]:
    """Of each source that was not heard in some weeks, which they are."""
    # One source alone that falls silent is a silence of the whole queue.
    if len(lookup.sources(session)) < 2:
        return {}
    length = (until - since).days // 7
    found = {}
    for source, weekly in rows.weekly(session, since, until).items():
        places = effect_weeks.unheard([weekly.get(place, 0) for place in range(length)])
        if places:
            found[source] = Unheard(
                frozenset(before - 1 - place for place in places if place < before),
                frozenset(place - before for place in places if place >= before),
            )
    return found


def _is_compared(weeks: Unheard) -> bool:
    """Whether one of these weeks would be compared; the two next to shipping never are."""
    return bool({place for place in weeks.before if place < COMPARED} - {0} or weeks.after - {0})
