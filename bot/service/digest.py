"""The digest: the few tickets that deserve a channel's attention, or silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.reports import AliveReport, Cadence, ChannelSettings, DigestItem, DigestReport
from bot.service import alive, convert, digest_reading
from bot.service import catalogue as catalogues
from bot.service.context import Context
from bot.service.digest_reading import Choice
from bot.service.digest_verdict import Headline, headline, silence
from bot.service.schedule import next_due
from bot.voice.features import Catalogue
from bot.voice.notable import choose
from bot.voice.notable_stories import Picked
from storage.values import TicketValue

RISE = "rise"
"""The part of a score that is above zero only where customers are more than usual."""


def build(context: Context, settings: ChannelSettings, now: datetime) -> DigestReport:
    """What a channel would get now. Deterministic; changes nothing."""
    day = now.astimezone(ZoneInfo(settings.timezone)).date()
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        choice = digest_reading.read(session, settings, catalogue, context.settings.answers, now)
        # Who looks at a channel that is not set up wants to see what would be chosen.
        weekly = alive.report(session, settings, day, now) if settings.team else None
    chosen = choose(choice.candidates, settings.most, now=now, before=choice.before)
    items = tuple(_item(picked, choice, catalogue) for picked in chosen.picked)
    tickets = choice.new
    if settings.cadence is Cadence.RISES and not any(_rises(item) for item in items):
        return _nothing_rises(settings, len(tickets), now, weekly)
    said = headline(choice, chosen.picked, catalogue.by_id) if items else Headline("")
    left = sorted(
        (choice.tickets[id] for id in chosen.left_out_ids),
        key=lambda ticket: (ticket.created_at, ticket.id),
        reverse=True,
    )
    return DigestReport(
        channel=settings.channel,
        due=next_due(settings, now),
        silent=not items,
        reason=silence(len(tickets)) if not items else "",
        verdict=said.verdict,
        items=items,
        left_out=len(left),
        left=tuple(ticket.id for ticket in left),
        at=now,
        new=len(tickets),
        customers=_customers(tickets),
        about=said.about,
        level=said.level,
        alive=weekly,
    )


def _item(picked: Picked, choice: Choice, catalogue: Catalogue) -> DigestItem:
    ticket = convert.ticket(choice.tickets[picked.candidate.id], catalogue.by_id)
    quote = ticket.quote
    if quote is None:
        raise ValueError("A ticket without a quote cannot be shown.")
    similar = [choice.tickets[id] for id in picked.similar_ids]
    newest = sorted(similar, key=lambda one: (one.created_at, one.id), reverse=True)
    return DigestItem(
        ticket=ticket,
        quote=quote,
        score=picked.score,
        parts=picked.parts,
        why=picked.why,
        similar=len(similar),
        similar_ids=tuple(one.external_id for one in similar),
        similar_rows=tuple(one.id for one in newest),
    )


def _customers(tickets: Sequence[TicketValue]) -> int | None:
    """How many wrote these; None where nobody is known."""
    if not any(ticket.customer_known for ticket in tickets):
        return None
    return len({ticket.customer for ticket in tickets})


def _rises(item: DigestItem) -> bool:
    """Whether a ticket's feature or theme is above its usual level: it has points for that."""
    return any(part.name == RISE and part.value > 0 for part in item.parts)


def _nothing_rises(
    settings: ChannelSettings, tickets: int, now: datetime, weekly: AliveReport | None
) -> DigestReport:
    """Silence of a digest that comes only when something rises: its tickets are still to come."""
    noun = "new ticket waits" if tickets == 1 else "new tickets wait"
    return DigestReport(
        channel=settings.channel,
        due=next_due(settings, now),
        silent=True,
        reason=f"Nothing is above its usual level. {tickets:,} {noun} for the day that it is.",
        verdict="",
        items=(),
        left_out=0,
        wait=True,
        alive=weekly,
    )
