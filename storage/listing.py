"""The tickets that an answer counted, page by page: the same ones, in the order of time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from storage import rollups, search
from storage.figures import MOST_HITS
from storage.models import FRICTION_BITS
from storage.scope import Scope


def page(
    session: Session, scope: Scope, earlier: datetime, skip: int, limit: int
) -> tuple[int, list[int]]:
    """How many tickets with friction a scope has, and some of their rows, newest first.

    `earlier` is where the window before begins, as for `figures.of`: of words only the newest
    matches of both windows are looked at, at most `MOST_HITS`. A list that has become shorter than
    `skip` ends with its last page.
    """
    counted = _with_friction(session, scope, earlier)
    if counted is None:
        return 0, []
    matched = counted.subquery()
    total = int(session.execute(select(func.count()).select_from(matched)).scalar_one())
    skip = min(skip, max(total - 1, 0) // limit * limit)
    ordered = counted.order_by(
        col(scope.table.created_at).desc(), col(scope.table.ticket_id).desc()
    )
    return total, list(session.execute(ordered.offset(skip).limit(limit)).scalars())


def _with_friction(session: Session, scope: Scope, earlier: datetime) -> Select[Any] | None:
    row = col(scope.table.ticket_id)
    felt = col(scope.table.kinds).bitwise_and(FRICTION_BITS) != 0
    statement = select(row).where(*scope.narrow(), felt)
    if scope.words is None:
        return statement
    rows = rollups.rows_written(session, earlier, scope.until)
    if rows is None:
        return None
    hits = search.hits(scope.words, rows, MOST_HITS).subquery()
    return statement.join(hits, hits.c.ticket_id == row)
