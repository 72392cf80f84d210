"""What happened to insights, by whom and when: rows are added and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from storage.chunks import chunks
from storage.models import InsightChange

NUMBERED = ("added", "detached")
"""Sorts of changes that name a ticket by its number."""
LOOKED = "looked at"
"""The sort whose texts are all ours: figures, which are read again."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `before`, `after` and `said` are words as they were then; `by` a person or ""."""

    insight: int
    at: datetime
    by: str
    what: str
    before: str = ""
    after: str = ""
    said: str = ""


def add(session: Session, change: Change) -> int:
    """Keep a change; returns its row."""
    row = InsightChange(
        insight_id=change.insight,
        at=change.at,
        by=change.by,
        what=change.what,
        before=change.before,
        after=change.after,
        said=change.said,
    )
    session.add(row)
    session.flush()
    return row.id or 0


def of(session: Session, insight: int) -> list[Change]:
    """All that happened to an insight, the first in front."""
    statement = (
        select(InsightChange)
        .where(col(InsightChange.insight_id) == insight)
        .order_by(col(InsightChange.id))
    )
    return [_value(row) for row in session.execute(statement).scalars()]


def of_sort(session: Session, insights: Sequence[int], what: str) -> dict[int, list[Change]]:
    """Changes of one sort to each of these insights, the first in front."""
    found: dict[int, list[Change]] = {insight: [] for insight in insights}
    for chunk in chunks(insights):
        statement = (
            select(InsightChange)
            .where(col(InsightChange.insight_id).in_(chunk), col(InsightChange.what) == what)
            .order_by(col(InsightChange.id))
        )
        for row in session.execute(statement).scalars():
            found[row.insight_id].append(_value(row))
    return found


def _value(row: InsightChange) -> Change:
    return Change(row.insight_id, row.at, row.by, row.what, row.before, row.after, row.said)
