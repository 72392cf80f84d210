"""Whether a channel's digest is still useful, asked once in each quiet period.

An answer is `kept` (a person said so), `used` (somebody did something with it), `weekly` (nobody
answered, so it comes weekly) or `back` (a person undid that). Every step is a conditional write:
of several processes one asks, and of several answers the first stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from storage import engines
from storage.models import DigestQuestion

KEPT, USED, WEEKLY, BACK = "kept", "used", "weekly", "back"


@dataclass(frozen=True, slots=True)
class QuestionValue:
    """A question; `cadence` is how often the digest came when it was asked."""

    id: int
    team: str
    channel: str
    since: datetime
    asked_at: datetime
    answer: str | None
    answered_by: str | None
    cadence: str


def ask(
    session: Session, team: str, channel: str, *, since: datetime, cadence: str, now: datetime
) -> int | None:
    """Ask about the quiet since then; None where that was asked before."""
    made = session.execute(
        engines.insert(session, DigestQuestion)
        .values(team=team, channel=channel, since=since, asked_at=now, cadence=cadence)
        .on_conflict_do_nothing()
        .returning(col(DigestQuestion.id))
    )
    return made.scalar_one_or_none()


def was_asked(session: Session, team: str, channel: str, since: datetime) -> bool:
    """Whether the quiet since then was asked about, or a question still waits for its answer."""
    statement = select(col(DigestQuestion.id)).where(
        col(DigestQuestion.team) == team,
        col(DigestQuestion.channel) == channel,
        (col(DigestQuestion.since) == since) | col(DigestQuestion.answer).is_(None),
    )
    return session.execute(statement.limit(1)).first() is not None


def unanswered(session: Session, team: str) -> list[QuestionValue]:
    """A workspace's questions that wait for an answer, in the order in which they were asked."""
    statement = (
        select(DigestQuestion)
        .where(col(DigestQuestion.team) == team, col(DigestQuestion.answer).is_(None))
        .order_by(col(DigestQuestion.id))
    )
    return [_value(row) for row in session.execute(statement).scalars()]


def get(session: Session, team: str, question: int) -> QuestionValue | None:
    row = session.get(DigestQuestion, question, populate_existing=True, with_for_update=True)
    return _value(row) if row is not None and row.team == team else None


def answer(
    session: Session,
    question: int,
    word: str,
    *,
    before: str | None,
    user: str | None,
    now: datetime,
) -> bool:
    """Answer a question whose answer is still `before`; False if it is another by now."""
    done = session.execute(
        update(DigestQuestion)
        .where(
            col(DigestQuestion.id) == question,
            col(DigestQuestion.answer).is_not_distinct_from(before),
        )
        .values(answer=word, answered_by=user, answered_at=now)
        .returning(col(DigestQuestion.id))
    )
    return done.first() is not None


def _value(row: DigestQuestion) -> QuestionValue:
    return QuestionValue(
        id=row.id or 0,
        team=row.team,
        channel=row.channel,
        since=row.since,
        asked_at=row.asked_at,
        answer=row.answer,
        answered_by=row.answered_by,
        cadence=row.cadence,
    )
