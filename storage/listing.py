"""The tickets that an answer counted, page by page: the same ones, in the order of time."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, bindparam, func, select, type_coerce
from sqlmodel import Session

from storage import search
from storage.columns import table_of
from storage.figures import MOST_HITS
from storage.scope import Form, Scope


def page(
    session: Session, scope: Scope, earlier: datetime, skip: int, limit: int
) -> tuple[int, list[int]]:
    """How many tickets a scope counts, and some of their rows, newest first.

    `earlier` is where the window before begins, as for `figures.of`: of words only the newest
    matches of both windows are looked at, at most `MOST_HITS`. A list that has become shorter than
    `skip` ends with its last page.
    """
    values = scope.values()
    if scope.words is not None:
        sought = search.within(session, scope.words, earlier, scope.until, MOST_HITS)
        if sought is None:
            return 0, []
        values |= sought
    total = int(session.execute(_total(scope.form), values).scalar_one())
    values |= {"skip": min(skip, max(total - 1, 0) // limit * limit), "most": limit}
    return total, list(session.execute(_page(scope.form), values).scalars())


def _counted(form: Form) -> Select[Any]:
    narrow = table_of(form.table).c
    at = type_coerce(narrow.created_at, BigInteger)
    statement = select(narrow.ticket_id.label("row"), at.label("at")).where(
        at >= bindparam("since", type_=BigInteger),
        at < bindparam("until", type_=BigInteger),
        narrow.kinds.bitwise_and(bindparam("counted", type_=Integer)) != 0,
        *form.conditions(),
    )
    if not form.words:
        return statement
    hits = search.asked_hits(newest=True).subquery()
    return statement.join(hits, hits.c.ticket_id == narrow.ticket_id)


@cache
def _total(form: Form) -> Select[Any]:
    return select(func.count()).select_from(_counted(form).subquery())


@cache
def _page(form: Form) -> Select[Any]:
    found = _counted(form).subquery().c
    return (
        select(found.row)
        .order_by(found.at.desc(), found.row.desc())
        .offset(bindparam("skip", type_=Integer))
        .limit(bindparam("most", type_=Integer))
    )
