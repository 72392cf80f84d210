"""One ticket, whole and redacted."""

from __future__ import annotations

from dataclasses import replace

from bot.errors import NotFound
from bot.reports import TicketView
from bot.service import catalogue as catalogues
from bot.service import convert
from bot.service.context import Context
from storage import corrections
from storage import tickets as rows


def view(context: Context, row: int) -> TicketView:
    """The ticket of a row, with what people corrected of it. Raises `NotFound`."""
    with context.store.read() as session:
        found = rows.get(session, [row])
        if not found:
            raise NotFound("This ticket is no longer stored.")
        features = catalogues.load(session).by_id
        said = corrections.of(session, [row]).get(row, ())
        return replace(
            convert.ticket(found[0], features),
            corrections=tuple(convert.correction(each, features) for each in said),
        )
