"""Requests of Slack that were dealt with, so that a copy of one does nothing.

Only what tells a request apart is kept, as a digest, and only for as long as it could be repeated.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from storage import engines
from storage.request_table import RequestSeen


def first(session: Session, team: str, key: str, now: datetime) -> bool:
    """Keep a request; False if it was kept before, by whichever process."""
    kept = session.execute(
        engines.insert(session, RequestSeen)
        .values(team=team, key=key, at=now)
        .on_conflict_do_nothing()
        .returning(col(RequestSeen.key))
    )
    return kept.first() is not None


def forget(session: Session, before: datetime) -> int:
    """Forget what came before then; returns how many."""
    gone = session.execute(
        delete(RequestSeen).where(col(RequestSeen.at) < before).returning(col(RequestSeen.key))
    )
    return len(gone.all())
