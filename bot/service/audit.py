"""Who did what to which thing, kept and looked up; never about whom or in whose words."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.reports import AuditLine, AuditReport, Deed
from bot.service.context import Context
from storage import audit
from storage.audit import Wanted

OPERATOR: Final = "operator"
"""Who did what was done on the command line."""
CLOCK: Final = "clock"
"""Who did what Earshot does by itself."""
PAGE: Final = 40


def record(
    session: Session, now: datetime, deed: Deed, about: str, *, by: str = OPERATOR, team: str = ""
) -> None:
    """Add an entry in the transaction of the deed, so that neither is without the other.

    `about` is an id or a name of ours: `ticket 12`, `insight 3`, `channel C012`.
    """
    audit.append(session, now, team=team, by=by, deed=deed.value, about=about)


def listed(
    context: Context, *, since: datetime | None = None, by: str = "", deed: str = "", page: int = 0
) -> AuditReport:
    """A page (from 0) of the audit, the newest first; beyond the last page it is the last one."""
    wanted = Wanted(since, by, deed)
    with context.store.read() as session:
        found, total = audit.page(session, wanted, limit=PAGE, skip=max(page, 0) * PAGE)
        last = max(total - 1, 0) // PAGE
        if page > last:
            found, total = audit.page(session, wanted, limit=PAGE, skip=last * PAGE)
        lines = tuple(
            AuditLine(one.id or 0, one.at, one.by, one.team, one.deed, one.about) for one in found
        )
    return AuditReport(lines, total, min(max(page, 0), last), PAGE, since, by, deed)
