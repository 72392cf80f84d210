"""Single facts that must survive a crash, such as work that is half done."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlmodel import Session, col

from storage import engines
from storage.models import Meta

REMATCH_FROM = "rematch_from"


def get(session: Session, key: str) -> str | None:
    return session.execute(select(col(Meta.value)).where(col(Meta.key) == key)).scalar()


def put(session: Session, key: str, value: str | None) -> None:
    """Keep a fact; None forgets it."""
    if value is None:
        session.execute(delete(Meta).where(col(Meta.key) == key))
    else:
        engines.upsert(session, Meta, {"key": key, "value": value})
