"""Why a digest showed what it did, and what it left out, as it was decided."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlmodel import Session

from bot.errors import NotFound
from bot.reports import ChannelSettings, ScorePart, UnshownReport, WhyItem, WhyReport
from bot.service import catalogue as catalogues
from bot.service import convert
from bot.service.context import Context
from storage import digests as rows
from storage import tickets as ticket_rows
from storage.digests import DecidedValue

PAGE: Final = 10


def why(context: Context, team: str, channel: str, day: date) -> WhyReport:
    """The parts of each score, as they were. Raises `NotFound`."""
    with context.store.read() as session:
        decided = _decided(session, team, channel, day)
        tickets = {
            ticket.id: convert.ticket(ticket, {})
            for ticket in ticket_rows.get(session, [item.ticket_id for item in decided.items])
        }
    items = []
    for item in decided.items:
        ticket = tickets.get(item.ticket_id)
        quote = ticket.quote if ticket else None
        items.append(
            WhyItem(
                quote=quote.text if quote else "This ticket is no longer stored.",
                parts=tuple(
                    ScorePart(part["name"], part["weight"], part["value"]) for part in item.parts
                ),
                why=item.why,
                similar=item.similar,
            )
        )
    return WhyReport(channel, day, tuple(items), decided.left_out)


def unshown(context: Context, settings: ChannelSettings, day: date, page: int) -> UnshownReport:
    """A page of the tickets that a digest left out, as it was decided. Raises `NotFound`.

    Beyond the last page it is the last.
    """
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        left = _decided(session, settings.team, settings.channel, day).left
        if left is None:
            raise NotFound("What this older digest left out was not kept.")
        page = max(0, min(page, max(len(left) - 1, 0) // PAGE))
        tickets = ticket_rows.get(session, left[page * PAGE : (page + 1) * PAGE])
    return UnshownReport(
        channel=settings.channel,
        day=day,
        page=page,
        size=PAGE,
        total=len(left),
        tickets=tuple(convert.ticket(ticket, catalogue.by_id) for ticket in tickets),
    )


def _decided(session: Session, team: str, channel: str, day: date) -> DecidedValue:
    found = rows.decision(session, team, channel, day.isoformat())
    if found is None:
        raise NotFound("This digest is no longer stored.")
    return found
