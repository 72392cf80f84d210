"""Refusals, told to the audit: who was refused what, never about which thing or in whose words."""

from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bot.reports import Deed
from bot.service import audit
from bot.service.context import Context
from storage import audit as rows

ONCE_IN: Final = timedelta(hours=1)
"""The same refusal of one person is kept once in so long."""
MOST_A_DAY: Final = 1_000
"""So many refusals are kept in a day: nobody fills the disk by being refused."""
DAY: Final = timedelta(days=1)
_ID = re.compile(r"[A-Z][A-Z0-9]{1,20}")
_log = logging.getLogger(__name__)


def record(context: Context, team: str, user: str, right: str, now: datetime) -> None:
    """Keep that a person was refused; where the database takes nothing, the log alone has it."""
    by = user if _ID.fullmatch(user) else "somebody"
    place = team if _ID.fullmatch(team) else ""
    _log.info("refused: %s", right)
    try:
        with context.store.read() as session:
            is_new = _is_new(session, by, right, now)
        if not is_new:
            return
        with context.store.write("refused") as session:
            if _is_new(session, by, right, now):
                audit.record(session, now, Deed.REFUSED, right, by=by, team=place)
    except SQLAlchemyError as error:
        _log.warning("a refusal could not be kept: %s", type(error).__name__)


def _is_new(session: Session, by: str, right: str, now: datetime) -> bool:
    refused = Deed.REFUSED.value
    if rows.count(session, refused, now - ONCE_IN, by=by, about=right):
        return False
    return rows.count(session, refused, now - DAY) < MOST_A_DAY
