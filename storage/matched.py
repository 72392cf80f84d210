"""Tickets that match words, found once for an answer: their figures, and the newest of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from storage import rollups, search, ticket_blocks
from storage.columns import instant
from storage.figure_statements import WEEK, all_hits
from storage.models import FRICTION_BITS
from storage.scope import Scope
from storage.ticket_blocks import KNOWN_BIT, Facts, Rows, distinct
from storage.values import Figures

_MASKS = 2 * KNOWN_BIT
"""More than any mask of kinds with the bit of known customers."""


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """Rows of tickets, those that were stored last first, and their facts."""

    rows: Rows
    facts: Facts

    def newest(self, scope: Scope, bits: int, limit: int) -> list[int]:
        """Rows of the newest tickets in the scope's window with one of the kinds `bits`."""
        at = self.facts["at"]
        chosen = (at >= instant(scope.since)) & (at < instant(scope.until))
        found = self.rows[chosen & ((self.facts["kinds"] & bits) != 0)][:limit]
        return [int(row) for row in found]


def find(session: Session, scope: Scope, earlier: datetime, most: int) -> Matched:
    """The newest tickets of `[earlier, scope.until)` with the scope's words, at most `most`."""
    sought = search.within(session, scope.words or "", earlier, scope.until, most)
    found = None if sought is None else session.execute(all_hits(), sought).scalar_one()
    rows = np.fromstring(found, np.int64, sep=",") if found else np.zeros(0, np.int64)
    rows = np.sort(rows)[::-1]
    return Matched(rows, ticket_blocks.of_rows(session, rows))


def figures(matched: Matched, scope: Scope, earlier: datetime, weeks: int, most: int) -> Figures:
    """Figures by week back from the end, and of `[earlier, scope.since)`."""
    facts, since, until = matched.facts, instant(scope.since), instant(scope.until)
    facts = facts[(facts["at"] >= instant(earlier)) & (facts["at"] < until)]
    at = facts["at"]
    # The window before is one week more.
    week = np.where(at >= since, (until - 1 - at) // WEEK, weeks)
    found = _figures(facts, week, weeks + 1)
    has_friction = (facts["kinds"] & FRICTION_BITS) != 0
    week, who = week[has_friction], facts["customer"][has_friction]
    customers = [distinct(who[week == number]) for number in range(weeks + 1)]
    per_week = list(zip(found, customers, strict=True))[:weeks]
    now = tuple(map(sum, zip(*found[:weeks], strict=True)))
    return Figures(
        now=rollups.counts(now, distinct(who[week < weeks])),
        before=rollups.counts(found[weeks], customers[weeks]),
        weeks=tuple((rollups.friction(each), felt) for each, felt in reversed(per_week)),
        is_capped=len(matched.rows) >= most,
        matched=matched,
    )


def _figures(facts: Facts, week: NDArray[np.int64], weeks: int) -> list[rollups.Figures]:
    """What the tickets of each week count for."""
    groups = np.bincount(week * _MASKS + facts["kinds"], minlength=weeks * _MASKS)
    found = []
    for masks in groups.reshape(weeks, _MASKS):
        sums = list(rollups.NOTHING)
        for mask in np.flatnonzero(masks).tolist():
            known = bool(mask & KNOWN_BIT)
            for place, figure in enumerate(rollups.figures_of(mask & ~KNOWN_BIT, known)):
                sums[place] += figure * int(masks[mask])
        found.append(tuple(sums))
    return found
