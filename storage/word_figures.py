"""The figures of words: all tickets that match, counted as arrays."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from storage import rollups, search, ticket_blocks
from storage.columns import instant
from storage.figure_statements import WEEK, all_hits
from storage.models import FRICTION_BITS
from storage.scope import Scope
from storage.ticket_blocks import KNOWN_BIT, Facts
from storage.values import Figures

_MASKS = 2 * KNOWN_BIT
"""More than any mask of kinds with the bit of known customers."""


def of(session: Session, scope: Scope, earlier: datetime, weeks: int, most: int) -> Figures:
    """Figures of `scope.words` by week back from the end, and of `[earlier, scope.since)`.

    Of the newest `most` tickets that match; more of them are not looked at.
    """
    rows = _rows(session, scope, earlier, most)
    facts = ticket_blocks.of_rows(session, rows)
    facts = facts[(facts["at"] >= instant(earlier)) & (facts["at"] < instant(scope.until))]
    at, since, until = facts["at"], instant(scope.since), instant(scope.until)
    # The window before is one week more.
    week = np.where(at >= since, (until - 1 - at) // WEEK, weeks)
    figures = _figures(facts, week, weeks + 1)
    has_friction = (facts["kinds"] & FRICTION_BITS) != 0
    week, who = week[has_friction], facts["customer"][has_friction]
    customers = [_distinct(who[week == number]) for number in range(weeks + 1)]
    per_week = list(zip(figures, customers, strict=True))[:weeks]
    now = tuple(map(sum, zip(*figures[:weeks], strict=True)))
    return Figures(
        now=rollups.counts(now, _distinct(who[week < weeks])),
        before=rollups.counts(figures[weeks], customers[weeks]),
        weeks=tuple((rollups.friction(each), felt) for each, felt in reversed(per_week)),
        is_capped=len(rows) >= most,
    )


def _rows(session: Session, scope: Scope, earlier: datetime, most: int) -> NDArray[np.int64]:
    sought = search.within(session, scope.words or "", earlier, scope.until, most)
    found = None if sought is None else session.execute(all_hits(), sought).scalar_one()
    if not found:
        return np.zeros(0, np.int64)
    return np.fromstring(found, np.int64, sep=",")


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


def _distinct(numbers: NDArray[np.int64]) -> int:
    return len(np.unique(numbers))
