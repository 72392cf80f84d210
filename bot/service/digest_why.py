"""Why a digest showed what it did, and what it left out, as it was decided."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlmodel import Session

from bot.errors import NotFound
from bot.reports import BehindReport, ChannelSettings, ScorePart, WhyItem, WhyReport
from bot.service import catalogue as catalogues
from bot.service import convert
from bot.service.context import Context
from bot.service.digest_reading import WEEK
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
                key=item.ticket_id,
            )
        )
    return WhyReport(channel, day, tuple(items), decided.left_out)


def unshown(context: Context, settings: ChannelSettings, day: date, page: int) -> BehindReport:
    """A page of the tickets that a digest left out, as it was decided. Raises `NotFound`.

    Beyond the last page it is the last.
    """
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        left = _decided(session, settings.team, settings.channel, day).left
        if left is None:
            raise NotFound("What this older digest left out was not kept.")
        page = _within(page, len(left))
        tickets = ticket_rows.get(session, left[page * PAGE : (page + 1) * PAGE])
    return BehindReport(
        channel=settings.channel,
        day=day,
        page=page,
        size=PAGE,
        total=len(left),
        tickets=tuple(convert.ticket(ticket, catalogue.by_id) for ticket in tickets),
    )


def similar(
    context: Context, team: str, channel: str, day: date, *, like: int, page: int
) -> BehindReport:
    """A page of the tickets that tell the same as one that was shown. Raises `NotFound`.

    As they were counted when the digest was decided, the newest first.
    """
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        decided = _decided(session, team, channel, day)
        item = next((one for one in decided.items if one.ticket_id == like), None)
        if item is None:
            raise NotFound("This digest is no longer stored.")
        told = item.similar_rows
        page = _within(page, len(told))
        tickets = ticket_rows.get(session, [like, *told[page * PAGE : (page + 1) * PAGE]])
        customers = ticket_rows.customers(session, [like, *told])
        lately = ticket_rows.customers(session, [like, *told], decided.at - WEEK)
    found = [convert.ticket(ticket, catalogue.by_id) for ticket in tickets]
    quote = next((one.quote for one in found if one.key == like), None)
    return BehindReport(
        channel=channel,
        day=day,
        page=page,
        size=PAGE,
        total=len(told),
        tickets=tuple(one for one in found if one.key != like),
        like=like,
        quote=quote.text if quote else "",
        customers=customers,
        lately=lately or 0,
    )


def _within(page: int, total: int) -> int:
    """The page, or the last one where there are fewer."""
    return max(0, min(page, max(total - 1, 0) // PAGE))


def _decided(session: Session, team: str, channel: str, day: date) -> DecidedValue:
    found = rows.decision(session, team, channel, day.isoformat())
    if found is None:
        raise NotFound("This digest is no longer stored.")
    return found
