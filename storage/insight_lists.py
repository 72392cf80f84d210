"""Insights in lists: searched, on a feature, those that are not closed.

Those that were merged into another are in none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from storage.insights import value_of
from storage.models import Feature, Insight, InsightTicket
from storage.values import InsightValue

# The engine takes no condition of any length.
_WORDS_MOST, _WORD_LONGEST = 50, 100
OPEN = ("open", "owned", "shipped")
"""Statuses of insights that people still have to do with."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which insights are looked for: those that meet all that is given.

    `person` (a Slack user id) tagged or owns it, and it was made before `until`.
    """

    words: str = ""
    feature: str | None = None
    status: str | None = None
    person: str | None = None
    until: datetime | None = None


def find(
    session: Session, wanted: Wanted, limit: int, skip: int = 0
) -> tuple[list[InsightValue], int]:
    """Insights that have every word in title, note, kind, status or feature; newest first.

    Returns `limit` of them after the first `skip`, and how many there are. Of a long text the
    first words count. Those that were merged into another are left out.
    """
    statement = select(Insight).outerjoin(Feature, col(Feature.id) == col(Insight.feature_id))
    statement = statement.where(col(Insight.merged_into).is_(None))
    if wanted.until is not None:
        statement = statement.where(col(Insight.created_at) < wanted.until)
    if wanted.feature is not None:
        statement = statement.where(col(Insight.feature_id) == wanted.feature)
    if wanted.status is not None:
        statement = statement.where(col(Insight.status) == wanted.status)
    if wanted.person is not None:
        mine = (col(Insight.tagged_by) == wanted.person, col(Insight.owner) == wanted.person)
        statement = statement.where(or_(*mine))
    # PostgreSQL keeps no NUL, and does not want to be asked for one.
    for word in wanted.words.replace("\0", " ").split()[:_WORDS_MOST]:
        pattern = _pattern(word[:_WORD_LONGEST])
        fields = (
            col(Insight.title),
            col(Insight.note),
            col(Insight.kind),
            col(Insight.status),
            col(Feature.name),
        )
        statement = statement.where(or_(*[field.ilike(pattern, escape="\\") for field in fields]))
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    newest = statement.order_by(col(Insight.created_at).desc(), col(Insight.id).desc())
    rows = session.execute(newest.offset(skip).limit(limit)).scalars()
    return [value_of(row) for row in rows], int(total)


def _pattern(word: str) -> str:
    return "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def open_on(session: Session, feature: str, limit: int) -> list[InsightValue]:
    """Insights on a feature that are neither verified nor declined, newest first."""
    statement = (
        select(Insight)
        .where(col(Insight.feature_id) == feature)
        .where(col(Insight.status).in_(OPEN), col(Insight.merged_into).is_(None))
        .order_by(col(Insight.created_at).desc(), col(Insight.id).desc())
        .limit(limit)
    )
    return [value_of(row) for row in session.execute(statement).scalars()]


def shipped_on(session: Session, feature: str, limit: int) -> list[InsightValue]:
    """Insights on a feature whose fix has shipped, the last shipped first."""
    statement = (
        select(Insight)
        .where(col(Insight.feature_id) == feature)
        .where(col(Insight.status).in_(("shipped", "verified")), col(Insight.merged_into).is_(None))
        .order_by(col(Insight.shipped_on).desc(), col(Insight.id).desc())
        .limit(limit)
    )
    return [value_of(row) for row in session.execute(statement).scalars()]


def current(session: Session, limit: int) -> list[InsightValue]:
    """The newest insights that are neither verified nor declined, the last made first."""
    statement = (
        select(Insight)
        .where(col(Insight.status).in_(OPEN), col(Insight.merged_into).is_(None))
        .order_by(col(Insight.id).desc())
        .limit(limit)
    )
    return [value_of(row) for row in session.execute(statement).scalars()]


def least_compared(session: Session, limit: int) -> list[InsightValue]:
    """The current insights that were compared with the fewest tickets, the last made first."""
    statement = (
        select(Insight)
        .where(col(Insight.status).in_(OPEN), col(Insight.merged_into).is_(None))
        .order_by(col(Insight.looked_row).asc().nulls_first(), col(Insight.id).desc())
        .limit(limit)
    )
    return [value_of(row) for row in session.execute(statement).scalars()]


def about(session: Session, feature: str) -> list[InsightValue]:
    """All insights on a feature, whatever became of them."""
    statement = select(Insight).where(col(Insight.feature_id) == feature).order_by(col(Insight.id))
    return [value_of(row) for row in session.execute(statement).scalars()]


def has_unseen(session: Session, newest: int) -> bool:
    """Whether tickets up to the row `newest` were not compared with some current insight."""
    seen = col(Insight.looked_row)
    statement = (
        select(col(Insight.id))
        .where(col(Insight.status).in_(OPEN), col(Insight.merged_into).is_(None))
        .where(or_(seen.is_(None), seen < newest))
        .limit(1)
    )
    return session.execute(statement).first() is not None


def untold(session: Session, team: str, before: datetime) -> int | None:
    """An insight whose thread is to be told of tickets, and was last told `before` or never."""
    told = col(Insight.told_at)
    statement = (
        select(col(Insight.id))
        .join(InsightTicket, col(InsightTicket.insight_id) == col(Insight.id))
        .where(col(Insight.team) == team, or_(told.is_(None), told <= before))
        .where(col(Insight.status).in_(OPEN), col(Insight.merged_into).is_(None))
        .where(col(InsightTicket.is_news), col(InsightTicket.detached_at).is_(None))
        .order_by(col(Insight.id))
        .limit(1)
    )
    return session.execute(statement).scalar_one_or_none()
