"""What happened to the product and when: deploys, incidents, releases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlmodel import Session, col

from storage.models import Note


@dataclass(frozen=True, slots=True)
class NoteValue:
    """A note; `feature` is an id, or None where it is about the whole product."""

    id: int
    at: datetime
    text: str
    feature: str | None


def add(session: Session, at: datetime, text: str, feature: str | None, now: datetime) -> int:
    """Keep a note; the same once more (at the same moment) is the one that is there."""
    same = select(col(Note.id)).where(
        col(Note.at) == at,
        col(Note.text) == text,
        col(Note.feature_id).is_not_distinct_from(feature),
    )
    found = session.execute(same.limit(1)).scalar_one_or_none()
    if found is not None:
        return int(found)
    row = Note(at=at, text=text, feature_id=feature, noted_at=now)
    session.add(row)
    session.flush()
    return int(row.id or 0)


def between(
    session: Session, since: datetime, until: datetime, feature: str | None = None
) -> list[NoteValue]:
    """Notes of `[since, until)` on a feature and on the whole product, the earliest first.

    Without a feature those on anything.
    """
    statement = select(Note).where(col(Note.at) >= since, col(Note.at) < until)
    if feature is not None:
        statement = statement.where(
            or_(col(Note.feature_id) == feature, col(Note.feature_id).is_(None))
        )
    rows = session.execute(statement.order_by(col(Note.at), col(Note.id))).scalars()
    return [NoteValue(row.id or 0, row.at, row.text, row.feature_id) for row in rows]
