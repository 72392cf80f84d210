"""Puts into the audit who did what to which thing; never about whom or in whose words."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.reports import Deed
from storage import audit

OPERATOR = "operator"
"""Who did what was done on the command line."""


def record(
    session: Session, now: datetime, deed: Deed, about: str, *, by: str = OPERATOR, team: str = ""
) -> None:
    """Add an entry in the transaction of the deed, so that neither is without the other.

    `about` is an id or a name of ours: `ticket 12`, `insight 3`, `channel C012`.
    """
    audit.append(session, now, team=team, by=by, deed=deed.value, about=about)
