"""The audit: an append-only record of who tagged, configured, exported, erased and was refused.

The database itself keeps it so: triggers (migration 0017) refuse any change of an entry, and the
removal of one that is younger than `FIXED_DAYS` by the database's own clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, delete, func, select, text
from sqlmodel import Session, col

from storage import engines
from storage.audit_table import AuditEntry

FIXED_DAYS: Final = 90
"""How long an entry cannot be removed at all, by the database's own clock."""
_OLD_ENOUGH: Final = {
    True: f"at < now() - interval '{FIXED_DAYS} days'",
    False: f"at < strftime('%Y-%m-%d %H:%M:%f', 'now', '-{FIXED_DAYS} days')",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for; what is empty narrows nothing."""

    since: datetime | None = None
    by: str = ""
    deed: str = ""


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


def page(
    session: Session, wanted: Wanted, *, limit: int, skip: int
) -> tuple[list[AuditEntry], int]:
    """`limit` entries after the first `skip`, the newest first, and how many there are."""
    total = session.execute(_narrowed(select(func.count()), wanted)).scalar_one()
    newest = _narrowed(select(AuditEntry), wanted).order_by(
        col(AuditEntry.at).desc(), col(AuditEntry.id).desc()
    )
    return list(session.execute(newest.limit(limit).offset(skip)).scalars()), int(total)


def _narrowed(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    statement = statement.select_from(AuditEntry)
    if wanted.since is not None:
        statement = statement.where(col(AuditEntry.at) >= wanted.since)
    if wanted.by:
        statement = statement.where(col(AuditEntry.by) == wanted.by)
    if wanted.deed:
        statement = statement.where(col(AuditEntry.deed) == wanted.deed)
    return statement


def expire(session: Session, before: datetime) -> int:
    """Remove entries that are older, but none that the database holds; returns how many."""
    may_go = text(_OLD_ENOUGH[engines.is_postgresql(session)])
    old = delete(AuditEntry).where(col(AuditEntry.at) < before, may_go)
    return len(session.execute(old.returning(col(AuditEntry.id))).all())
