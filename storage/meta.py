"""Single facts that must survive a crash, such as work that is half done."""

from __future__ import annotations

from sqlmodel import Session

from storage.models import Meta

REMATCH_FROM = "rematch_from"


def get(session: Session, key: str) -> str | None:
    row = session.get(Meta, key)
    return row.value if row else None


def put(session: Session, key: str, value: str | None) -> None:
    """Keep a fact; None forgets it."""
    row = session.get(Meta, key)
    if value is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(Meta(key=key, value=value))
    else:
        row.value = value
    session.flush()
