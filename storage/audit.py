"""The audit: an append-only record of who tagged, configured, exported, erased and was refused."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from storage.audit_table import AuditEntry


def append(session: Session, at: datetime, *, team: str, by: str, deed: str, about: str) -> None:
    """Add an entry, in the transaction of what it tells of."""
    session.add(AuditEntry(at=at, team=team, by=by, deed=deed, about=about))
