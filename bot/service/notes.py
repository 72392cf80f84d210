"""What people note about the product: deploys, incidents, releases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.errors import UserError
from bot.reports import NoteLine
from bot.service import catalogue as catalogues
from bot.service import typed
from bot.service.context import Context
from bot.sources.dates import OLDEST
from storage import notes as rows

LONGEST: Final = 200
AHEAD: Final = timedelta(days=366)
"""Of a moment that is planned; what is noted for later is a slip."""


def add(context: Context, text: str, at: datetime, feature: str | None, now: datetime) -> NoteLine:
    """Note something, without personal data; the same once more changes nothing.

    Raises `UserError` for an empty or long text, for a moment before 1990 or more than a year
    ahead, and for a feature that is not in the catalogue.
    """
    said = typed.line(context, text)
    if not said:
        raise UserError('Say what happened, as in `earshot note "deployed 4.2"`.')
    if len(said) > LONGEST:
        raise UserError(f"A note has at most {LONGEST} characters; this one has {len(said)}.")
    if not OLDEST <= at <= now + AHEAD:
        raise UserError("A note is of a moment since 1990, and at most a year ahead.")
    with context.store.write() as session:
        catalogue = catalogues.load(session)
        found = None
        if feature is not None:
            asked = catalogue.find(feature)
            found = asked.feature
            if found is None:
                close = ", ".join(one.id for one in asked.suggestions)
                hint = (
                    f" Did you mean {close}?" if close else " `earshot features list` names them."
                )
                raise UserError(f"No feature is called {feature!r}.{hint}")
        rows.add(session, at, said, found.id if found else None, now)
    return NoteLine(at, said, found)
