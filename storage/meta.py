"""Single facts that must survive a crash, such as work that is half done."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select
from sqlmodel import Session, col

from storage import engines
from storage.columns import table_of
from storage.models import Meta

CATALOGUE = "catalogue"
EXPIRED_ON = "expired_on"
EXPIRING = "expiring"
"""The day on which all that was too old had gone, and what has gone since: see `service.expiry`."""
HIGHEST_ROW = "highest_ticket"
"""The highest row that a ticket ever had, where that ticket is gone: it is not used again."""
REMOVALS = "removals"
"""How often words of tickets went: whoever works outside of a transaction looks whether it grew."""
READING = "reading"
"""What the stored tickets were read by: see `bot.service.reread`."""
REMATCH_FROM = "rematch_from"
REMATCH_FEATURES = "rematch_features"
"""Features that were edited, and how far tickets were matched again: see `bot.service.rematch`."""
REREAD = "reread"
"""How far a reading of all tickets came that is not done."""


_META = table_of(Meta).c
_VALUE = select(_META.value).where(_META.key == bindparam("key"))


def get(session: Session, key: str) -> str | None:
    return session.execute(_VALUE, {"key": key}).scalar_one_or_none()


def put(session: Session, key: str, value: str | None) -> None:
    """Keep a fact; None forgets it."""
    if value is None:
        session.execute(delete(Meta).where(col(Meta.key) == key))
    else:
        engines.upsert(session, Meta, {"key": key, "value": value})


def count_removal(session: Session) -> None:
    """Words of tickets are removed or masked; in a transaction that holds `engines.TICKETS`."""
    put(session, REMOVALS, str(int(get(session, REMOVALS) or 0) + 1))


def ending(session: Session, beginning: str) -> list[str]:
    """How the keys go on that begin so, in order."""
    statement = select(_META.key).where(_META.key.startswith(beginning, autoescape=True))
    keys = session.execute(statement.order_by(_META.key)).scalars()
    return [key.removeprefix(beginning) for key in keys]
