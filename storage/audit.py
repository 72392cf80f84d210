"""The audit: an append-only record of who tagged, configured, exported, erased and was refused."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from storage.audit_table import AuditEntry


def append(session: Session, at: datetime, *, team: str, by: str, deed: str, about: str) -> None:
    """Add an entry, in the transaction of what it tells of."""
    session.add(AuditEntry(at=at, team=team, by=by, deed=deed, about=about))


def count(
    session: Session, deed: str, since: datetime, *, by: str | None = None, about: str | None = None
) -> int:
    """How many entries of a deed there are since then, of one person or about one thing."""
    wanted = select(func.count()).where(col(AuditEntry.deed) == deed, col(AuditEntry.at) >= since)
    if by is not None:
        wanted = wanted.where(col(AuditEntry.by) == by)
    if about is not None:
        wanted = wanted.where(col(AuditEntry.about) == about)
    return int(session.execute(wanted).scalar_one())
